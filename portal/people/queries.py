"""People of the whole portal, for the national cell; and who looks at it as whom."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from portal import clock
from portal.access.roles import CELL_ROLES
from portal.accounts.models import Invitation, Membership, Person
from portal.accounts.rules import canonical_email
from portal.db import db
from portal.journal.rules import Subject
from portal.organisations.models import Organisation
from portal.people import rules
from portal.people.models import Viewing
from portal.people.rules import State
from portal.text import search_key

_CURRENT = Membership.ended_at.is_(None)
_STATES = {
    State.ACTIVE: and_(Person.active, Person.idle_warned_at.is_(None)),
    State.IDLE: and_(Person.active, Person.idle_warned_at.is_not(None)),
    State.CLOSED: Person.active.is_(False),
}


def search(text: str, state: State | None) -> Select[Person]:
    """People by name, with their current memberships; each word is in the name, the address or an organisation."""
    typed = text.split()
    wanted = [word for word in typed if search_key(word)] or typed  # the “&” of a name is no word of its own
    statement = select(Person).where(*(_holds(word) for word in wanted))
    if state:
        statement = statement.where(_STATES[state])
    with_places = selectinload(Person.memberships.and_(_CURRENT)).joinedload(Membership.organisation)
    return statement.options(with_places).order_by(Person.name_key, Person.id)


def _holds(word: str) -> ColumnElement[bool]:
    """Is the word in a name, whatever its accents, in an address or in the name of where one acts?"""
    in_address = Person.email.contains(canonical_email(word).lower(), autoescape=True)
    parts = search_key(word).split()
    if not parts:
        return in_address
    there = Person.memberships.any(
        and_(_CURRENT, Membership.organisation.has(and_(*_keyed(Organisation, parts))))
    )
    return or_(and_(*_keyed(Person, parts)), in_address, there)


def _keyed(entity: Any, parts: Collection[str]) -> list[ColumnElement[bool]]:
    return [entity.name_key.contains(part, autoescape=True) for part in parts]


def person(person_id: int) -> Person | None:
    """A person with all their memberships, past ones included, and the organisations."""
    with_places = selectinload(Person.memberships).joinedload(Membership.organisation)
    statement = select(Person).where(Person.id == person_id).options(with_places)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def open_invitations(email: str, now: datetime) -> Sequence[Invitation]:
    """The invitations that an address may still answer, organisations loaded, the oldest first."""
    statement = (
        select(Invitation)
        .where(
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .options(joinedload(Invitation.organisation))
        .order_by(Invitation.sent_at, Invitation.id)
    )
    return db.session.scalars(statement).all()


def history_of_organisation(organisation_id: int) -> Mapping[Subject, Collection[int]]:
    """What belongs to the history of an organisation: who was invited, joined and left."""
    members = select(Membership.id).where(Membership.organisation_id == organisation_id)
    invited = select(Invitation.id).where(Invitation.organisation_id == organisation_id)
    return {
        Subject.MEMBERSHIP: db.session.scalars(members).all(),
        Subject.INVITATION: db.session.scalars(invited).all(),
    }


def history_of_person(person_id: int) -> Mapping[Subject, Collection[int]]:
    """What belongs to the history of a person: where they joined and left."""
    statement = select(Membership.id).where(Membership.person_id == person_id)
    return {Subject.MEMBERSHIP: db.session.scalars(statement).all()}


def viewable(membership_id: int) -> Membership | None:
    """A current membership, of an active person and organisation, that one may look at the portal as.

    Comes with its person, organisation and coverages; whoever runs the portal with another is not found either.
    """
    other = aliased(Membership)
    runs_the_portal = exists().where(
        other.person_id == Person.id, other.ended_at.is_(None), other.role.in_(CELL_ROLES)
    )
    statement = (
        select(Membership)
        .join(Membership.person)
        .join(Membership.organisation)
        .outerjoin(Organisation.coverages)
        .where(Membership.id == membership_id, _CURRENT, Person.active, Organisation.active, ~runs_the_portal)
        .options(
            contains_eager(Membership.person),
            contains_eager(Membership.organisation).contains_eager(Organisation.coverages),
        )
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(statement).unique().one_or_none()


def going_on(viewer_id: int, key: str) -> Viewing | None:
    """What a viewer looks at in one browser session, over or not; the rest is loaded by `viewable`."""
    return db.session.scalar(select(Viewing).where(Viewing.viewer_id == viewer_id, Viewing.key == key))


def of_viewer(viewer_id: int) -> Viewing | None:
    """What a viewer looks at, with both people; theirs to end until the transaction does."""
    return db.session.scalar(_to_end(Viewing.viewer_id == viewer_id))


def forgotten(after: int, most: int) -> Sequence[int]:
    """What nobody ended, by number, from after one."""
    statement = select(Viewing.id).where(Viewing.id > after, _is_over())
    return db.session.scalars(statement.order_by(Viewing.id).limit(most)).all()


def forgotten_locked(viewing_id: int) -> Viewing | None:
    """One of them, with both people; ours to end until the transaction does."""
    return db.session.scalar(_to_end((Viewing.id == viewing_id) & _is_over()))


def _is_over() -> ColumnElement[bool]:
    return Viewing.started_at <= clock.now() - rules.LONGEST


def _to_end(which: ColumnElement[bool]) -> Select[Viewing]:
    return (
        select(Viewing)
        .where(which)
        .options(joinedload(Viewing.viewer), joinedload(Viewing.membership).joinedload(Membership.person))
        .with_for_update(of=Viewing)
        .execution_options(populate_existing=True)
    )
