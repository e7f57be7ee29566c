"""The screens of requests: inbox, draft, page, and a route for each door."""

from collections.abc import Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.calendars import queries as calendars
from portal.catalogue.blocked import service as blocked
from portal.catalogue.versions import words as versions
from portal.db import transaction
from portal.documents import page as documents
from portal.documents.forms import TakesDocuments
from portal.interventions import queries as interventions
from portal.interventions import words as intervention_words
from portal.notifications.news import service as news
from portal.refusals import Conflict
from portal.requests import page, queries, service, steps, words
from portal.requests.answers import page as answers
from portal.requests.documents import page as attached
from portal.requests.drafts import service as drafts
from portal.requests.events.queries import just_did
from portal.requests.export import page as exported
from portal.requests.following import page as following
from portal.requests.following.service import note_seen
from portal.requests.forms import SubmitForm, details_of
from portal.requests.holders import page as holders
from portal.requests.listing import page as listing
from portal.requests.models import Assignment, SupportRequest
from portal.requests.pairs import words as pair_words
from portal.requests.refused import page as refusals
from portal.requests.routing import queries as routing
from portal.requests.steps import RequestState
from portal.requests.undo import service as undo
from portal.requests.undo.rules import open_until
from portal.requests.writing import page as writing
from portal.requests.writing.rules import FormStep
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door, Panel
from portal.web.downloads import spreadsheet
from portal.web.forms import PortalForm

bp = GuardedBlueprint("requests", __name__, url_prefix="/demandes")
bp.add_app_template_filter(words.title, "request_title")
bp.add_app_template_filter(words.service_asked)


@bp.get("", access=Permission.REQUEST_READ)
def index() -> ResponseReturnValue:
    """The inbox."""
    return render_template("requests/index.html", **listing.shown(current.actor()))


@bp.get("/demandes.csv", access=Permission.REQUEST_READ)
def export() -> ResponseReturnValue:
    """The list of the inbox, for a spreadsheet."""
    actor = current.actor()
    return spreadsheet("demandes.csv", exported.lines(actor, listing.exported(actor)))


@bp.post("/<reference>/supprimer", access=Permission.REQUEST_DRAFT)
def discard(reference: str) -> ResponseReturnValue:
    """Delete a draft."""
    with transaction():
        drafts.discard_draft(current.actor(), reference)
    flash.success(_("The draft is deleted."))
    return redirect(url_for(".index"))


@bp.post("/<reference>/documents/<int:document_id>/retirer", access=Permission.REQUEST_DRAFT)
def remove_document(reference: str, document_id: int) -> ResponseReturnValue:
    """Take a document out of a draft."""
    with transaction():
        drafts.remove_document(current.actor(), reference, document_id)
    flash.success(_("The document is removed."))
    return redirect(url_for("writing.write", reference=reference, step=FormStep.DOCUMENTS.value))


@bp.get("/<reference>", access=Permission.REQUEST_READ)
def show(reference: str) -> ResponseReturnValue:
    """One request."""
    actor = current.actor()
    support_request = queries.get(actor, reference) or abort(404)
    if request.method != "HEAD":
        note_seen(actor, support_request)
        news.note_read(actor, support_request.reference)
    return drawn(support_request), 200


def _version(support_request: SupportRequest) -> Mapping[str, Any]:
    """What its service said when it was sent, for the template."""
    version = support_request.service_version
    return {
        "version": version,
        "version_lines": versions.lines(version.sheet) if version else (),
        "version_asked": versions.asked(version.sheet) if version else (),
        "version_description": versions.text_of(version.sheet, "description") if version else "",
    }


def _dates(actor: Any, interventions_done: Any) -> dict[str, Any]:
    """What is planned and done, with its documents, what that adds up to, what its pole says of it, and what calendars
    answered."""
    return {
        "interventions": interventions_done,
        "so_far": intervention_words.so_far(interventions_done, actor),
        "confirmations": interventions.standing(interventions_done),
        "documents_on": interventions.documents_on(interventions_done),
        "correction_names": interventions.named_by_corrections(interventions_done),
        "calendar_answers": calendars.answers(actor, interventions_done),
    }


