"""What is done to requests: lock, decide, change, remember, tell."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.catalogue import queries as catalogue
from portal.catalogue.eligibility import service as eligibility
from portal.catalogue.limits import queries as limits
from portal.catalogue.room.models import WaitingPlace
from portal.catalogue.rules import DAYS_TO_ANSWER
from portal.catalogue.versions import service as versions
from portal.db import db, require_transaction
from portal.documents.models import Document
from portal.organisations.models import Partner, Pole
from portal.organisations.rules import absent_until
from portal.references import new_reference
from portal.refusals import AlreadySent, Conflict, Invalid, NotAllowed, NotFound
from portal.requests import emails, queries, rules, steps
from portal.requests.answers import service as answers
from portal.requests.emails import News
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.of_service.service import choose
from portal.requests.pairs import rules as pairs
from portal.requests.routing import queries as routing
from portal.requests.rows.rules import Assigned
from portal.requests.rules import NOTHING, Details, Wishes
from portal.requests.steps import Anonymised, AssignmentState, RequestState
from portal.requests.undo.rules import Restored
from portal.requests.writing.rules import stamp
from portal.steps import Audience, Step
from portal.text import search_key

_DRAFT = {
    "state": RequestState.DRAFT,
    **dict.fromkeys(("submitted_at", "closed_at", "region_code", "service_version_id")),
}
_CHANGED_MEANWHILE = _l(
    "This step was changed meanwhile, by a colleague or in another tab. What is stored now stands above the form: keep"
    " what is right of both, then save again."
)
RESTORED = (
    Restored(SupportRequest, _DRAFT.keys(), added=_DRAFT),
    Restored(Assignment, added={"state": AssignmentState.CANCELLED, "request_id": None}),
    Restored(WaitingPlace),
    Restored(Document, {"kind", "parent_id", "form"}),
)
"""What was written stays written: a request that is sent no more is a draft, a document waits for its form again."""


def lock(actor: Actor | None, reference: str, right: Permission) -> SupportRequest:
    """Lock the request of somebody who has the right; `actor` None: the portal itself."""
    require_transaction()
    request = queries.get_locked(actor, reference)
    if request is None:
        raise NotFound
    if request.anonymised_at:
        raise Anonymised
    if actor and not allows(actor, right):
        raise NotAllowed
    return request


def begin(
    actor: Actor | None, reference: str, step: Step[RequestState], right: Permission | None = None
) -> SupportRequest:
    """Lock the request and decide whether the step can be done now, by its right or by `right`."""
    request = lock(actor, reference, right or step.right)
    if refused := why_not(step, request):
        raise refused
    return request


def begin_draft(actor: Actor, reference: str) -> SupportRequest:
    """Lock a request that can still be written."""
    return begin(actor, reference, steps.SUBMIT, Permission.REQUEST_DRAFT)


def why_not(
    step: Step[Any], request: SupportRequest, assignment: Assignment | None = None
) -> Conflict | None:
    """What stands in the way of a step: the tables, or what no table can say."""
    refused = (
        steps.why_not(step, request.state, assignment.state) if assignment else step.why_not(request.state)
    )
    if refused:
        return refused
    if step in steps.NEEDS_THE_POLE and not request.pole.active:
        return steps.PoleEnded()
    return _why_not_once_more(step, request, assignment) if assignment else None


def _why_not_once_more(step: Step[Any], request: SupportRequest, assignment: Assignment) -> Conflict | None:
    """What is done once, or within a time."""
    place = request.pole.place
    if step is steps.TAKE:
        return steps.AlreadyTaken() if assignment.referent_id else None
    if refused := pairs.why_not(step, assignment, request.assignments):
        return refused
    if step in steps.PRESSING:
        since = last_word(assignment, place)
        return None if steps.may_chase(since, clock.today(place), place) else steps.TooEarlyToChase()
    if step is steps.REMIND:
        if assignment.reminded_on:
            return steps.AlreadyReminded()
        return steps.NotLateYet() if clock.today(place) < reminder_from(assignment) else None
    if step is steps.THANK:
        return steps.AlreadyThanked() if assignment.thanked_on else None
    if step is not steps.REOPEN:
        return None
    same_partner = [part.state for part in request.assignments if part.partner_id == assignment.partner_id]
    return steps.why_not_reopen(assignment.completed_on, clock.today(place), same_partner)


def reminder_from(assignment: Assignment) -> date:
    """The first day its pole may remind the partner."""
    place = assignment.request.pole.place
    return rules.reminder_from(last_word(assignment, place), assignment.due_on, place)


def last_word(part: Assignment | Assigned, place: str | None) -> date:
    """When it was last asked, answered or heard of, chased or reminded, by the pole or a cell: one clock for all who
    press. The days of a question are no time of the partner's."""
    asked_on = clock.add_working_days(clock.day_of(part.proposed_at, place), part.held_days, place)
    later = part.held_on, part.resumed_on, part.answered_on, part.chased_on, part.reminded_on, part.heard_on
    return max([asked_on, *filter(None, later)])


