"""Did a planned date take place? The page of three taps; what it needs more is asked by the whole form."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.db import transaction
from portal.interventions import queries, service, steps, words
from portal.interventions.drafts import page as drafts
from portal.interventions.drafts import service as drafting
from portal.interventions.drafts.page import About
from portal.interventions.models import Intervention
from portal.interventions.service import Facts
from portal.interventions.steps import TOLD_BY, Outcome
from portal.interventions.told.forms import ToldForm
from portal.refusals import Conflict
from portal.requests.queries import is_own
from portal.requests.undo import service as undo
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("told", __name__, url_prefix="/interventions/<int:intervention_id>")


@bp.route("/a-t-elle-eu-lieu", methods=["GET", "POST"], access=Permission.INTERVENTION_LOG)
def tell(intervention_id: int) -> ResponseReturnValue:
    """Say what became of a planned date; looking at the page changes nothing."""
    actor = current.actor()
    seen = queries.get(actor, intervention_id)
    if seen is None or not is_own(actor, seen.assignment):
        abort(404)
    service.require(steps.LOG, seen.assignment, seen)
    form = ToldForm(obj=seen)
    form.offer(seen.minutes, queries.usual_lengths(actor.person_id, seen.assignment.request.service_id))
    about = About(seen.assignment.request.reference, seen.assignment_id, seen.id)
    if aside := drafts.set_aside(form, about):
        return aside
    if form.submitted():
        outcome = Outcome(form.outcome.data)
        with form.refusals(), transaction(), undo.act(actor, TOLD_BY[outcome]):
            _write_down(seen, outcome, form)
            drafting.forget(actor, *about[1:])
        if not form.errors:
            return _done(seen, outcome)
    if form.errors:
        drafts.keep(about, form)
        seen = queries.get(actor, intervention_id) or abort(404)  # what was read is of another transaction
    draft = drafts.fill(form, about)
    page = render_template(
        "interventions/told/tell.html",
        form=form,
        draft=draft,
        intervention=seen,
        about=words.when_and_where(seen, seen.assignment.request.pole.place),
    )
    return page, 422 if form.errors else 200


def _write_down(seen: Intervention, outcome: Outcome, form: ToldForm) -> None:
    actor, step = current.actor(), TOLD_BY[outcome]
    if step is not steps.LOG:
        is_known = form.why.data and step is steps.CALL_OFF
        who = str(words.WHO_CALLED_OFF[form.why.data]) if is_known else None
        message = "\n".join(filter(None, (who, form.report.data)))
        service.change(actor, seen.id, step, message=message or None)
        return
    people = [practice.person_id for practice in seen.practices]
    service.change(
        actor,
        seen.id,
        step,
        _facts(seen, form, outcome),
        people,
        another=True,
        as_planned=None if outcome is Outcome.AS_PLANNED else False,
    )


def _facts(seen: Intervention, form: ToldForm, outcome: Outcome) -> Facts:
    """What was planned, but for what is said here: that it went as planned holds where nothing else is."""
    on, starts_at = form.on.data or seen.on, form.starts_at.data or seen.starts_at
    minutes = form.minutes.data or form.length.data or seen.minutes
    same = (on, starts_at, minutes) == (seen.on, seen.starts_at, seen.minutes)
    as_planned = same and outcome is Outcome.AS_PLANNED
    tapped = [str(words.USUAL_WORK[key]) for key in form.worked_on.data or ()]
    report = [*tapped, *filter(None, [form.report.data])]
    report = report or [words.in_short(seen.assignment.request.subject, as_planned=as_planned)]
    return Facts(
        on=on,
        starts_at=starts_at,
        minutes=minutes,
        place_kind=seen.place_kind,
        place=seen.place,
        report="\n".join(report),
    )


def _done(seen: Intervention, outcome: Outcome) -> ResponseReturnValue:
    """Back on the request, where it can be undone."""
    reference = seen.assignment.request.reference
    done = words.STEPS[TOLD_BY[outcome].name].done
    flash.done(done, url_for("requests.take_back", reference=reference))
    return redirect(url_for("requests.show", reference=reference))


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody has told it meanwhile: say so kindly, with the way back to the request."""
    seen = queries.get(current.actor(), (request.view_args or {})["intervention_id"]) or abort(404)
    back = url_for("requests.show", reference=seen.assignment.request.reference)
    return errors.page(409, words.refusal_sentence(refusal) or _("This intervention has changed."), back)
