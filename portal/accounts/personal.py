"""What accounts hold of a person: who they are, where they belong, how they get in."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select

from portal.accounts.attempts import service as attempts
from portal.accounts.models import FailedAttempt, Invitation, Membership, Person
from portal.db import db, require_transaction
from portal.journal.rules import Subject
from portal.organisations.models import Organisation

_NOBODY = ("Compte", "fermé")
_NO_ADDRESS = "@compte-ferme.invalid"
_IDENTITY = (
    "email",
    "given_name",
    "family_name",
    "phone",
    "language",
    "active",
    "created_at",
    "last_seen_at",
    "idle_warned_at",
    "closed_at",
)


def of_person(person: Person) -> dict[str, Any]:
    """Identity, memberships, invitations received and sent, failed attempts."""
    return {
        "identity": {name: getattr(person, name) for name in _IDENTITY},
        "memberships": _memberships(person),
        "invitations_received": _invitations(Invitation.email == person.email),
        "invitations_sent": _invitations(Invitation.invited_by_id == person.id),
        "failed_attempts_to_sign_in": _attempts(person),
    }


def forget(person: Person) -> None:
    """A neutral name and address take the place of a closed account's, for good; nothing opens it any more."""
    require_transaction()
    attempts.forget_failures(person.email)
    db.session.execute(
        delete(Invitation)
        .where(Invitation.email == person.email)
        .execution_options(synchronize_session=False)
    )
    person.given_name, person.family_name = _NOBODY
    person.email = f"{person.id}{_NO_ADDRESS}"
    person.phone = person.password = person.last_seen_at = person.idle_warned_at = None


def is_closed_and_known() -> ColumnElement[bool]:
    """A closed account that still has its name."""
    return and_(Person.closed_at.is_not(None), ~Person.email.endswith(_NO_ADDRESS))


def numbers_of(person: Person) -> Mapping[Subject, Collection[int]]:
    """The numbers under which the journal writes about a person."""
    return {
        Subject.PERSON: [person.id],
        Subject.MEMBERSHIP: db.session.scalars(
            select(Membership.id).where(Membership.person_id == person.id)
        ).all(),
        Subject.INVITATION: db.session.scalars(
            select(Invitation.id).where(Invitation.email == person.email)
        ).all(),
    }


def _memberships(person: Person) -> list[dict[str, Any]]:
    statement = (
        select(
            Organisation.name.label("organisation"),
            Membership.role,
            Membership.started_at,
            Membership.ended_at,
        )
        .join(Membership.organisation)
        .where(Membership.person_id == person.id)
        .order_by(Membership.id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]


def _invitations(which: Any) -> list[dict[str, Any]]:
    statement = (
        select(
            Organisation.name.label("organisation"),
            Invitation.email,
            Invitation.given_name,
            Invitation.family_name,
            Invitation.role,
            Invitation.language,
            Invitation.sent_at,
            Invitation.expires_at,
            Invitation.accepted_at,
            Invitation.revoked_at,
        )
        .join(Invitation.organisation)
        .where(which)
        .order_by(Invitation.id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]


def _attempts(person: Person) -> list[dict[str, Any]]:
    """Kept under a code made of the address, which cannot be read back; by network address too, not by person."""
    statement = (
        select(FailedAttempt.key, FailedAttempt.at)
        .where(FailedAttempt.key.in_(attempts.keys_of(person.email)))
        .order_by(FailedAttempt.at)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]