def remember(
    actor: Actor | None,
    request: SupportRequest,
    step: Step[Any],
    before: str,
    after: str,
    assignment: Assignment | None = None,
    details: Details = NOTHING,
) -> RequestEvent:
    """Add the one row that tells what happened."""
    event = RequestEvent(
        request=request,
        assignment=assignment,
        action=step.name,
        actor_id=actor.person_id if actor else None,
        organisation_id=actor.organisation_id if actor else None,
        from_state=before,
        to_state=after,
        reason=details.reason or None,
        message=details.message or None,
    )
    db.session.add(event)
    return event


def settle(request: SupportRequest, becomes: RequestState | None = None) -> None:
    """Write the state that the assignments make of it, or of what it `becomes`: the only place that does."""
    states = [assignment.state for assignment in request.assignments]
    request.state = steps.derive_state(becomes or request.state, states)
    closed = request.state not in steps.OPEN_REQUESTS
    request.closed_at = (request.closed_at or clock.now()) if closed else None


def release(assignment: Assignment) -> None:
    """The clock of a held assignment runs again."""
    if assignment.held_on is None:
        return
    place = assignment.request.pole.place
    span = rules.release_hold(assignment.held_on, assignment.due_on, clock.today(place), place)
    assignment.due_on = span.due_on
    assignment.held_days += span.held
    assignment.held_on = None
    assignment.resumed_on = clock.today(place)


def draft(actor: Actor, once: str, wishes: Wishes, reference: str | None = None) -> SupportRequest:
    """A new draft; the same form sent twice finds the same draft. `reference`: chosen by the demonstration."""
    pole = queries.lock_pole(actor.organisation_id)
    existing = queries.by_once(actor.organisation_id, once)
    if existing is None:
        return _new(actor, pole, once, wishes, reference)
    if existing.state is RequestState.DRAFT:
        _write(existing, wishes)
    else:
        _require_same(existing, wishes)
    return existing


def _require_same(existing: SupportRequest, wishes: Wishes) -> None:
    """What a form made already says still what is typed in it."""
    if existing.need != wishes.get("need", existing.need):
        raise AlreadySent("need")
    if existing.service_id != wishes.get("service_id", existing.service_id):
        raise AlreadySent("service_id")


def _new(actor: Actor, pole: Pole, once: str, wishes: Wishes, reference: str | None = None) -> SupportRequest:
    reference = reference or new_reference()
    while queries.reference_exists(reference):
        reference = new_reference()
    request = SupportRequest(
        reference=reference,
        once=once,
        pole=pole,
        contact_id=actor.person_id,
        state=RequestState.DRAFT,
        subject="",
        need="",
        assignments=[],
    )
    _write(request, wishes)
    db.session.add(request)
    return request


def change_draft(actor: Actor, reference: str, wishes: Wishes, seen: str | None = None) -> SupportRequest:
    """Write a draft again, or one step of it; once sent, a request no longer changes. `seen`: the stamp of what these
    held when their form was drawn; None: whatever they hold."""
    request = begin_draft(actor, reference)
    held = {name: getattr(request, name) for name in wishes}
    if seen is not None and seen != stamp(held) and not _holds(request, wishes):
        raise Invalid("", _CHANGED_MEANWHILE)
    _write(request, wishes)
    return request


def _holds(request: SupportRequest, wishes: Wishes) -> bool:
    """Does it say these already?"""
    same = answers.says_the_same(request, wishes.get("answers"))
    return same and all(
        getattr(request, name) == value for name, value in wishes.items() if name != "answers"
    )


def _write(request: SupportRequest, wishes: Wishes) -> None:
    if "service_id" in wishes:
        eligibility.require(request.pole, wishes["service_id"], drafting=True)
        request.service = choose(wishes["service_id"], request)
    need_before = request.need
    for name, value in wishes.items():
        if name != "answers":
            setattr(request, name, value)
    if "answers" in wishes:
        answers.write(request, wishes["answers"])
    request.subject = rules.subject_of(request.subject, request.need, need_before)
    request.changed_at, request.warned_at = clock.now(), None
    request.search_text = search_key(
        f"{request.reference} {request.subject} {request.need} {request.answers_text or ''}"
    )


def submit(actor: Actor, reference: str, _details: Details = NOTHING) -> SupportRequest:
    """Send a draft as it is."""
    queries.lock_pole(actor.organisation_id)
    request = begin(actor, reference, steps.SUBMIT)
    choose(request.service_id, request)
    return _send(actor, request)


