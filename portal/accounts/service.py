"""Changes to people."""

import secrets

from flask_security import hash_password
from sqlalchemy import select

from portal.access.roles import Role
from portal.accounts.models import Membership, Person
from portal.db import db, require_transaction
from portal.organisations.models import Organisation
from portal.refusals import NotFound


def change_profile(
    person_id: int, *, given_name: str, family_name: str, phone: str | None, language: str
) -> Person:
    """What a person says of themself."""
    require_transaction()
    person = db.session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound
    person.given_name, person.family_name = given_name, family_name
    person.phone, person.language = phone or None, language
    return person


def create_person(
    email: str, given_name: str, family_name: str, password: str | None = None, language: str = "fr"
) -> Person:
    """A new person; without a password, they choose one by the "forgotten password" link."""
    require_transaction()
    person = Person(
        email=email.strip().lower(),
        given_name=given_name,
        family_name=family_name,
        language=language,
        password=hash_password(password or secrets.token_urlsafe(32)),
        fs_uniquifier=secrets.token_hex(32),
    )
    db.session.add(person)
    return person


def join(person: Person, organisation: Organisation, role: Role) -> Membership:
    """Give a person a role in an organisation; the role of a membership that exists changes."""
    require_transaction()
    membership = db.session.scalar(
        select(Membership).where(
            Membership.person_id == person.id, Membership.organisation_id == organisation.id
        )
    )
    if membership is None:
        membership = Membership(person=person, organisation=organisation, role=role)
        db.session.add(membership)
    membership.role, membership.ended_at = role, None
    return membership
