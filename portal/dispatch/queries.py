"""Which e-mails somebody may not read, since they may not read on its page what those are of."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from portal.access.roles import Actor
from portal.conversation import queries as conversations
from portal.conversation.models import Message
from portal.db import db
from portal.news.digests.emails import DIGEST
from portal.notifications.models import OutboxEmail
from portal.reminders.emails import SUMMARY
from portal.requests import queries as requests
from portal.requests.models import SupportRequest

GATHERED = frozenset({DIGEST, SUMMARY})
"""They are of many things at once, as their reader alone sees them."""


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
