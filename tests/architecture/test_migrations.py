"""Migrations go up and down with data in every table, and make the tables of the models."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, column, func, inspect, select, text
from sqlalchemy.orm import Mapper

import config
from portal import clock, create_app
from portal.accounts.models import FailedAttempt, Invitation, Membership
from portal.alike.models import AlikePair, ComparedRequest, SharedRequest, SharedSession
from portal.alike.rules import Near
from portal.applications.models import ApplicationDocument, ApplicationEvent, CompanyRecord
from portal.applications.steps import SUBMIT, State
from portal.catalogue.models import ServicePlace
from portal.conversation.guests.models import Guest, GuestLink, MessageGuest
from portal.conversation.models import Message, MessageDraft, MessageMention, MessagePartner, Reading
from portal.conversation.rules import Side
from portal.db import Model, db, transaction
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from portal.mailbox.models import ReceivedEmail
from portal.notifications.models import EmailPause, MailFailure, OutboxEmail, WorkerHeartbeat
from portal.notifications.preferences.models import EmailChoice, EmailHours
from portal.organisations.models import OrganisationAbsence, PoleMember, PoleSector, Recognition, StageChange
from portal.organisations.rules import RecognitionKind, Sector, Stage
from portal.people.models import Viewing
from portal.reminders.models import Reminder, ReminderChoice, ReminderLetter
from portal.reminders.rules import ReminderState
from portal.requests import steps
from portal.requests.models import RequestEvent
from portal.requests.saved.models import SavedFilter
from portal.requests.undo.models import Undo
from portal.stuck.models import Snooze
from portal.teams.models import Absence, MembersReview
from portal.text import search_key
from portal.transfers.models import Transfer, TransferLine
from portal.transfers.rules import Outcome, TransferKind
from tests import postgres
from tests.architecture.bundle_rows import bundle_of
from tests.architecture.dated_rows import dates_of
from tests.architecture.safe_rows import safety_of
from tests.architecture.source import ROOT
from tests.builders import Builder
from tests.needs import raw_needs
from tests.sessions import beside_requests
from tests.shares import raw_work_and_dates

MIGRATIONS = str(ROOT / "migrations")
FILE_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.py")


@pytest.fixture(scope="module")
def scratch(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on an empty database of its own."""
    if database_url.startswith("sqlite"):
        application = create_app(
            config.Testing(f"sqlite:///{tmp_path_factory.mktemp('migrations') / 'portal.sqlite'}")
        )
    else:
        name = f"{database_url.partition('?')[0].rpartition('/')[2]}_migrations"
        application = create_app(config.Testing(postgres.create_database(database_url, name)))
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    if not database_url.startswith("sqlite"):
        postgres.drop_database(database_url, name)


