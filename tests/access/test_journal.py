"""No form changes people, rights or organisations without a line in the journal."""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from portal.applications.rules import Opinion, RefusalReason
from portal.db import Model, db
from portal.journal import words
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from portal.organisations.rules import RecognitionKind, Sector, Stage
from portal.safety.words import Protection
from portal.transfers.rules import TransferKind
from portal.web.languages import LANGUAGES
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address, answer_of, browser_of
from tests.access.world import FORMS, World
from tests.builders import Builder

pytestmark = pytest.mark.one_database

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
        assert not nameless(), "Say these fields in the `journal_fields` of their feature."
        assert not unsaid(), "Say these words of a vocabulary in the `journal_words` of its feature."
        assert not held(secrets(path, fields)), f"{row} writes a secret into the journal"


def nameless() -> set[str]:
    """The fields that the journal cannot say in words."""
    fields = {field for changes in db.session.scalars(select(JournalEntry.changes)) for field in changes}
    return fields - words.fields().keys()


def unsaid() -> set[tuple[str, str]]:
    """The stored words of closed vocabularies, with their field, that are shown as they are stored."""
    vocabularies = {word.value for kind in _every_vocabulary() for word in kind}
    stored = {
        (field, word)
        for changes in db.session.scalars(select(JournalEntry.changes))
        for field, values in changes.items()
        for word in _words(values, several=field in VOCABULARIES)
    }
    return {(field, word) for field, word in stored if word in vocabularies and say(field, word) == word}


def say(field: str, value: Any) -> str:
    (change,) = words.in_words(JournalEntry(changes={field: [None, value]}))
    return change.after


def _words(values: Any, *, several: bool) -> Iterator[str]:
    """What is stored, one by one; a text of `several` facts word by word."""
    if isinstance(values, str):
        yield from values.split() if several else [values]
    elif isinstance(values, list):
        for value in values:
            yield from _words(value, several=several)


def _every_vocabulary(base: type[StrEnum] = StrEnum) -> Iterator[type[StrEnum]]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("portal."):
            yield kind
        yield from _every_vocabulary(kind)


# What is stored under each field of the journal that holds a word of a vocabulary, beside the columns of that name.
VOCABULARIES: Mapping[str, tuple[type[StrEnum], ...]] = {
    "reason": (RefusalReason, Opinion),
    "file_holds": (TransferKind,),
    "stages": (Stage,),
    "recognitions": (RecognitionKind,),
    "sectors": (Sector,),
    "acte": (Act,),
    "objet": (Subject,),
    "what": (Protection,),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_vocabulary_is_said(app: Flask, database: None, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        for field, kinds in [*VOCABULARIES.items(), *_columns()]:
            for word in (word for kind in kinds for word in kind):
                assert say(field, word.value) != word.value, f"{field}: {word.value}"


def _columns() -> Iterator[tuple[str, tuple[type[StrEnum], ...]]]:
    """The vocabularies of the columns that the journal may show."""
    for name in ("organisation", "membership", "invitation", "application"):
        for column in Model.metadata.tables[name].columns:
            kind = getattr(column.type, "enum_class", None)
            if kind is not None and column.name in words.fields():
                yield column.name, (kind,)


def secrets(path: str, fields: dict[str, Any]) -> set[str]:
    """What was typed that nobody may read again, and long parts of the address, which are links."""
    typed = {str(value) for name, value in fields.items() if SECRETS.search(name) and len(str(value)) > 3}
    return typed | {part for part in path.split("/") if len(part) > 30}


def held(texts: set[str]) -> set[str]:
    """Those of the texts that the journal holds somewhere."""
    entries = db.session.scalars(select(JournalEntry)).all()
    written = " ".join(f"{json.dumps(one.changes)} {one.subject_name} {one.search_text}" for one in entries)
    return {text for text in texts if text in written}
