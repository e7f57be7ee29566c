"""Who belongs to an organisation, who is invited, who is away."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.access.roles import HEAD_ROLES, Actor, Role
from portal.accounts import queries as accounts_queries
from portal.accounts import rules as accounts
from portal.accounts.models import Invitation, Membership, Person
from portal.accounts.queries import name_of
from portal.db import db, plain_rows, require_transaction
from portal.organisations import queries as organisations
from portal.organisations.models import Organisation
from portal.organisations.queries import is_today
from portal.teams import rules
from portal.teams.models import Absence, MembersReview
from portal.text import search_key


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets an e-mail; `instead_of`: the absent colleague it was meant for; `organisation_id`: where they work."""

    person: Person
    instead_of: rules.Away | None = None
    organisation_id: int | None = None


def open_by_token(token: str, *, lock: bool = False) -> Invitation | None:
    """The invitation that a link still opens, organisation and inviter loaded; fresh and locked where asked."""
    statement = (
        select(Invitation)
        .join(Invitation.organisation)
        .where(
            Invitation.token_hash == accounts.token_hash(token),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > clock.now(),
            Organisation.active,
        )
        .options(joinedload(Invitation.organisation), joinedload(Invitation.invited_by))
    )
    if lock:
        require_transaction()
        statement = statement.with_for_update(of=Invitation).execution_options(populate_existing=True)
    return db.session.scalar(statement)


def dead_by_token(token: str) -> Invitation | None:
    """The invitation of a link that grew too old or was withdrawn; None once used, and for any other text."""
    statement = (
        select(Invitation)
        .where(Invitation.token_hash == accounts.token_hash(token), Invitation.accepted_at.is_(None))
        .options(joinedload(Invitation.organisation), joinedload(Invitation.invited_by))
    )
    return db.session.scalar(statement)


def has_account(email: str) -> bool:
    """Can the person of this address sign in?"""
    return db.session.scalar(select(Person.id).where(Person.email == email, Person.active)) is not None


def waiting_invitations(organisation_id: int) -> Sequence[Invitation]:
    """The invitations neither used nor withdrawn, too old ones included, by name; inviters loaded."""
    statement = (
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .options(joinedload(Invitation.invited_by))
        .order_by(Invitation.id)
    )
    return sorted(
        db.session.scalars(statement),
        key=lambda invitation: search_key(f"{invitation.family_name} {invitation.given_name}"),
    )


