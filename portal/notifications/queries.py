"""What left, what waits, what was given up, and whether a worker works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, load_only

from portal import clock
from portal.db import Moment, db
from portal.notifications.models import MailFailure, OutboxEmail, WorkerHeartbeat
from portal.notifications.returns import queries as returns
from portal.notifications.rules import SILENT

LATE = timedelta(minutes=10)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many e-mails: waiting, of these late, given up, sent in the last day, come back or refused, to leave in a
    digest, and held."""

    waiting: int
    late: int
    given_up: int
    sent: int
    came_back: int
    gathered: int
    held: int


@dataclass(frozen=True, slots=True)
class WorkerState:
    """The worker seen last (`seen_at` None: none ever), and since when it cannot reach the mail server."""

    seen_at: datetime | None = None
    mail_away_since: datetime | None = None
    mail_error: str | None = None

    @property
    def alive(self) -> bool:
        return self.seen_at is not None and self.seen_at > clock.now() - SILENT


def counts() -> Counts:
    """In one query."""
    now = clock.now()
    waiting = OutboxEmail.next_attempt_at.is_not(None)
    numbers = (
        _number(waiting),
        _number(_was_due_before(now - LATE)),
        _number(OutboxEmail.given_up_at.is_not(None)),
        _number(OutboxEmail.sent_at >= now - _DAY),
        select(func.count()).select_from(MailFailure).where(returns.stands()).scalar_subquery(),
        _number(OutboxEmail.digest_at.is_not(None)),
        _number(OutboxEmail.held_at.is_not(None)),
    )
    return Counts(*db.session.execute(select(*numbers)).one())


def _number(*which: Any) -> Any:
    return select(func.count()).select_from(OutboxEmail).where(*which).scalar_subquery()


def troubled() -> tuple[int, int]:
    """How many e-mails are late, and how many were given up in the last day: in one query."""
    now = clock.now()
    numbers = _number(_was_due_before(now - LATE)), _number(OutboxEmail.given_up_at >= now - _DAY)
    return tuple(db.session.execute(select(*numbers)).one())


def given_up() -> Select[OutboxEmail]:
    """Without their bodies, last first."""
    return (
        _without_bodies()
        .where(OutboxEmail.given_up_at.is_not(None))
        .order_by(_known(OutboxEmail.given_up_at).desc(), OutboxEmail.id.desc())
    )


def late() -> Select[OutboxEmail]:
    """Waiting for longer than is normal, without their bodies, oldest first."""
    return (
        _without_bodies()
        .where(_was_due_before(clock.now() - LATE))
        .order_by(OutboxEmail.created_at, OutboxEmail.id)
    )


def _was_due_before(moment: datetime) -> ColumnElement[bool]:
    """It waits since then: for a first attempt, or for one more; not for the office hours of its readers."""
    was_tried = and_(OutboxEmail.attempts > 0, OutboxEmail.created_at < moment)
    return and_(
        OutboxEmail.next_attempt_at.is_not(None), or_(OutboxEmail.next_attempt_at < moment, was_tried)
    )


def sent() -> Select[OutboxEmail]:
    """Without their bodies, last first."""
    return (
        _without_bodies()
        .where(OutboxEmail.sent_at.is_not(None))
        .order_by(_known(OutboxEmail.sent_at).desc(), OutboxEmail.id.desc())
    )


def waiting() -> Select[OutboxEmail]:
    """Without their bodies, what leaves first before."""
    due = OutboxEmail.next_attempt_at
    return _without_bodies().where(due.is_not(None)).order_by(_known(due), OutboxEmail.id)


def gathered() -> Select[OutboxEmail]:
    """What leaves in a digest, the next first."""
    at = OutboxEmail.digest_at
    return _without_bodies().where(at.is_not(None)).order_by(_known(at), OutboxEmail.id)


def held() -> Select[OutboxEmail]:
    """What the national cell keeps from leaving, the oldest first."""
    at = OutboxEmail.held_at
    return _without_bodies().where(at.is_not(None)).order_by(_known(at), OutboxEmail.id)


