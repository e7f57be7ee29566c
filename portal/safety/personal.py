"""What the safety of accounts holds of a person: shown to them without its secrets, forgotten with their account."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select

from portal import clock
from portal.db import db, require_transaction
from portal.safety import rules
from portal.safety.models import Authenticator, EmailChange, Passkey, RecoveryCode, SignInSession
from portal.safety.sessions import service as sessions

_SECRETS = frozenset({"id", "person_id", "key_hash", "confirm_hash", "stop_hash"})
_PASSKEY = ("name", "created_at", "last_used_at")


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Devices signed in, passkeys by name, second factors by date, addresses asked for."""
    return {
        "devices_signed_in": _rows(SignInSession, person_id, _without_secrets(SignInSession)),
        "passkeys": _rows(Passkey, person_id, [getattr(Passkey, name) for name in _PASSKEY]),
        "second_factor": _rows(Authenticator, person_id, [Authenticator.set_at]),
        "recovery_codes": _rows(RecoveryCode, person_id, [RecoveryCode.used_at]),
        "changes_of_address": _rows(EmailChange, person_id, _without_secrets(EmailChange)),
    }


def _without_secrets(model: Any) -> list[Any]:
    return [column for column in model.__table__.columns if column.name not in _SECRETS]


def _rows(model: Any, person_id: int, columns: list[Any]) -> list[dict[str, Any]]:
    first = next(iter(model.__table__.primary_key))
    statement = select(*columns).where(model.person_id == person_id).order_by(first)
    return [dict(row) for row in db.session.execute(statement).mappings()]


def forget(person_id: int) -> None:
    """End their sessions, and remove what else opened the account; nobody is told, since nobody can sign in."""
    require_transaction()
    sessions.end_all(person_id)
    for model in (Authenticator, RecoveryCode, Passkey, EmailChange):
        statement = delete(model).where(model.person_id == person_id)
        db.session.execute(statement.execution_options(synchronize_session=False))


def is_old_session() -> ColumnElement[bool]:
    """Sessions nobody has used for longer than they are kept."""
    return SignInSession.last_seen_at < clock.days_ago(rules.SESSIONS_KEPT)
