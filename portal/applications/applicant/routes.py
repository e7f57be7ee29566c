"""The pages of whoever applies, behind a mailed link: write, send, follow. The link is the only key; it opens one
application and nothing else."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict

from portal.access.permissions import Open
from portal.accounts import queries as accounts
from portal.applications import page, queries, rules, service, steps, words
from portal.applications.forms import SECTION_FORMS, DocumentForm, SendForm
from portal.applications.models import Application
from portal.applications.rules import Section
from portal.applications.service import Details
from portal.applications.steps import EDITABLE, State
from portal.db import transaction
from portal.files import service as files
from portal.refusals import Invalid, NotFound
from portal.web import flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door, Panel

FOLDER = "/candidater/suivi/<token>"
_ROOM_FOR_THE_REST = 256 * 1024  # of a form with a file: its other fields and its own boundaries


class LinkDead(NotFound):
    """The link is unknown, or too old."""


def add_routes(bp: GuardedBlueprint) -> None:
    """Put these pages on the blueprint of the feature."""
    for rule, view, methods in (
        ("", follow, ["GET"]),
        ("/partie/<section>", write, ["GET", "POST"]),
        ("/documents", documents, ["GET", "POST"]),
        ("/documents/<int:document_id>", own_document, ["GET"]),
        ("/documents/<int:document_id>/retirer", detach, ["POST"]),
        ("/envoyer", send, ["GET", "POST"]),
        ("/supprimer", discard, ["POST"]),
    ):
        bp.route(FOLDER + rule, access=Open.PUBLIC, methods=methods)(view)
    for door in page.DOORS_OF_APPLICANTS:
        _open_door(bp, door)
    bp.url_value_preprocessor(_let_files_in)


def _open_door(bp: GuardedBlueprint, door: Door) -> None:
    def view(token: str) -> ResponseReturnValue:
        return _act(door, token)

    bp.post(f"{FOLDER}/{door.path}", access=Open.PUBLIC, endpoint=door.step.verb)(view)


def _let_files_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Only this form may be larger than others; said before anything reads it."""
    if endpoint == "applications.documents":
        request.max_content_length = files.largest() + _ROOM_FOR_THE_REST


def _open(token: str) -> Application:
    application = queries.by_token(token)
    if application is None:
        raise LinkDead
    return application


def follow(token: str) -> ResponseReturnValue:
    """Where the application stands: the parts to write, or what happened since it was sent."""
    application = _open(token)
    if application.state is State.DRAFT:
        return render_template(
            "applications/draft.html",
            application=application,
            token=token,
            tasks=page.tasks(application),
            ready=not rules.missing(application),
            kept_until=application.changed_at + rules.DRAFT_KEPT,
        )
    return _followed(application, token)


def _followed(application: Application, token: str, refused: Panel | None = None) -> str:
    events = queries.events(application)
    return render_template(
        "applications/follow.html",
        application=application,
        question=page.open_question(application, events),
        token=token,
        holder=page.holder_for_applicant(
            application, region_has_cell=accounts.region_has_cell(application.region_code)
        ),
        tag=words.STATES[application.state],
        panels=page.panels(None, application, token, refused),
        refused=refused,
        editable=application.state in EDITABLE,
        tasks=page.tasks(application),
        summaries=page.summaries(application),
        lines=page.timeline(events, application.place, for_applicant=True),
    )


def write(token: str, section: str) -> ResponseReturnValue:
    """Write one part of the form; it can be saved with gaps."""
    application, part = _open(token), _part(section)
    steps.require_editable(application.state)
    form = SECTION_FORMS[part](obj=application)
    if form.submitted():
        with transaction():
            service.write(token, form.values())
        flash.success(_("Saved. You can stop here and come back by the same link."))
        return redirect(url_for(".follow", token=token))
    return (
        render_template(
            "applications/write.html",
            application=application,
            token=token,
            form=form,
            part=words.SECTIONS[part],
            section=part,
            stage_hints={stage.value: hint for stage, (_label, hint) in words.STAGES.items()},
        ),
        422 if form.errors else 200,
    )


def _part(section: str) -> Section:
    try:
        return Section(section)
    except ValueError:
        raise NotFound from None


def documents(token: str) -> ResponseReturnValue:
    """Add documents, or remove some."""
    application = _open(token)
    steps.require_editable(application.state)
    form = DocumentForm(**_with_files())
    if form.submitted():
        try:
            sent = form.document.data
            with files.received("document", sent.filename or "", sent.stream) as stored, transaction():
                service.attach(token, stored)
        except Invalid as refusal:
            form.refuse(refusal)
            application = _open(token)
        else:
            flash.success(_("The document is added."))
            return redirect(url_for(".documents", token=token))
    return (
        render_template(
            "applications/documents.html",
            application=application,
            token=token,
            form=form,
            most=rules.MOST_DOCUMENTS,
        ),
        422 if form.errors else 200,
    )


def _with_files() -> dict[str, Any]:
    """Forms read typed text alone; this one takes a file."""
    return {"formdata": CombinedMultiDict([request.files, request.form])} if request.method == "POST" else {}


def own_document(token: str, document_id: int) -> ResponseReturnValue:
    """A document of one's own application, to be saved."""
    return page.download(_open(token), document_id)


def detach(token: str, document_id: int) -> ResponseReturnValue:
    """Remove a document."""
    _open(token)
    with transaction():
        service.detach(token, document_id)
    flash.success(_("The document is removed."))
    return redirect(url_for(".documents", token=token))


def send(token: str) -> ResponseReturnValue:
    """Read all of it once more, agree, send."""
    application = _open(token)
    if refused := service.why_not(None, steps.SUBMIT, application):
        raise refused
    form = SendForm()
    if form.submitted():
        with form.refusals(), transaction():
            service.submit(token)
        if not form.errors:
            flash.success(_("Your application is sent."))
            return redirect(url_for(".follow", token=token))
        application = _open(token)
    return (
        render_template(
            "applications/send.html",
            application=application,
            token=token,
            form=form,
            summaries=page.summaries(application),
            lacking={section for section, _name in rules.missing(application)},
        ),
        422 if form.errors else 200,
    )


def _act(door: Door, token: str) -> ResponseReturnValue:
    """Do what a door is for, or show its form again."""
    application = _open(token)
    form = page.build_form(door, application, posted=True)
    if form.submitted():
        with form.refusals(), transaction():
            door.do(token, Details(message=form["message"].data or None))
        if not form.errors:
            flash.success(door.words.done)
            return redirect(url_for(".follow", token=token))
        application = _open(token)
    if refused := service.why_not(None, door.step, application):
        raise refused
    panel = page.panel(door, application, form, token, is_open=True)
    return _followed(application, token, panel), 422 if form.errors else 200


def discard(token: str) -> ResponseReturnValue:
    """Delete a draft for good."""
    _open(token)
    with transaction():
        service.discard(token)
    flash.success(_("The draft and its documents are deleted."))
    return redirect(url_for("home.how_to_apply"))
