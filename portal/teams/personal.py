"""What teams hold of a person: when they were away, whom they stood in for, what they confirmed."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.organisations.models import Organisation
from portal.teams import queries, rules
from portal.teams.models import Absence, MembersReview


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Their absences and those they stood in for, and the reviews of members they made."""
    away, substitute = aliased(Person), aliased(Person)
    absences = (
        select(
            Organisation.name.label("organisation"),
            (away.given_name + " " + away.family_name).label("away"),
            (substitute.given_name + " " + substitute.family_name).label("substitute"),
            Absence.starts_on,
            Absence.ends_on,
            Absence.created_at,
        )
        .join(Absence.membership)
        .join(away, away.id == Membership.person_id)
        .join(Membership.organisation)
        .outerjoin(substitute, substitute.id == Absence.substitute_id)
        .where(or_(Membership.person_id == person_id, Absence.substitute_id == person_id))
        .order_by(Absence.id)
    )
    reviews = (
        select(Organisation.name.label("organisation"), MembersReview.at)
        .join(Organisation, Organisation.id == MembersReview.organisation_id)
        .where(MembersReview.by_id == person_id)
        .order_by(MembersReview.id)
    )
    return {"absences": _rows(absences), "reviews_of_members": _rows(reviews)}


def _rows(statement: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(statement).mappings()]


def is_old_invitation() -> ColumnElement[bool]:
    """Accepted, or their link of no use, for longer than they are kept."""
    return queries.is_over(clock.days_ago(rules.INVITATIONS_KEPT))
