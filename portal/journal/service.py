"""Writing in the journal, in the transaction of what it tells."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy import insert

from portal.db import db, require_transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject, refuse_secrets
from portal.text import search_key
from portal.web import current
from portal.web.addresses import network

_NAME_LENGTH = 300


def record(
    act: Act,
    subject: Subject,
    subject_id: int | None,
    subject_name: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note what was done, by whoever really acts in this request; of two states, only what differs is kept, and
    nothing where nothing does.

    SecretInJournal where a field is named after a secret, whatever its value.
    """
    require_transaction()
    if before and before == after:
        return
    noted = Noted(subject_id, subject_name, before or {}, after or {})
    db.session.add(JournalEntry(**_row(act, subject, noted)))


class Noted(NamedTuple):
    """What happened to one of many."""

    subject_id: int | None
    subject_name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def record_all(act: Act, subject: Subject, noted: Sequence[Noted]) -> None:
    """The same of many at once, written together."""
    require_transaction()
    if noted:
        db.session.execute(insert(JournalEntry), [_row(act, subject, line) for line in noted])


def _row(act: Act, subject: Subject, noted: Noted) -> dict[str, Any]:
    refuse_secrets({**noted.before, **noted.after})
    actor_id, name, organisation = _who()
    subject_name = noted.subject_name[:_NAME_LENGTH]
    return {
        "act": act,
        "subject": subject,
        "subject_id": noted.subject_id,
        "subject_name": subject_name,
        "actor_id": actor_id,
        "actor_name": name,
        "actor_organisation": organisation,
        "address": network(request.remote_addr) if has_request_context() else None,
        "changes": changes(noted.before, noted.after),
        "search_text": search_key(" ".join((subject_name, name or "", organisation or "")))[:700],
    }


def _who() -> tuple[int | None, str | None, str | None]:
    """The number, name and organisation of who is signed in, never of the person they look at the portal as."""
    if not (has_request_context() and current_user.is_authenticated):
        return None, None, None
    actor = current.own_actor_or_none()
    return current_user.id, current_user.name, actor.organisation_name if actor else None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that differ, each with its value before and after; None where there was or is none."""
    return {
        field: [_plain(before.get(field)), _plain(after.get(field))]
        for field in {**before, **after}
        if before.get(field) != after.get(field)
    }


def _plain(value: Any) -> Any:
    """A value that JSON can hold."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
