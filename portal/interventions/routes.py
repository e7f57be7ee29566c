"""The screens of interventions: plan, log, correct, call off."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.access.roles import PARTNER_ROLES
from portal.accounts import queries as accounts
from portal.catalogue.rules import Beside
from portal.db import transaction
from portal.documents import page as documents
from portal.interventions import queries, service, steps, words
from portal.interventions.drafts import page as drafts
from portal.interventions.drafts import service as drafting
from portal.interventions.drafts.page import About
from portal.interventions.forms import CallOffForm, CorrectLaterForm, LogForm, PartForm, PlanForm
from portal.interventions.measures import queries as measures
from portal.interventions.models import Contribution, Intervention, Practice
from portal.interventions.steps import InterventionState, Moves, Place
from portal.refusals import Conflict, Unchanged
from portal.requests import queries as requests
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import is_own
from portal.requests.undo import service as undo
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.converters import key
from portal.web.forms import choices

bp = GuardedBlueprint("interventions", __name__)

documents.let_in(bp, "log", "log_planned", "correct", "correct_later")

Save = Callable[[service.Facts, list[int], bool], Intervention]


@bp.route(
    "/demandes/<reference>/affectations/<int:assignment_id>/planifier",
    methods=["GET", "POST"],
    access=Permission.INTERVENTION_LOG,
)
def plan(reference: str, assignment_id: int) -> ResponseReturnValue:
    """Plan an intervention."""
    return _add(PlanForm(), reference, assignment_id, steps.PLAN)


@bp.route(
    "/demandes/<reference>/affectations/<int:assignment_id>/intervention",
    methods=["GET", "POST"],
    access=Permission.INTERVENTION_LOG,
)
def log(reference: str, assignment_id: int) -> ResponseReturnValue:
    """Log an intervention that took place, or begin with what another says of it."""
    return _add(LogForm(data=_copied(assignment_id)), reference, assignment_id, steps.LOG)


@bp.route(
    "/interventions/<int:intervention_id>/realisee",
    methods=["GET", "POST"],
    access=Permission.INTERVENTION_LOG,
)
def log_planned(intervention_id: int) -> ResponseReturnValue:
    """Log an intervention that had been planned."""
    return _change(LogForm, intervention_id, steps.LOG)


@bp.route(
    "/interventions/<int:intervention_id>/corriger",
    methods=["GET", "POST"],
    access=Permission.INTERVENTION_LOG,
)
def correct(intervention_id: int) -> ResponseReturnValue:
    """Correct what was planned or logged."""
    seen = _noted(intervention_id)
    return _change(
        PlanForm if seen.state is InterventionState.PLANNED else LogForm, intervention_id, steps.CORRECT
    )


@bp.route(
    "/interventions/<int:intervention_id>/rectifier",
    methods=["GET", "POST"],
    access=steps.CORRECT_LATER.right,
)
def correct_later(intervention_id: int) -> ResponseReturnValue:
    """The cell corrects what was logged, once its partner no longer may."""
    return _change(CorrectLaterForm, intervention_id, steps.CORRECT_LATER)


@bp.route(
    "/interventions/<int:intervention_id>/notre-part",
    methods=["GET", "POST"],
    access=Permission.INTERVENTION_LOG,
)
def part(intervention_id: int) -> ResponseReturnValue:
    """Say what one's own team gave to an intervention that another partner has noted."""
    actor = current.actor()
    seen = queries.get(actor, intervention_id) or abort(404)
    own = queries.own_part(actor, seen) or abort(404)
    service.require(steps.CORRECT, own.assignment, seen)
    ours = [each for each in seen.practices if each.assignment_id == own.assignment_id]
    reference = seen.assignment.request.reference
    form = PartForm(**{**_typed(own, seen), "practitioner_ids": [each.person_id for each in ours]})
    team = accounts.members([own.assignment.partner_id], PARTNER_ROLES)
    form.practitioner_ids.choices = choices(_with_gone({each.id: each.name for each in team}, ours))
    form.ask_for(measures.counted(seen.assignment.request) if seen.state is InterventionState.DONE else ())
    if form.submitted():
        with form.refusals(), transaction():
            service.set_part(actor, intervention_id, form.practitioner_ids.data or [], form.beside)
        if not form.errors:
            flash.success(_("Your part is written down."))
            return redirect(url_for("requests.show", reference=reference))
    page = render_template("interventions/part.html", form=form, intervention=seen)
    return page, 422 if form.errors else 200


