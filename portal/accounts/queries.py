"""People and memberships."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal import clock
from portal.access.roles import CELL_ROLES, HEAD_ROLES, Actor, Role
from portal.accounts.models import FailedAttempt, Invitation, Membership, Person
from portal.accounts.rules import IDLE_CLOSED_AFTER, IDLE_WARNED_AFTER, canonical_email
from portal.db import db, one_at_a_time, require_transaction
from portal.organisations import queries as organisations
from portal.organisations.models import Coverage, Organisation, OrganisationAbsence
from portal.organisations.queries import is_today
from portal.organisations.rules import OrganisationKind, place_followed

_A_DAY = timedelta(days=1)


def by_session(
    fs_uniquifier: str, *, lock: bool = False, only_if: tuple[Callable[[], ColumnElement[bool]], ...] = ()
) -> Person | None:
    """The active person of a session, with their `choices`, in one query."""
    statement = _of_session(only_if)
    if lock:
        statement = statement.with_for_update(of=Person)
    rows = db.session.execute(statement, {"key": fs_uniquifier}).all()
    person: Person | None = rows[0].Person if rows else None
    if person:
        person.choices = _choices(person, rows)  # type: ignore[misc]  # no column
    return person


def by_email(email: str) -> Person | None:
    """The person of an address, whatever its case, with their current memberships and their `choices`."""
    statement = _with_memberships(Person.email == canonical_email(email))
    person = db.session.scalars(statement).unique().one_or_none()
    if person:
        person.choices = tuple(map(person.acting_for, person.memberships))  # type: ignore[misc]  # no column
    return person


def by_numbers(person_ids: Collection[int]) -> Sequence[Person]:
    """The active ones of these people, with their current memberships."""
    return db.session.scalars(_with_memberships(Person.id.in_(person_ids), Person.active)).unique().all()


@cache
def _of_session(only_if: tuple[Callable[[], ColumnElement[bool]], ...]) -> Select[*tuple[Any, ...]]:
    """Built once: it is asked for each page, so a place is columns, a third of what objects would cost. What the
    conditions compare with must be read when it is."""
    is_open = (condition() for condition in only_if)
    statement = _in_their_places(Person.fs_uniquifier == bindparam("key"), Person.active, *is_open)
    return statement.add_columns(
        Membership.id.label("membership_id"),
        Membership.role,
        Organisation.id,
        Organisation.kind,
        Organisation.name,
        Organisation.department_code,
        Organisation.region_code,
        Organisation.members_reviewed_at,
        Coverage.department_code.label("covered_department"),
        Coverage.region_code.label("covered_region"),
    )


@dataclass(frozen=True, slots=True)
class _Organisation:
    id: int
    name: str
    members_reviewed_at: datetime | None
    region_codes: frozenset[str]
    place: str | None


def _organisation(rows: Sequence[Any]) -> _Organisation:
    """Whom somebody acts for, from a row for each of its coverages."""
    it = rows[0]
    covered = [(row.covered_department, row.covered_region) for row in rows]
    regions = frozenset(region for _department, region in covered if region)
    place = place_followed(it.kind, (it.department_code, it.region_code), covered)
    return _Organisation(it.id, it.name, it.members_reviewed_at, regions, place)


def _choices(person: Person, rows: Iterable[Any]) -> tuple[Actor, ...]:
    """`Person.acting_for` each of their memberships."""
    places = groupby((row for row in rows if row.membership_id), key=attrgetter("membership_id", "role"))
    return tuple(person.actor_of(*which, _organisation([*of_one])) for which, of_one in places)


def _in_their_places(*which: ColumnExpressionArgument[bool]) -> Select[Person]:
    """People in current memberships of organisations that still come here, the oldest first."""
    current = Membership.ended_at.is_(None) & Membership.organisation.has(Organisation.active)
    return (
        select(Person)
        .select_from(Person)
        .where(*which)
        .outerjoin(Membership, (Membership.person_id == Person.id) & current)
        .outerjoin(Membership.organisation)
        .outerjoin(Organisation.coverages)
        .order_by(Membership.id)
        .execution_options(populate_existing=True)
    )


def _with_memberships(*which: ColumnExpressionArgument[bool]) -> Select[Person]:
    places = contains_eager(Person.memberships).contains_eager(Membership.organisation)
    return _in_their_places(*which).options(places.contains_eager(Organisation.coverages))


def name_of(person: Any) -> ColumnElement[str]:
    """`Person.name` in SQL."""
    full: ColumnElement[str] = person.given_name + " " + person.family_name
    return full


def members(organisation_ids: Collection[int], roles: Collection[Role]) -> Sequence[Person]:
    """The active people who hold one of the roles in one of the organisations, if still active, by name."""
    statement = (
        select(Person)
        .join(Person.memberships)
        .join(Membership.organisation)
        .where(
            Organisation.active,
            Membership.organisation_id.in_(organisation_ids),
            Membership.role.in_(roles),
            Membership.ended_at.is_(None),
            Person.active,
        )
        .distinct()
        .order_by(Person.name_key, Person.id)
    )
    return db.session.scalars(statement).all()


def people_of(organisation_id: int) -> Sequence[Membership]:
    """The current memberships of an organisation, people loaded, by name."""
    return db.session.scalars(_people_of(), {"organisation_ids": [organisation_id]}).all()


def people_of_each(organisation_ids: Collection[int]) -> Mapping[int, Sequence[Membership]]:
    """The same of several, by organisation."""
    people: dict[int, list[Membership]] = {}
    for membership in db.session.scalars(_people_of(), {"organisation_ids": [*organisation_ids]}):
        people.setdefault(membership.organisation_id, []).append(membership)
    return people


@cache
def _people_of() -> Select[Membership]:
    """Built once."""
    return (
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(
            Membership.organisation_id.in_(bindparam("organisation_ids", expanding=True)),
            Membership.ended_at.is_(None),
            Person.active,
        )
        .order_by(Person.name_key, Membership.id)
    )


def count_people(organisation_ids: Collection[int]) -> dict[int, int]:
    """How many active people each organisation has; those without any are left out."""
    statement = (
        select(Membership.organisation_id, func.count())
        .join(Membership.person)
        .where(Membership.organisation_id.in_(organisation_ids), Membership.ended_at.is_(None), Person.active)
        .group_by(Membership.organisation_id)
    )
    return dict(db.session.execute(statement).all())


def _at_work() -> ColumnElement[bool]:
    """Of an organisation: a regional cell that is active, not absent and has somebody."""
    staff = (
        select(Membership.id)
        .where(
            Membership.organisation_id == Organisation.id,
            Membership.person_id == Person.id,
            Membership.role.in_(CELL_ROLES),
            Membership.ended_at.is_(None),
            Person.active,
        )
        .correlate(Organisation)
    )
    return and_(
        Organisation.kind == OrganisationKind.REGIONAL_CELL,
        Organisation.active,
        staff.exists(),
        ~Organisation.absences.any(is_today(OrganisationAbsence)),
    )


def cells_of(region_code: str | None) -> Sequence[Organisation]:
    """Who answers for a region today: its cells that are at work; else the national one."""
    cells = db.session.scalars(_cells_of(), {"region_code": region_code or ""}).all()
    own = [organisation for organisation in cells if organisation.kind is OrganisationKind.REGIONAL_CELL]
    return own or cells


@cache
def _cells_of() -> Select[Organisation]:
    """Built once."""
    regional = and_(_at_work(), Organisation.coverages.any(Coverage.region_code == bindparam("region_code")))
    national = and_(Organisation.kind == OrganisationKind.NATIONAL_CELL, Organisation.active)
    return select(Organisation).where(or_(regional, national)).order_by(Organisation.id)


def followed_regions() -> Select[str | None]:
    """The regions of which `cells_of` finds a regional cell, to be part of a query."""
    return select(Coverage.region_code).where(
        Coverage.region_code.is_not(None), Coverage.organisation_id == Organisation.id, _at_work()
    )


def regions_with_a_cell() -> frozenset[str | None]:
    """The regions that a cell of their own answers for today; for the others, the national one does."""
    return frozenset(db.session.scalars(followed_regions()))


def region_has_cell(region_code: str | None) -> bool:
    """The same of one region."""
    return region_code in regions_with_a_cell()


def cell_people(region_code: str | None) -> Sequence[Person]:
    """Who routes the requests of a region: the people of `cells_of`."""
    return members([cell.id for cell in cells_of(region_code)], CELL_ROLES)


def attempts(keys: Collection[str], since: datetime) -> Sequence[FailedAttempt]:
    """The attempts counted on any of the keys since a moment, oldest first."""
    statement = (
        select(FailedAttempt)
        .where(FailedAttempt.key.in_(keys), FailedAttempt.at >= since)
        .order_by(FailedAttempt.at, FailedAttempt.id)
    )
    return db.session.scalars(statement).all()


def lock_address(email: str) -> None:
    """Let one transaction at a time open an account for an address, or move one there."""
    one_at_a_time(f"account of {canonical_email(email)}")


def lock_people_of(organisation_ids: Collection[int]) -> None:
    """Let one transaction at a time change who belongs to these organisations."""
    require_transaction()
    for organisation_id in sorted(set(organisation_ids)):
        db.session.execute(
            select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
        )


def is_active(organisation_id: int) -> bool:
    """Does the organisation use the portal now?"""
    statement = select(Organisation.id).where(Organisation.id == organisation_id, Organisation.active)
    return db.session.scalar(statement) is not None


def is_member(organisation_id: int, email: str) -> bool:
    """Does the active person of this address belong to the organisation now?"""
    statement = (
        select(Membership.id)
        .join(Membership.person)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            Person.email == canonical_email(email),
            Person.active,
        )
    )
    return db.session.scalar(statement) is not None


def answers_for_it() -> ColumnElement[bool]:
    """A membership of somebody active who answers for its organisation, in a question that joins its person."""
    return and_(Membership.role.in_(HEAD_ROLES), Membership.ended_at.is_(None), Person.active)


def other_heads(membership: Membership) -> int:
    """How many other active people answer for the organisation of a membership."""
    statement = (
        select(func.count())
        .select_from(Membership)
        .join(Membership.person)
        .where(
            Membership.organisation_id == membership.organisation_id,
            Membership.id != membership.id,
            answers_for_it(),
        )
    )
    return db.session.scalar(statement) or 0


def memberships_of(person_id: int) -> Sequence[Membership]:
    """The current memberships of a person, active organisations or not, with both."""
    statement = (
        select(Membership)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .order_by(Membership.id)
    )
    return db.session.scalars(statement).all()


def place_of(person_id: int) -> str | None:
    """The department where a person works, in the first of their organisations; None: in Paris's time."""
    works_for = memberships_of(person_id)
    return organisations.place_of(works_for[0].organisation_id) if works_for else None


