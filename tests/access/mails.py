"""E-mails: one that came back, and what is done about it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.db import db, transaction
from portal.notifications.models import MailFailure
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


def _no(_world: Any, _persona: str) -> Values:
    return {"theirs": "no"}


STAGES: dict[str, Callable[[Any], Values]] = {"came_back": _came_back, "answer": _held}
FORMS: dict[str, Callable[[Any, str], Values]] = {
    "notifications.try_again": _nothing,
    "notifications.try_all_again": _nothing,
    "notifications.write_again": _nothing,
    "teams.write_again": _nothing,
    "mailbox.held": _no,
}
