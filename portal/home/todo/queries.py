"""What is planned, and what is due, for whoever acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Date,
    Integer,
    Select,
    String,
    Time,
    and_,
    bindparam,
    cast,
    false,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from portal.access.roles import Actor, Role
from portal.alike import queries as alike
from portal.db import db
from portal.interventions.confirmation import queries as confirmations
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.models import AlsoServed, Contribution, Intervention
from portal.interventions.steps import InterventionState
from portal.joint.models import JointPole
from portal.joint.queries import has_joined
from portal.organisations.models import Partner, Pole
from portal.proposals.models import DateProposal, ProposedDate
from portal.proposals.queries import waits_for
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import anybody, is_visible_to, named, owned_by
from portal.requests.steps import OPEN_REQUESTS, AssignmentState
from portal.sessions.models import CollectiveSession
from portal.sessions.presence.models import HeldSession
from portal.sessions.steps import SessionState
from portal.territories.reference import place_of


@dataclass(frozen=True, slots=True)
class Day:
    """A planned date, one to agree on, or the day by which an answer is due: of which request, with whom, by whose
    clocks. `intervention_id`: of what is planned; `is_helping`: another partner noted it; `is_joined`: the request is
    another pole's, and one's own joined it; `to_agree_on`: the assignment for which the date is proposed;
    `is_logged`: no date to come, but one of what was logged that waits for the word of whoever acts; `to_close`: the
    session, of no request, of which its partner says who came once it has begun; `to_decide`, `alike`: no date, but how
    many interventions wait for the word of a cell, and how many pairs of requests resemble each other; `to_confirm`: no
    date to come, but a session of which what a pole received waits for its word."""

    on: date
    starts_at: time | None
    intervention_id: int | None
    reference: str
    subject: str
    pole: str
    partner: str
    department_code: str | None
    region_code: str | None
    is_helping: bool = False
    is_joined: bool = False
    to_agree_on: int | None = None
    is_logged: bool = False
    to_close: int | None = None
    to_decide: int | None = None
    alike: int | None = None
    to_confirm: int | None = None

    @property
    def place(self) -> str | None:
        return place_of(self.department_code, self.region_code)


def planned(actor: Actor, since: date, until: date, most: int) -> Sequence[Day]:
    """The interventions planned between two days for a pole, or to which a partner gives, first to last; and the dates
    about which it has something to do, whenever they are, of as many assignments. One of what a pole has to confirm."""
    return _read(_planned(actor.role), actor, since, until, most)


def answers_due(actor: Actor, since: date, until: date, most: int) -> Sequence[Day]:
    """The answers due between two days on the requests that a cell follows, first to last; and how much waits for it of
    what is counted alone."""
    return _read(_answers_due(actor.role), actor, since, until, most)


def _read(statement: Any, actor: Actor, since: date, until: date, most: int) -> Sequence[Day]:
    values = {**named(actor), "since": since, "until": until, "most": most}
    return [Day(*row) for row in db.session.execute(statement, values)]


_PARTNER = aliased(Partner)
_NOTHING = cast(null(), Integer)
_NO_TIME = cast(null(), Time)
_NO: Any = false()


def _day(
    on: Any,
    starts_at: Any = _NO_TIME,
    intervention_id: Any = _NOTHING,
    *,
    is_helping: Any = _NO,
    is_joined: Any = _NO,
    to_agree_on: Any = _NOTHING,
    is_logged: Any = _NO,
) -> Sequence[Any]:
    """The columns of a day, each under its name: in a union, two constants that are alike would become one column."""
    return (
        on.label("on"),
        starts_at.label("starts_at"),
        intervention_id.label("intervention_id"),
        SupportRequest.reference,
        SupportRequest.subject,
        Pole.name.label("pole"),
        _PARTNER.name.label("partner"),
        Pole.department_code,
        Pole.region_code,
        is_helping.label("is_helping"),
        is_joined.label("is_joined"),
        to_agree_on.label("to_agree_on"),
        is_logged.label("is_logged"),
        *(_NOTHING.label(name) for name in ("to_close", "to_decide", "alike", "to_confirm")),
    )


_DATE = (Intervention.on, Intervention.starts_at, Intervention.id)


@cache
def _planned(role: Role) -> Select[*tuple[Any, ...]]:
    """Built once: one statement for all, since each home reads them."""
    actor = anybody(role)
    agreed = [_given(actor)] if actor.is_partner else [_own(actor)]
    agreed += [_joined(actor)] if actor.is_pole else []
    parts = [*(select(_first(each).subquery()) for each in agreed), _to_agree_on(actor)]
    if actor.is_partner:
        parts.append(_to_close(actor))
    if actor.is_pole:
        parts += [_any_logged(actor), _any_received(actor)]
    every = union_all(*parts).subquery()
    return select(every).order_by(every.c.on, every.c.intervention_id)


def _given(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Those to which a partner gives, whoever noted them."""
    given = select(*_day(*_DATE, is_helping=Assignment.id != Intervention.assignment_id))
    given = given.join(Contribution, Contribution.intervention_id == Intervention.id)
    return given.join(Contribution.assignment).where(owned_by(actor))


