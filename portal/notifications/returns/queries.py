"""Which addresses take no e-mail, and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select

from portal import clock
from portal.db import db
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.returns.rules import COUNTED_FOR, PAUSED_AFTER
from portal.notifications.rules import ROWS_KEPT


@dataclass(frozen=True, slots=True)
class Failing:
    """An address whose e-mails come back. `since`: the first of those; `error`: what was answered last, `at` then.
    `paused`: nothing is sent to it any more."""

    address: str
    since: datetime
    at: datetime
    error: str
    paused: bool


def paused(addresses: Collection[str]) -> frozenset[str]:
    """Those that nothing is sent to, but what somebody needs to get in."""
    statement = (
        select(MailFailure.address)
        .where(MailFailure.address.in_(addresses), stands(), MailFailure.counts)
        .group_by(MailFailure.address)
        .having(func.count() >= PAUSED_AFTER)
    )
    return frozenset(db.session.scalars(statement)) if addresses else frozenset()


def failing(addresses: Collection[str]) -> Mapping[str, Failing]:
    """Of these, those whose e-mails come back, by address."""
    by_address: dict[str, list[MailFailure]] = {}
    statement = select(MailFailure).where(MailFailure.address.in_(addresses), stands())
    for mail_failure in db.session.scalars(statement.order_by(MailFailure.id)) if addresses else ():
        by_address.setdefault(mail_failure.address, []).append(mail_failure)
    return {address: _summed_up(failures) for address, failures in by_address.items()}


def _summed_up(failures: list[MailFailure]) -> Failing:
    first, last = failures[0], failures[-1]
    counted = sum(failure.counts for failure in failures)
    return Failing(last.address, first.at, last.at, last.error, counted >= PAUSED_AFTER)


def stands() -> ColumnElement[bool]:
    """Nobody said since that the address works, and it is not long ago."""
    return and_(MailFailure.forgiven_at.is_(None), MailFailure.at > clock.days_ago(COUNTED_FOR))


def all_standing() -> Select[MailFailure]:
    """All that came back or was refused and still stands, last first."""
    return select(MailFailure).where(stands()).order_by(MailFailure.at.desc(), MailFailure.id.desc())


def address_of(failure_id: int) -> str | None:
    return db.session.scalar(select(MailFailure.address).where(MailFailure.id == failure_id))


def is_old() -> ColumnElement[bool]:
    """Longer ago than anything of an e-mail is kept."""
    return MailFailure.at < clock.days_ago(ROWS_KEPT)


def sent(email_id: int) -> tuple[str, str] | None:
    """To whom an e-mail left, and its Message-ID; None: nothing of it is kept."""
    statement = select(OutboxEmail.recipient, OutboxEmail.message_id).where(OutboxEmail.id == email_id)
    row = db.session.execute(statement).first()
    return (row[0], row[1]) if row else None
