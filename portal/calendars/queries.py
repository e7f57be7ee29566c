"""Whom a date concerns, who has it in their calendar, and what feeds hold."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import acts, clock
from portal.access.roles import PARTNER_ROLES, Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.models import Membership
from portal.calendars import words
from portal.calendars.models import CalendarInvitation
from portal.calendars.rules import Answer
from portal.db import db
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.models import AlsoServed, Intervention, Practice
from portal.interventions.steps import InterventionState
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.notifications.emails import Recipient
from portal.organisations.models import Organisation
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import queries as registrations
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import ADDRESS_KEPT
from portal.sessions.steps import SessionState
from portal.web.tags import Tag

Invited = Mapping[str, Recipient]
"""By address."""
OVER = (InterventionState.DONE, InterventionState.POLE_ABSENT, SessionState.HELD, SessionState.DRAFT)
"""What became of a date that was; or it is not published yet."""
OFF = (InterventionState.CALLED_OFF, SessionState.CANCELLED)


def dates(numbers: Collection[int]) -> Sequence[Intervention]:
    """These interventions with all that calendars and e-mails say of them, read again."""
    statement = (
        select(Intervention)
        .where(Intervention.id.in_(numbers))
        .options(
            selectinload(Intervention.practices).joinedload(Practice.person),
            selectinload(Intervention.also_served).joinedload(AlsoServed.pole),
            joinedload(Intervention.assignment).options(
                joinedload(Assignment.partner),
                joinedload(Assignment.request).options(
                    joinedload(SupportRequest.pole),
                    joinedload(SupportRequest.service),
                ),
            ),
        )
        .order_by(Intervention.on, Intervention.id)
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def sessions(numbers: Collection[int]) -> Sequence[CollectiveSession]:
    """These sessions with all that calendars and e-mails say of them, read again."""
    statement = (
        select(CollectiveSession)
        .where(CollectiveSession.id.in_(numbers))
        .options(joinedload(CollectiveSession.partner), selectinload(CollectiveSession.givers))
        .order_by(CollectiveSession.on, CollectiveSession.id)
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def coming(every: Sequence[CollectiveSession]) -> Mapping[int, Invited]:
    """Who has each session in their calendar: who gives it, while they are of its partner, and who has a seat."""
    people = accounts.people_of_each({each.partner_id for each in every if each.givers})
    seats = registrations.seated([each.id for each in every])
    of_each = {}
    for each in every:
        gives = {giver.person_id for giver in each.givers}
        team = people.get(each.partner_id, ()) if each.partner.active else ()
        there = [member for member in team if member.role in PARTNER_ROLES and member.person_id in gives]
        seated = {seat.email: _participant(seat, each) for seat in seats[each.id]}
        of_each[each.id] = seated | {member.person.email: _recipient(member) for member in there}
    return of_each


def _participant(seat: Registration, session: CollectiveSession) -> Recipient:
    """They come for a pole, which typed their address: nothing that it typed is repeated."""
    place = session.department_code
    return Recipient(seat.email, "", seat.language, place=place, organisation_id=seat.pole_id)


def participant(session_id: int, address: str, pole_id: int) -> Recipient:
    """Who has, or had, a seat at a session, in the language that was chosen for them."""
    language = select(Registration.language).where(
        Registration.session_id == session_id, Registration.email == address
    )
    spoken = db.session.scalar(language.order_by(Registration.id.desc()).limit(1)) or "fr"
    return Recipient(address, "", spoken, organisation_id=pole_id)


def concerned(interventions: Sequence[Intervention]) -> Mapping[int, Invited]:
    """Who has each date in their calendar: who comes, and who follows it for the poles that it is for. Whoever reads
    for somebody who is away only reads."""
    joined = _joined({each.assignment.request_id for each in interventions})
    partners = _partners({practice.assignment_id for each in interventions for practice in each.practices})
    bodies = {each.id: _bodies(each, joined, partners) for each in interventions}
    people = accounts.people_of_each({body.id for group in bodies.values() for body in group})
    of_each: dict[int, dict[str, Recipient]] = {}
    for each in interventions:
        invited: dict[str, Recipient] = {}
        coming = {(practice.person_id, partners[practice.assignment_id].id) for practice in each.practices}
        for body in sorted(bodies[each.id], key=lambda body: body.id):
            for member in people.get(body.id, ()):
                if body.active and _is_concerned(each, member, coming):
                    invited.setdefault(member.person.email, _recipient(member))
        for pole in _poles(each, joined):
            if pole.active and pole.shared_mailbox:
                address = pole.shared_mailbox.lower()
                invited.setdefault(address, Recipient(address, pole.name, organisation_id=pole.id))
        of_each[each.id] = invited
    return of_each


def _bodies(
    intervention: Intervention,
    joined: Collection[tuple[int, int]],
    partners: Mapping[int, Organisation],
) -> set[Organisation]:
    coming_for = {partners[practice.assignment_id] for practice in intervention.practices}
    return coming_for.union(_poles(intervention, joined))


def _partners(assignment_ids: Collection[int]) -> Mapping[int, Organisation]:
    """Of each of these assignments."""
    statement = (
        select(Assignment.id, Organisation)
        .join(Organisation, Organisation.id == Assignment.partner_id)
        .where(Assignment.id.in_(assignment_ids))
    )
    return dict(db.session.execute(statement).all())


def _poles(intervention: Intervention, joined: Collection[tuple[int, int]]) -> list[Organisation]:
    request = intervention.assignment.request
    beside = [served.pole for served in intervention.also_served if (request.id, served.pole_id) in joined]
    return [request.pole, *beside]


def _is_concerned(
    intervention: Intervention, member: Membership, coming: Collection[tuple[int, int]]
) -> bool:
    if member.role in PARTNER_ROLES:
        return (member.person_id, member.organisation_id) in coming
    request = intervention.assignment.request
    is_contact = member.person_id == request.contact_id and member.organisation_id == request.pole_id
    return member.role is Role.COORDINATOR or is_contact


def _recipient(member: Membership) -> Recipient:
    person = member.person
    return Recipient(
        person.email, person.name, person.language, None, member.person_id, member.organisation_id
    )


def _joined(request_ids: Collection[int | None]) -> set[tuple[int, int]]:
    """Which poles take part in these requests beside the one that asks."""
    statement = select(JointPole.request_id, JointPole.pole_id).where(
        JointPole.request_id.in_(request_ids), JointPole.state == JointState.JOINED
    )
    return {(request_id, pole_id) for request_id, pole_id in db.session.execute(statement)}


def held(numbers: Collection[int]) -> Mapping[int, Mapping[str, CalendarInvitation]]:
    """What calendars were told of these interventions, by address."""
    return _held(CalendarInvitation.intervention_id, numbers)


def held_of_sessions(numbers: Collection[int]) -> Mapping[int, Mapping[str, CalendarInvitation]]:
    """The same of these sessions."""
    return _held(CalendarInvitation.session_id, numbers)


def _held(column: Any, numbers: Collection[int]) -> Mapping[int, Mapping[str, CalendarInvitation]]:
    statement = (
        select(CalendarInvitation)
        .where(column.in_(numbers))
        .options(joinedload(CalendarInvitation.person))
        .order_by(CalendarInvitation.id)
    )
    invitations: dict[int, dict[str, CalendarInvitation]] = defaultdict(dict)
    for each in db.session.scalars(statement):
        invitations[getattr(each, column.key)][each.address] = each
    return invitations


def sessions_standing(after: int, most: int) -> Sequence[int]:
    """Sessions that calendars know, and that are to come or stand there still though they were cancelled."""
    today = min(map(clock.today, (None, *clock.OVERSEAS)))
    is_open = CollectiveSession.state == SessionState.OPEN
    known = select(CalendarInvitation.session_id).where(
        CalendarInvitation.session_id == CollectiveSession.id,
        or_(CalendarInvitation.ended_at.is_(None), is_open),
    )
    statement = select(CollectiveSession.id).where(
        CollectiveSession.id > after,
        CollectiveSession.on >= today,
        CollectiveSession.state.in_((SessionState.OPEN, SessionState.CANCELLED)),
        known.exists(),
    )
    return db.session.scalars(statement.order_by(CollectiveSession.id).limit(most)).all()


def of_sessions_before(day: date) -> ColumnElement[bool]:
    """Of an invitation: to a session before a day."""
    then = select(CollectiveSession.id).where(CollectiveSession.on < day)
    return CalendarInvitation.session_id.in_(then)


def of_seats_long_ago() -> ColumnElement[bool]:
    """Of an invitation: whoever had a seat a month ago, and their address is still there."""
    then = of_sessions_before(clock.today() - ADDRESS_KEPT)
    return and_(then, CalendarInvitation.person_id.is_(None))


def standing(after: int, most: int) -> Sequence[int]:
    """Interventions that calendars know, and that are to come or stand there still though they were called off; not
    while what was done last on their request can be taken back. What was held stays, also where the cell has decided
    that it no longer counts."""
    today = min(map(clock.today, (None, *clock.OVERSEAS)))
    known = select(CalendarInvitation.intervention_id).where(
        or_(
            CalendarInvitation.ended_at.is_(None),
            Intervention.state == InterventionState.PLANNED,
        ),
        CalendarInvitation.intervention_id == Intervention.id,
    )
    was_held = select(Confirmation.intervention_id).where(Confirmation.intervention_id == Intervention.id)
    lately = select(RequestEvent.id).where(
        RequestEvent.request_id == Assignment.request_id, RequestEvent.at > clock.now() - acts.TIME
    )
    statement = (
        select(Intervention.id)
        .join(Intervention.assignment)
        .where(
            Intervention.id > after,
            Intervention.state.not_in((InterventionState.DONE, InterventionState.POLE_ABSENT)),
            Intervention.on >= today,
            known.exists(),
            ~was_held.exists(),
            ~lately.exists(),
        )
        .order_by(Intervention.id)
        .limit(most)
    )
    return db.session.scalars(statement).all()


def planned_on(request_ids: Collection[int]) -> set[int]:
    """What is planned on these requests and stands in calendars, by number."""
    statement = (
        select(CalendarInvitation.intervention_id)
        .join(CalendarInvitation.intervention)
        .join(Intervention.assignment)
        .where(
            Assignment.request_id.in_(request_ids),
            CalendarInvitation.ended_at.is_(None),
            Intervention.state == InterventionState.PLANNED,
        )
    )
    return set(db.session.scalars(statement))


def invitation(uid: str, address: str) -> CalendarInvitation | None:
    """That of an address to what calendars call so."""
    statement = (
        select(CalendarInvitation)
        .join(CalendarInvitation.intervention)
        .where(Intervention.uid == uid, CalendarInvitation.address == address)
        .options(joinedload(CalendarInvitation.person))
    )
    return db.session.scalar(statement.execution_options(populate_existing=True))


def reference_of(intervention_id: int) -> str:
    """The request that it is planned for."""
    statement = (
        select(SupportRequest.reference)
        .join(Assignment, Assignment.request_id == SupportRequest.id)
        .join(Intervention, Intervention.assignment_id == Assignment.id)
        .where(Intervention.id == intervention_id)
    )
    return db.session.scalars(statement).one()


def theirs(
    person_id: int, address: str | None = None, *, only_to_come: bool = False
) -> Sequence[CalendarInvitation]:
    """What the calendar of somebody was told; `address`: also of seats that they have there."""
    seats = and_(
        CalendarInvitation.person_id.is_(None),
        CalendarInvitation.session_id.is_not(None),
        CalendarInvitation.address == address,
    )
    statement = (
        select(CalendarInvitation)
        .outerjoin(CalendarInvitation.intervention)
        .outerjoin(CalendarInvitation.session)
        .where(or_(CalendarInvitation.person_id == person_id, seats))
        .options(
            contains_eager(CalendarInvitation.intervention),
            contains_eager(CalendarInvitation.session),
            joinedload(CalendarInvitation.person),
        )
        .order_by(CalendarInvitation.id)
    )
    if only_to_come:
        today = clock.today()
        planned = and_(Intervention.state == InterventionState.PLANNED, Intervention.on >= today)
        is_open = and_(CollectiveSession.state == SessionState.OPEN, CollectiveSession.on >= today)
        statement = statement.where(CalendarInvitation.ended_at.is_(None), or_(planned, is_open))
    return db.session.scalars(statement).all()


class Answered(NamedTuple):
    """What the calendar of somebody answered, as the page of the request shows it."""

    who: str
    tag: Tag
    is_no: bool


def answers(actor: Actor, interventions: Iterable[Intervention]) -> Mapping[int, Sequence[Answered]]:
    """What calendars answered to these where they are planned: to a pole, of its own people alone."""
    planned = [each.id for each in interventions if each.state is InterventionState.PLANNED]
    of_each: dict[int, list[Answered]] = defaultdict(list)
    if not planned:
        return of_each
    statement = (
        select(CalendarInvitation, Organisation.name)
        .join(Organisation, Organisation.id == CalendarInvitation.organisation_id)
        .where(
            CalendarInvitation.intervention_id.in_(planned),
            CalendarInvitation.ended_at.is_(None),
        )
        .options(joinedload(CalendarInvitation.person))
        .order_by(Organisation.name_key, CalendarInvitation.id)
    )
    if actor.is_pole:
        statement = statement.where(CalendarInvitation.organisation_id == actor.organisation_id)
    for sent, organisation in db.session.execute(statement):
        if sent.answer is None or sent.intervention_id is None:
            continue
        names = sent.person.name if sent.person else "", organisation
        tag = words.ANSWERS[sent.answer]
        answered = Answered(", ".join(filter(None, names)), tag, sent.answer is Answer.DECLINED)
        of_each[sent.intervention_id].append(answered)
    return of_each