def waiting_invitation_locked(organisation_id: int, invitation_id: int) -> Invitation | None:
    """One of them, fresh and locked until the transaction ends."""
    require_transaction()
    statement = (
        select(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .options(joinedload(Invitation.organisation))
        .with_for_update(of=Invitation)
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def count_invited_since(organisation_id: int, moment: datetime) -> int:
    """How many invitations of an organisation were sent since."""
    statement = select(func.count()).where(
        Invitation.organisation_id == organisation_id, Invitation.sent_at >= moment
    )
    return db.session.scalar(statement) or 0


def membership(organisation_id: int, membership_id: int, *, fresh: bool = False) -> Membership | None:
    """A current membership of an organisation, with both; `fresh`: read again whatever is known of it."""
    statement = (
        select(Membership)
        .join(Membership.person)
        .where(
            Membership.id == membership_id,
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            Person.active,
        )
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
    )
    return db.session.scalar(statement.execution_options(populate_existing=fresh))


def own_membership(person_id: int, organisation_id: int, membership_id: int) -> Membership | None:
    """One's own current membership of an active organisation, with both."""
    member = membership(organisation_id, membership_id)
    own = member is not None and member.person_id == person_id and member.organisation.active
    return member if own else None


def colleagues(leaving: Membership) -> Sequence[Membership]:
    """Who could take over from a member: everybody else there, by name; whoever can do the same work first."""
    people = accounts_queries.people_of(leaving.organisation_id)
    others = [person for person in people if person.person_id != leaving.person_id]
    return sorted(others, key=lambda other: not rules.can_stand_in(leaving.role, other.role))


def substitutes(absent: Membership) -> Sequence[Membership]:
    """Who can do the daily work of a member meanwhile, by name."""
    return [colleague for colleague in colleagues(absent) if rules.can_stand_in(absent.role, colleague.role)]


def heads_of(organisation_id: int) -> Sequence[Person]:
    """Who answers for an organisation."""
    return accounts_queries.members([organisation_id], HEAD_ROLES)


def count_members(organisation_id: int) -> int:
    """How many people belong to an organisation."""
    return accounts_queries.count_people([organisation_id]).get(organisation_id, 0)


def absences_of(membership_id: int) -> Sequence[Absence]:
    """The absences of a member, today's and to come, earliest first, with all their page shows."""
    statement = (
        select(Absence)
        .where(Absence.membership_id == membership_id, Absence.ends_on >= clock.today())
        .options(
            joinedload(Absence.substitute),
            joinedload(Absence.membership).options(
                joinedload(Membership.person), joinedload(Membership.organisation)
            ),
        )
        .order_by(Absence.starts_on, Absence.id)
    )
    return db.session.scalars(statement).all()


def away(organisation_ids: Collection[int]) -> dict[int, dict[int, rules.Away]]:
    """Who is away today, of some organisations: organisation → person → absence. Who has left stands in no more."""
    absences: dict[int, dict[int, rules.Away]] = {}
    read = plain_rows(_away(), {"organisation_ids": [*organisation_ids]})
    for organisation_id, person_id, name, until, substitute_id, substitute in read:
        away = rules.Away(person_id, name, until, substitute_id, substitute)
        absences.setdefault(organisation_id, {})[person_id] = away
    return absences


@cache
def _away() -> Select[int, int, str, date, int, str]:
    """Built once."""
    there, substitute = aliased(Membership), aliased(Person)
    still_there = (
        (there.person_id == Absence.substitute_id)
        & (there.organisation_id == Membership.organisation_id)
        & there.ended_at.is_(None)
    )
    return (
        select(
            Membership.organisation_id,
            Person.id,
            name_of(Person),
            Absence.ends_on,
            substitute.id,
            name_of(substitute),
        )
        .join(Absence.membership)
        .join(Membership.person)
        .outerjoin(there, still_there)
        .outerjoin(substitute, substitute.id == there.person_id)
        .where(
            Membership.organisation_id.in_(bindparam("organisation_ids", expanding=True)),
            Membership.ended_at.is_(None),
            is_today(Absence),
        )
        .order_by(Absence.id)
    )


def addressees(
    organisation_id: int, people: Sequence[Membership], wanted: Collection[int], roles: Collection[Role]
) -> list[Addressee]:
    """Who of the people of an organisation gets what is meant for some of them (by number) today: themselves, who
    stands in for them, or all who hold one of the roles where nobody does."""
    absent = away([organisation_id]).get(organisation_id, {})
    return addressees_among(organisation_id, people, wanted, roles, absent)


@dataclass(frozen=True, slots=True)
class Teams:
    """Who is of some organisations, and who of them is away today, by organisation."""

    people: Mapping[int, Sequence[Membership]]
    absent: Mapping[int, Mapping[int, rules.Away]]

    def of(self, organisation_id: int) -> Sequence[Membership]:
        return self.people.get(organisation_id, ())

    def addressees(
        self,
        organisation_id: int,
        people: Sequence[Membership],
        wanted: Collection[int],
        roles: Collection[Role],
    ) -> list[Addressee]:
        """As the function of this name, of people of one of them."""
        absent = self.absent.get(organisation_id, {})
        return addressees_among(organisation_id, people, wanted, roles, absent)


def teams_of(organisation_ids: Collection[int]) -> Teams:
    """What e-mails to several organisations are told by, read at once."""
    return Teams(accounts_queries.people_of_each(organisation_ids), away(organisation_ids))


def addressees_among(
    organisation_id: int,
    people: Sequence[Membership],
    wanted: Collection[int],
    roles: Collection[Role],
    absent: Mapping[int, rules.Away],
) -> list[Addressee]:
    """The same, where it is known who is away."""
    rest = [person.person_id for person in people if person.role in roles]
    addressees = rules.addressees(wanted, [member.person_id for member in people], rest, absent)
    return [
        Addressee(person.person, absent.get(addressees[person.person_id] or 0), organisation_id)
        for person in people
        if person.person_id in addressees
    ]


def replaced_by(actor: Actor) -> Select[Any]:
    """The absent colleagues, by number, for whom the actor stands in today, through others who are away too.

    Of an actor who is there, `rules.replaced_by` says the same; one who is away may look all the same.
    """
    absent = (
        select(Membership.person_id, Absence.substitute_id)
        .join(Absence.membership)
        .where(
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
            Membership.person_id != actor.person_id,
            is_today(Absence),
        )
        .subquery()
    )
    direct = select(absent.c.person_id).where(absent.c.substitute_id == actor.person_id)
    cte = direct.cte("replaced", recursive=True)
    further = aliased(absent)
    cte = cte.union(  # not "union all": two who stand in for each other end it
        select(further.c.person_id).join(cte, further.c.substitute_id == cte.c.person_id)
    )
    return select(cte.c.person_id)


def reviews_due(day: date, after: int = 0) -> Sequence[int]:
    """The active organisations whose heads should go through the members, on a day: their numbers, from after one."""
    heads = (
        select(Membership.organisation_id).join(Membership.person).where(accounts_queries.answers_for_it())
    )
    statement = (
        select(Organisation.id)
        .where(
            Organisation.id > after,
            Organisation.active,
            Organisation.members_reviewed_at <= clock.end_of(day - rules.REVIEWED_EVERY),
            Organisation.id.in_(heads),
        )
        .order_by(Organisation.id)
    )
    return db.session.scalars(statement).all()


def unchecked(organisations: Collection[Organisation]) -> frozenset[int]:
    """Those whose people nobody has gone through for too long, by number; asks the database nothing."""
    today = clock.today()
    return frozenset(
        organisation.id
        for organisation in organisations
        if rules.is_review_overdue(organisation.members_reviewed_at, today)
    )


def organisation(actor: Actor, organisation_id: int) -> Organisation | None:
    """An active organisation that the actor may read about; no more of it than its columns."""
    table = Organisation.__table__
    statement = organisations.visible_to(actor).where(table.c.id == organisation_id, table.c.active)
    return db.session.scalars(statement).one_or_none()


def last_review(organisation_id: int) -> MembersReview | None:
    """The last time somebody went through the members, with who did."""
    statement = (
        select(MembersReview)
        .where(MembersReview.organisation_id == organisation_id)
        .options(joinedload(MembersReview.by))
        .order_by(MembersReview.at.desc(), MembersReview.id.desc())
        .limit(1)
    )
    return db.session.scalar(statement)


def is_over(before: datetime) -> ColumnElement[bool]:
    """Invitations accepted before a moment, or whose link stopped working before it."""
    return or_(
        Invitation.accepted_at < before,
        and_(Invitation.accepted_at.is_(None), Invitation.expires_at < before),
    )


def held(membership_ids: Collection[int]) -> dict[int, Any]:
    """The present roles of these memberships, with whose they are."""
    statement = (
        select(
            Membership.id,
            Membership.role,
            Person.id.label("person_id"),
            Person.email,
            Person.language,
            (Person.given_name + " " + Person.family_name).label("name"),
        )
        .join(Membership.person)
        .where(Membership.id.in_(membership_ids), Membership.ended_at.is_(None))
    )
    return {membership.id: membership for membership in db.session.execute(statement)}


def answered_for(organisation_ids: Collection[int]) -> set[int]:
    """Those of these organisations for which somebody active answers."""
    statement = (
        select(Membership.organisation_id)
        .join(Membership.person)
        .where(
            Membership.organisation_id.in_(organisation_ids),
            accounts_queries.answers_for_it(),
        )
    )
    return set(db.session.scalars(statement))
