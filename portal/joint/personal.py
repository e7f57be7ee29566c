"""What shared requests hold of people: shown to them, made anonymous with the request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.db import db, require_transaction
from portal.joint.models import JointPole
from portal.organisations.models import Pole
from portal.requests.models import SupportRequest


def of_person(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The poles they invited with what they said, and what they answered for their own."""
    asking = aliased(Pole)
    statement = (
        select(JointPole, SupportRequest.reference, asking.name, Pole.name)
        .join(JointPole.request)
        .join(asking, asking.id == SupportRequest.pole_id)
        .join(JointPole.pole)
        .where(or_(JointPole.invited_by_id == person.id, JointPole.answered_by_id == person.id))
        .order_by(JointPole.id)
    )
    rows = db.session.execute(statement).all()
    return {
        "poles_invited": [
            {"request": reference, "pole": other, "word": joint.word, "at": joint.invited_at}
            for joint, reference, _pole, other in rows
            if joint.invited_by_id == person.id
        ],
        "requests_of_other_poles": [
            {"request": reference, "pole": pole, "answer": joint.answer, "at": joint.answered_at}
            for joint, reference, pole, _other in rows
            if joint.answered_by_id == person.id
        ],
    }


def anonymise(request_ids: Sequence[int]) -> None:
    """Blank what was said between the poles of requests, and who said it; that they took part stays."""
    require_transaction()
    theirs = JointPole.request_id.in_(request_ids)
    blank = {"word": None, "answer": None, "invited_by_id": None, "answered_by_id": None}
    statement = update(JointPole).where(theirs).values(blank)
    db.session.execute(statement.execution_options(synchronize_session=False))