def membership_in(person_id: int, organisation_id: int) -> Membership | None:
    """What a person does, or did, in an organisation, with both, read again whatever is known of it."""
    statement = (
        select(Membership)
        .where(Membership.person_id == person_id, Membership.organisation_id == organisation_id)
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
    )
    return db.session.scalar(statement.execution_options(populate_existing=True))


def unanswered_invitation(organisation_id: int, email: str) -> Invitation | None:
    """The invitation of an address to an organisation that was neither used nor withdrawn, too old or not."""
    statement = (
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.email == canonical_email(email),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .options(joinedload(Invitation.organisation))
    )
    return db.session.scalar(statement)


def unanswered_invitations(emails: Collection[str]) -> dict[tuple[str, int], int]:
    """The numbers of such invitations, by address and organisation."""
    statement = select(Invitation.email, Invitation.organisation_id, Invitation.id).where(
        Invitation.email.in_(emails), Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    )
    return {
        (membership.email, membership.organisation_id): membership.id
        for membership in db.session.execute(statement)
    }


def is_idle(day: date) -> ColumnElement[bool]:
    """Has not come for two years on a day, and was not told yet; from their creation for who never came."""
    last = func.coalesce(Person.last_seen_at, Person.created_at)
    return and_(
        Person.active, Person.idle_warned_at.is_(None), last <= clock.end_of(day - IDLE_WARNED_AFTER - _A_DAY)
    )


def is_to_close(day: date) -> ColumnElement[bool]:
    """Was told thirty days before a day, and has not come since."""
    return and_(Person.active, Person.idle_warned_at <= clock.end_of(day - IDLE_CLOSED_AFTER - _A_DAY))


def person_who(person_id: int, which: ColumnElement[bool]) -> Person | None:
    """A person, locked, if it is still so of them."""
    require_transaction()
    statement = select(Person).where(Person.id == person_id, which)
    return db.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
