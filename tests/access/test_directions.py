"""A name written from right to left turns nothing around it: on no page, and in no e-mail that an act sends."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db
from portal.notifications.models import OutboxEmail
from tests.access import world as worlds
from tests.access.matrix import ROWS
from tests.access.test_matrix import address
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import Builder
from tests.directions import NAME, turned, turned_in_page, write_from_right_to_left

pytestmark = pytest.mark.one_database

READS = [row for row in ROWS if row.method == "GET" and row.who_gets("200")]
# Who reads the same pages of another organisation.
LIKE = {"other_pole": "coordinator", "other_partner": "practitioner", "other_region": "regional"}
WRITES = [row for row in ROWS if row.method == "POST" and row.who_gets("302")]


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


@pytest.mark.long
def test_on_every_page(app: Flask, world: World) -> None:
    wrong, met = {}, 0
    paths = [(row, address(app, row, world)) for row in READS]
    write_from_right_to_left()
    browsers = {persona: Browser(app, somebody) for persona, somebody in world.people.items()}
    for row, path in paths:
        readers = row.who_gets("200")
        for persona in (one for one in readers if LIKE.get(one) not in readers):
            with browsers[persona].get(path) as response:
                page = response.text if response.mimetype == "text/html" else ""
            met += NAME in page
            if page and (found := turned_in_page(page)):
                wrong[f"{path} for {persona}"] = found
    assert met > len(READS) / 2
    assert not wrong


def test_beside_a_sentence_in_a_list(app: Flask) -> None:
    """Of which Jinja makes one text, escaped already."""
    template = app.jinja_env.from_string(
        '<p>{{ [name, ngettext("%(num)s person took part", "%(num)s people took part", 3)]|in_a_row }}</p>'
    )
    with app.test_request_context():
        page = template.render(name=f"{NAME} <b>")
    assert NAME in page
    assert "&lt;b&gt;" in page
    assert not turned_in_page(page)


def test_in_every_email(app: Flask, world: World) -> None:
    for row in WRITES:
        path = address(app, row, world)
        write_from_right_to_left()
        persona = row.who_gets("302")[0]
        Browser(app, world.people[persona]).post(path, FORMS[row.endpoint](world, persona)).close()
    sent = list(db.session.scalars(select(OutboxEmail)))
    kinds = {one.kind for one in sent if NAME in one.text}
    assert len(kinds) > 20, kinds
    assert not {one.kind: lines for one in sent if (lines := [*filter(turned, one.text.splitlines())])}
    assert not {one.kind: found for one in sent if (found := turned_in_page(one.html))}