def drawn(
    support_request: SupportRequest,
    refused: Panel | None = None,
    part_forms: Mapping[str, PortalForm] = MappingProxyType({}),
) -> str:
    """The page of a request. `refused`: the step to correct; `part_forms`: or the form of a feature above, by its
    name."""
    actor = current.actor()
    own, notes = queries.own_assignments(actor, support_request), page.absence_notes(actor, support_request)
    done = interventions.of_request(support_request.id, actor) if own else ()
    planned = intervention_words.planned(done, support_request.pole.place)
    advise = cache(partial(routing.advice, support_request))
    happened, under_way = queries.events(support_request, actor), interventions.any_done(done)
    parts = page.parts(actor, support_request, happened, part_forms)
    return render_template(
        "requests/show.html",
        support_request=support_request,
        panels=page.panels(actor, support_request, planned, happened, advise, refused, parts),
        refused=[*([refused.form] if refused else ()), *part_forms.values()],
        parts=parts,
        standing=following.standing(actor, support_request, under_way, planned, parts),
        progress=following.way(actor, support_request, under_way),
        tag=holders.state_tag(actor, support_request, under_way),
        lines=page.timeline(happened, support_request.pole.place),
        undo_until=open_until(happened, actor, clock.now()),
        **_dates(actor, done),
        **interventions.writable(actor, own),
        assignments=own,
        also_asked=page.also_asked(actor, support_request),
        documents=attached.of_request(actor, support_request) if support_request.has_documents else (),
        may_edit=support_request.state is RequestState.DRAFT,
        facts=page.wishes(actor, support_request, notes),
        answers=answers.lines(support_request),
        **_version(support_request),
        pole=page.pole_box(actor, support_request, notes, advise),
        absence_notes=notes,
        **_vocabulary(actor),
    )


def _vocabulary(actor: Actor) -> Mapping[str, object]:
    """The words that the page of a request is told in, to whom."""
    return {
        "reads_all": not actor.is_partner,
        "outcome_hints": {outcome: hint for outcome, (_label, hint) in words.OUTCOMES.items()},
        "intervention_words": intervention_words,
        "reader": actor,
        "pairs": pair_words,
        "words": words,
    }


def _act(door: Door, reference: str, *about: int) -> ResponseReturnValue:
    """Do what a door is for, or show its form again."""
    actor = current.actor()
    support_request, assignment = _find(reference, *about)
    noted = interventions.of_request(support_request.id) if support_request.assignments else ()
    planned = intervention_words.planned(noted, support_request.pole.place)
    form = page.build_form(door, support_request, assignment, actor, planned, posted=True)
    attached.receive(form)
    if form.submitted():
        with form.refusals():
            done = _do_once(door, actor, form, reference, *about)
        if not form.errors:
            flash.done(_followed(door, done, reference), _undo_url(reference))
            return redirect(url_for(".show", reference=reference))
        support_request, assignment = _find(reference, *about)
        if isinstance(form, SubmitForm) and form.refused and support_request.state is RequestState.DRAFT:
            return writing.refused(actor, support_request, form.refused), 422
    if refused := service.why_not(door.step, support_request, assignment):
        raise refused
    panel = page.panel(door, support_request, assignment, form, planned, is_open=True)
    return drawn(support_request, panel), 422 if form.errors else 200


def _do_once(door: Door, actor: Actor, form: Any, reference: str, *about: int) -> Any:
    """What was done just now by the same form, sent twice, is done."""
    details, assignment = details_of(form), _find(reference, *about)[1]
    try:
        with blocked.noted(), transaction(), undo.act(actor, door.step):
            done = door.do(actor, reference, *about, details)
            attached.attach(form, done, assignment)
    except Conflict:
        if just_did(actor, reference, door.step, next(iter(about), None), details):
            return _find(reference)[0]
        raise
    return done


def _followed(door: Door, done: Any, reference: str) -> str:
    """What was done, and what follows, by whom and when."""
    if not door.words.done:
        return page.sent(done)
    actor, support_request = current.actor(), _find(reference)[0]
    noted = interventions.of_request(support_request.id, actor)
    planned = intervention_words.planned(noted, support_request.pole.place)
    parts = page.parts(actor, support_request, queries.events(support_request, actor), {})
    standing = following.standing(actor, support_request, interventions.any_done(noted), planned, parts)
    next_one = _("What comes next: %(what)s", what=standing.expected) if standing.expected else ""
    return " ".join(filter(None, (str(door.words.done), next_one)))


def _find(reference: str, *about: int) -> tuple[SupportRequest, Assignment | None]:
    """The request of an address, and what assignment it is about."""
    actor = current.actor()
    support_request = queries.get(actor, reference) or abort(404)
    return support_request, queries.own_assignment(actor, support_request, *about) if about else None


def _open(door: Door) -> None:
    """A POST route, behind the right of its step."""
    part = "/affectations/<int:assignment_id>" if page.of_assignments(door) else ""

    def view(reference: str, **about: int) -> ResponseReturnValue:
        return _act(door, reference, *about.values())

    if issubclass(door.form, TakesDocuments):
        documents.let_in(bp, door.step.verb)
    bp.post(f"/<reference>{part}/{door.path}", access=door.step.right, endpoint=door.step.verb)(view)


@bp.post("/<reference>/annuler", access=steps.UNDO.right)
def take_back(reference: str) -> ResponseReturnValue:
    """Take back what one did last."""
    with transaction():
        undo.take_back(current.actor(), reference)
    flash.success(words.STEPS[steps.UNDO.name].done)
    return redirect(url_for(".show", reference=reference))


def _undo_url(reference: str) -> str:
    return url_for(".take_back", reference=reference)


for _each in page.DOORS:
    _open(_each)


bp.errorhandler(Conflict)(refusals.not_now)
