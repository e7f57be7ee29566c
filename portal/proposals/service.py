"""What is done to agree on a date: lock, decide, change, remember, tell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portal import clock
from portal.access.roles import Actor
from portal.db import db
from portal.interventions import queries as interventions
from portal.interventions import rules as days
from portal.interventions import service as planning
from portal.interventions import words as interventions_words
from portal.interventions.steps import PLAN, Place
from portal.proposals import emails, queries, steps, words
from portal.proposals.models import DateProposal, ProposedDate, ProposedPractice
from portal.proposals.rules import Moment, repeated
from portal.proposals.steps import DatePassed, Moves, NobodyComes, ProposalState
from portal.refusals import AlreadySent, Invalid, NotFound
from portal.requests import service as requests
from portal.requests.assignments import service as assignments
from portal.requests.by_mail import service as by_mail
from portal.requests.emails import tell, together
from portal.requests.models import Assignment, RequestEvent
from portal.requests.rules import NOTHING, Details
from portal.requests.steps import PoleEnded
from portal.requests.undo import service as undo


@dataclass(frozen=True, slots=True)
class Offer:
    """Dates by their number, and what is the same of all of them."""

    dates: Mapping[int, Moment]
    minutes: int
    place_kind: Place
    place: str | None


def propose(
    actor: Actor,
    reference: str,
    assignment_id: int,
    once: str,
    offer: Offer,
    practitioner_ids: Collection[int],
    message: str = "",
) -> DateProposal:
    """Propose dates to the pole, instead of those that wait if there are any; the same form sent twice finds the same.
    `practitioner_ids`: of its people, and of those of the partners it works with."""
    assignment = assignments.lock(actor, reference, steps.PROPOSE.right, assignment_id)
    existing = queries.by_once(assignment_id, once)
    if existing is not None:
        if _offered(existing) != offer or queries.word_of(existing) != (message or None):
            raise AlreadySent("on_1")
        return existing
    before = next(iter(queries.live([assignment_id])), None)
    _require(steps.PROPOSE, assignment, before)
    if not assignment.request.pole.active:
        raise PoleEnded
    _check(assignment, offer)
    practices = _practices(assignment, practitioner_ids)
    freed = emails.people_of(before) if before else frozenset()
    if before:
        _set(before, ProposalState.REPLACED)
        db.session.flush()  # an assignment has one that is live
    proposal = _new(assignment, once, offer, practices)
    event = _remember(actor, steps.PROPOSE, assignment, Details(message=message))
    tell(emails.news(steps.PROPOSE, event, actor, proposal, freed), actor)
    return proposal


def _offered(proposal: DateProposal) -> Offer:
    dates = {date.number: (date.on, date.starts_at) for date in proposal.dates}
    return Offer(dates, proposal.minutes, proposal.place_kind, proposal.place)


def _new(assignment: Assignment, once: str, offer: Offer, practices: list[ProposedPractice]) -> DateProposal:
    proposal = DateProposal(
        assignment=assignment,
        once=once,
        minutes=offer.minutes,
        place_kind=offer.place_kind,
        place=offer.place,
        created_at=clock.now(),
        dates=[ProposedDate(number=number, on=on, starts_at=at) for number, (on, at) in offer.dates.items()],
        practices=practices,
    )
    _set(proposal, ProposalState.OPEN)
    db.session.add(proposal)
    db.session.flush()  # it gets its number
    return proposal


def pick(actor: Actor, proposal_id: int, number: int) -> None:
    """Plan the intervention for one of the dates; who picks the same twice has picked it once."""
    assignment, proposal = _lock(actor, proposal_id, steps.PICK)
    if proposal.picked == number and queries.last_step(assignment.id).actor_id == actor.person_id:
        return
    _require(steps.PICK, assignment, proposal)
    date = next((date for date in proposal.dates if date.number == number), None)
    if date is None:
        raise Invalid("number", words.CHOOSE)
    place = assignment.request.pole.place
    if days.has_begun(date.on, date.starts_at, place):
        raise DatePassed
    coming = _still_there(assignment, proposal)
    facts = planning.Facts(date.on, date.starts_at, proposal.minutes, proposal.place_kind, proposal.place)
    with together(actor):
        planning.add(
            actor,
            assignment.request.reference,
            assignment.id,
            PLAN,
            f"proposal-{proposal.id}",
            facts,
            coming,
            pole_ids=[pole.id for pole in interventions.poles_beside(assignment.request.id)],
            another=True,
            right=steps.PICK.right,
        )
        proposal.picked = number
        _answer(proposal, ProposalState.PICKED)
        event = _remember(actor, steps.PICK, assignment)
        tell(emails.picked(event, actor, proposal, date, coming), actor)


def ask_others(actor: Actor, proposal_id: int, message: str) -> None:
    """None of the dates suits the pole."""
    assignment, proposal = _lock(actor, proposal_id, steps.ASK_OTHERS)
    _require(steps.ASK_OTHERS, assignment, proposal)
    _answer(proposal, ProposalState.OTHERS_ASKED)
    event = _remember(actor, steps.ASK_OTHERS, assignment, Details(message=message))
    tell(emails.news(steps.ASK_OTHERS, event, actor, proposal), actor)


def pick_by_mail(actor: Actor, key: str, proposal_id: int, number: int) -> None:
    """The same from an e-mail, once for each link."""
    by_mail.once(actor, _reference(actor, proposal_id), steps.PICK.right, key)
    with undo.act(actor, steps.PICK, key):
        pick(actor, proposal_id, number)


def ask_others_by_mail(actor: Actor, key: str, proposal_id: int, message: str) -> None:
    """The same from an e-mail, once for each link."""
    by_mail.once(actor, _reference(actor, proposal_id), steps.ASK_OTHERS.right, key)
    with undo.act(actor, steps.ASK_OTHERS, key):
        ask_others(actor, proposal_id, message)


def _reference(actor: Actor, proposal_id: int) -> str:
    seen = queries.get(actor, proposal_id)
    if seen is None:
        raise NotFound
    return seen.assignment.request.reference


def take_back(actor: Actor, proposal_id: int) -> None:
    """The partner no longer proposes these dates, or has nothing else to propose."""
    assignment, proposal = _lock(actor, proposal_id, steps.TAKE_BACK)
    _require(steps.TAKE_BACK, assignment, proposal)
    was_open = proposal.state is ProposalState.OPEN
    _set(proposal, ProposalState.TAKEN_BACK)
    event = _remember(actor, steps.TAKE_BACK, assignment)
    if was_open:
        tell(emails.news(steps.TAKE_BACK, event, actor, proposal), actor)


def replace_person(proposal: DateProposal, person_id: int, by_id: int | None) -> None:
    """Somebody leaves the team: a colleague would come instead, or nobody."""
    gone = next((each for each in proposal.practices if each.person_id == person_id), None)
    if gone is None:
        return
    kept = [each for each in proposal.practices if each is not gone]
    if by_id is not None and all(each.person_id != by_id for each in kept):
        kept.append(ProposedPractice(person_id=by_id, assignment_id=gone.assignment_id))
    proposal.practices = kept


def _lock(actor: Actor, proposal_id: int, step: Moves) -> tuple[Assignment, DateProposal]:
    seen = queries.get(actor, proposal_id)
    if seen is None:
        raise NotFound
    reference = seen.assignment.request.reference
    assignment = assignments.lock(actor, reference, step.right, seen.assignment_id)
    return assignment, queries.locked(proposal_id)


def _require(step: Moves, assignment: Assignment, proposal: DateProposal | None) -> None:
    state = proposal.state if proposal else None
    if refused := steps.why_not(step, assignment.request.state, assignment.state, state):
        raise refused


def _answer(proposal: DateProposal, state: ProposalState) -> None:
    _set(proposal, state)
    proposal.answered_at = clock.now()
    db.session.flush()


def _set(proposal: DateProposal, state: ProposalState) -> None:
    """The only place that writes where proposed dates stand."""
    proposal.state = state


def _remember(actor: Actor, step: Moves, assignment: Assignment, details: Details = NOTHING) -> RequestEvent:
    state = assignment.state
    return requests.remember(actor, assignment.request, step, state, state, assignment, details)


def _check(assignment: Assignment, offer: Offer) -> None:
    """Invalid where a date could not be planned now, or stands twice; a link must open."""
    place = assignment.request.pole.place
    sent_on = planning.sent_on(assignment.request)
    for number, (on, starts_at) in offer.dates.items():
        if wrong := days.wrong_day(on, done=False, today=clock.today(place), sent_on=sent_on):
            raise Invalid(f"on_{number}", interventions_words.WRONG_DAYS[wrong])
        if days.has_begun(on, starts_at, place):
            raise Invalid(f"starts_at_{number}", words.WRONG_HOUR)
    if twice := repeated(offer.dates):
        raise Invalid(f"on_{twice}", words.TWICE)
    if days.wrong_link(offer.place_kind, offer.place, done=False):
        raise Invalid("place", interventions_words.WRONG_LINK)


def _practices(assignment: Assignment, practitioner_ids: Collection[int]) -> list[ProposedPractice]:
    team = planning.people_to_come(assignment)
    if not practitioner_ids or any(number not in team for number in practitioner_ids):
        raise Invalid("practitioner_ids", interventions_words.NOT_OF_THE_TEAM)
    return [
        ProposedPractice(person=team[number][0], assignment_id=team[number][1])
        for number in dict.fromkeys(practitioner_ids)
    ]


def _still_there(assignment: Assignment, proposal: DateProposal) -> list[int]:
    """Who was to come and is still of the team; else whoever has the request."""
    team = planning.people_to_come(assignment)
    here = [each.person_id for each in proposal.practices if each.person_id in team]
    stands_in = assignment.referent_id
    if not here and stands_in is not None and stands_in in team:
        here = [stands_in]
    if not here:
        raise NobodyComes
    return here
