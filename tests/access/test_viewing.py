"""Looking at the portal as somebody else, at every door: what they get is shown, and nothing is ever written."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal import clock
from portal.access.permissions import Open
from portal.accounts.models import Membership
from portal.db import Model, db, transaction
from portal.organisations.models import Organisation, Pole
from portal.requests.models import Assignment
from portal.teams.models import Absence
from portal.web.blueprint import declared, said_while_viewing, sensitive
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address, answer_of
from tests.access.world import FORMS, STAGES, World
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago

pytestmark = pytest.mark.one_database

VIEWED = ("coordinator", "manager", "observer")  # one of each kind: who has most to see and to do
# What may be posted meanwhile. Adding one is a decision.
OPEN_POSTS = {"home.set_language", "people.stop_viewing", "security.logout"}
# Pages that anybody may read, but not while looking: other people’s e-mails.
SHUT = {
    "notifications.mailbox",
    "notifications.mailbox_email",
    "notifications.preview",
    "notifications.preview_list",
    "personal_data.show",
    "personal_data.copy",
    "personal_data.close",
}
READS = [row for row in ROWS if row.method == "GET" and row.endpoint != "static"]
POSTS = [row for row in ROWS if row.method == "POST" and row.endpoint not in OPEN_POSTS]


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


# Everything that a page may show when there is some: what is due, late, lacking, away, asked, offered.
STAGES_OF_A_FULL_HOUSE = (
    *("mate", "away", "invited", "hat", "draft", "to_route", "proposed", "on_hold", "accepted", "completed"),
    *(
        "planned",
        "done",
        "given_up",
        "transfer",
        "staged",
        "recognised",
        "absent",
        "double",
        "safe",
        "ap_sent",
    ),
)


@pytest.fixture
def full_house(world: World) -> World:
    """The world with one of everything."""
    for stage in STAGES_OF_A_FULL_HOUSE:
        STAGES[stage](world)
    long_ago = days_ago(400)
    with transaction() as session:
        session.execute(update(Organisation).values(members_reviewed_at=long_ago))
        session.execute(update(Pole).values(town=None, public_summary=None))
        session.execute(update(Assignment).values(due_on=long_ago.date()))
        for persona in VIEWED:
            membership = world.member(persona)
            days = {"starts_on": clock.today(), "ends_on": clock.today()}
            session.add(Absence(membership_id=membership.id, **days))
    return world


def looking_at(app: Flask, world: World, membership: Membership) -> Browser:
    browser = Browser(app, world.member("national"))
    begun = browser.post(
        f"/personnes/voir-comme/{membership.id}", {"reason": "Vos demandes ne s’affichent plus."}
    )
    assert begun.status_code == 302
    return browser


COUNTS = select(
    *(select(func.count()).select_from(table).scalar_subquery() for table in Model.metadata.sorted_tables)
)


def written() -> tuple[int, ...]:
    """How many rows each table holds."""
    return tuple(db.session.execute(COUNTS).one())


def is_shut(app: Flask, endpoint: str) -> bool:
    """Is it theirs alone, sensitive, a way to sign in, or behind a secret link?"""
    secret = any("token" in rule.arguments for rule in app.url_map.iter_rules(endpoint))
    personal = declared(app)[endpoint] is Open.SIGNED_IN
    return (
        secret
        or personal
        or endpoint in sensitive(app)
        or endpoint.startswith("security.")
        or endpoint in SHUT
    )


# Links of the site map to what is theirs alone, which is shut meanwhile.
OWN_ACCOUNT = re.compile(r'<li><a href="/(?:mon-compte|rappels)[^"]*">[^<]*</a></li>')
EMPTY_PART = re.compile(r"<section>\s*<h2>[^<]*</h2>\s*<ul>\s*</ul>\s*</section>")


def main_of(html: str) -> str:
    """What a page says, without the tokens of its forms."""
    said = re.sub(r'(name="(csrf_token|once)"[^>]*) value="[^"]*"', "", html.partition("<main")[2])
    return re.sub(r"\s+", " ", EMPTY_PART.sub("", OWN_ACCOUNT.sub("", said)))


def problem(row: Row, theirs: TestResponse, seen: TestResponse, shut: bool) -> str | None:
    """What differs from the page that the person gets."""
    if seen.headers.get("Content-Disposition", "").startswith("attachment"):
        return "is downloaded"
    if seen.mimetype == "text/html" and seen.status_code != 302 and "/personnes/arreter" not in seen.text:
        return "says not how to leave"
    wanted = "403" if shut else answer_of(theirs)
    if answer_of(seen) != wanted:
        return f"expected {wanted}, got {answer_of(seen)}"
    if seen.status_code == 200 and main_of(theirs.text) != main_of(seen.text):
        return "shows `current_user`, who only looks, instead of `current.actor()`"
    return None


@pytest.mark.parametrize("persona", VIEWED)
def test_every_page_is_the_one_they_get(app: Flask, full_house: World, persona: str) -> None:
    world = full_house
    membership = world.member(persona)
    browser, looking = Browser(app, membership), looking_at(app, world, membership)
    problems = {}
    for row in READS:
        path = address(app, row, world)
        before = written()
        with looking.get(path) as seen:
            assert written() == before, f"{row} writes"
            with browser.get(path) as theirs:
                downloaded = theirs.headers.get("Content-Disposition", "").startswith("attachment")
                found = problem(row, theirs, seen, downloaded or is_shut(app, row.endpoint))
        if found:
            problems[str(row)] = found
    assert not problems


@pytest.mark.parametrize("persona", VIEWED[:2])
def test_their_home_says_what_is_due_there(app: Flask, full_house: World, persona: str) -> None:
    membership = full_house.member(persona)
    due = f"/organisations/{membership.organisation_id}/personnes/"
    for browser in (Browser(app, membership), looking_at(app, full_house, membership)):
        assert due in browser.get("/").text.partition("<main")[2]


@pytest.mark.parametrize("persona", VIEWED[:2])
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
