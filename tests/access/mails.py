"""E-mails: one that came back, and what is done about it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select

from portal import clock
from portal.db import db, transaction
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.outbox.service import message_id
from portal.notifications.returns import service as returns

Values = dict[str, Any]


def _came_back(_world: Any) -> Values:
    name = message_id()
    with transaction():
        returns.note("zoe@exemple.test", name, "550 5.1.1 Nobody of that name")
    return {"failure_id": db.session.scalar(select(MailFailure.id).where(MailFailure.message_id == name))}


def _nothing(_world: Any, _persona: str) -> Values:
    return {}


def _held(world: Any) -> Values:
    """An answer that came for the coordinator from another address."""
    return {"received_id": world.make.raw_answer(world.coordinator).id}


def _kind(_world: Any, _persona: str) -> Values:
    return {"kind": "stuck/draft_pole"}


def _waiting(_world: Any, _persona: str) -> Values:
    return {"liste": "attente", "last": "1"}


def _no(_world: Any, _persona: str) -> Values:
    return {"theirs": "no"}


def _sent(world: Any) -> Values:
    """An e-mail that the coordinator got."""
    row = {
        "kind": "requests/accept_pole",
        "recipient": world.coordinator.person.email,
        "recipient_name": "Zoé Martin",
        "language": "fr",
        "subject": "Lisez",
        "text": "Bonjour",
        "html": "<p>Bonjour</p>",
        "message_id": message_id(),
        "next_attempt_at": None,
        "sent_at": clock.now(),
    }
    with transaction() as session:
        return {"email_id": session.scalar(insert(OutboxEmail).values(row).returning(OutboxEmail.id))}


def _region(_world: Any) -> Values:
    """The region whose days of reminders are chosen."""
    return {"scope": "region", "which": "28"}


STAGES: dict[str, Callable[[Any], Values]] = {
    "came_back": _came_back,
    "sent_once": _sent,
    "days": _region,
    "answer": _held,
}
FORMS: dict[str, Callable[[Any, str], Values]] = {
    "dispatch.try_again": _nothing,
    "dispatch.try_all_again": _nothing,
    "dispatch.write_again": _nothing,
    "dispatch.send_again": _nothing,
    "dispatch.pause": _kind,
    "dispatch.resume": _kind,
    "dispatch.drop": _kind,
    "dispatch.give_up": _waiting,
    "teams.write_again": _nothing,
    "mailbox.held": _no,
}
