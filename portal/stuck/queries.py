"""What is late or stuck of somebody's requests, by the reason, each found by its keys and counted to a limit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Person
from portal.accounts.queries import name_of
from portal.db import db, plain_rows, when_run
from portal.interventions import steps as visits
from portal.interventions.models import Contribution, Intervention
from portal.interventions.steps import InterventionState
from portal.organisations.models import Pole
from portal.organisations.queries import is_over
from portal.requests import steps
from portal.requests.events.queries import still_stands
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.pairs import queries as pairs
from portal.requests.queries import anybody, is_visible_to, named, owned_by
from portal.requests.rows.queries import columns, read, rows
from portal.requests.rows.rules import Row
from portal.requests.steps import OPEN_REQUESTS, AssignmentState, RequestState
from portal.stuck import rules
from portal.stuck.models import Snooze
from portal.stuck.rules import Basket

MOST_COUNTED = 999
SIGNS_OF_LIFE = tuple(
    step.name for step in (steps.ACCEPT, steps.REOPEN, steps.GO_ON, visits.PLAN, visits.LOG, visits.CORRECT)
)
"""What says that an accepted request is going on."""


def _day(read: Callable[[date], date]) -> Any:
    """A day that follows today's, whenever the statement is run."""
    return when_run(lambda: read(clock.today()), Assignment.due_on.type)


def _end_of(read: Callable[[date], date]) -> Any:
    return when_run(lambda: clock.end_of(read(clock.today())), SupportRequest.submitted_at.type)


def _soon(today: date) -> date:
    return clock.add_working_days(today, rules.WORKING_DAYS_BEFORE_DUE, None)


def _without_news(today: date) -> date:
    return today - timedelta(days=rules.DAYS_WITHOUT_NEWS)


def stands(state: AssignmentState) -> ColumnElement[bool]:
    """Said in the statement, since an index holds one of them alone."""
    value: Any = bindparam(None, state, literal_execute=True)
    return Assignment.state == value


def given_to() -> Select[int]:
    """The acts to which the partner of an assignment gives, or one that it leads, whoever noted them."""
    part = aliased(Assignment)
    return (
        select(Contribution.intervention_id)
        .join(part, part.id == Contribution.assignment_id)
        .join(Intervention, Intervention.id == Contribution.intervention_id)
        .where(pairs.is_or_leads(part))
        .correlate(Assignment)
    )


def _nothing_happened() -> ColumnElement[bool]:
    """Nothing since so many days that says it is going on, and no date to come. Who leads is asked for all."""
    lately = select(RequestEvent.id).where(
        RequestEvent.request_id == Assignment.request_id,
        pairs.is_of_it(RequestEvent.assignment_id),
        RequestEvent.action.in_(SIGNS_OF_LIFE),
        RequestEvent.at > _end_of(_without_news),
        still_stands(),
    )
    to_come = given_to().where(
        Intervention.state == InterventionState.PLANNED, Intervention.on >= _day(lambda today: today)
    )
    done = given_to().where(
        Intervention.state == InterventionState.DONE, Intervention.on > _day(_without_news)
    )
    return and_(
        stands(AssignmentState.ACCEPTED),
        func.coalesce(Assignment.answered_on, _day(_without_news)) <= _day(_without_news),
        ~lately.exists(),
        ~to_come.exists(),
        ~done.exists(),
        ~pairs.is_led(),
    )


def _part(basket: Basket) -> ColumnElement[bool] | None:
    """Where an assignment stands, for what is found from them."""
    match basket:
        case Basket.UNANSWERED:
            return and_(stands(AssignmentState.PROPOSED), is_over(Assignment.due_on, Pole))
        case Basket.DUE_SOON:
            soon = Assignment.due_on <= _day(_soon)
            return and_(stands(AssignmentState.PROPOSED), soon, ~is_over(Assignment.due_on, Pole))
        case Basket.ON_HOLD:
            return and_(stands(AssignmentState.ON_HOLD), Assignment.held_on <= _day(rules.on_hold_since))
        case Basket.SILENT:
            return _nothing_happened()
        case _:
            return None


def keys(role: Role, basket: Basket) -> Select[Any]:
    """The requests of a basket that are not put off, by number."""
    actor = anybody(role)
    part = _part(basket)
    if part is not None:
        statement = (
            select(Assignment.request_id)
            .join(Assignment.request)
            .join(Pole, Pole.id == SupportRequest.pole_id)
            .where(part, owned_by(actor))
            .distinct()
        )
    else:
        statement = select(SupportRequest.id).where(_waits_for_the_cell(basket))
    if not actor.is_partner:
        statement = statement.where(is_visible_to(actor), ~_put_off())
    return statement


def _waits_for_the_cell(basket: Basket) -> ColumnElement[bool]:
    asked = select(Assignment.id).where(Assignment.request_id == SupportRequest.id).exists()
    to_route = SupportRequest.state == RequestState.TO_ROUTE
    if basket is Basket.REFUSED:
        return and_(to_route, asked)
    return and_(to_route, ~asked, SupportRequest.submitted_at <= _end_of(rules.not_routed_since))