@bp.route(
    "/interventions/<int:intervention_id>/annuler",
    methods=["GET", "POST"],
    access=Permission.INTERVENTION_LOG,
)
def call_off(intervention_id: int) -> ResponseReturnValue:
    """Call an intervention off, saying why."""
    seen = _noted(intervention_id)
    service.require(steps.CALL_OFF, seen.assignment, seen)
    support_request = seen.assignment.request
    form = CallOffForm()
    if form.submitted():
        with transaction(), undo.act(current.actor(), steps.CALL_OFF):
            service.change(current.actor(), intervention_id, steps.CALL_OFF, message=form.message.data)
        return _done(steps.CALL_OFF, support_request)
    status = 422 if form.errors else 200
    return render_template("interventions/call_off.html", form=form, intervention=seen), status


def _noted(intervention_id: int) -> Intervention:
    """One that the partner itself has noted, or that the cell follows."""
    actor = current.actor()
    seen = queries.get(actor, intervention_id)
    return seen if seen and is_own(actor, seen.assignment) else abort(404)


def _typed(share: Contribution, intervention: Intervention) -> dict[str, Any]:
    """Who comes and what was done beside, as forms hold it."""
    minutes: dict[str, Any] = {name: getattr(share, name) for name in Beside}
    return {
        **minutes,
        "pole_ids": [served.pole_id for served in intervention.also_served],
        "practitioner_ids": [practice.person_id for practice in intervention.practices],
    }


def _copied(assignment_id: int) -> dict[str, Any]:
    """What the form begins with, of one that was done for the same assignment: all but its day and other poles. Once it
    is sent, all of it was typed; what was begun comes first, whole, until it is forgotten."""
    if drafts.is_begun(assignment_id):
        return {}
    number = request.args.get("comme", type=key) if request.method == "GET" else None
    seen = queries.get(current.actor(), number) if number else None
    if seen is None or seen.assignment_id != assignment_id or seen.state is not InterventionState.DONE:
        return {}
    own = next(share for share in seen.contributions if share.assignment_id == assignment_id)
    facts = {each.name: getattr(seen, each.name) for each in fields(service.Facts) if each.name != "on"}
    return {**_typed(own, seen), **facts}


def _with_gone(team: Mapping[int, str], practices: Iterable[Practice]) -> Sequence[tuple[int, str]]:
    """Who can be chosen: a team, and who is named already."""
    gone = [(each.person_id, each.person.name) for each in practices if each.person_id not in team]
    return [*team.items(), *gone]


def _add(form: PlanForm, reference: str, assignment_id: int, step: Moves) -> ResponseReturnValue:
    actor = current.actor()
    support_request = requests.get(actor, reference) or abort(404)
    assignment = requests.own_assignment(actor, support_request, assignment_id)
    service.require(step, assignment)

    def save(facts: service.Facts, people: list[int], another: bool) -> Intervention:
        beside = form.beside if isinstance(form, LogForm) else service.NOTHING
        once = form.once.data
        return service.add(
            actor,
            reference,
            assignment_id,
            step,
            once,
            facts,
            people,
            beside,
            pole_ids=_poles(form) or (),
            another=another,
        )

    return _write(form, support_request, assignment, step, save)


def _change(form_class: type[PlanForm], intervention_id: int, step: Moves) -> ResponseReturnValue:
    actor, seen = current.actor(), _noted(intervention_id)
    service.require(step, seen.assignment, seen)
    own = next(share for share in seen.contributions if share.assignment_id == seen.assignment_id)
    form = form_class(obj=seen, **_typed(own, seen))

    def save(facts: service.Facts, people: list[int], another: bool) -> Intervention:
        beside = form.beside if isinstance(form, LogForm) else service.NOTHING
        return service.change(
            actor,
            intervention_id,
            step,
            facts,
            people,
            form.why.data if isinstance(form, CorrectLaterForm) else None,
            beside=beside,
            pole_ids=_poles(form),
            another=another,
            adds_documents="kept_document_ids" in form,
        )

    return _write(form, seen.assignment.request, seen.assignment, step, save, seen)


