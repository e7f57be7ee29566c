"""What the search finds of people: those of the organisations one reads about, everybody for the national cell."""

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, false, select, true
from sqlalchemy.orm import selectinload

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.feature import Findable, Match
from portal.organisations.models import Organisation
from portal.organisations.queries import readable_numbers


def _visible(actor: Actor | None) -> ColumnElement[bool]:
    if actor is None or not allows(actor, Permission.PEOPLE_READ):
        return false()
    if allows(actor, Permission.PERSON_READ):
        return true()
    return and_(Person.active, exists().where(Membership.person_id == Person.id, _is_read(actor)))


def _is_read(actor: Actor) -> ColumnElement[bool]:
    """Of a membership that goes on: may somebody read who belongs there?"""
    read = readable_numbers(actor).where(Organisation.__table__.c.active)
    return and_(Membership.ended_at.is_(None), Membership.organisation_id.in_(read))


def _shown(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    if actor is None:
        return {}
    read = selectinload(Person.memberships.and_(_is_read(actor))).joinedload(Membership.organisation)
    people = select(Person).where(Person.id.in_(numbers)).options(read)
    fresh = people.execution_options(populate_existing=True)
    return {person.id: _match(actor, person) for person in db.session.scalars(fresh)}


def _match(actor: Actor, person: Person) -> Match:
    places = person.memberships
    if allows(actor, Permission.PERSON_READ):
        url = url_for("people.show", person_id=person.id)
    else:
        url = url_for("teams.index", organisation_id=places[0].organisation_id)
    return Match(
        person.name,
        url,
        facts=[person.email, *(place.organisation.name for place in places)],
        texts=[person.phone or ""],
    )


FINDABLES = (
    Findable(
        "person",
        Person.id,
        titles=(Person.given_name, Person.family_name),
        texts=(Person.email, Person.phone),
        label=_l("People"),
        visible=_visible,
        shown=_shown,
        order=(Person.name_key, Person.id),
    ),
)