def fill() -> None:
    """A row in every table."""
    make = Builder()
    partner = make.partner(regions=("28",))
    practitioner = make.practitioner(partner)
    pole = make.pole(
        recognitions=[Recognition(kind=next(iter(RecognitionKind)), year=2021)],
        stage_changes=[StageChange(stage=Stage.DEVELOPING, since=clock.today())],
        sectors=[PoleSector(sector=Sector.FOOD)],
        members=[PoleMember(name="Coopérative du Lin")],
        absences=[OrganisationAbsence(starts_on=clock.today(), ends_on=clock.today())],
    )
    coordinator = make.coordinator(pole)
    service = make.service(
        partner,
        stages=(Stage.DEVELOPING,),
        places=[ServicePlace(region_code="28")],
        checked_by_id=partner.id,
    )
    version = bundle_of(make, service, partner, pole)
    request = make.raw_request(coordinator, service=service, service_version_id=version.id)
    assignment = make.raw_assignment(request, partner)
    beside = make.raw_request(coordinator, service=service)
    pair = {"first_id": request.id, "second_id": beside.id}
    make._save(AlikePair(**pair, near=Near.REGION, shared=["statuts"], unlike_at=clock.now()))
    make._save(ComparedRequest(request_id=request.id, at=clock.now()))
    shared = make._save(SharedSession(title="Une journée commune"))
    make._save(SharedRequest(request_id=request.id, session_id=shared.id))
    act = make.raw_intervention(assignment, practitioner.person)
    raw_work_and_dates(make, practitioner, assignment)
    beside_requests(make, practitioner, service, coordinator, act)
    raw_needs(make, practitioner, service, request, shared)
    event = {
        "request_id": request.id,
        "action": steps.ROUTE.name,
        "from_state": "to_route",
        "to_state": "proposed",
    }
    email = {"recipient": "ana@exemple.test", "recipient_name": "Ana", "language": "fr", "subject": "Lisez"}
    application = make.raw_application()
    make.link(application)
    stored = StoredFile(
        key="a" * 48, name="statuts.pdf", media_type="application/pdf", size=3, sha256="b" * 64
    )
    sent = StoredFile(key="c" * 48, name="devis.pdf", media_type="application/pdf", size=3, sha256="b" * 64)
    reminder = make._save(
        Reminder(kind="drafts", thing=1, rung="pole", state=ReminderState.CLEARED, on=clock.today())
    )
    step = {"application": application, "action": SUBMIT.name, "from_state": State.DRAFT}
    with transaction() as session:
        session.add_all(
            [
                ApplicationDocument(application=application, file=stored),
                Document(file=sent, sent_by_id=coordinator.person_id, kind="request", parent_id=request.id),
                ApplicationEvent(**step, to_state=State.SUBMITTED),
                CompanyRecord(siret="44229377500031", found=False),
                RequestEvent(**event),
                FailedAttempt(key="sign-in:ana"),
                *safety_of(coordinator.person_id),
                *dates_of(act, coordinator),
                Invitation(
                    organisation_id=pole.id,
                    email="ana@exemple.test",
                    given_name="Ana",
                    family_name="Roy",
                    role=coordinator.role,
                    token_hash="0" * 64,
                    expires_at=clock.now(),
                ),
                EmailPause(kind="stuck/draft_pole"),
                ReminderChoice(kind="drafts", rung="pole", scope="region", which="28", days=4),
                ReminderLetter(reminder_id=reminder.id, recipient="ana@exemple.test"),
                Snooze(
                    request_id=request.id, by_id=coordinator.person_id, until=clock.today(), note="Congés"
                ),
                SavedFilter(membership_id=coordinator.id, name="Lin", query="dossier=toutes"),
                Absence(membership_id=coordinator.id, starts_on=clock.today(), ends_on=clock.today()),
                MembersReview(organisation_id=pole.id, by_id=coordinator.person_id),
                Viewing(
                    viewer_id=practitioner.person_id, membership_id=coordinator.id, key="k", reason="Aide"
                ),
                Undo(key="k", membership_id=coordinator.id, role=coordinator.role, letters=[], changes=[]),
                OutboxEmail(kind="requests/route_pole", text="t", html="h", message_id="<1@x>", **email),
                MailFailure(
                    address="a@exemple.test", message_id="<1@x>", error="550 5.1.1 Nobody", counts=True
                ),
                EmailChoice(
                    person_id=coordinator.person_id, organisation_id=pole.id, topic="messages", rhythm="daily"
                ),
                EmailHours(person_id=coordinator.person_id, quiet_from=20, quiet_until=8),
                ReceivedEmail(key="k", answers="part-1", person_id=coordinator.person_id, sender="a@b.test"),
                WorkerHeartbeat(name="machine", seen_at=clock.now()),
                JournalEntry(
                    act=Act.JOINED, subject=Subject.PERSON, subject_name="Ana", search_text="ana", changes={}
                ),
            ]
        )
    with transaction() as session:
        for one in said_on(event["request_id"], coordinator, practitioner):
            session.add(one)
            session.flush()
    transfer = Transfer(
        kind=TransferKind.POLES,
        owner_id=coordinator.person_id,
        file_name="poles.csv",
        content=b"nom",
        digest="0",
        counts={"error": 1},
        emptied=0,
    )
    with transaction() as session:
        session.add(transfer)
        session.flush()
        session.add(
            TransferLine(
                transfer_id=transfer.id,
                rank=0,
                number=2,
                outcome=Outcome.ERROR,
                name="Pôle",
                changes=[],
                problems=["?"],
            )
        )


