"""What stands in the way of whoever leaves."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from portal.access.roles import HEAD_ROLES
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.organisations.models import Organisation


def alone_at_the_head_of(person_id: int) -> Sequence[Row[int, str]]:
    """The id and name of each active organisation for which nobody else answers, by name."""
    other = aliased(Membership)
    others = (
        select(other.id)
        .join(other.person)
        .where(
            other.organisation_id == Organisation.id,
            other.person_id != person_id,
            other.role.in_(HEAD_ROLES),
            other.ended_at.is_(None),
            Person.active,
        )
    )
    statement = (
        select(Organisation.id, Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Membership.role.in_(HEAD_ROLES),
            Membership.ended_at.is_(None),
            Organisation.active,
            ~others.exists(),
        )
        .order_by(Organisation.name_key, Organisation.id)
    )
    return db.session.execute(statement).all()
