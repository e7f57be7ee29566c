"""The site map leads to every page that needs no choice before it."""

import pytest
from flask import Flask

from tests.access import world as worlds
from tests.access.test_matrix import browser_of
from tests.access.world import World
from tests.builders import Builder
from tests.e2e.pages import pages_of

pytestmark = pytest.mark.one_database

NOT_LISTED = {
    "dispatch.giving_up": "asked on the way to giving up a list",
    "applications.link_sent": "what one reads after asking for a link",
    "security.verify": "asked for on the way to something else",
    "home.site_map": "the page itself, in the footer",
}
HOME = ("/", "/connexion")
PERSONAS = (
    "visitor",
    "coordinator",
    "member",
    "practitioner",
    "manager",
    "regional",
    "national",
    "observer",
    "nobody",
)


@pytest.mark.parametrize("persona", PERSONAS)
def test_all_that_one_may_open(app: Flask, make: Builder, persona: str) -> None:
    world: World = worlds.build(make)
    browser = browser_of(app, world, persona)
    listed = browser.get("/plan-du-site").text.partition("<main")[2].partition("</main>")[0]
    rules = [
        rule for rule in app.url_map.iter_rules() if rule.endpoint in pages_of(app) and not rule.arguments
    ]
    assert rules
    for rule in rules:
        answer = browser.get(rule.rule)
        leads_on = answer.status_code == 302 and answer.location.partition("?")[0] not in HOME
        shown = answer.status_code == 200 or leads_on
        if 'href="/organisations"' in listed and rule.endpoint == "organisations.own":
            continue  # whoever reads all organisations finds their own among them
        is_listed = f'href="{rule.rule}"' in listed
        assert is_listed == (shown and rule.endpoint not in NOT_LISTED), f"{persona}: {rule.endpoint}"
