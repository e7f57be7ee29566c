"""What is counted: three statements over requests, answers and interventions, whatever the breakdowns."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import load_only
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from portal import clock
from portal.access.roles import Actor, Role
from portal.catalogue.models import Service
from portal.db import db, plain_rows
from portal.interventions.gathered.models import Gathering
from portal.interventions.measures.queries import RECEIVED, SERVED, SPENT, with_poles
from portal.interventions.models import AlsoServed, Contribution, Intervention
from portal.interventions.steps import InterventionState
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.organisations.models import Partner, Pole
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.queries import is_visible_to
from portal.requests.steps import AssignmentState, RequestState
from portal.usage.rules import GUIDE_ME, Dimension, Filters, Month, Period, Tally

Columns = ReadOnlyColumnCollection[str, Any]
Measures = Callable[[Columns], Sequence[ColumnElement[Any]]]


def by_each(
    facts: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]],
    ways: Sequence[str],
    also: Sequence[str],
    measures: Measures,
) -> Iterator[tuple[Any, ...]]:
    """Rows (way, its value, values of `also`…, measures…): `facts` grouped by each way and `also`.

    `ways` and `also` are labels of columns of `facts`; `measures` gives the aggregates of its columns.
    """
    if db.engine.dialect.name == "postgresql":
        return _in_one_pass(facts.subquery(), ways, also, measures)
    return _one_by_one(facts, ways, also, measures)


def _in_one_pass(
    facts: Subquery, ways: Sequence[str], also: Sequence[str], measures: Measures
) -> Iterator[tuple[Any, ...]]:
    keys = [facts.c[way] for way in ways]
    shared = [facts.c[name] for name in also]
    # One bit for each way, the last way's lowest: 0 where the row is grouped by it.
    places = {(1 << len(ways)) - 1 - (1 << place): -1 - place for place in range(len(ways))}
    statement = select(func.grouping(*keys), *keys, *shared, *measures(facts.c)).group_by(
        func.grouping_sets(*(tuple_(key, *shared) for key in keys))
    )
    for row in plain_rows(statement, {}):
        place = places[row[0]]
        values = row[1 : 1 + len(ways)]
        yield (ways[place], values[place], *row[1 + len(ways) :])


def _one_by_one(
    facts: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]],
    ways: Sequence[str],
    also: Sequence[str],
    measures: Measures,
) -> Iterator[tuple[Any, ...]]:
    table = facts.cte("facts")
    shared = [table.c[name] for name in also]
    statements = [
        select(literal(way), table.c[way], *shared, *measures(table.c)).group_by(table.c[way], *shared)
        for way in ways
    ]
    for row in plain_rows(union_all(*statements), {}):
        yield tuple(row)


Tallies = Mapping[Dimension, Mapping[Any, Tally]]
"""For each dimension but the states: a month, the id of a service or partner, the code of a region → its tally."""

_MONTH, _SERVICE, _PARTNER, _REGION = (
    Dimension.MONTH,
    Dimension.SERVICE,
    Dimension.PARTNER,
    Dimension.REGION,
)


def services() -> Sequence[Service]:
    """Every service, those no longer offered included, by name; of each, what its line needs."""
    line = load_only(Service.name, Service.name_en, Service.family, Service.stored_state, raiseload=True)
    return db.session.scalars(select(Service).options(line).order_by(Service.name_key, Service.id)).all()


def partners() -> Sequence[Row[int, str]]:
    """The id and name of every partner, by name."""
    return plain_rows(select(Partner.id, Partner.name).order_by(Partner.name_key, Partner.id), {}).all()


def tallies(actor: Actor, filters: Filters) -> Tallies:
    """Everything counted for an actor, by month, service, partner and region."""
    counted: dict[Dimension, dict[Any, Tally]] = {
        dimension: defaultdict(Tally) for dimension in (_MONTH, _SERVICE, _PARTNER, _REGION)
    }
    _count_requests(counted, actor, filters)
    _count_answers(counted, actor, filters)
    _count_time(counted, actor, filters)
    months = filters.period.months
    counted[_MONTH] = {months[place]: tally for place, tally in counted[_MONTH].items()}
    return counted


def newest_event() -> tuple[Any, ...]:
    """The last thing that happened to a request, and to an act of none: while both are the same, so are the figures."""
    gathered = select(func.max(Gathering.noted_at)).scalar_subquery()
    return tuple(db.session.execute(select(func.max(RequestEvent.id), gathered)).one())


def counted_for(actor: Actor) -> ColumnElement[bool]:
    """The requests whose figures an actor may read: an observer's are all that were sent."""
    sent = SupportRequest.state != RequestState.DRAFT
    return sent if actor.role is Role.OBSERVER else and_(sent, is_visible_to(actor))


