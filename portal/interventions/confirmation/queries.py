"""What waits for the word of a pole, since when it was told, and what was said."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal import clock
from portal.access.roles import Actor, Role
from portal.db import db, require_transaction
from portal.interventions.confirmation import steps
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.confirmation.steps import AdjustmentState, ConfirmationState
from portal.interventions.documents.queries import with_documents
from portal.interventions.gathered.models import Gathering
from portal.interventions.models import Intervention
from portal.interventions.silence import queries as silence
from portal.ladder import Ask, Thing, with_number
from portal.organisations.models import Partner, Pole
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import anybody, is_visible_to, named
from portal.requests.words import service_asked
from portal.territories.reference import place_of

MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an intervention stands. `until`: the last day to contest it; None: silence confirms nothing as it is."""

    confirmation: Confirmation
    until: date | None = None
    adjustments: Sequence[Adjustment] = ()


def state_of(intervention_id: int) -> ConfirmationState | None:
    """Where one of a request stands; None: the pole was never asked."""
    statement = select(Confirmation.state).where(Confirmation.intervention_id == intervention_id)
    return db.session.scalar(statement)


def locked(intervention_id: int, pole_id: int) -> Confirmation | None:
    """What a pole says of it, fresh, under the lock of what it is of."""
    require_transaction()
    return db.session.get(Confirmation, (intervention_id, pole_id), populate_existing=True)


def adjustment(intervention_id: int, adjustment_id: int) -> Adjustment | None:
    """One of an intervention, fresh, under the lock of its request."""
    statement = select(Adjustment).where(
        Adjustment.id == adjustment_id, Adjustment.intervention_id == intervention_id
    )
    return db.session.scalar(statement.execution_options(populate_existing=True))


def proposed(intervention_id: int) -> Adjustment | None:
    """What a partner proposed of it, and nobody has decided."""
    statement = select(Adjustment).where(
        Adjustment.intervention_id == intervention_id, Adjustment.state == AdjustmentState.PROPOSED
    )
    return db.session.scalar(statement.limit(1))


def standing(interventions: Iterable[Intervention]) -> Mapping[int, Standing]:
    """Where interventions stand that are read with their request, by number; one statement where some are confirmed,
    two where some wait."""
    every = [each for each in interventions if each.confirmation]
    waiting = [each for each in every if each.confirmation.state is ConfirmationState.WAITING]
    days = silence.last_days([silence.of_page(each) for each in waiting])
    until = {asked.intervention_id: day for asked, day in days.items()}
    adjusted = adjustments([each.id for each in every if steps.locks(each.confirmation.state)])
    return {
        each.id: Standing(each.confirmation, until.get(each.id), adjusted.get(each.id, ())) for each in every
    }


def with_who_said_so() -> ExecutableOption:
    """Load what the pole says of interventions, and who said so and decided."""
    return joinedload(Intervention.confirmation).options(
        joinedload(Confirmation.answered_by), joinedload(Confirmation.settled_by)
    )


def adjustments(intervention_ids: Collection[int]) -> Mapping[int, Sequence[Adjustment]]:
    """What was adjusted of these, or proposed, first to last."""
    if not intervention_ids:
        return {}
    statement = (
        select(Adjustment)
        .where(Adjustment.intervention_id.in_(intervention_ids))
        .options(joinedload(Adjustment.by), joinedload(Adjustment.decided_by))
        .order_by(Adjustment.id)
    )
    by_act: dict[int, list[Adjustment]] = {}
    for each in db.session.scalars(statement):
        by_act.setdefault(each.intervention_id, []).append(each)
    return by_act


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """What waits for a pole, as its to-do says it; `until`: the last day to contest it, by whose clocks."""

    intervention_id: int
    reference: str
    subject: str
    partner: str
    on: date
    starts_at: time | None
    minutes: int
    until: date | None
    place: str | None


def to_confirm(actor: Actor, most: int) -> Sequence[ToConfirm]:
    """What waits for the word of somebody's pole, the first asked first."""
    rows = db.session.execute(_to_confirm(actor.role), {**named(actor), "most": most}).all()
    days = silence.last_days([silence.of_row(row) for row in rows])
    return [
        ToConfirm(
            row.intervention_id,
            row.reference,
            row.subject,
            row.partner,
            row.on,
            row.starts_at,
            row.minutes,
            days[silence.of_row(row)],
            place_of(row.department_code, row.region_code),
        )
        for row in rows
    ]


@cache
def _to_confirm(role: Role) -> Select[*tuple[Any, ...]]:
    """Built once."""
    partner = aliased(Partner)
    when = (Intervention.on, Intervention.starts_at, Intervention.minutes)
    about = (SupportRequest.subject, partner.name.label("partner"), *when)
    return (
        silence.waiting()
        .add_columns(*about)
        .join(partner, partner.id == Assignment.partner_id)
        .where(is_visible_to(anybody(role)))
        .order_by(Confirmation.asked_at, Confirmation.intervention_id)
        .limit(bindparam("most"))
    )


