"""The dates that are proposed, as those read them who have something to do about them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal import clock
from portal.access.roles import Actor
from portal.accounts.models import Person
from portal.accounts.queries import name_of
from portal.db import db, require_transaction
from portal.interventions.models import Intervention
from portal.interventions.rules import has_begun
from portal.ladder import Ask, Thing, with_number
from portal.organisations.models import Pole
from portal.organisations.queries import is_over
from portal.proposals import steps
from portal.proposals.models import DateProposal, ProposedDate, ProposedPractice
from portal.proposals.steps import LIVE, ProposalState
from portal.requests.events.queries import still_stands
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.queries import is_visible_to, owned_by
from portal.requests.steps import AssignmentState
from portal.requests.words import service_asked
from portal.territories.reference import place_of

_ACCEPTED = Assignment.state == AssignmentState.ACCEPTED


def _whole() -> Sequence[ExecutableOption]:
    """Load its dates and who would come."""
    return (
        selectinload(DateProposal.dates),
        selectinload(DateProposal.practices).joinedload(ProposedPractice.person),
    )


def _of_request() -> ExecutableOption:
    """Load what it is proposed for, and by whom."""
    return joinedload(DateProposal.assignment).options(
        joinedload(Assignment.partner),
        joinedload(Assignment.referent),
        joinedload(Assignment.request).options(
            joinedload(SupportRequest.pole),
            joinedload(SupportRequest.service),
            joinedload(SupportRequest.contact),
        ),
    )


def get(actor: Actor, proposal_id: int) -> DateProposal | None:
    """One of somebody's own requests; a partner has its own."""
    statement = (
        select(DateProposal)
        .join(DateProposal.assignment)
        .join(Assignment.request)
        .where(DateProposal.id == proposal_id, is_visible_to(actor), owned_by(actor))
        .options(*_whole(), _of_request())
    )
    return db.session.scalar(statement)


def locked(proposal_id: int) -> DateProposal:
    """One of them, fresh, under the lock of its request."""
    require_transaction()
    statement = select(DateProposal).where(DateProposal.id == proposal_id).options(*_whole())
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def by_number(number: int) -> DateProposal:
    """One of them, with all that its e-mails say, read again."""
    statement = select(DateProposal).where(DateProposal.id == number).options(*_whole(), _of_request())
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def by_once(assignment_id: int, once: str) -> DateProposal | None:
    """The one that a form already created."""
    statement = select(DateProposal).where(
        DateProposal.once == once, DateProposal.assignment_id == assignment_id
    )
    return db.session.scalar(statement.options(*_whole()))


def word_of(proposal: DateProposal) -> str | None:
    """What was said with it."""
    statement = select(RequestEvent.message).where(
        RequestEvent.assignment_id == proposal.assignment_id,
        RequestEvent.action == steps.PROPOSE.name,
        RequestEvent.at >= proposal.created_at,
    )
    return db.session.scalar(statement.order_by(RequestEvent.id).limit(1))


def live(assignment_ids: Collection[int]) -> Sequence[DateProposal]:
    """What somebody still has to do something about, of some assignments."""
    statement = (
        select(DateProposal)
        .where(DateProposal.assignment_id.in_(assignment_ids), DateProposal.state.in_(sorted(LIVE)))
        .options(*_whole())
        .order_by(DateProposal.id)
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def to_come(proposal: DateProposal, place: str | None) -> list[ProposedDate]:
    """The dates that can still be picked."""
    return [each for each in proposal.dates if not has_begun(each.on, each.starts_at, place)]


def last_step(assignment_id: int) -> Any:
    """Who answered last, by number and name, and what they did; None: nobody."""
    statement = (
        select(RequestEvent.actor_id, name_of(Person).label("name"), RequestEvent.action, RequestEvent.at)
        .outerjoin(Person, Person.id == RequestEvent.actor_id)
        .where(
            RequestEvent.assignment_id == assignment_id,
            RequestEvent.action.in_([step.name for step in steps.OF_PROPOSALS]),
            still_stands(),
        )
        .order_by(RequestEvent.id.desc())
        .limit(1)
    )
    return db.session.execute(statement).one_or_none()


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Does it wait for a pole, which picks a date; for a partner, of which other dates are asked, or all have passed?
    Beside its assignment, and the pole that asks."""
    own = _for_partner() if actor.is_partner else and_(DateProposal.state == ProposalState.OPEN, _some_day())
    return and_(_ACCEPTED, own)


def _some_day() -> ColumnElement[bool]:
    """One of its days is not over."""
    return exists().where(ProposedDate.proposal_id == DateProposal.id, ~is_over(ProposedDate.on, Pole))


def _for_partner() -> ColumnElement[bool]:
    """Nothing was agreed on otherwise since."""
    since = exists().where(
        Intervention.assignment_id == DateProposal.assignment_id,
        Intervention.created_at > DateProposal.created_at,
    )
    return and_(
        or_(
            DateProposal.state == ProposalState.OTHERS_ASKED,
            and_(DateProposal.state == ProposalState.OPEN, ~_some_day()),
        ),
        ~since,
    )


def unanswered(ask: Ask) -> Sequence[Thing]:
    """What poles have been proposed and have not answered, as a ladder sees it, while one of its days is to come."""
    seen = [is_visible_to(ask.actor), owned_by(ask.actor)] if ask.actor else []
    statement = (
        select(
            DateProposal.id,
            DateProposal.created_at,
            Assignment.partner_id,
            SupportRequest.pole_id,
            SupportRequest.reference,
            SupportRequest.subject,
            SupportRequest.region_code,
            SupportRequest.service_id,
            Pole.department_code,
            Pole.region_code.label("pole_region"),
        )
        .join(DateProposal.assignment)
        .join(Assignment.request)
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(
            *with_number(ask, DateProposal.id),
            DateProposal.state == ProposalState.OPEN,
            _ACCEPTED,
            _some_day(),
            Pole.active,
            *seen,
        )
        .order_by(DateProposal.id)
        .limit(ask.most)
    )
    return [_thing(row) for row in db.session.execute(statement)]


def _thing(row: Any) -> Thing:
    place = place_of(row.department_code, row.pole_region)
    return Thing(
        row.id,
        clock.day_of(row.created_at, place),
        row.subject or service_asked(None),
        ("requests.show", {"reference": row.reference}),
        place,
        region_code=row.region_code,
        service_id=row.service_id,
        goes_to={"pole": row.pole_id, "partner": row.partner_id},
    )


def lock(number: int) -> None:
    """Its request stays as it is until the transaction ends."""
    request_id = (
        select(Assignment.request_id)
        .join(DateProposal, DateProposal.assignment_id == Assignment.id)
        .where(DateProposal.id == number)
        .scalar_subquery()
    )
    db.session.execute(select(SupportRequest.id).where(SupportRequest.id == request_id).with_for_update())


def open_of(person_id: int, organisation_id: int) -> Sequence[DateProposal]:
    """What waits for its pole and names somebody of a partner."""
    statement = (
        select(DateProposal)
        .join(DateProposal.practices)
        .join(Assignment, Assignment.id == ProposedPractice.assignment_id)
        .where(
            ProposedPractice.person_id == person_id,
            Assignment.partner_id == organisation_id,
            _ACCEPTED,
            DateProposal.state == ProposalState.OPEN,
        )
        .options(*_whole(), _of_request())
        .order_by(DateProposal.id)
    )
    return db.session.scalars(statement).unique().all()
