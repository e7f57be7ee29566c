"""Which e-mails may be given up together, and which somebody may not read, since they may not read on its page what
those are of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from portal.access.roles import Actor
from portal.conversation import queries as conversations
from portal.conversation.models import Message
from portal.db import db
from portal.news.digests.emails import DIGEST
from portal.notifications import queries as emails
from portal.notifications.models import OutboxEmail
from portal.notifications.pauses.rules import may_be_paused
from portal.notifications.preferences import queries as preferences
from portal.reminders.emails import SUMMARY
from portal.requests import queries as requests
from portal.requests.models import SupportRequest

GATHERED = frozenset({DIGEST, SUMMARY})
"""They are of many things at once, as their reader alone sees them."""

WAITING: Mapping[str, Callable[[], Select[Any]]] = {
    "en-retard": emails.late,
    "attente": emails.waiting,
    "retenus": emails.held,
}
"""The lists of what waits, by their name in the address."""


def count_to_give_up(chosen: str) -> tuple[int, int]:
    """How many of a list may be given up, and the last number among them."""
    listed = may_be_given_up(chosen).subquery()
    count, last = db.session.execute(select(func.count(), func.max(listed.c.id)).select_from(listed)).one()
    return count, last or 0


def may_be_given_up(chosen: str, last: int | None = None) -> Select[int]:
    """What waits in a list, up to a number, but for what always leaves."""
    always = {kind for topic in preferences.topics() if not may_be_paused(topic) for kind in topic.kinds}
    listed = WAITING[chosen]().with_only_columns(OutboxEmail.id).order_by(None)
    upto = [OutboxEmail.id <= last] if last is not None else []
    return listed.where(OutboxEmail.kind.not_in(always), *upto)


def unreadable(actor: Actor, emails: Sequence[OutboxEmail]) -> Collection[int]:
    """Those whose words somebody does not see, by number: of a message or a request that is not theirs to read, or
    gathered for their reader. In two statements at most."""
    messages = {email.id: number for email in emails if (number := _message(email))}
    threads = {email.thread for email in emails if email.thread}
    heard = _messages(actor, set(messages.values()))
    apart = _requests_apart(actor, threads)
    return {
        email.id
        for email in emails
        if email.kind in GATHERED
        or email.thread in apart
        or (email.id in messages and messages[email.id] not in heard)
    }


def _message(email: OutboxEmail) -> int | None:
    """The number of the message that it tells of; None: it tells of none."""
    what, _, number = (email.answers or "").partition("-")
    return int(number) if what == "message" else None


def _messages(actor: Actor, numbers: Collection[int]) -> Collection[int]:
    statement = conversations.readable(actor).with_only_columns(Message.id).where(Message.id.in_(numbers))
    return set(db.session.scalars(statement)) if numbers else set()


def _requests_apart(actor: Actor, references: Collection[str]) -> Collection[str]:
    """The requests of these references that are not theirs."""
    statement = select(SupportRequest.reference).where(
        SupportRequest.reference.in_(references), ~requests.is_visible_to(actor)
    )
    return set(db.session.scalars(statement)) if references else set()