def contested(actor: Actor) -> Select[Confirmation]:
    """What poles of a cell contest, the first before."""
    return (
        select(Confirmation)
        .join(Confirmation.intervention)
        .join(Assignment, Assignment.id == Intervention.assignment_id)
        .join(Assignment.request)
        .where(Confirmation.state == ConfirmationState.CONTESTED, is_visible_to(actor))
        .options(
            joinedload(Confirmation.intervention).options(*_about()), joinedload(Confirmation.answered_by)
        )
        .order_by(Confirmation.intervention_id)
    )


def proposals(actor: Actor, most: int) -> Sequence[Adjustment]:
    """The adjustments that partners propose to a cell, the first before."""
    statement = (
        select(Adjustment)
        .join(Adjustment.intervention)
        .join(Assignment, Assignment.id == Intervention.assignment_id)
        .join(Assignment.request)
        .where(Adjustment.state == AdjustmentState.PROPOSED, is_visible_to(actor))
        .options(joinedload(Adjustment.intervention).options(*_about()), joinedload(Adjustment.by))
        .order_by(Adjustment.id)
        .limit(most)
    )
    return db.session.scalars(statement).all()


@cache
def to_decide(role: Role) -> Select[int]:
    """The statement that counts what waits for a cell, contested or to be adjusted, of requests or of none,
    MOST_COUNTED of each at most. Built once."""
    actor = anybody(role)
    parts = [
        select(model.intervention_id)
        .join(model.intervention)
        .join(Assignment, Assignment.id == Intervention.assignment_id)
        .join(Assignment.request)
        .where(model.state == state, is_visible_to(actor))
        .limit(MOST_COUNTED)
        .subquery()
        for model, state in (
            (Confirmation, ConfirmationState.CONTESTED),
            (Adjustment, AdjustmentState.PROPOSED),
        )
    ]
    parts.append(_contested_gathered(actor).limit(MOST_COUNTED).subquery())
    first, second, third = (select(func.count()).select_from(part).scalar_subquery() for part in parts)
    return select(first + second + third)


def _contested_gathered(actor: Actor) -> Select[int]:
    """Acts of no request that poles contest."""
    statement = (
        select(Confirmation.intervention_id)
        .join(Gathering, Gathering.intervention_id == Confirmation.intervention_id)
        .where(Confirmation.state == ConfirmationState.CONTESTED)
    )
    if actor.role is Role.NATIONAL_ADMIN:
        return statement
    return statement.where(Gathering.region_code.in_(actor.region_codes))


def _about() -> Sequence[Any]:
    return (
        joinedload(Intervention.assignment).options(
            joinedload(Assignment.partner),
            joinedload(Assignment.request).joinedload(SupportRequest.pole),
        ),
        selectinload(Intervention.contributions),
        selectinload(Intervention.also_served),
        with_documents(),
    )


def whole(intervention_id: int) -> Intervention:
    """One with all that its e-mails say, read again."""
    statement = (
        select(Intervention)
        .where(Intervention.id == intervention_id)
        .options(
            joinedload(Intervention.assignment).options(
                joinedload(Assignment.partner),
                joinedload(Assignment.referent),
                joinedload(Assignment.request).options(
                    joinedload(SupportRequest.pole),
                    joinedload(SupportRequest.service),
                    joinedload(SupportRequest.contact),
                ),
            )
        )
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def to_remind(ask: Ask) -> Sequence[Thing]:
    """What waits for the word of a pole, as a ladder sees it."""
    seen = [is_visible_to(ask.actor)] if ask.actor else []
    statement = (
        silence.waiting()
        .add_columns(
            SupportRequest.subject, SupportRequest.region_code.label("region"), SupportRequest.service_id
        )
        .where(*with_number(ask, Confirmation.intervention_id), Pole.active, *seen)
        .order_by(Confirmation.intervention_id)
        .limit(ask.most)
    )
    return [_thing(row) for row in db.session.execute(statement)]


def _thing(row: Any) -> Thing:
    each = silence.of_row(row)
    return Thing(
        each.intervention_id,
        clock.day_of(each.asked_at, each.place),
        row.subject or service_asked(None),
        ("requests.show", {"reference": each.reference}),
        each.place,
        round=str(int(each.asked_at.timestamp())),
        region_code=row.region,
        service_id=row.service_id,
        goes_to={"pole": each.pole_id},
    )


def reference_of(intervention_id: int) -> str | None:
    """The request of an intervention."""
    statement = (
        select(SupportRequest.reference)
        .join(Assignment, Assignment.request_id == SupportRequest.id)
        .join(Intervention, Intervention.assignment_id == Assignment.id)
        .where(Intervention.id == intervention_id)
    )
    return db.session.scalar(statement)
