"""What tests of the search share."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.access.roles import Actor
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.organisations.models import Organisation


def actor_of(membership: Membership | None) -> Actor | None:
    if membership is None:
        return None
    places = selectinload(Person.memberships).joinedload(Membership.organisation)
    who = select(Person).where(Person.id == membership.person_id)
    loaded = who.options(places.selectinload(Organisation.coverages)).execution_options(
        populate_existing=True
    )
    person = db.session.scalars(loaded).one()
    return person.acting_for(person.memberships[0])
