"""Looking at the portal as somebody else, at every door: what they get is shown, and nothing is ever written."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.access.permissions import Open
from portal.accounts.models import Membership
from portal.db import Model, db
from portal.web.blueprint import declared, said_while_viewing
from tests.access import world as worlds
from tests.access.matrix import ROWS
from tests.access.test_matrix import address, answer_of
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import Builder

VIEWED = ("coordinator", "member", "practitioner", "manager", "observer")
# What may be posted meanwhile. Adding one is a decision.
OPEN_POSTS = {"home.set_language", "people.stop_viewing", "security.logout"}
# Pages that anybody may read, but not while looking: other people’s e-mails.
SHUT = {
    "notifications.mailbox",
    "notifications.mailbox_email",
    "notifications.preview",
    "notifications.preview_list",
}
READS = [row for row in ROWS if row.method == "GET" and row.endpoint != "static"]
POSTS = [row for row in ROWS if row.method == "POST" and row.endpoint not in OPEN_POSTS]


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


def looking_at(app: Flask, world: World, membership: Membership) -> Browser:
    browser = Browser(app, world.member("national"))
    begun = browser.post(
        f"/personnes/voir-comme/{membership.id}", {"reason": "Vos demandes ne s’affichent plus."}
    )
    assert begun.status_code == 302
    return browser


def written() -> dict[str, int]:
    """How many rows each table holds."""
    tables = Model.metadata.sorted_tables
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def is_shut(app: Flask, endpoint: str) -> bool:
    """Is it theirs alone, a way to sign in, or behind a secret link?"""
    secret = any("token" in rule.arguments for rule in app.url_map.iter_rules(endpoint))
    personal = declared(app)[endpoint] is Open.SIGNED_IN
    return secret or personal or endpoint.startswith("security.") or endpoint in SHUT


@pytest.mark.parametrize("persona", VIEWED)
def test_every_page_is_the_one_they_get(app: Flask, world: World, persona: str) -> None:
    membership = world.member(persona)
    theirs, looking = Browser(app, membership), looking_at(app, world, membership)
    different = {}
    for row in READS:
        path = address(app, row, world)
        before = written()
        with looking.get(path) as response:
            seen, kind = answer_of(response), response.headers.get("Content-Disposition", "")
            if (
                "/personnes/arreter" not in response.text
                and response.mimetype == "text/html"
                and seen != "302"
            ):
                different[str(row)] = "no way to leave"
        assert written() == before, f"{row} writes"
        assert not kind.startswith("attachment"), f"{row} is downloaded"
        with theirs.get(path) as response:
            wanted = answer_of(response)
            downloaded = response.headers.get("Content-Disposition", "").startswith("attachment")
        if is_shut(app, row.endpoint) or downloaded:
            wanted = "403"
        if seen != wanted:
            different[str(row)] = f"expected {wanted}, got {seen}"
    assert not different


@pytest.mark.parametrize("persona", VIEWED)
def test_no_form_does_anything(app: Flask, world: World, persona: str) -> None:
    looking = looking_at(app, world, world.member(persona))
    for row in POSTS:
        path, fields = address(app, row, world), FORMS[row.endpoint](world, persona)
        before = written()
        assert looking.post(path, fields).status_code == 403, f"{row} must be refused"
        assert written() == before, f"{row} writes"


def test_the_forms_open_meanwhile_are_those_we_chose(app: Flask) -> None:
    said = said_while_viewing(app)
    assert {endpoint for endpoint, is_open in said.items() if is_open} == OPEN_POSTS
    assert {endpoint for endpoint, is_open in said.items() if not is_open} == SHUT


@pytest.mark.parametrize("persona", ["regional", "other_region", "national"])
def test_nobody_looks_as_a_cell(app: Flask, world: World, persona: str) -> None:
    browser = Browser(app, world.member("national"))
    path = f"/personnes/voir-comme/{world.member(persona).id}"
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"reason": "Pour voir"}).status_code == 404
