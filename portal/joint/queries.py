"""Which requests of other poles are shared with somebody, and which poles have one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import aliased, immediateload, joinedload
from sqlalchemy.sql.base import ExecutableOption

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Membership, Person
from portal.accounts.queries import answers_for_it
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import Eligibility
from portal.catalogue.models import Service
from portal.db import db, require_transaction
from portal.interventions.models import AlsoServed, Intervention
from portal.joint.models import JointPole
from portal.joint.rules import strength
from portal.joint.steps import LIVE, JointState
from portal.ladder import Ask, Thing, with_number
from portal.organisations.models import Pole
from portal.organisations.queries import is_over
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import anybody, named
from portal.requests.steps import OPEN_REQUESTS
from portal.requests.words import service_asked
from portal.territories.reference import place_of

_OPEN = SupportRequest.state.in_(sorted(OPEN_REQUESTS))
_WAITS = and_(JointPole.state == JointState.INVITED, _OPEN)
_JOINED = JointPole.state == JointState.JOINED
_LIVE = JointPole.state.in_(sorted(LIVE))


def visible_to(actor: Actor) -> Select[JointPole]:
    """What is shared with somebody's pole: a request that it joined, or may still join. Nothing else of a request that
    is another pole's: that is what `requests.queries.visible_to` says."""
    return select(JointPole).join(JointPole.request).where(is_visible_to(actor))


def is_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition behind `visible_to`, of a row with its request."""
    if not actor.is_pole:
        return false()
    return and_(JointPole.pole_id == actor.organisation_id, or_(_JOINED, _WAITS))


def has_joined(actor: Actor) -> ColumnElement[bool]:
    """The condition that somebody's pole takes part."""
    return and_(JointPole.pole_id == actor.organisation_id, _JOINED)


def requests_shared(actor: Actor) -> Select[int]:
    """The requests of these, by number, to be part of a query."""
    return select(JointPole.request_id).join(JointPole.request).where(is_visible_to(actor))


def get(actor: Actor, reference: str) -> JointPole | None:
    """A request that is shared with somebody's pole, with what it may read of it."""
    values = {**named(actor), "reference": reference}
    return db.session.scalars(_get(actor.role), values).unique().one_or_none()


@cache
def _get(role: Role) -> Select[JointPole]:
    """Built once."""
    statement = visible_to(anybody(role)).where(SupportRequest.reference == bindparam("reference"))
    return statement.options(*_shared(), joinedload(JointPole.answered_by))


def _shared() -> Sequence[ExecutableOption]:
    to_request = joinedload(JointPole.request)
    return (
        to_request.joinedload(SupportRequest.pole),
        to_request.joinedload(SupportRequest.service),
        to_request.selectinload(SupportRequest.assignments).options(
            joinedload(Assignment.partner), joinedload(Assignment.referent)
        ),
        joinedload(JointPole.pole),
    )


def page_of(actor: Actor) -> Select[JointPole]:
    """All that somebody's pole joined, the last first."""
    statement = visible_to(actor).where(has_joined(actor))
    return statement.options(*_shared()).order_by(JointPole.id.desc())


def waiting(actor: Actor, most: int) -> Sequence[JointPole]:
    """What a pole was asked to join and has not answered, the first due first."""
    return db.session.scalars(_waiting(actor.role), {**named(actor), "most": most}).all()


@cache
def _waiting(role: Role) -> Select[JointPole]:
    """Built once."""
    to_request = joinedload(JointPole.request)
    return (
        visible_to(anybody(role))
        .where(JointPole.state == JointState.INVITED)
        .options(to_request.joinedload(SupportRequest.pole), to_request.joinedload(SupportRequest.service))
        .options(joinedload(JointPole.pole))
        .order_by(JointPole.due_on, JointPole.id)
        .limit(bindparam("most"))
    )


