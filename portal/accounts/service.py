"""Changes to people."""

import secrets
from datetime import date

from flask import current_app
from flask_security import hash_password
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from portal.access.roles import Role
from portal.accounts import emails, queries, throttle
from portal.accounts.kinds import ROLES_OF
from portal.accounts.models import Membership, Person
from portal.db import db, require_transaction
from portal.journal import service as journal
from portal.journal.kinds import Act, Subject
from portal.organisations.models import Organisation
from portal.refusals import NotAllowed, NotFound


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


def send_reset_link(email: str) -> None:
    """Write a link to choose a new password to the person of this address, if there is one and not too often.

    As much work either way, so that the time it takes tells nothing.
    """
    require_transaction()
    person = queries.by_email(email)
    if throttle.may_send_link(email) and person is not None and person.active:
        emails.reset_instructions(person, generate_reset_password_token(person))
    else:
        emails.reset_instructions_for_nobody()


def create_person(
    email: str, given_name: str, family_name: str, password: str | None = None, language: str = "fr"
) -> Person:
    """A new person; without a password, they choose one by the "forgotten password" link."""
    require_transaction()
    person = Person(
        email=email,
        given_name=given_name,
        family_name=family_name,
        language=language,
        password=_hashed(password or secrets.token_urlsafe(32)),
        fs_uniquifier=secrets.token_hex(32),
    )
    db.session.add(person)
    return person


def _hashed(password: str) -> str:
    """Written in the same way as at sign-in, then hashed."""
    return hash_password(current_app.extensions["security"].password_util.normalize(password))


def join(person: Person, organisation: Organisation, role: Role) -> Membership:
    """Give a person a role in an organisation; the role of a membership that exists changes.

    NotAllowed where organisations of this kind give no such role.
    """
    require_transaction()
    if role not in ROLES_OF[organisation.kind]:
        raise NotAllowed
    membership = db.session.scalar(
        select(Membership).where(
            Membership.person_id == person.id, Membership.organisation_id == organisation.id
        )
    )
    if membership is None:
        membership = Membership(person=person, organisation=organisation, role=role)
        db.session.add(membership)
    before = {} if membership.ended_at or not membership.id else {"role": membership.role}
    membership.role, membership.ended_at = role, None
    db.session.flush()
    journal.record(
        Act.ROLE_CHANGED if before else Act.JOINED,
        Subject.MEMBERSHIP,
        membership.id,
        f"{person.name}, {organisation.name}",
        before=before,
        after={"role": role},
    )
    return membership


def purge_attempts(_day: date | None = None) -> int:
    """Forget the attempts that no longer count; a daily job, harmless when run again."""
    return throttle.purge()