def said_on(request_id: int, coordinator: Membership, practitioner: Membership) -> list[Any]:
    """A message and all that comes with it."""
    who = {"person_id": practitioner.person_id, "organisation_id": practitioner.organisation_id}
    return [
        Message(
            id=1,
            request_id=request_id,
            once="k",
            author_id=coordinator.person_id,
            organisation_id=coordinator.organisation_id,
            side=Side.POLE,
            note=False,
            text="Bonjour",
        ),
        MessagePartner(message_id=1, partner_id=practitioner.organisation_id),
        MessageMention(message_id=1, person_id=practitioner.person_id),
        Guest(
            id=1,
            request_id=request_id,
            organisation_id=coordinator.organisation_id,
            email="lise@exemple.test",
            name="Lise",
            role="experte",
            side=Side.POLE,
            expires_at=clock.now(),
        ),
        GuestLink(guest_id=1, token_hash="0"),
        MessageGuest(message_id=1, guest_id=1),
        Reading(request_id=request_id, read_until=1, **who),
        JointPole(request_id=request_id, pole_id=1, state=JointState.INVITED, due_on=clock.today()),
        MessageDraft(request_id=request_id, reach="with", text="Bon", **who),
    ]


def tables(connection: Connection) -> set[str]:
    return {
        name
        for name in inspect(connection).get_table_names()
        if name != "alembic_version" and not name.startswith("search_word")  # FTS5's own
    }


def read_every_model() -> None:
    for mapper in Model.registry.mappers:
        assert isinstance(mapper, Mapper)
        db.session.execute(select(mapper.class_).limit(1)).unique().all()


def test_up_down_and_up_again_with_data_everywhere(scratch: Flask) -> None:
    flask_migrate.upgrade(MIGRATIONS)
    fill()
    with db.engine.connect() as connection:
        empty = {
            table.name
            for table in Model.metadata.sorted_tables
            if not connection.scalar(select(func.count()).select_from(table))
        }
        assert not empty, f"Give fill() a row of {empty}: a migration is only tried where there is data."
    db.session.remove()
    flask_migrate.downgrade(MIGRATIONS, "base")
    with db.engine.connect() as connection:
        assert not (left := tables(connection)), f"The way down leaves {left} behind."
    flask_migrate.upgrade(MIGRATIONS)
    fill()
    read_every_model()
    db.session.remove()
    flask_migrate.downgrade(MIGRATIONS, "base")


def test_what_guests_sent_goes_with_the_column_that_names_them(scratch: Flask) -> None:
    """An older version knows no sender without an account: theirs go with their files, what people sent stays."""
    flask_migrate.upgrade(MIGRATIONS)
    fill()
    stored = StoredFile(key="d" * 48, name="avis.pdf", media_type="application/pdf", size=3, sha256="b" * 64)
    with transaction() as session:
        session.add(Document(file=stored, guest_id=1, kind="message", parent_id=1))
    db.session.remove()
    flask_migrate.downgrade(MIGRATIONS, "0022")
    with db.engine.connect() as connection:
        files = select(text("name")).select_from(text("stored_file")).order_by(text("name"))
        assert list(connection.scalars(files)) == ["devis.pdf", "statuts.pdf"]
        assert connection.scalar(text("SELECT count(*) FROM document")) == 1
    flask_migrate.upgrade(MIGRATIONS)
    read_every_model()
    db.session.remove()
    flask_migrate.downgrade(MIGRATIONS, "base")


