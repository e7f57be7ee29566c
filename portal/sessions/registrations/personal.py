"""What registrations hold of people: shown to them, forgotten with time; how many came stays."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.accounts.models import Person
from portal.db import db, require_transaction
from portal.sessions.models import CollectiveSession
from portal.sessions.presence.models import Attendance
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.queries import HAS_NOT_COME, is_over

_QUIET = {"synchronize_session": False}


def of_person(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The sessions to which somebody was registered by their address, and how many people they registered."""
    columns = Registration.__table__.c
    told = (CollectiveSession.title, CollectiveSession.on)
    own = ("standing", "presence", "name", "email", "language", "offered_until", "created_at")
    kept = Attendance.name.label("name_on_certificate")
    joined = select(*told, *(columns[name] for name in own), kept).join(
        CollectiveSession, CollectiveSession.id == Registration.session_id
    )
    joined = joined.outerjoin(Attendance, Attendance.registration_id == Registration.id)
    by_them = select(*told, columns.created_at).join(
        CollectiveSession, CollectiveSession.id == Registration.session_id
    )
    mine = joined.where(Registration.email == person.email, Registration.email != "")
    theirs = by_them.where(Registration.registered_by_id == person.id)
    return {
        "registrations": [dict(row) for row in db.session.execute(_ordered(mine)).mappings()],
        "people_registered": [dict(row) for row in db.session.execute(_ordered(theirs)).mappings()],
    }


def _ordered(statement: Any) -> Any:
    return statement.order_by(Registration.id)


def is_old(before: date) -> ColumnElement[bool]:
    """Of a registration to a session before a day: it still says who came, or who registered them."""
    then = select(CollectiveSession.id).where(CollectiveSession.on < before)
    named = or_(Registration.name != "", Registration.registered_by_id.is_not(None))
    return and_(Registration.session_id.in_(then), named)


def anonymise(numbers: Sequence[int], before: date) -> int:
    """Forget who came to what is old."""
    return _blank(numbers, is_old(before), {"name": "", "email": "", "registered_by_id": None})


def forget_addresses(numbers: Sequence[int]) -> int:
    """A month after a session: all addresses, and the names of those who had no seat."""
    unseated = _blank(numbers, and_(is_over(), HAS_NOT_COME), {"name": "", "email": ""})
    return unseated + _blank(numbers, is_over(), {"email": ""})


def _blank(numbers: Sequence[int], which: ColumnElement[bool], values: dict[str, Any]) -> int:
    """Each once, whatever two workers do."""
    require_transaction()
    still = select(Registration.id).where(Registration.id.in_(numbers), which).order_by(Registration.id)
    ours = db.session.scalars(still.with_for_update(skip_locked=True)).all()
    blanked = update(Registration).where(Registration.id.in_(ours)).values(values)
    db.session.execute(blanked.execution_options(**_QUIET))
    return len(ours)
