"""Whatever can be sent, sent twice, at the same moment or one after the other: one is done, the other is answered,
nothing is there twice."""

import io
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import Model, db
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Organisation
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address, browser_of
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import Builder
from tests.races import looking_before_writing

POSTS = [row for row in ROWS if row.method == "POST"]

COUNTED = frozenset({"failed_attempt", "stored_file", "search_entry"})
"""Tries that are counted, a content that the daily purge takes, words that the search finds again."""

EACH_TIME: dict[str, str] = {
    "applications.begin": "another link to the same draft",
    "journal.export": "who took data away is noted each time",
    "personal_data.download": "who took data away is noted each time",
    "presence.rectify_later": "the partner reads each word of why",
    "safety.change_address": "another link, instead of the one before",
    "safety.renew_recovery_codes": "other codes, instead of those before",
    "safety.sign_out_everywhere": "a message about safety is never kept back",
    "security.forgot_password": "another link",
    "teams.send_again": "the invitation, once more",
    "transfers.bring": "a file that waits for its owner: what it would change is looked at, and changed once",
    "transfers.export": "who took data away is noted each time",
}
"""What is meant to leave something each time that it is sent."""


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_nothing_sent_twice_at_once_fails(app: Flask, world: World, row: Row) -> None:
    persona = next(iter(row.who_gets("302", "200", "204", "422")))
    path = address(app, row, world)
    browsers = [browser_of(app, world, persona) for _ in range(2)]
    forms = [FORMS[row.endpoint](world, persona) for _ in browsers]
    for browser in browsers:
        browser.get("/donnees-personnelles")
    statuses = looking_before_writing(
        app, lambda: _status(browsers[0], path, forms[0]), lambda: _status(browsers[1], path, forms[1])
    )
    assert max(statuses) < 500
    assert not _names_held_twice()


def _status(browser: Browser, path: str, form: dict[str, Any]) -> int:
    with browser.post(path, form) as response:
        return response.status_code


def _names_held_twice() -> list[str]:
    held = (Organisation.kind, Organisation.name_key)
    twice = select(Organisation.name_key).where(Organisation.merged_into_id.is_(None))
    return list(db.session.scalars(twice.group_by(*held).having(func.count() > 1)))


@pytest.mark.one_database
@pytest.mark.parametrize("row", POSTS, ids=str)
def test_nothing_sent_again_is_there_twice(app: Flask, world: World, row: Row) -> None:
    """By whoever clicks twice, or goes back: no row and no e-mail more than the first time left."""
    persona = next(iter(row.who_gets("302", "200", "204", "422")))
    browser, path = browser_of(app, world, persona), address(app, row, world)
    form = FORMS[row.endpoint](world, persona)
    browser.get("/donnees-personnelles")
    _status(browser, path, _copy(form))
    first, emails = _rows(), _emails()
    _status(browser, path, _copy(form))
    more = _rows() - first
    assert bool(more) is (row.endpoint in EACH_TIME), (more, _emails() - emails)


def _copy(form: dict[str, Any]) -> dict[str, Any]:
    """A file is read by whoever sends it."""
    return {
        name: (io.BytesIO(value[0].getvalue()), *value[1:]) if isinstance(value, tuple) else value
        for name, value in form.items()
    }


def _rows() -> Counter[str]:
    """How many there are in each table but those where something is left by every try."""
    tables = [table for table in Model.metadata.sorted_tables if table.name not in COUNTED]
    return Counter(
        {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    )


def _emails() -> Counter[str]:
    return Counter(db.session.scalars(select(OutboxEmail.kind)))
