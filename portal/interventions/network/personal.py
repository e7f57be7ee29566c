"""What work for the network holds of people: shown to them, made anonymous after a time; its figures stay."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update

from portal.db import db, require_transaction
from portal.interventions.network.models import NetworkAct, NetworkPractice

NOTHING_LEFT = "–"
_QUIET = {"synchronize_session": False}


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """The acts for the network that they gave."""
    told = ("kind", "on", "minutes", "participants", "reached", "report", "created_at")
    statement = (
        select(*(NetworkAct.__table__.c[name] for name in told))
        .join(NetworkPractice, NetworkPractice.act_id == NetworkAct.id)
        .where(NetworkPractice.person_id == person_id)
        .order_by(NetworkAct.on, NetworkAct.id)
    )
    return {"network_acts": [dict(row) for row in db.session.execute(statement).mappings()]}


def is_old(before: date) -> ColumnElement[bool]:
    """Took place before a day, and still tells about people."""
    return and_(NetworkAct.on < before, NetworkAct.report != NOTHING_LEFT)


def anonymise(act_ids: Sequence[int], before: date) -> int:
    """Blank what was written, and who gave them, where it is old; each once, whatever two workers do."""
    require_transaction()
    still = select(NetworkAct.id).where(NetworkAct.id.in_(act_ids), is_old(before)).order_by(NetworkAct.id)
    ours = db.session.scalars(still.with_for_update(skip_locked=True)).all()  # another worker has the rest
    values = {"reached": None, "report": NOTHING_LEFT}
    blanked = update(NetworkAct).where(NetworkAct.id.in_(ours)).values(values)
    unnamed = delete(NetworkPractice).where(NetworkPractice.act_id.in_(ours))
    for statement in (blanked, unnamed):
        db.session.execute(statement.execution_options(**_QUIET))
    return len(ours)