def _count_requests(counted: dict[Dimension, dict[Any, Tally]], actor: Actor, filters: Filters) -> None:
    """Requests, and the poles that joined them."""
    others = (
        select(JointPole.request_id, func.count().label("poles"))
        .where(JointPole.state == JointState.JOINED)
        .group_by(JointPole.request_id)
        .subquery()
    )
    facts = (
        select(
            _month(SupportRequest.submitted_at, filters.period, "start").label(_MONTH),
            SupportRequest.service_id.label(_SERVICE),
            SupportRequest.region_code.label(_REGION),
            SupportRequest.state.label("state"),
            func.coalesce(others.c.poles, 0).label("joined"),
        )
        .outerjoin(others, others.c.request_id == SupportRequest.id)
        .where(*_asked_for(actor, filters), _sent_in(filters.period), *_of_partner(filters))
    )
    rows = by_each(facts, (_MONTH, _SERVICE, _REGION), ("state",), _requests)
    for dimension, key, state, count, joined in rows:
        tally = counted[Dimension(dimension)][key]
        tally.states[state] += count
        tally.joined += joined


def _of_partner(filters: Filters) -> list[ColumnElement[bool]]:
    """The requests that a partner was asked for, where one is chosen."""
    if filters.partner_id is None:
        return []
    asked = select(Assignment.id).where(
        Assignment.request_id == SupportRequest.id, Assignment.partner_id == filters.partner_id
    )
    return [asked.exists()]


def _requests(columns: Columns) -> list[ColumnElement[Any]]:
    return [func.count(), func.sum(columns.joined)]


def _count_answers(counted: dict[Dimension, dict[Any, Tally]], actor: Actor, filters: Filters) -> None:
    facts = (
        select(
            _month(SupportRequest.submitted_at, filters.period, "start").label(_MONTH),
            SupportRequest.service_id.label(_SERVICE),
            SupportRequest.region_code.label(_REGION),
            Assignment.partner_id.label(_PARTNER),
            Assignment.state.label("state"),
            Assignment.due_on.label("due_on"),
            Assignment.answered_on.label("answered_on"),
            Assignment.answer_days.label("answer_days"),
        )
        .join(Assignment.request)
        .where(*_asked_for(actor, filters), _sent_in(filters.period))
    )
    if filters.partner_id is not None:
        facts = facts.where(Assignment.partner_id == filters.partner_id)
    rows = by_each(facts, (_MONTH, _SERVICE, _REGION, _PARTNER), ("answer_days",), _answers(clock.today()))
    for dimension, key, days, asked, answered, declined, in_time, unanswered in rows:
        tally = counted[Dimension(dimension)][key]
        tally.asked += asked
        tally.answered += answered
        tally.declined += declined
        tally.in_time += in_time
        tally.unanswered += unanswered
        if days is not None:
            tally.answer_days[days] += answered


def _answers(today: date) -> Any:
    def measures(columns: Columns) -> list[ColumnElement[Any]]:
        late = and_(columns.state == AssignmentState.PROPOSED, columns.due_on < today)
        return [
            func.count(),
            func.count(columns.answered_on),
            func.count().filter(columns.state == AssignmentState.DECLINED),
            func.count().filter(columns.answered_on <= columns.due_on),
            func.count().filter(or_(columns.state == AssignmentState.EXPIRED, late)),
        ]

    return measures


def _count_time(counted: dict[Dimension, dict[Any, Tally]], actor: Actor, filters: Filters) -> None:
    """Both measures, over what each partner gave to each act: what poles received counts once for an act, and for each
    partner that took part in it. What is of no request counts where each pole is that received, and where it was. Dates
    that the pole missed count beside, in no time."""
    facts = union_all(
        _of_requests(actor, filters), _gathered_for(actor, filters), _gathered_by(actor, filters)
    )
    ways = (_MONTH, _SERVICE, _REGION, _PARTNER)
    for dimension, key, received, once_each, spent, absent in by_each(facts, ways, (), _time):
        tally = counted[Dimension(dimension)][key]
        tally.received += received if dimension == _PARTNER else once_each
        tally.spent += spent
        tally.absent += absent


_HELD_OR_MISSED = (InterventionState.DONE, InterventionState.POLE_ABSENT)


