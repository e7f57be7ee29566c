"""Two who give one person a role in one organisation at the same moment."""

from functools import partial

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts import service
from portal.accounts.models import Membership, Person
from portal.db import db, transaction
from portal.organisations.models import Organisation
from tests.builders import Builder
from tests.races import looking_before_writing


def joining(person_id: int, organisation_id: int, role: Role) -> Membership:
    with transaction() as session:
        person = session.get_one(Person, person_id)
        return service.join(person, session.get_one(Organisation, organisation_id), role)


def memberships(person_id: int) -> list[Membership]:
    db.session.expire_all()
    return list(db.session.scalars(select(Membership).where(Membership.person_id == person_id)))


def test_a_person_joins_an_organisation_once(app: Flask, make: Builder) -> None:
    person, partner = make.person(), make.manager().organisation_id
    answers = looking_before_writing(
        app,
        *(partial(joining, person.id, partner, role) for role in (Role.PRACTITIONER, Role.MANAGER)),
    )
    assert all(isinstance(one, Membership) for one in answers), answers
    assert len(memberships(person.id)) == 1


def test_a_person_comes_back_once(app: Flask, make: Builder) -> None:
    member = make.member(make.manager().organisation, Role.PRACTITIONER)
    with transaction() as session:
        session.get_one(Membership, member.id).ended_at = clock.now()
    again = partial(joining, member.person_id, member.organisation_id, Role.PRACTITIONER)
    looking_before_writing(app, again, again)
    (found,) = memberships(member.person_id)
    assert found.ended_at is None
