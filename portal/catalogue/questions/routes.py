"""The questions of a service, written by those who keep its sheet."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.catalogue.models import Service
from portal.catalogue.questions import queries, rules, service, words
from portal.catalogue.questions.forms import (
    AsksQuestions,
    PlaceForm,
    QuestionForm,
    RemoveForm,
    as_typed,
    asking,
)
from portal.catalogue.questions.rules import Question
from portal.catalogue.sheets import queries as sheets
from portal.db import transaction
from portal.refusals import NotFound
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("questions", __name__, url_prefix="/services/fiches/<int:service_id>/questions")
KEEP = Permission.SERVICE_KEEP
PREVIEW = "preview"


def _sheet(service_id: int) -> Service:
    sheet = sheets.sheet(current.actor(), service_id)
    if sheet is None:
        raise NotFound
    return sheet


def _as_asked(*questions: Question) -> AsksQuestions:
    """A form that shows questions as the pole will see them."""
    return asking(AsksQuestions, questions)(formdata=None)


@bp.get("", access=KEEP)
def index(service_id: int) -> ResponseReturnValue:
    """What a service asks, in order, and how a pole sees it."""
    sheet = _sheet(service_id)
    questions = queries.of(sheet)
    return render_template(
        "catalogue/questions/index.html",
        sheet=sheet,
        questions=questions,
        form=_as_asked(*questions),
        most=rules.MOST_QUESTIONS,
        words=words,
    )


@bp.route("/nouvelle", methods=["GET", "POST"], access=KEEP)
def create(service_id: int) -> ResponseReturnValue:
    """A question more."""
    sheet, form = _sheet(service_id), QuestionForm()
    if not _is_preview() and form.submitted():
        with form.refusals(), transaction():
            service.add(current.actor(), service_id, form.draft())
        if not form.errors:
            return _saved(service_id)
    return _written(form, sheet)


@bp.route("/<key>", methods=["GET", "POST"], access=KEEP)
def edit(service_id: int, key: str) -> ResponseReturnValue:
    """A question, written again."""
    sheet = _sheet(service_id)
    question = _known(sheet, key)
    form = QuestionForm(data=as_typed(question), seen=rules.whole_fingerprint(question))
    if not _is_preview() and form.submitted():
        with form.refusals(), transaction():
            service.change(current.actor(), service_id, key, form.draft(), form.seen.data or "")
        if not form.errors:
            return _saved(service_id)
    return _written(form, sheet, question)


def _known(sheet: Service, key: str) -> Question:
    return service.known(queries.of(sheet), key)


def _is_preview() -> bool:
    return request.form.get("intent") == PREVIEW


def _saved(service_id: int) -> ResponseReturnValue:
    flash.success(_("The question is saved: who writes a request from now on is asked it."))
    return redirect(url_for(".index", service_id=service_id))


def _written(form: QuestionForm, sheet: Service, question: Question | None = None) -> ResponseReturnValue:
    previewed = None
    if _is_preview() and form.validate():
        with form.refusals():
            previewed = _as_asked(service.question_of(form.draft(), "preview"))
    shown = render_template(
        "catalogue/questions/write.html",
        typed=form,
        sheet=sheet,
        question=question,
        form=previewed,
        words=words,
    )
    return shown, 422 if form.errors else 200


@bp.post("/<key>/deplacer", access=KEEP)
def move(service_id: int, key: str) -> ResponseReturnValue:
    """Ask it at another place."""
    form = PlaceForm()
    if form.submitted():
        with transaction():
            service.move(current.actor(), service_id, key, form.place.data or 1)
        flash.success(_("The order of the questions is saved."))
    return redirect(url_for(".index", service_id=service_id))


@bp.route("/<key>/retirer", methods=["GET", "POST"], access=KEEP)
def remove(service_id: int, key: str) -> ResponseReturnValue:
    """Ask it no more, once what becomes of its answers is said."""
    sheet = _sheet(service_id)
    question, form = _known(sheet, key), RemoveForm()
    if form.submitted():
        with transaction():
            service.remove(current.actor(), service_id, key)
        flash.success(_("The question is asked no more; what was answered stays."))
        return redirect(url_for(".index", service_id=service_id))
    return render_template(
        "catalogue/questions/remove.html", form=form, sheet=sheet, question=question, words=words
    )
