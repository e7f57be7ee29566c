"""Write a request in short steps, each saved: the service, the need, the wishes, documents; check it and send it."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.catalogue import queries as catalogue
from portal.catalogue.blocked import service as blocked
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility import words as eligibility_words
from portal.catalogue.eligibility.rules import Eligibility
from portal.catalogue.models import Service
from portal.db import transaction
from portal.documents import page as documents
from portal.refusals import Conflict, Invalid
from portal.requests import queries, service, steps
from portal.requests.documents import page as attached
from portal.requests.listing.page import ASK_FOR_GUIDANCE
from portal.requests.models import SupportRequest
from portal.requests.refused import page as refusals
from portal.requests.steps import RequestState
from portal.requests.writing import page
from portal.requests.writing.forms import NeedForm, ServiceForm, StepForm
from portal.requests.writing.rules import FormStep
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("writing", __name__, url_prefix="/demandes")
documents.let_in(bp, "write")
bp.errorhandler(Conflict)(refusals.not_now)


@bp.route("/nouvelle", methods=["GET", "POST"], access=Permission.REQUEST_DRAFT)
def new() -> ResponseReturnValue:
    """Begin a request: by its service, or by its need where the service is known or asks for guidance."""
    actor = current.actor()
    asked = catalogue.by_slug(request.args["service"]) if "service" in request.args else None
    step = FormStep.NEED if _is_by_need(asked) else FormStep.SERVICE
    form = _first_form(step, asked)
    if form.submitted():
        wishes = page.wishes(step, form)
        if step is FormStep.NEED:
            wishes["service_id"] = asked.id if asked else None
        with form.refusals(), blocked.noted(), transaction():
            _require_offered(step, asked)
            saved = service.draft(actor, form.once.data, wishes)
        if not form.errors:
            return _gone_on(step, saved)
    if step is FormStep.NEED and form.form_errors:  # its service: the need goes on without
        without = url_for(".new", etape=FormStep.NEED.value)
        return page.drawn(actor, step, form, None, None, without), 422
    return page.drawn(actor, step, form, None, asked), 422 if form.errors else 200


def _is_by_need(asked: Service | None) -> bool:
    """A need that was typed is read as one, whatever became of its service meanwhile."""
    if request.args.get("etape") == FormStep.NEED or (
        "need" in request.form and "service_id" not in request.form
    ):
        return True
    return asked is not None and _ruling(asked).may_draft


def _require_offered(step: FormStep, asked: Service | None) -> None:
    """Refuse a need that was typed for a service of the address that ended, or is suspended, meanwhile."""
    if step is not FormStep.NEED or "service" not in request.args:
        return
    if asked is None:
        raise Invalid("service_id", eligibility_words.ENDED)
    if not asked.is_open:
        raise Invalid("service_id", eligibility_words.refusal(_ruling(asked)))


def _ruling(asked: Service) -> Eligibility:
    actor = current.actor()
    return eligibility.of(actor.organisation_id, actor.place, [asked.id])[asked.id]


def _first_form(step: FormStep, asked: Service | None) -> StepForm:
    if step is FormStep.NEED:
        return NeedForm()
    return page.with_choices(ServiceForm(service_id=asked.id if asked else ASK_FOR_GUIDANCE), None)


@bp.get("/<reference>/modifier", access=Permission.REQUEST_DRAFT)
def edit(reference: str) -> ResponseReturnValue:
    """Go on writing a draft where something is missing."""
    draft = _draft(reference)
    return redirect(page.step_url(draft, page.to_go_on(draft)))


@bp.route("/<reference>/modifier/<step>", methods=["GET", "POST"], access=Permission.REQUEST_DRAFT)
def write(reference: str, step: str) -> ResponseReturnValue:
    """One step of a draft."""
    actor = current.actor()
    draft = _draft(reference)
    here = next((each for each in FormStep if each == step), None) or abort(404)
    if here is FormStep.CHECK:
        return page.checked(actor, draft) if request.method == "GET" else abort(405)
    if here is FormStep.QUESTIONS and here not in page.way(draft.service):
        abort(404)
    form = page.form_of(here, draft)
    attached.receive(form)
    if form.submitted():
        with form.refusals(), blocked.noted(), transaction():
            saved = service.change_draft(actor, reference, page.wishes(here, form), form.seen.data)
            attached.attach(form, saved)
        if not form.errors:
            return _gone_on(here, saved)
        draft = _draft(reference)
    return page.drawn(actor, here, form, draft, draft.service), 422 if form.errors else 200


def _draft(reference: str) -> SupportRequest:
    draft = queries.get(current.actor(), reference) or abort(404)
    if refused := steps.SUBMIT.why_not(draft.state):
        raise refused
    return draft


def _gone_on(step: FormStep, saved: SupportRequest) -> ResponseReturnValue:
    if saved.state is not RequestState.DRAFT:  # this form was sent before, and so was what it made
        return redirect(url_for("requests.show", reference=saved.reference))
    if request.form.get("intent") == page.LATER:
        flash.success(_("Your draft is saved."))
    return redirect(page.next_url(step, saved))