def _own(actor: Actor) -> Select[*tuple[Any, ...]]:
    own = select(*_day(*_DATE)).join(Intervention.assignment)
    return own.where(is_visible_to(actor))


def _joined(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Those that are for a pole, of requests that it joined."""
    part = and_(JointPole.request_id == Assignment.request_id, JointPole.pole_id == AlsoServed.pole_id)
    return (
        select(*_day(*_DATE, is_joined=true()))
        .join(Intervention.assignment)
        .join(AlsoServed, AlsoServed.intervention_id == Intervention.id)
        .join(JointPole, part)
        .where(has_joined(actor))
    )


def _first(dates: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Those that are planned between the days asked for, first to last."""
    return (
        dates.join(Assignment.request)
        .join(_PARTNER, _PARTNER.id == Assignment.partner_id)
        .join(SupportRequest.pole)
        .where(
            Intervention.state == InterventionState.PLANNED,
            Intervention.on.between(bindparam("since"), bindparam("until")),
        )
        .order_by(Intervention.on, Intervention.id)
        .limit(bindparam("most"))
    )


def _to_agree_on(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Each date of what is proposed and waits for whoever acts."""
    waiting = (
        select(DateProposal.id, DateProposal.assignment_id)
        .join(DateProposal.assignment)
        .join(Assignment.request)
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(owned_by(actor) if actor.is_partner else is_visible_to(actor), waits_for(actor))
        .order_by(DateProposal.id)
        .limit(bindparam("most"))
        .subquery()
    )
    return (
        select(*_day(ProposedDate.on, ProposedDate.starts_at, to_agree_on=Assignment.id))
        .join(waiting, waiting.c.id == ProposedDate.proposal_id)
        .join(Assignment, Assignment.id == waiting.c.assignment_id)
        .join(Assignment.request)
        .join(_PARTNER, _PARTNER.id == Assignment.partner_id)
        .join(SupportRequest.pole)
    )


def _to_close(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The sessions of a partner that are published and not closed, by the same columns."""
    session, nothing = CollectiveSession, literal("")
    first = (
        select(
            session.on.label("on"),
            session.starts_at.label("starts_at"),
            _NOTHING.label("intervention_id"),
            nothing.label("reference"),
            session.title.label("subject"),
            nothing.label("pole"),
            nothing.label("partner"),
            session.department_code.label("department_code"),
            cast(null(), String).label("region_code"),
            *(_NO.label(name) for name in ("is_helping", "is_joined")),
            _NOTHING.label("to_agree_on"),
            _NO.label("is_logged"),
            session.id.label("to_close"),
            *(_NOTHING.label(name) for name in ("to_decide", "alike", "to_confirm")),
        )
        .where(
            session.partner_id == actor.organisation_id,
            session.state == SessionState.OPEN,
            session.on.between(bindparam("since"), bindparam("until")),
        )
        .order_by(session.on, session.id)
        .limit(bindparam("most"))
        .subquery()
    )
    return select(first)


@cache
def _answers_due(role: Role) -> Select[*tuple[Any, ...]]:
    """Built once. Names are looked up of the few that are shown. The state is said in the statement: the index holds
    those alone, in this order."""
    proposed: BindParameter[AssignmentState] = bindparam(None, AssignmentState.PROPOSED, literal_execute=True)
    first = (
        select(Assignment.id, Assignment.due_on, Assignment.request_id, Assignment.partner_id)
        .join(Assignment.request)
        .where(
            is_visible_to(anybody(role)),
            SupportRequest.state.in_(sorted(OPEN_REQUESTS)),
            Assignment.state == proposed,
            Assignment.due_on.between(bindparam("since"), bindparam("until")),
        )
        .order_by(Assignment.due_on, Assignment.id)
        .limit(bindparam("most"))
        .subquery()
    )
    due = (
        select(*_day(first.c.due_on), first.c.id.label("rank"))
        .join(SupportRequest, SupportRequest.id == first.c.request_id)
        .join(_PARTNER, _PARTNER.id == first.c.partner_id)
        .join(SupportRequest.pole)
    )
    counted = (
        _counted("to_decide", confirmations.to_decide(role)),
        _counted("alike", alike.how_many(role)),
    )
    every = union_all(due, *counted).subquery()
    shown = [column for column in every.c if column.key != "rank"]
    return select(*shown).order_by(every.c.on, every.c.rank)


def _counted(name: str, number: Select[int]) -> Select[*tuple[Any, ...]]:
    """A row of nothing but how many there are, by the same columns; none where there is nothing."""
    counted = number.subquery().c[0]
    nothing = literal("")
    return select(
        bindparam("since", type_=Date).label("on"),
        _NO_TIME.label("starts_at"),
        _NOTHING.label("intervention_id"),
        *(nothing.label(each) for each in ("reference", "subject", "pole", "partner")),
        *(cast(null(), String).label(each) for each in ("department_code", "region_code")),
        *(_NO.label(each) for each in ("is_helping", "is_joined")),
        _NOTHING.label("to_agree_on"),
        _NO.label("is_logged"),
        _NOTHING.label("to_close"),
        *(
            (counted if each == name else _NOTHING).label(each)
            for each in ("to_decide", "alike", "to_confirm")
        ),
        _NOTHING.label("rank"),
    ).where(counted > 0)


def _any_logged(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Whether something that was logged waits for a pole: where one does, all of them are read."""
    first = (
        select(*_day(Intervention.on, _NO_TIME, Intervention.id, is_logged=true()))
        .join(Confirmation, Confirmation.intervention_id == Intervention.id)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .join(_PARTNER, _PARTNER.id == Assignment.partner_id)
        .join(SupportRequest.pole)
        .where(Confirmation.state == ConfirmationState.WAITING, is_visible_to(actor))
        .limit(1)
        .subquery()
    )
    return select(first)


def _any_received(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The same of what it received at sessions, by the same columns."""
    session, nothing = CollectiveSession, literal("")
    first = (
        select(
            session.on.label("on"),
            _NO_TIME.label("starts_at"),
            _NOTHING.label("intervention_id"),
            nothing.label("reference"),
            session.title.label("subject"),
            *(nothing.label(name) for name in ("pole", "partner")),
            *(cast(null(), String).label(name) for name in ("department_code", "region_code")),
            *(_NO.label(name) for name in ("is_helping", "is_joined")),
            _NOTHING.label("to_agree_on"),
            _NO.label("is_logged"),
            *(_NOTHING.label(name) for name in ("to_close", "to_decide", "alike")),
            session.id.label("to_confirm"),
        )
        .join(HeldSession, HeldSession.session_id == session.id)
        .join(Confirmation, Confirmation.intervention_id == HeldSession.intervention_id)
        .where(Confirmation.state == ConfirmationState.WAITING, Confirmation.pole_id == actor.organisation_id)
        .limit(1)
        .subquery()
    )
    return select(first)
