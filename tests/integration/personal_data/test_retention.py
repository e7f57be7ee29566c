"""The rules of retention as jobs, as a command, and as they are published."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import FailedAttempt, Invitation, Person
from portal.db import db, transaction
from portal.documents.models import Document
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from portal.notifications.models import OutboxEmail
from portal.notifications.worker import service as worker
from portal.personal_data import jobs
from portal.personal_data.rules import RULES, Kept
from portal.reminders.models import Reminder
from portal.reminders.rules import ReminderState
from portal.requests.models import SupportRequest
from portal.safety.models import SignInSession
from portal.transfers.models import Transfer
from portal.transfers.rules import TransferKind
from tests.days import days_ago
from tests.integration.personal_data import old

EVERY_DAY = (
    Kept.INVITATIONS,
    Kept.JOURNAL,
    Kept.SESSIONS,
    Kept.ATTEMPTS,
    Kept.EMAIL_TEXTS,
    Kept.EMAILS,
    Kept.REMINDERS,
    Kept.IMPORTS,
    Kept.DOCUMENTS,
)


def test_each_rule_has_its_duty() -> None:
    assert jobs.DUTIES.keys() == RULES.keys()


def test_each_duty_is_done_every_day() -> None:
    assert {job for duty in jobs.DUTIES.values() for job in duty.jobs} <= set(jobs.JOBS)


def _old_and_new(make) -> None:
    """Two of each, of which one is too old."""
    me = make.coordinator()
    for age in (timedelta(0), timedelta(days=400)):
        at = clock.now() - age
        make.raw_reminder(ReminderState.SENT, at=at)
        make.document(sent_by_id=me.person_id, sent_at=at)
        key = f"{age.days}"
        email = {"recipient": "a@x.test", "recipient_name": "A", "language": "fr", "subject": "S"}
        with transaction() as session:
            session.add_all(
                [
                    JournalEntry(
                        at=at,
                        act=Act.JOINED,
                        subject=Subject.PERSON,
                        subject_name="A",
                        search_text="a",
                        changes={},
                    ),
                    SignInSession(
                        person_id=me.person_id,
                        key_hash=key,
                        started_at=at,
                        last_seen_at=at,
                        browser="",
                        system="",
                        address="",
                    ),
                    FailedAttempt(key=key, at=at),
                    OutboxEmail(
                        kind="k",
                        text="t",
                        html="h",
                        message_id=key,
                        created_at=at,
                        sent_at=at,
                        next_attempt_at=None,
                        **email,
                    ),
                    Invitation(
                        organisation_id=me.organisation_id,
                        email=f"{key}@x.test",
                        given_name="A",
                        family_name="B",
                        role=Role.MEMBER,
                        token_hash=key,
                        expires_at=at,
                    ),
                    Transfer(
                        kind=next(iter(TransferKind)),
                        owner_id=me.person_id,
                        file_name="a.csv",
                        content=b"",
                        digest="d",
                        counts={},
                        emptied=0,
                        created_at=at,
                    ),
                ]
            )


@pytest.mark.parametrize("kept", EVERY_DAY)
def test_what_is_too_old_is_counted_then_ended_and_the_rest_stays(make, kept: Kept) -> None:
    _old_and_new(make)
    duty = jobs.DUTIES[kept]
    assert duty.count() == 1
    old.run(kept)
    assert duty.count() == 0
    left = {
        Kept.JOURNAL: JournalEntry,
        Kept.SESSIONS: SignInSession,
        Kept.ATTEMPTS: FailedAttempt,
        Kept.EMAILS: OutboxEmail,
        Kept.REMINDERS: Reminder,
        Kept.INVITATIONS: Invitation,
        Kept.IMPORTS: Transfer,
        Kept.DOCUMENTS: Document,
    }.get(kept)
    if left is not None:
        assert db.session.scalar(select(func.count()).select_from(left)) == 1


def test_idle_accounts_are_warned_then_closed_then_nameless(make) -> None:
    """Two years, then thirty days, each counted before it is done."""
    person = make.person(given_name="Zénobie", email="zenobie@exemple.test", last_seen_at=days_ago(735))
    make.person(last_seen_at=clock.now())
    assert jobs.DUTIES[Kept.IDLE_ACCOUNTS].count() == 1
    old.run(Kept.IDLE_ACCOUNTS, Kept.WARNED_ACCOUNTS)
    assert db.session.scalars(select(OutboxEmail.recipient)).all() == ["zenobie@exemple.test"]
    assert not jobs.DUTIES[Kept.WARNED_ACCOUNTS].count()
    with clock.travelling_to(clock.now() + timedelta(days=32)):
        assert jobs.DUTIES[Kept.WARNED_ACCOUNTS].count() == 1
        old.run(Kept.WARNED_ACCOUNTS)
        assert jobs.DUTIES[Kept.WARNED_ACCOUNTS].count() == 0
    found = db.session.get(Person, person.id, populate_existing=True)
    assert found is not None
    assert (found.active, found.name) == (False, "Compte fermé")
    assert "zenobie" not in found.email


def test_the_command_only_looks_unless_told(app: Flask, make) -> None:
    old.finished(make)
    shown = app.test_cli_runner().invoke(args=["retention"])
    assert shown.exit_code == 0, shown.output
    line = next(one for one in shown.output.splitlines() if "Closed requests" in one)
    assert line.split()[0] == "1"
    assert "Nothing was changed" in shown.output
    assert not _anonymised()


def test_the_command_ends_all_that_is_due_in_parts(app: Flask, make, monkeypatch) -> None:
    monkeypatch.setattr(worker, "TRANSACTIONS", 2)
    for _ in range(5):
        old.finished(make)
    done = app.test_cli_runner().invoke(args=["retention", "--apply"])
    assert done.exit_code == 0, done.output
    line = next(one for one in done.output.splitlines() if "Closed requests" in one)
    assert line.split()[0] == "5"
    assert _anonymised() == 5


def test_the_worker_goes_on_until_all_is_done(make, monkeypatch) -> None:
    """A part at each round, so that e-mails leave between them."""
    monkeypatch.setattr(worker, "TRANSACTIONS", 2)
    for _ in range(5):
        old.finished(make)
    one = worker.Worker(jobs.DUTIES[Kept.REQUESTS].jobs, worker.Stop())
    seen = []
    for _ in range(4):
        one.step()
        seen.append(_anonymised())
    one.close()
    assert seen == [2, 4, 5, 5]


def _anonymised() -> int:
    which = SupportRequest.anonymised_at.is_not(None)
    return db.session.scalar(select(func.count()).select_from(SupportRequest).where(which)) or 0


def test_the_public_page_shows_every_rule(browse) -> None:
    page = browse().get("/donnees-personnelles").text
    assert page.count('<th scope="row">') == len(RULES)
    assert "3 ans sans activité" in page
    assert "12 mois" in page
