"""What each rule of retention does: how much it would end today, and the jobs that end it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, select

from portal import clock
from portal.accounts import personal as accounts
from portal.accounts import queries as accounts_queries
from portal.accounts.attempts import service as attempts
from portal.accounts.models import FailedAttempt, Invitation, Person
from portal.applications import jobs as application_ends
from portal.applications import personal as applications
from portal.applications import queries as application_queries
from portal.applications.models import Application, ApplicationLink
from portal.calendars import personal as calendars
from portal.calendars import queries as invitations
from portal.calendars.models import CalendarInvitation
from portal.catalogue.blocked import queries as blocked
from portal.catalogue.blocked.models import BlockedDemand
from portal.conversation import personal as conversations
from portal.conversation.guests import queries as guests
from portal.conversation.guests import service as guest_service
from portal.conversation.guests.models import Guest
from portal.db import db
from portal.documents import queries as document_queries
from portal.documents import service as documents
from portal.documents.models import Document
from portal.feature import Check, Job
from portal.interventions import personal as interventions
from portal.interventions.confirmation import personal as confirmations
from portal.interventions.corrections import personal as corrections
from portal.interventions.drafts import personal as log_drafts
from portal.interventions.drafts import queries as log_drafts_queries
from portal.interventions.drafts.models import LogDraft
from portal.interventions.network import personal as network
from portal.interventions.network.models import NetworkAct
from portal.joint import personal as joint
from portal.journal import personal as journal
from portal.journal.models import JournalEntry
from portal.mailbox import personal as mailbox
from portal.mailbox import queries as mailbox_queries
from portal.mailbox.models import ReceivedEmail
from portal.notifications import personal as notifications
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.returns import queries as returns
from portal.personal_data import queries
from portal.personal_data import service as people
from portal.personal_data.rules import NOTICE, RULES, Kept
from portal.proposals import personal as proposals
from portal.reminders import personal as reminders
from portal.reminders.models import Reminder
from portal.requests import personal as requests
from portal.requests.drafts import service as drafts
from portal.requests.models import SupportRequest
from portal.safety import personal as safety
from portal.safety.models import SignInSession
from portal.sessions.givers import personal as givers
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import personal as presence
from portal.sessions.presence.models import HeldSession
from portal.sessions.registrations import personal as registrations
from portal.sessions.registrations import queries as seats
from portal.sessions.registrations.models import Registration
from portal.stuck import personal as stuck
from portal.teams import personal as teams
from portal.teams import service as team
from portal.transfers import personal as transfers
from portal.transfers.models import Transfer

AT_ONCE = 200
"""Rows that nobody is told about, removed by one transaction, so that no page waits long for it."""
Which = Callable[[], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Duty:
    """`count`: how many things are due; `jobs`: end them."""

    count: Callable[[], int]
    jobs: tuple[Job, ...]


def _before(kept: Kept) -> datetime:
    return clock.days_ago(RULES[kept].after)


def _day_before(kept: Kept) -> date:
    return clock.today() - RULES[kept].after


def _each(name: str, model: Any, which: Which, end: Callable[[int], object]) -> Duty:
    """A transaction for each thing: `end` looks again under lock, and says False where it is no longer due."""
    job = Job(name, _numbers(model, which), lambda ids: sum(end(key) is not False for key in ids))
    return Duty(lambda: _count(model, which), (job,))


def _rows(name: str, model: Any, which: Which, end: Callable[[Sequence[int]], int] | None = None) -> Duty:
    """Rows removed, or ended otherwise, many in each transaction: nobody is told."""
    job = Job(name, _numbers(model, which), end or _remover(model, which), at_once=AT_ONCE)
    return Duty(lambda: _count(model, which), (job,))


def _both(first: Duty, second: Duty) -> Duty:
    return Duty(lambda: first.count() + second.count(), (*first.jobs, *second.jobs))


def _count(model: Any, which: Which) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(which())) or 0


def _numbers(model: Any, which: Which) -> Callable[[int, int], Sequence[int]]:
    def due(after: int, most: int) -> Sequence[int]:
        statement = select(model.id).where(model.id > after, which())
        return db.session.scalars(statement.order_by(model.id).limit(most)).all()

    return due


def _remover(model: Any, which: Which) -> Callable[[Sequence[int]], int]:
    def remove(ids: Sequence[int]) -> int:
        still = select(model.id).where(model.id.in_(ids), which()).order_by(model.id)
        ours = db.session.scalars(
            still.with_for_update(skip_locked=True)
        ).all()  # another worker has the rest
        gone = delete(model).where(model.id.in_(ours)).execution_options(synchronize_session=False)
        return int(cast("CursorResult[Any]", db.session.execute(gone)).rowcount)

    return remove


def _old_network_work() -> ColumnElement[bool]:
    return network.is_old(_day_before(Kept.NETWORK_WORK))


def _dormant() -> ColumnElement[bool]:
    since = _before(Kept.DORMANT_REQUESTS)
    return and_(requests.is_dormant(since), conversations.nobody_wrote(since))


def _close_dormant(request_id: int) -> bool:
    request = requests.locked_if(request_id, _dormant())
    if request is not None:
        requests.close_dormant(request)
    return request is not None


def _old_request() -> ColumnElement[bool]:
    since = _before(Kept.REQUESTS)
    return and_(requests.is_old(since, clock.days_ago(NOTICE)), conversations.nobody_wrote(since))


def _anonymise_request(request_id: int) -> bool:
    request = requests.locked_if(request_id, _old_request())
    if request is not None:
        stuck.anonymise([request_id])
        interventions.anonymise([request_id])
        confirmations.anonymise([request_id])
        corrections.anonymise([request_id])
        log_drafts.anonymise([request_id])
        conversations.anonymise([request_id])
        joint.anonymise([request_id])
        proposals.anonymise([request_id])
        calendars.anonymise([request_id])
        requests.anonymise([request_id])
    return request is not None


def _end_draft(request_id: int) -> bool:
    request = requests.locked_if(request_id, requests.is_draft_due())
    if request is not None:
        drafts.end(request)
    return request is not None


DUTIES: Mapping[Kept, Duty] = {
    Kept.DORMANT_REQUESTS: _each("close dormant requests", SupportRequest, _dormant, _close_dormant),
    Kept.REQUESTS: _each("anonymise requests", SupportRequest, _old_request, _anonymise_request),
    Kept.DRAFTS: _each("end drafts of requests", SupportRequest, requests.is_draft_due, _end_draft),
    Kept.LOG_DRAFTS: _rows("forget drafts of logs", LogDraft, log_drafts_queries.is_old),
    Kept.APPLICATIONS: _each(
        "anonymise applications",
        Application,
        lambda: application_queries.is_old(_day_before(Kept.APPLICATIONS)),
        lambda number: application_ends.anonymise(number, _day_before(Kept.APPLICATIONS)),
    ),
    Kept.APPLICATION_DRAFTS: _each(
        "end drafts of applications",
        Application,
        application_queries.is_draft_due,
        application_ends.end_draft,
    ),
    Kept.IDLE_ACCOUNTS: _each(
        "warn idle accounts",
        Person,
        lambda: accounts_queries.is_idle(clock.today()),
        lambda number: team.warn_idle(number, clock.today()),
    ),
    Kept.WARNED_ACCOUNTS: _both(
        _each(
            "close idle accounts",
            Person,
            lambda: accounts_queries.is_to_close(clock.today()),
            lambda number: team.close_idle(number, clock.today()),
        ),
        _each("forget closed accounts", Person, accounts.is_closed_and_known, people.forget_closed),
    ),
    Kept.INVITATIONS: _rows("forget invitations", Invitation, teams.is_old_invitation),
    Kept.JOURNAL: _rows("shorten the journal", JournalEntry, journal.is_old),
    Kept.SESSIONS: _rows("forget sessions", SignInSession, safety.is_old_session),
    Kept.IMPORTS: _rows("forget imported files", Transfer, transfers.is_old),
    Kept.DOCUMENTS: _rows(
        "forget documents of refused forms", Document, document_queries.is_forgotten, documents.forget_old
    ),
    Kept.EMAIL_TEXTS: _both(
        _rows("blank e-mails", OutboxEmail, notifications.is_old_text, notifications.blank),
        _rows("blank answers by e-mail", ReceivedEmail, mailbox_queries.is_held_for_long, mailbox.blank),
    ),
    Kept.EMAILS: _both(
        _both(
            _rows("forget e-mails", OutboxEmail, notifications.is_old),
            _rows("forget e-mails that came back", MailFailure, returns.is_old),
        ),
        _rows("forget answers by e-mail", ReceivedEmail, mailbox_queries.is_old),
    ),
    Kept.BLOCKED_DEMAND: _rows("forget refused demand", BlockedDemand, blocked.is_old),
    Kept.NETWORK_WORK: _rows(
        "anonymise network work",
        NetworkAct,
        _old_network_work,
        lambda ids: network.anonymise(ids, _day_before(Kept.NETWORK_WORK)),
    ),
    Kept.REGISTRATIONS: _both(
        _both(
            _rows(
                "anonymise registrations to sessions",
                Registration,
                lambda: registrations.is_old(_day_before(Kept.REGISTRATIONS)),
                lambda ids: registrations.anonymise(ids, _day_before(Kept.REGISTRATIONS)),
            ),
            _both(
                _rows(
                    "forget who was to give sessions",
                    CollectiveSession,
                    lambda: givers.is_old(_day_before(Kept.REGISTRATIONS)),
                    lambda ids: givers.anonymise(ids, _day_before(Kept.REGISTRATIONS)),
                ),
                _rows(
                    "forget whom calendars invited to sessions",
                    CalendarInvitation,
                    lambda: invitations.of_sessions_before(_day_before(Kept.REGISTRATIONS)),
                ),
            ),
        ),
        _rows(
            "anonymise sessions held",
            HeldSession,
            lambda: presence.is_old(_day_before(Kept.REGISTRATIONS)),
            lambda ids: presence.anonymise(ids, _day_before(Kept.REGISTRATIONS)),
        ),
    ),
    Kept.REMINDERS: _rows("forget reminders", Reminder, reminders.is_old),
    Kept.ATTEMPTS: _rows("forget attempts", FailedAttempt, attempts.is_old),
}
_DEAD_LINKS = _rows("forget links of applications", ApplicationLink, applications.is_dead_link)

_GUESTS = _rows("forget addresses of guests", Guest, guests.is_over, guest_service.forget)

_PARTICIPANTS = _both(
    _rows("forget addresses of sessions", Registration, seats.is_over, registrations.forget_addresses),
    _rows("forget addresses of seats in calendars", CalendarInvitation, invitations.of_seats_long_ago),
)

JOBS = (
    *(job for duty in DUTIES.values() for job in duty.jobs),
    *(job for duty in (_DEAD_LINKS, _GUESTS, _PARTICIPANTS) for job in duty.jobs),
)


def _unwritable() -> Iterator[str]:
    for where in queries.unwritable_addresses():
        yield f"{where}: no mail server takes this address; correct it on its page, or ask who owns it."


CHECKS = (Check("addresses that nobody can write to", _unwritable),)
