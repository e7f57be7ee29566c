"""The doors of dates that are proposed."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import transaction
from portal.interventions import service as planning
from portal.interventions import words as interventions
from portal.interventions.steps import Place
from portal.proposals import page, queries, service, steps, words
from portal.proposals.forms import ProposeForm
from portal.proposals.models import DateProposal
from portal.proposals.steps import Moves
from portal.refusals import Conflict
from portal.requests import queries as requests
from portal.requests.models import Assignment, SupportRequest
from portal.requests.routes import drawn
from portal.requests.undo import service as undo
from portal.web import current, errors, flash, templating
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door

bp = GuardedBlueprint("proposals", __name__)
_ONE = "/dates-proposees/<int:proposal_id>"


@bp.route(
    "/demandes/<reference>/affectations/<int:assignment_id>/proposer-des-dates",
    methods=["GET", "POST"],
    access=steps.PROPOSE.right,
)
def propose(reference: str, assignment_id: int) -> ResponseReturnValue:
    """Propose dates to the pole, or others instead."""
    actor = current.actor()
    support_request = requests.get(actor, reference) or abort(404)
    assignment = requests.own_assignment(actor, support_request, assignment_id)
    before = next(iter(queries.live([assignment_id])), None)
    state = before.state if before else None
    if refused := steps.why_not(steps.PROPOSE, support_request.state, assignment.state, state):
        raise refused
    form = _propose_form(assignment, before)
    if form.submitted():
        with form.refusals(), transaction(), undo.act(actor, steps.PROPOSE):
            service.propose(
                actor,
                reference,
                assignment_id,
                form.once.data,
                _offer(form),
                form.practitioner_ids.data,
                form.message.data or "",
            )
        if not form.errors:
            return _done(steps.PROPOSE, support_request)
    shown = render_template(
        "proposals/propose.html",
        form=form,
        support_request=support_request,
        clock=templating.clock_of(support_request.pole.place),
        before=words.lines(before.dates, support_request.pole.place) if before else (),
    )
    return shown, 422 if form.errors else 200


def _propose_form(assignment: Assignment, before: DateProposal | None) -> ProposeForm:
    """With who can come, and what was the same of the dates before."""
    same: dict[str, Any] = {"practitioner_ids": [current.actor().person_id]}
    if before:
        people = [practice.person_id for practice in before.practices]
        same = {name: getattr(before, name) for name in ("minutes", "place_kind", "place")}
        same["practitioner_ids"] = people
    form = ProposeForm(**same)
    team: dict[int, str] = {}
    for each, people_of in planning.teams(assignment):
        for person in people_of:
            team.setdefault(person.id, interventions.named(person, each, assignment))
    form.offer([*team.items()])
    return form


def _offer(form: ProposeForm) -> service.Offer:
    place_kind = Place(form.place_kind.data)
    return service.Offer(form.dates, form.minutes.data, place_kind, form.place.data or None)


@bp.post(f"{_ONE}/{page.PICK.path}", access=steps.PICK.right)
def pick_date(proposal_id: int) -> ResponseReturnValue:
    """Pick one of the dates: it is planned."""
    return _answer(page.PICK, proposal_id, "number")


@bp.post(f"{_ONE}/{page.ASK_OTHERS.path}", access=steps.ASK_OTHERS.right)
def ask_other_dates(proposal_id: int) -> ResponseReturnValue:
    """Ask for other dates."""
    return _answer(page.ASK_OTHERS, proposal_id, "message")


def _answer(door: Door, proposal_id: int, field: str) -> ResponseReturnValue:
    """Do what a door is for, or show its form again on the page of the request."""
    actor, seen = current.actor(), _seen(proposal_id)
    support_request = seen.assignment.request
    form = page.build_form(door, seen, support_request.pole.place, posted=True)
    if form.submitted():
        with form.refusals(), transaction(), undo.act(actor, door.step):
            door.do(actor, proposal_id, form[field].data)
        if not form.errors:
            return _done(door.step, support_request)
    if refused := steps.why_not(door.step, support_request.state, seen.assignment.state, seen.state):
        raise refused
    whole = requests.get(actor, support_request.reference) or abort(404)
    return drawn(whole, part_forms={bp.name: form}), 422 if form.errors else 200


@bp.post(f"{_ONE}/reprendre", access=steps.TAKE_BACK.right)
def take_back(proposal_id: int) -> ResponseReturnValue:
    """The partner takes its dates back."""
    support_request = _seen(proposal_id).assignment.request
    with transaction(), undo.act(current.actor(), steps.TAKE_BACK):
        service.take_back(current.actor(), proposal_id)
    return _done(steps.TAKE_BACK, support_request)


def _seen(proposal_id: int) -> DateProposal:
    return queries.get(current.actor(), proposal_id) or abort(404)


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """A colleague was faster, or it is over: say so kindly, with the way back to the request."""
    given = request.view_args or {}
    reference, name, picked = given.get("reference"), None, ""
    if reference is None:
        seen = _seen(given["proposal_id"])
        support_request, last = seen.assignment.request, queries.last_step(seen.assignment_id)
        reference, name = support_request.reference, last.name if last else None
        dates = [date for date in seen.dates if date.number == seen.picked]
        picked = ", ".join(words.lines(dates, support_request.pole.place))
    back = url_for("requests.show", reference=reference)
    return errors.page(409, words.refusal_sentence(refusal, name, picked), back)


def _done(step: Moves, support_request: SupportRequest) -> ResponseReturnValue:
    """Back on the request, where it can be undone."""
    reference = support_request.reference
    flash.done(words.STEPS[step.name].done, url_for("requests.take_back", reference=reference))
    return redirect(url_for("requests.show", reference=reference))