def stayed() -> Select[OutboxEmail]:
    """What did not leave by itself, and will not, the last first."""
    nowhere = (
        OutboxEmail.next_attempt_at,
        OutboxEmail.digest_at,
        OutboxEmail.held_at,
        OutboxEmail.sent_at,
        OutboxEmail.given_up_at,
    )
    return _without_bodies().where(*(each.is_(None) for each in nowhere)).order_by(OutboxEmail.id.desc())


def with_bodies(email_id: int) -> OutboxEmail | None:
    """With its bodies."""
    return db.session.get(OutboxEmail, email_id)


def lately_sent(most: int) -> Sequence[float]:
    """How many seconds the last of them took from being written to the mail server."""
    statement = (
        select(OutboxEmail.created_at, OutboxEmail.sent_at)
        .where(OutboxEmail.sent_at.is_not(None))
        .order_by(OutboxEmail.sent_at.desc(), OutboxEmail.id.desc())
        .limit(most)
    )
    return [
        (sent_at - created_at).total_seconds()
        for created_at, sent_at in db.session.execute(statement)
        if sent_at
    ]


def became(since: datetime) -> tuple[int, int, int]:
    """Of the e-mails since a moment: how many left, did not come back, and were given up."""
    came_back = select(MailFailure.id).where(MailFailure.message_id == OutboxEmail.message_id)
    left = OutboxEmail.sent_at >= since
    numbers = _number(left), _number(left, ~came_back.exists()), _number(OutboxEmail.given_up_at >= since)
    return tuple(db.session.execute(select(*numbers)).one())


def failures(since: datetime, most: int) -> Sequence[tuple[str, str]]:
    """The last addresses that took no e-mail since a moment, with what was answered."""
    statement = (
        select(MailFailure.address, MailFailure.error)
        .where(MailFailure.at >= since)
        .order_by(MailFailure.at.desc(), MailFailure.id.desc())
        .limit(most)
    )
    return [(address, error) for address, error in db.session.execute(statement)]


def _known(moment: InstrumentedAttribute[datetime | None]) -> Any:
    """A column that the condition beside it keeps from being null, so that pages can be ordered by it."""
    return type_coerce(moment, Moment)


def _without_bodies() -> Select[OutboxEmail]:
    return select(OutboxEmail).options(
        load_only(
            OutboxEmail.kind,
            OutboxEmail.recipient,
            OutboxEmail.recipient_name,
            OutboxEmail.subject,
            OutboxEmail.created_at,
            OutboxEmail.next_attempt_at,
            OutboxEmail.attempts,
            OutboxEmail.sent_at,
            OutboxEmail.given_up_at,
            OutboxEmail.last_error,
            OutboxEmail.thread,
            OutboxEmail.answers,
            OutboxEmail.confidential,
            OutboxEmail.digest_at,
            OutboxEmail.digested_at,
            OutboxEmail.held_at,
            OutboxEmail.dropped_at,
            raiseload=True,
        )
    )


def one_sent(email_id: int) -> OutboxEmail | None:
    """With its bodies."""
    statement = select(OutboxEmail).where(OutboxEmail.id == email_id, OutboxEmail.sent_at.is_not(None))
    return db.session.scalar(statement.execution_options(populate_existing=True))


def exists(email_id: int) -> bool:
    return db.session.scalar(select(OutboxEmail.id).where(OutboxEmail.id == email_id)) is not None


def workers() -> Sequence[WorkerHeartbeat]:
    """Each worker, also one that is silent: it may have died."""
    return db.session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.name)).all()


def worker() -> WorkerState:
    """The worker seen last; what a clock that ran ahead wrote says nothing."""
    seen = select(WorkerHeartbeat).where(WorkerHeartbeat.seen_at < clock.now() + SILENT)
    last = db.session.scalar(seen.order_by(WorkerHeartbeat.seen_at.desc()).limit(1))
    return WorkerState(last.seen_at, last.mail_away_since, last.mail_error) if last else WorkerState()