def _of_requests(actor: Actor, filters: Filters) -> Select[*tuple[Any, ...]]:
    noted_it = Contribution.assignment_id == Intervention.assignment_id
    is_done = Intervention.state == InterventionState.DONE
    received = case((is_done, RECEIVED), else_=0)
    once = received if filters.partner_id is not None else case((noted_it, received), else_=0)
    facts = (
        select(
            *_when_and_what(filters, SupportRequest.service_id, SupportRequest.region_code),
            received.label("received"),
            once.label("once"),
            case((is_done, SPENT), else_=0).label("spent"),
            case((~is_done & noted_it, 1), else_=0).label("absent"),
        )
        .select_from(Intervention)
        .join(Contribution, Contribution.intervention_id == Intervention.id)
        .join(Assignment, Assignment.id == Contribution.assignment_id)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .where(*_asked_for(actor, filters))
    )
    return with_poles(_in_state(facts, filters, _HELD_OR_MISSED))


def _gathered_for(actor: Actor, filters: Filters) -> Select[*tuple[Any, ...]]:
    """A row for each pole that a session was for."""
    columns = _when_and_what(filters, Gathering.service_id, Pole.region_code)
    none = literal(0)
    received = select(
        *columns,
        SERVED.label("received"),
        SERVED.label("once"),
        none.label("spent"),
        none.label("absent"),
    )
    facts = (
        _gathered(received)
        .join(AlsoServed, AlsoServed.intervention_id == Intervention.id)
        .join(Pole, Pole.id == AlsoServed.pole_id)
        .where(*_held_in(Pole.region_code, actor, filters))
    )
    return _done(facts, filters)


def _gathered_by(actor: Actor, filters: Filters) -> Select[*tuple[Any, ...]]:
    """A row for each session: the time of who gave it."""
    columns = _when_and_what(filters, Gathering.service_id, Gathering.region_code)
    none = literal(0)
    spent = select(
        *columns, none.label("received"), none.label("once"), SPENT.label("spent"), none.label("absent")
    )
    facts = _gathered(spent).join(Contribution, Contribution.intervention_id == Intervention.id)
    return _done(facts.where(*_held_in(Gathering.region_code, actor, filters)), filters)


def _when_and_what(filters: Filters, service_id: Any, region_code: Any) -> Sequence[ColumnElement[Any]]:
    return (
        _month(Intervention.on, filters.period, "first_day").label(_MONTH),
        service_id.label(_SERVICE),
        region_code.label(_REGION),
        Assignment.partner_id.label(_PARTNER),
    )


def _gathered(facts: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    acts = facts.select_from(Gathering).join(Intervention, Intervention.id == Gathering.intervention_id)
    return acts.join(Assignment, Assignment.id == Intervention.assignment_id)


def _done(facts: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    return _in_state(facts, filters, (InterventionState.DONE,))


def _in_state(
    facts: Select[*tuple[Any, ...]], filters: Filters, states: Sequence[InterventionState]
) -> Select[*tuple[Any, ...]]:
    held = facts.where(
        Intervention.state.in_(states),
        Intervention.on >= filters.period.first.first_day,
        Intervention.on < filters.period.after.first_day,
    )
    return held.where(Assignment.partner_id == filters.partner_id) if filters.partner_id is not None else held


def _held_in(region_code: Any, actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """Of what is of no request: what one may count and wants to."""
    conditions = [region_code.in_(actor.region_codes)] if actor.role is Role.REGIONAL_ADMIN else []
    if filters.region_code is not None:
        conditions.append(region_code == filters.region_code)
    return [*conditions, *_of_service(Gathering.service_id, filters)]


def _time(columns: Columns) -> list[ColumnElement[Any]]:
    names = ("received", "once", "spent", "absent")
    return [func.sum(columns[name]) for name in names]


def _asked_for(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """The requests one may count and wants to."""
    conditions = [counted_for(actor)]
    if filters.region_code is not None:
        conditions.append(SupportRequest.region_code == filters.region_code)
    return [*conditions, *_of_service(SupportRequest.service_id, filters)]


def _of_service(service_id: Any, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.service_id == GUIDE_ME:
        conditions.append(service_id.is_(None))
    elif filters.service_id is not None:
        conditions.append(service_id == filters.service_id)
    if filters.family is not None:
        of_family = select(Service.id).where(Service.family == filters.family)
        conditions.append(service_id.in_(of_family))
    return conditions


def _sent_in(period: Period) -> ColumnElement[bool]:
    return and_(
        SupportRequest.submitted_at >= period.first.start, SupportRequest.submitted_at < period.after.start
    )


def _month(column: Any, period: Period, edge: str) -> ColumnElement[int]:
    """The place in the period of the month a column falls in: both databases compare, none converts."""
    months: list[Month] = list(period.months)
    return case(*((column >= getattr(months[at], edge), at) for at in reversed(range(len(months)))))
