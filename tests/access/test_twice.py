"""Whatever can be sent, sent twice at the same moment: one is done, the other is answered, nothing is there twice."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db
from portal.organisations.models import Organisation
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address, browser_of
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import Builder
from tests.races import looking_before_writing

POSTS = [row for row in ROWS if row.method == "POST"]


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