def of_request(request_id: int, states: Collection[JointState] = tuple(JointState)) -> Sequence[JointPole]:
    """The other poles of a request that stand so, in the order in which they were invited first."""
    statement = (
        select(JointPole)
        .where(JointPole.request_id == request_id, JointPole.state.in_(sorted(states)))
        .options(joinedload(JointPole.pole), joinedload(JointPole.answered_by))
        .order_by(JointPole.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(statement).all()


def live(request_ids: Collection[int]) -> Sequence[JointPole]:
    """The poles that are told what becomes of some requests."""
    statement = select(JointPole).where(JointPole.request_id.in_(request_ids), _LIVE)
    statement = statement.options(joinedload(JointPole.pole)).order_by(JointPole.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def served(intervention_id: int) -> Sequence[JointPole]:
    """The poles that joined a request and that a date of it is for as well."""
    statement = (
        select(JointPole)
        .join(Assignment, Assignment.request_id == JointPole.request_id)
        .join(Intervention, Intervention.assignment_id == Assignment.id)
        .join(
            AlsoServed,
            and_(AlsoServed.intervention_id == Intervention.id, AlsoServed.pole_id == JointPole.pole_id),
        )
        .where(Intervention.id == intervention_id, _JOINED)
        .options(joinedload(JointPole.pole))
        .order_by(JointPole.id)
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def of_pole(request_id: int, pole_id: int) -> JointPole | None:
    """What a pole has with a request, fresh, under the lock of the request."""
    require_transaction()
    statement = (
        select(JointPole)
        .where(JointPole.request_id == request_id, JointPole.pole_id == pole_id)
        .options(joinedload(JointPole.pole), immediateload(JointPole.request))
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def joined(request_ids: Collection[int]) -> Mapping[int, Sequence[Pole]]:
    """The other poles that have joined some requests, in the order in which they were invited first."""
    statement = select(JointPole).where(JointPole.request_id.in_(request_ids), _JOINED)
    statement = statement.options(joinedload(JointPole.pole)).order_by(JointPole.id)
    poles: dict[int, list[Pole]] = {}
    for joint in db.session.scalars(statement.execution_options(populate_existing=True)):
        poles.setdefault(joint.request_id, []).append(joint.pole)
    return poles


def joined_by(poles: Select[int]) -> Select[int]:
    """The requests of others that some poles have joined, all by number."""
    return select(JointPole.request_id).where(JointPole.pole_id.in_(poles), _JOINED)


def joined_count(request_id: int) -> int:
    """How many other poles have joined a request."""
    statement = select(func.count()).where(JointPole.request_id == request_id, _JOINED)
    return db.session.scalar(statement) or 0


def invitable(request: SupportRequest) -> Sequence[Row[int, str]]:
    """The poles that a request can be shared with, number and name, in French order; where nobody may answer, none."""
    here = exists().where(
        JointPole.request_id == request.id, JointPole.pole_id == Pole.id, JointPole.state.in_(sorted(LIVE))
    )
    statement = select(Pole.id, Pole.name).where(_may_answer(), Pole.id != request.pole_id, ~here)
    return db.session.execute(statement.order_by(Pole.name_key, Pole.id)).all()


def _may_answer() -> ColumnElement[bool]:
    """Of a pole that is active: has it a coordinator, who is told and answers?"""
    answered_for = exists().where(
        Membership.organisation_id == Pole.id, Membership.person_id == Person.id, answers_for_it()
    )
    return and_(Pole.active, answered_for)


def locked_pole(pole_id: int) -> Pole | None:
    """A pole that may answer, which neither ends nor is merged until the transaction ends; before any request is
    locked."""
    require_transaction()
    statement = select(Pole).where(Pole.id == pole_id, _may_answer())
    return db.session.scalar(statement.with_for_update(read=True))


def rulings(request: SupportRequest, poles: Sequence[Pole]) -> Mapping[int, Eligibility]:
    """Whether each of some poles may ask for the service of a request, by the pole's number; by its own clocks, in one
    statement for those that share them."""
    by_place: dict[str | None, list[int]] = {}
    for pole in poles if request.service_id else ():
        by_place.setdefault(pole.place, []).append(pole.id)
    return {
        row.pole_number: eligibility.read(row, place)
        for place, numbers in by_place.items()
        for row in db.session.execute(
            _rulings(),
            {"pole_ids": numbers, "service_id": request.service_id, **eligibility.moments(place)},
        )
    }


@cache
def _rulings() -> Select[*tuple[Any, ...]]:
    """Built once."""
    return (
        select(Pole.id.label("pole_number"), *eligibility.facts())
        .join(Service, Service.id == bindparam("service_id"))
        .where(Pole.id.in_(bindparam("pole_ids", expanding=True)))
    )


def overdue(today: date, after: int, most: int) -> Sequence[int]:
    """The invitations whose last day to answer is over, by number."""
    statement = _invited().where(
        JointPole.id > after, JointPole.due_on < today, is_over(JointPole.due_on, Pole)
    )
    return db.session.scalars(statement.with_only_columns(JointPole.id).limit(most)).all()


def by_number(number: int) -> JointPole:
    """A pole of a request, with all that its e-mails say."""
    statement = select(JointPole).where(JointPole.id == number).options(*_shared())
    return db.session.scalars(statement.execution_options(populate_existing=True)).unique().one()


def reference_of(number: int) -> str | None:
    """The request of one of them."""
    statement = select(SupportRequest.reference).join(JointPole, JointPole.request_id == SupportRequest.id)
    return db.session.scalar(statement.where(JointPole.id == number))


def lock(number: int) -> None:
    """Its request stays as it is until the transaction ends."""
    request_id = select(JointPole.request_id).where(JointPole.id == number).scalar_subquery()
    db.session.execute(select(SupportRequest.id).where(SupportRequest.id == request_id).with_for_update())


def invited(ask: Ask) -> Sequence[Thing]:
    """What poles were asked to join and have not answered, as a ladder sees it."""
    seen = [is_visible_to(ask.actor)] if ask.actor else []
    columns = (
        JointPole.id,
        JointPole.pole_id,
        JointPole.invited_at,
        JointPole.times,
        SupportRequest.reference,
        SupportRequest.subject,
        SupportRequest.region_code,
        SupportRequest.service_id,
        Pole.department_code,
        Pole.region_code.label("pole_region"),
    )
    rows = _invited().where(*with_number(ask, JointPole.id), *seen).with_only_columns(*columns)
    return [_thing(row) for row in db.session.execute(rows.limit(ask.most))]


def _thing(row: Any) -> Thing:
    place = place_of(row.department_code, row.pole_region)
    return Thing(
        row.id,
        clock.day_of(row.invited_at, place),
        row.subject or service_asked(None),
        ("joint.show", {"reference": row.reference}),
        place,
        round=str(row.times),
        region_code=row.region_code,
        service_id=row.service_id,
        goes_to={"pole": row.pole_id, "lapsed": row.pole_id},
        seen_at=("requests.show", {"reference": row.reference}),
    )


def _invited() -> Select[JointPole]:
    """Of poles that use the portal, by number."""
    return (
        select(JointPole)
        .join(JointPole.request)
        .join(Pole, Pole.id == JointPole.pole_id)
        .where(_WAITS, Pole.active)
        .order_by(JointPole.id)
    )


def of_ending(pole_id: int) -> Sequence[JointPole]:
    """What a pole has with requests of others, that are open."""
    statement = (
        select(JointPole)
        .join(JointPole.request)
        .where(JointPole.pole_id == pole_id, _LIVE, _OPEN)
        .options(joinedload(JointPole.request))
        .order_by(SupportRequest.reference)
    )
    return db.session.scalars(statement).all()


def in_the_way(from_id: int, to_id: int, *, only_open: bool) -> Collection[JointPole]:
    """What cannot stay where one pole takes the place of another: in its own request, or twice in one, where the
    stronger of two stays."""
    which = [_OPEN] if only_open else []
    own = (
        select(JointPole)
        .join(JointPole.request)
        .where(
            or_(
                and_(SupportRequest.pole_id == to_id, JointPole.pole_id == from_id),
                and_(SupportRequest.pole_id == from_id, JointPole.pole_id == to_id),
            ),
            *which,
        )
    )
    other = aliased(JointPole)
    twins = (
        select(JointPole, other)
        .join(JointPole.request)
        .join(other, other.request_id == JointPole.request_id)
        .where(JointPole.pole_id == from_id, other.pole_id == to_id, *which)
    )
    weaker = [min(pair, key=lambda joint: strength(joint.state)) for pair in db.session.execute(twins)]
    return {*db.session.scalars(own), *weaker}