def _put_off() -> ColumnElement[bool]:
    return select(Snooze.id).where(Snooze.request_id == SupportRequest.id, _holds()).exists()


def _holds() -> ColumnElement[bool]:
    return and_(Snooze.until >= _day(lambda today: today), nothing_since())


def nothing_since() -> ColumnElement[bool]:
    """Beside a snooze: nothing happened to its request since. What is put off is what stood there then."""
    since = select(RequestEvent.id).where(
        RequestEvent.request_id == Snooze.request_id, RequestEvent.at > Snooze.at, still_stands()
    )
    return ~since.exists()


@cache
def put_off_now() -> Select[int]:
    """What is put off, by number. Built once."""
    return select(Snooze.request_id).where(_holds())


def counts(actor: Actor, baskets: Sequence[Basket]) -> Mapping[Basket, int]:
    """How many each holds, MOST_COUNTED + 1 at most, in one query."""
    return counts_beside(actor, baskets)[0]


def counts_beside(
    actor: Actor, baskets: Sequence[Basket], *beside: Select[int]
) -> tuple[Mapping[Basket, int], Sequence[int]]:
    """The same, and what each of some other statements counts."""
    row = plain_rows(_counts(actor.role, tuple(baskets), *beside), named(actor)).one()
    return dict(zip(baskets, row[: len(baskets)], strict=True)), [*row[len(baskets) :]]


@cache
def _counts(role: Role, baskets: tuple[Basket, ...], *beside: Select[int]) -> Select[*tuple[int, ...]]:
    """Built once."""
    counted = (keys(role, basket).limit(MOST_COUNTED + 1).subquery() for basket in baskets)
    held = [select(func.count()).select_from(subquery).scalar_subquery() for subquery in counted]
    return select(*held, *(each.scalar_subquery() for each in beside))


def firsts(actor: Actor, baskets: Sequence[Basket], most: int) -> Mapping[Basket, Sequence[Row]]:
    """The oldest of each; two queries, however many."""
    by_basket: dict[Basket, list[int]] = {basket: [] for basket in baskets}
    if not baskets:
        return {}
    for slug, request_id in plain_rows(_firsts(actor.role, tuple(baskets), most), named(actor)):
        by_basket[Basket(slug)].append(request_id)
    wanted = sorted({number for numbers in by_basket.values() for number in numbers})
    drawn = {row.id: row for row in rows(actor, wanted)}
    return {
        basket: [drawn[number] for number in sorted(numbers) if number in drawn]
        for basket, numbers in by_basket.items()
    }


@cache
def _firsts(role: Role, baskets: tuple[Basket, ...], most: int) -> CompoundSelect[str, int]:
    """Built once."""
    beginnings = []
    for basket in baskets:
        statement = keys(role, basket)
        numbers = statement.order_by(statement.selected_columns[0]).limit(most).subquery()
        beginnings.append(select(literal(basket.value), numbers.c[0]))
    return union_all(*beginnings)


def page_of(actor: Actor, basket: Basket, mark: int | None, most: int, *, back: bool) -> Sequence[Row]:
    """The rows of a basket that follow a number, or come before it, oldest first."""
    statement = _page_of(actor.role, basket, most, back=back, is_first=mark is None)
    return read(statement, {**named(actor), "mark": mark})


@cache
def _page_of(
    role: Role, basket: Basket, most: int, *, back: bool, is_first: bool
) -> Select[*tuple[Any, ...]]:
    """Built once."""
    statement = keys(role, basket)
    key = statement.selected_columns[0]
    if not is_first:
        statement = statement.where(key < bindparam("mark") if back else key > bindparam("mark"))
    statement = statement.order_by(key.desc() if back else key.asc()).limit(most)
    return columns(role).where(SupportRequest.id.in_(statement))


def put_off(actor: Actor, most: int) -> Sequence[tuple[str, str, str | None, date, str]]:
    """What is put off now, what comes back first before: reference, subject, by whom, until when, why."""
    statement = (
        select(SupportRequest.reference, SupportRequest.subject, name_of(Person), Snooze.until, Snooze.note)
        .join(SupportRequest, SupportRequest.id == Snooze.request_id)
        .outerjoin(Person, Person.id == Snooze.by_id)
        .where(_holds(), SupportRequest.state.in_(sorted(OPEN_REQUESTS)), is_visible_to(actor))
        .order_by(Snooze.until, Snooze.id)
        .limit(most)
    )
    return [(*row,) for row in db.session.execute(statement)]


def of_request(request_id: int) -> Snooze | None:
    """Until when a request is put off, under its lock."""
    statement = select(Snooze).where(Snooze.request_id == request_id)
    return db.session.scalar(statement.execution_options(populate_existing=True))
