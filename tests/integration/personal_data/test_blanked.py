"""Every text of requests and applications is blanked with time, or holds nothing about people; none is forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Enum, LargeBinary, String, select, update

from portal import clock
from portal.applications.models import Application, ApplicationDocument, ApplicationEvent, ApplicationLink
from portal.applications.steps import REFUSE, State
from portal.db import Model, db, transaction
from portal.files.models import StoredFile
from portal.personal_data.rules import Kept
from tests.integration.personal_data import old

MARK = "Zénobie"

BLANKED = {
    "support_request": {"subject", "need", "answers", "answers_text", "phone", "search_text", "contact_id"},
    "assignment": {"review", "referent_id"},
    "request_event": {"message", "actor_id"},
    "guest": {"email", "name", "role", "invited_by_id"},
    "message": {"text", "author_id"},
    "message_mention": {"person_id"},
    "message_draft": {"text", "person_id", "reach"},
    "log_draft": {"typed", "person_id"},
    "reading": {"person_id"},
    "intervention": {"place", "participant_names", "participating_organisations", "report", "next_step"},
    "practice": {"person_id"},
    "confirmation": {"message", "ruling", "answered_by_id", "settled_by_id"},
    "correction": {"changes", "by_id"},
    "adjustment": {"why", "answer", "by_id", "decided_by_id"},
    "application": {
        "email",
        "name",
        "purpose",
        "audience",
        "reason",
        "progress",
        "expectations",
        "members",
        "lead_organisation",
        "lead_siret",
        "lead_rna",
        "website",
        "given_name",
        "family_name",
        "contact_email",
        "phone",
        "public_summary",
    },
    "application_event": {"message", "actor_id"},
    "stored_file": {"key", "name", "media_type", "sha256"},
}

KEPT = {
    "support_request": {
        "reference": "a number drawn by lot",
        "once": "a random key",
        "region_code": "a figure",
    },
    "request_event": {
        "action": "the name of a step",
        "from_state": "a word of a closed vocabulary",
        "to_state": "a word of a closed vocabulary",
        "reason": "a word of a closed vocabulary, which figures count",
        "act": "a random key",
    },
    "guest": {"language": "of e-mails that are over"},
    "message": {"once": "a random key"},
    "intervention": {"once": "a random key", "uid": "a random key"},
    "application": {
        "reference": "a number drawn by lot",
        "language": "a figure",
        "region_code": "a figure",
        "department_code": "a figure",
        "commune_code": "the place of a pole, not of a person",
        "town": "the place of a pole, not of a person",
        "sectors": "words of a closed vocabulary",
    },
    "application_event": {
        "action": "the name of a step",
        "reason": "a word of a closed vocabulary, which figures count",
    },
    "application_link": {"token_hash": "the hash of a link that opens nothing any more"},
}

TABLES = sorted({*BLANKED, *KEPT, "application_document"})


def says_something(column: Column) -> bool:
    text = isinstance(column.type, String | JSON | LargeBinary) and not isinstance(column.type, Enum)
    return text or any(key.column.table.name == "person" for key in column.foreign_keys)


@pytest.mark.parametrize("table", TABLES)
def test_every_text_is_blanked_or_said_to_hold_nothing_personal(app, table: str) -> None:
    said = {one.name for one in Model.metadata.tables[table].columns if says_something(one)}
    blanked, kept = BLANKED.get(table, set()), KEPT.get(table, {}).keys()
    assert not (forgotten := said - blanked - kept), f"Blank these, or say why they stay: {forgotten}"
    assert not blanked & kept
    assert not (blanked | kept) - said


def mark_everything() -> None:
    """The mark in each text that must go."""
    with transaction() as session:
        for name, columns in BLANKED.items():
            table = Model.metadata.tables[name]
            texts: dict[str, Any] = {
                one: MARK for one in columns if isinstance(table.columns[one].type, String)
            }
            texts |= {one: [MARK] for one in columns if isinstance(table.columns[one].type, JSON)}
            if texts:
                session.execute(update(table).values(texts))


def stored() -> str:
    rows: list[Any] = []
    for name in TABLES:
        rows += db.session.execute(select(Model.metadata.tables[name])).all()
    return "\n".join(map(str, rows))


def people_named() -> set[Any]:
    """Every person that these tables still refer to."""
    found: set[Any] = set()
    for name in TABLES:
        for column in Model.metadata.tables[name].columns:
            if any(key.column.table.name == "person" for key in column.foreign_keys):
                found |= set(db.session.scalars(select(column)))
    return found - {None}


def test_requests_keep_no_mark_and_nobody(make) -> None:
    old.finished(make)
    mark_everything()
    assert stored().count(MARK) == 22
    assert people_named()
    assert old.run(Kept.REQUESTS) == [1]
    assert MARK not in stored()
    assert not people_named()


def test_applications_keep_no_mark_nobody_and_no_file(make) -> None:
    moment, actor_id = clock.now() - old.LONG_AGO, make.national_admin().person_id
    application = Application(
        reference="4321-0000",
        email="zoe@exemple.test",
        name="Pôle",
        state=State.REFUSED,
        submitted_at=moment,
        changed_at=moment,
        closed_at=moment,
    )
    document = StoredFile(key="k", name="statuts.pdf", media_type="application/pdf", size=1, sha256="s")
    with transaction() as session:
        session.add_all([application, document])
        session.flush()
        session.add_all(
            [
                ApplicationDocument(application_id=application.id, file_id=document.id),
                ApplicationLink(application_id=application.id, token_hash="t", expires_at=moment),
                ApplicationEvent(
                    application_id=application.id,
                    action=REFUSE.name,
                    actor_id=actor_id,
                    from_state=State.DRAFT,
                    to_state=State.REFUSED,
                    at=moment,
                ),
            ]
        )
    mark_everything()
    assert MARK in stored()
    with transaction() as session:
        session.execute(update(Application).values(changed_at=moment + timedelta(days=30)))
    assert old.run(Kept.APPLICATIONS) == [0]
    with transaction() as session:
        session.execute(update(Application).values(changed_at=moment))
    assert old.run(Kept.APPLICATIONS) == [1]
    assert MARK not in stored()
    assert db.session.scalars(select(StoredFile)).all() == []
    assert db.session.scalars(select(Application.state)).all() == [State.REFUSED]