def _write(
    form: PlanForm,
    support_request: SupportRequest,
    assignment: Assignment,
    step: Moves,
    save: Save,
    intervention: Intervention | None = None,
) -> ResponseReturnValue:
    if isinstance(form, LogForm):
        documents.receive(form)
    _offer(form, assignment, intervention)
    about = About(support_request.reference, assignment.id, intervention.id if intervention else None)
    if step is steps.LOG and (aside := drafts.set_aside(form, about)):
        return aside
    if form.submitted():
        with form.refusals(), transaction(), undo.act(current.actor(), step):
            _save(form, step, save, about)
        if not form.errors:
            return _done(step, support_request)
    if step is steps.LOG and form.errors:
        drafts.keep(about, form)
    draft = drafts.fill(form, about) if step is steps.LOG else None
    status = 422 if form.errors else 200
    form.minutes.offer(queries.usual_lengths(current.actor().person_id, support_request.service_id))
    if not (form.another.errors or form.another.data):
        del form.another  # asked of nobody but who notes a day that is noted already
    page = render_template(
        "interventions/write.html",
        form=form,
        support_request=support_request,
        heading=words.STEPS[step.name].button,
        lead=words.STEPS[step.name].explains,
        draft=draft,
        keeps_draft=step is steps.LOG,
    )
    return page, status


def _save(form: PlanForm, step: Moves, save: Save, about: About) -> None:
    """With its documents; what was kept of it is sent."""
    saved = save(_facts(form), form.practitioner_ids.data or [], form.another.data)
    if isinstance(form, LogForm):
        documents.attach(form, queries.LOGGED, saved)
    if step is steps.LOG:
        drafting.forget(current.actor(), *about[1:])


def _offer(form: PlanForm, assignment: Assignment, intervention: Intervention | None) -> None:
    """What the form lets choose: people, other poles, time beside; for a new one, who writes and all of these poles."""
    team: dict[int, str] = {}
    for each, people in service.teams(assignment):
        for person in people:
            team.setdefault(person.id, words.named(person, each, assignment))
    form.practitioner_ids.choices = choices(_with_gone(team, intervention.practices if intervention else ()))
    served = intervention.also_served if intervention else ()
    poles = {pole.id: pole.name for pole in queries.poles_beside(assignment.request.id)}
    form.ask_of_poles({**{each.pole_id: each.pole.name for each in served}, **poles})
    if isinstance(form, LogForm):
        form.ask_for(measures.counted(assignment.request))
    if intervention is None:
        form.begin_with("practitioner_ids", form.practitioner_ids.object_data or [current.actor().person_id])
        form.begin_with("pole_ids", [*poles])


def _poles(form: PlanForm) -> list[int] | None:
    """The other poles it is for; None where the form does not ask."""
    return form.pole_ids.data if "pole_ids" in form else None


def _facts(form: PlanForm) -> service.Facts:
    common = {
        "on": form.on.data,
        "starts_at": form.starts_at.data,
        "minutes": form.minutes.data,
        "place_kind": Place(form.place_kind.data),
        "place": form.place.data or None,
    }
    if not isinstance(form, LogForm):
        return service.Facts(**common)
    return service.Facts(
        **common,
        participants=form.participants.data,
        participant_names=form.participant_names.data or None,
        participating_organisations=form.participating_organisations.data or None,
        report=form.report.data or "",
        next_step=form.next_step.data or None,
    )


@bp.errorhandler(Unchanged)
def _as_it_was(_refusal: Unchanged) -> ResponseReturnValue:
    seen = _noted((request.view_args or {})["intervention_id"])
    flash.notice(_("You changed nothing: the intervention stands as before."))
    return redirect(url_for("requests.show", reference=seen.assignment.request.reference))


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """It can no longer be done: say so kindly, with the way back to the request."""
    given = request.view_args or {}
    reference = given.get("reference")
    if reference is None:
        seen = queries.get(current.actor(), given["intervention_id"]) or abort(404)
        reference = seen.assignment.request.reference
    return errors.page(409, words.refusal_sentence(refusal), url_for("requests.show", reference=reference))


def _done(step: Moves, support_request: SupportRequest) -> ResponseReturnValue:
    """Back on the request, where it can be undone."""
    flash.done(
        words.STEPS[step.name].done, url_for("requests.take_back", reference=support_request.reference)
    )
    return redirect(url_for("requests.show", reference=support_request.reference))
