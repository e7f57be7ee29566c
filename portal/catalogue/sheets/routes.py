"""The doors by which sheets are kept: one page to write them, one for each step of their life, their history."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Permission, allows
from portal.catalogue import steps, words
from portal.catalogue.models import Service
from portal.catalogue.rules import ServiceState
from portal.catalogue.sheets import page, queries, rules, service
from portal.catalogue.sheets.forms import SheetForm
from portal.db import transaction
from portal.journal import queries as journal
from portal.journal import words as journal_words
from portal.journal.rules import Filters, Subject
from portal.refusals import NotAllowed, NotFound
from portal.steps import Step
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("sheets", __name__, url_prefix="/services/fiches")
KEEP = Permission.SERVICE_KEEP
PREVIEW = "preview"


def _sheet(service_id: int) -> Service:
    sheet = queries.sheet(current.actor(), service_id)
    if sheet is None:
        raise NotFound
    return sheet


@bp.get("", access=KEEP)
def index() -> ResponseReturnValue:
    """The sheets one keeps."""
    actor = current.actor()
    return render_template(
        "catalogue/sheets/index.html",
        lines=page.lines(words.in_order(queries.kept(actor))),
        publishes=allows(actor, steps.PUBLISH.right),
        words=words,
    )


@bp.route("/nouvelle", methods=["GET", "POST"], access=KEEP)
def create() -> ResponseReturnValue:
    """A new draft."""
    form = page.form_for(current.actor(), None)
    if not _is_preview() and form.submitted():
        with form.refusals(), transaction():
            sheet = service.create(current.actor(), form.facts())
        if not form.errors:
            flash.success(_("The draft is saved: nobody else reads it until it is published."))
            return redirect(url_for(".edit", service_id=sheet.id))
    return _written(form, None)


@bp.route("/<int:service_id>", methods=["GET", "POST"], access=KEEP)
def edit(service_id: int) -> ResponseReturnValue:
    """All that a sheet says, and what can be done with it."""
    actor, sheet = current.actor(), _sheet(service_id)
    form = page.form_for(actor, sheet)
    if not _is_preview() and form.submitted():
        with form.refusals(), transaction():
            service.change(actor, service_id, form.facts(), form.seen.data or "")
        if not form.errors:
            flash.success(_("The sheet is saved."))
            return redirect(url_for(".edit", service_id=service_id))
        sheet = _sheet(service_id)
    return _written(form, sheet)


def _is_preview() -> bool:
    return request.form.get("intent") == PREVIEW


def _written(form: SheetForm, sheet: Service | None) -> ResponseReturnValue:
    completeness = rules.completeness(sheet, clock.today()) if sheet else None
    shown = render_template(
        "catalogue/sheets/write.html",
        form=form,
        sheet=sheet,
        tag=words.state_tag(sheet) if sheet else None,
        completeness=completeness,
        missing=page.missing(form, completeness) if completeness else (),
        offered=page.offered(current.actor(), sheet) if sheet else (),
        partners=page.partners(sheet) if sheet else (),
        previewed=_is_preview(),
        words=words,
    )
    return shown, 422 if form.errors else 200


@bp.get("/<int:service_id>/historique", access=KEEP)
def history(service_id: int) -> ResponseReturnValue:
    """Each change of a sheet, what was before and after."""
    sheet = _sheet(service_id)
    filters = Filters(subject=Subject.SERVICE, subject_id=service_id)
    return render_template(
        "catalogue/sheets/history.html",
        sheet=sheet,
        page=keyset_page(journal.entries(filters, {})),
        words=journal_words,
    )


_VERBS = {step.verb: step for step in steps.OF_SERVICES}


@bp.route("/<int:service_id>/<verb>", methods=["GET", "POST"], access=KEEP)
def act(service_id: int, verb: str) -> ResponseReturnValue:
    """A step in the life of a sheet: what it does is said before it is confirmed."""
    step, actor = _step(verb), current.actor()
    sheet = _sheet(service_id)
    if not allows(actor, step.right):
        raise NotAllowed
    if refused := service.why_not(actor, step, sheet):
        raise refused
    form = page.form_of(step)
    if form.submitted():
        day = next((field.data for field in form if field.type == "DateField"), None)
        with transaction():
            service.act(actor, service_id, step, day)
        flash.success(words.STEPS[step.name].done)
        return redirect(url_for(".edit", service_id=service_id))
    shown = render_template(
        "catalogue/sheets/act.html",
        form=form,
        sheet=sheet,
        step=words.STEPS[step.name],
        hanging=page.hanging(actor, sheet) if step in steps.CLOSING else (),
        closes=step in steps.CLOSING,
    )
    return shown, 422 if form.errors else 200


def _step(verb: str) -> Step[ServiceState]:
    if verb not in _VERBS:
        raise NotFound
    return _VERBS[verb]
