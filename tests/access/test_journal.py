"""No form changes people, rights or organisations without a line in the journal."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import Model, db
from portal.journal.models import JournalEntry
from portal.journal.words import FIELDS
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address, answer_of, browser_of
from tests.access.world import FORMS, World
from tests.builders import Builder

# Who may do what, and what organisations say of themselves.
WATCHED = (
    "person",
    "membership",
    "invitation",
    "organisation",
    "coverage",
    "recognition",
    "stage_change",
    "pole_sector",
    "pole_member",
    "delivery",
    "members_review",
    "absence",
    "organisation_absence",
    "authenticator",
    "recovery_code",
    "viewing",
    "passkey",
)
# What changes by itself, or says nothing of the person.
UNWATCHED = {"last_seen_at", "idle_warned_at", "fs_uniquifier"}
SECRETS = re.compile("password|token|code|credential|secret", re.I)
POSTS = [row for row in ROWS if row.method == "POST"]


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


def watched() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of what is watched, the columns that matter."""
    found = {}
    for name in WATCHED:
        table = Model.metadata.tables[name]
        columns = [column for column in table.columns if column.name not in UNWATCHED]
        rows = db.session.execute(select(*columns).order_by(*table.primary_key.columns)).all()
        found[name] = [tuple(row) for row in rows]
    return found


def last_entry() -> int:
    return db.session.scalar(select(JournalEntry.id).order_by(JournalEntry.id.desc()).limit(1)) or 0


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_what_changes_is_written_down(app: Flask, world: World, row: Row) -> None:
    for persona in row.who_gets("302", "200")[:1]:
        path, fields = address(app, row, world), FORMS[row.endpoint](world, persona)
        browser = browser_of(app, world, persona)
        browser.get("/donnees-personnelles")
        before, last = watched(), last_entry()
        answer = answer_of(browser.post(path, fields))
        assert answer == row.answers[persona]
        changed = {name for name, rows in watched().items() if rows != before[name]}
        if changed:
            assert last_entry() > last, f"{row} changes {sorted(changed)}: call journal.service.record"
        assert not nameless(), "Say these fields in portal/journal/words.py FIELDS."
        assert not held(secrets(path, fields)), f"{row} writes a secret into the journal"


def nameless() -> set[str]:
    """The fields that the journal cannot say in words."""
    fields = {field for changes in db.session.scalars(select(JournalEntry.changes)) for field in changes}
    return fields - FIELDS.keys()


def secrets(path: str, fields: dict[str, Any]) -> set[str]:
    """What was typed that nobody may read again, and long parts of the address, which are links."""
    typed = {str(value) for name, value in fields.items() if SECRETS.search(name) and len(str(value)) > 3}
    return typed | {part for part in path.split("/") if len(part) > 30}


def held(texts: set[str]) -> set[str]:
    """Those of the texts that the journal holds somewhere."""
    entries = db.session.scalars(select(JournalEntry)).all()
    written = " ".join(f"{json.dumps(one.changes)} {one.subject_name} {one.search_text}" for one in entries)
    return {text for text in texts if text in written}