def _send(actor: Actor, request: SupportRequest) -> SupportRequest:
    """To its only partner when the service is direct, else to the cell. The pole is locked: it does not end now."""
    eligibility.take(request.pole, request.service_id)
    if not request.need:
        raise Invalid("need", _l("Say what you need before sending; you can also save a draft."))
    answers.require(request)
    before = request.state
    request.submitted_at, request.warned_at = clock.now(), None
    request.region_code = request.pole.region_code
    request.service_version = versions.current(request.service) if request.service else None
    settle(request, becomes=RequestState.TO_ROUTE)
    event = remember(actor, request, steps.SUBMIT, before, request.state)
    db.session.flush()  # a new one gets its numbers
    direct = _direct_partner(request)
    told = (
        emails.news(steps.SUBMIT, event, actor)
        if direct is None
        else propose(None, request, [direct], NOTHING)  # which tells the pole of both
    )
    emails.tell(told, actor)
    return request


def _direct_partner(request: SupportRequest) -> int | None:
    """The only partner that covers a direct service, unless it is absent or has given all it may; or None: the cell
    routes."""
    if request.service is None or not request.service.direct:
        return None
    pole = request.pole
    partners = catalogue.covering_partners(request.service.id, pole.region_code, pole.department_code)
    if len(partners) != 1 or absent_until(partners[0].absences, clock.today()):
        return None
    direct = partners[0].id
    if not limits.lock_limits([direct]):
        return direct
    known = routing.known(request)
    return None if known[direct].is_spent else direct


def route(actor: Actor, reference: str, details: Details) -> SupportRequest:
    """Ask one or more partners."""
    request = begin_to_route(actor, reference, details)
    emails.tell(ask(actor, request, details), actor)
    return request


def begin_to_route(actor: Actor, reference: str, details: Details) -> SupportRequest:
    """Lock the partners chosen, as whoever ends one of them does, then the request that they may be asked for."""
    queries.partners(details.partner_ids)
    limits.lock_limits(details.partner_ids)
    return begin(actor, reference, steps.ROUTE)


def ask(actor: Actor, request: SupportRequest, details: Details) -> list[News]:
    """Ask the partners chosen for a request that is locked; return what there is to tell."""
    known = routing.known(request)
    wanted = list(dict.fromkeys(details.partner_ids))
    if not wanted or any(partner_id not in known for partner_id in wanted):
        raise Invalid("partner_ids", _l("Choose at least one partner."))
    if any(known[partner_id].already_asked for partner_id in wanted):
        raise Invalid("partner_ids", _l("One of these partners has already been asked."))
    spent = [known[partner_id].name for partner_id in wanted if known[partner_id].is_spent]
    if spent:
        raise Invalid(
            "partner_ids",
            _l(
                "%(partners)s: all that may be given this year is given. The national cell can grant an exception.",
                partners=", ".join(spent),
            ),
        )
    if details.lead_id and (details.lead_id not in wanted or len(wanted) == 1):
        raise Invalid("lead_id", _l("Whoever leads is one of several partners that you choose above."))
    return propose(actor, request, wanted, details)


def propose(
    actor: Actor | None,
    request: SupportRequest,
    partner_ids: Collection[int],
    details: Details,
    without: Collection[Audience] = (),
) -> list[News]:
    """Ask these partners; return what there is to tell."""
    place = request.pole.place
    days = request.service.days_to_answer if request.service else DAYS_TO_ANSWER
    due_on = clock.add_working_days(clock.today(place), days, place)
    before = request.state
    partners = queries.partners(partner_ids)
    if partners.keys() != set(partner_ids):
        raise Conflict  # one of them ended meanwhile
    asked = {partner_id: _asked(partners[partner_id], days, due_on) for partner_id in partner_ids}
    request.assignments.extend(asked.values())
    settle(request)
    if details.lead_id:
        db.session.flush()  # they get their numbers
        let_lead(asked[details.lead_id], asked.values())
    told: list[News] = []
    for partner_id, assignment in asked.items():
        to_it = replace(details, message=details.said_to(partner_id))
        event = remember(actor, request, steps.ROUTE, before, request.state, assignment, to_it)
        told += emails.news(steps.ROUTE, event, actor, without=without)
        before = request.state
    return told


def _asked(partner: Partner, days: int, due_on: date) -> Assignment:
    return Assignment(
        partner=partner,
        state=AssignmentState.PROPOSED,
        days_to_answer=days,
        due_on=due_on,
        proposed_at=clock.now(),
        referent=None,
    )


def let_lead(lead: Assignment, group: Iterable[Assignment]) -> None:
    """One of those who support a pole together leads the others."""
    for assignment in group:
        assignment.lead_id = None if assignment is lead else lead.id