def columns(connection: Connection) -> dict[str, list[str]]:
    found = inspect(connection)
    return {table: [one["name"] for one in found.get_columns(table)] for table in tables(connection)}


def rows(connection: Connection, shown: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """What the tables hold in these columns."""
    return {
        table: sorted(
            (tuple(row) for row in connection.execute(select(*map(column, names)).select_from(text(table)))),
            key=repr,
        )
        for table, names in shown.items()
    }


def test_each_migration_is_undone_and_done_again_without_loss(scratch: Flask) -> None:
    """Whatever an older version can hold comes back as it was: names that changed are changed back, and again."""
    flask_migrate.upgrade(MIGRATIONS)
    fill()
    db.session.remove()
    scripts = [one.revision for one in ScriptDirectory(MIGRATIONS).walk_revisions()]
    for revision, older in pairwise(scripts):
        with db.engine.connect() as connection:
            whole = columns(connection)
            before = rows(connection, whole)
        flask_migrate.downgrade(MIGRATIONS, older)
        with db.engine.connect() as connection:
            held = columns(connection)
        flask_migrate.upgrade(MIGRATIONS, revision)
        shown = {table: [name for name in whole[table] if name in names] for table, names in held.items()}
        with db.engine.connect() as connection:
            after = rows(connection, shown)
        for table, names in shown.items():
            places = [whole[table].index(name) for name in names]
            kept = sorted((tuple(row[place] for place in places) for row in before[table]), key=repr)
            assert after[table] == kept, f"{revision} {table}"
        flask_migrate.downgrade(MIGRATIONS, older)
    flask_migrate.downgrade(MIGRATIONS, "base")


def test_migrations_make_the_tables_of_the_models(scratch: Flask) -> None:
    flask_migrate.upgrade(MIGRATIONS)
    with db.engine.connect() as connection:
        assert tables(connection) == Model.metadata.tables.keys()
    flask_migrate.check(MIGRATIONS)


def test_migrations_are_numbered_in_one_line() -> None:
    scripts = ScriptDirectory(MIGRATIONS)
    assert len(scripts.get_heads()) == 1, "Two migrations follow the same one: put one after the other."
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert FILE_NAME.fullmatch(path.name), f"Name {path.name} 0002_what_it_does.py."


@pytest.mark.parametrize(
    "path", sorted((ROOT / "migrations" / "versions").glob("*.py")), ids=lambda path: path.stem
)
def test_a_migration_knows_nothing_of_the_code(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"^\s*(from|import) portal", source, re.M), "The code changes; a migration must not."
    body = source.partition("def downgrade")[2].strip()
    assert "drop" in body or "op." in body, "Write the way down."


def test_the_second_one_fills_what_it_adds(scratch: Flask) -> None:
    flask_migrate.downgrade(MIGRATIONS, "base")
    flask_migrate.upgrade(MIGRATIONS, "0001")
    with db.engine.connect() as connection:
        connection.execute(
            text(
                "INSERT INTO organisation (id, kind, name, name_key, active, created_at, stage)"
                " VALUES (1, 'pole', 'Pôle', 'pole', true, '2024-03-01 09:00:00+00:00', 'emerging')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO person"
                " (id, email, fs_uniquifier, active, given_name, family_name, language, created_at)"
                " VALUES (1, 'a@exemple.test', 'x', true, 'Zoé', 'Œuvré', 'fr', '2024-03-01 09:00:00+00:00')"
            )
        )
        connection.commit()
    flask_migrate.upgrade(MIGRATIONS)
    with db.engine.connect() as connection:
        stage = connection.execute(text("SELECT pole_id, stage, since FROM stage_change")).one()
        person = connection.execute(text("SELECT name_key, confirmed_at FROM person")).one()
    assert (stage.pole_id, stage.stage, str(stage.since)) == (1, "emerging", "2024-03-01")
    assert person.name_key == search_key("Œuvré Zoé")
    assert person.confirmed_at is not None
    flask_migrate.downgrade(MIGRATIONS, "base")
