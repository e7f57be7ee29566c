"""The screens of requests: inbox, draft, page, and a route for each door."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Permission, allows
from portal.catalogue import queries as catalogue
from portal.catalogue.blocked import service as blocked
from portal.catalogue.eligibility import words as eligibility_words
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
from portal.requests.answers.forms import form_of
from portal.requests.documents import page as attached
from portal.requests.drafts import page as writing
from portal.requests.drafts import service as drafts
from portal.requests.following import page as following
from portal.requests.following.service import note_seen
from portal.requests.forms import RequestForm, details_of
from portal.requests.holders import page as holders
from portal.requests.listing import page as listing
from portal.requests.models import Assignment, SupportRequest
from portal.requests.pairs import words as pair_words
from portal.requests.refused import words as refused_words
from portal.requests.rules import ContactPreference, Mode, Wishes
from portal.requests.steps import RequestState
from portal.requests.undo import service as undo
from portal.requests.undo.rules import open_until
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door, Panel
from portal.web.forms import PortalForm, choices

bp = GuardedBlueprint("requests", __name__, url_prefix="/demandes")
bp.add_app_template_filter(words.title, "request_title")
bp.add_app_template_filter(words.service_asked)


@bp.get("", access=Permission.REQUEST_READ)
def index() -> ResponseReturnValue:
    """The inbox."""
    return render_template("requests/index.html", **listing.shown(current.actor()))


@bp.route("/nouvelle", methods=["GET", "POST"], access=Permission.REQUEST_DRAFT)
def new() -> ResponseReturnValue:
    """Write a request; save it as a draft or send it."""
    actor = current.actor()
    asked = catalogue.by_slug(request.args["service"]) if "service" in request.args else None
    chosen = asked.id if asked else listing.ASK_FOR_GUIDANCE
    form = form_of(RequestForm, None, chosen)(service_id=chosen)
    once = form.once.data
    return _write(
        form,
        save=lambda wishes: service.draft(actor, once, wishes),
        send=lambda wishes: service.send_new(actor, once, wishes),
    )


@bp.route("/<reference>/modifier", methods=["GET", "POST"], access=Permission.REQUEST_DRAFT)
def edit(reference: str) -> ResponseReturnValue:
    """Write a draft again."""
    actor = current.actor()
    draft = queries.get(actor, reference) or abort(404)
    if refused := steps.SUBMIT.why_not(draft.state):
        raise refused
    chosen = draft.service_id or listing.ASK_FOR_GUIDANCE
    form = form_of(RequestForm, draft, chosen)(obj=draft, service_id=chosen)
    return _write(
        form,
        save=lambda wishes: service.change_draft(actor, reference, wishes),
        send=lambda wishes: service.send(actor, reference, wishes),
        draft=draft,
    )


Act = Callable[[Wishes], SupportRequest]
SHOW_QUESTIONS = "questions"


def _write(
    form: RequestForm,
    save: Act,
    send: Act,
    draft: SupportRequest | None = None,
) -> ResponseReturnValue:
    documents.receive(form)
    sending = request.form.get("intent") == "send"
    if request.form.get("intent") != SHOW_QUESTIONS and form.submitted():
        with form.refusals(), blocked.noted(), transaction():
            if sending:
                with undo.act(current.actor(), steps.SUBMIT):
                    saved = send(_wishes(form))
            else:
                saved = save(_wishes(form))
            attached.attach(form, saved)
        if not form.errors:
            return _written(form, saved, sending=sending)
    status = 422 if form.errors else 200
    offer = writing.offer(current.actor().organisation_id, current.actor().place, form.service_id.data, draft)
    form.service_id.choices = choices(offer.choices)
    may_submit = allows(current.actor(), Permission.REQUEST_SUBMIT)
    shown = render_template(
        "requests/write.html",
        form=form,
        draft=draft,
        may_submit=may_submit,
        ended=writing.gone(draft),
        offer=offer,
        eligibility=eligibility_words,
        documents=attached.of_draft(draft),
    )
    return shown, status


def _written(form: RequestForm, saved: SupportRequest, *, sending: bool) -> ResponseReturnValue:
    """What was done, and where it goes on: a draft whose service asks what was not on the screen is written again."""
    if sending:
        flash.done(page.sent(saved), _undo_url(saved.reference))
        return redirect(url_for(".show", reference=saved.reference))
    flash.success(_("Your draft is saved."))
    if form.asks_more():
        flash.notice(_("The service asks something more: answer it below."))
        return redirect(url_for(".edit", reference=saved.reference))
    return redirect(url_for(".show", reference=saved.reference))


def _wishes(form: RequestForm) -> Wishes:
    return Wishes(
        service_id=form.service_id.data or None,
        subject=form.subject.data or "",
        need=form.need.data or "",
        wished_from=form.wished_from.data,
        wished_until=form.wished_until.data,
        mode=Mode(form.mode.data),
        contact_preference=ContactPreference(form.contact_preference.data),
        phone=form.phone.data or None,
        answers=form.answers(),
    )


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
    return redirect(url_for(".edit", reference=reference))


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
        "version_description": versions.text_of(version.sheet, "description") if version else "",
    }


def drawn(
    support_request: SupportRequest,
    refused: Panel | None = None,
    part_forms: Mapping[str, PortalForm] = MappingProxyType({}),
) -> str:
    """The page of a request. `refused`: the step to correct; `part_forms`: or the form of a feature above, by its
    name."""
    actor = current.actor()
    done = interventions.of_request(support_request.id, actor)
    own = queries.own_assignments(actor, support_request)
    notes = page.absence_notes(actor, support_request)
    planned = intervention_words.planned(done, support_request.pole.place)
    happened, under_way = queries.events(support_request, actor), interventions.any_done(done)
    return render_template(
        "requests/show.html",
        support_request=support_request,
        panels=page.panels(actor, support_request, planned, happened, refused),
        refused=[*([refused.form] if refused else ()), *part_forms.values()],
        parts=page.parts(actor, support_request, happened, part_forms),
        standing=following.standing(actor, support_request, under_way, planned),
        progress=following.way(actor, support_request, under_way),
        tag=holders.state_tag(actor, support_request, under_way),
        lines=page.timeline(happened, support_request.pole.place),
        undo_until=open_until(happened, actor, clock.now()),
        interventions=done,
        minutes=interventions.total_minutes(done),
        may_log=[assignment for assignment in own if page.may_log(actor, assignment)],
        may_finish=[assignment for assignment in own if page.may_finish(actor, assignment)],
        assignments=own,
        also_asked=page.also_asked(actor, support_request),
        documents=attached.of_request(actor, support_request) if support_request.has_documents else (),
        may_edit=support_request.state is RequestState.DRAFT,
        reads_all=not actor.is_partner,
        facts=page.wishes(actor, support_request, notes),
        answers=answers.lines(support_request),
        **_version(support_request),
        pole=page.pole_box(actor, support_request, notes),
        absence_notes=notes,
        **_vocabulary(),
    )


def _vocabulary() -> Mapping[str, object]:
    """The words that the page of a request is told in."""
    return {
        "outcome_hints": {outcome: hint for outcome, (_label, hint) in words.OUTCOMES.items()},
        "intervention_words": intervention_words,
        "pairs": pair_words,
        "words": words,
    }


def _act(door: Door, reference: str, *about: int) -> ResponseReturnValue:
    """Do what a door is for, or show its form again."""
    actor = current.actor()
    support_request, assignment = _find(reference, *about)
    planned = intervention_words.planned(
        interventions.of_request(support_request.id), support_request.pole.place
    )
    form = page.build_form(door, support_request, assignment, actor, planned, posted=True)
    attached.receive(form)
    if form.submitted():
        with form.refusals(), blocked.noted(), transaction(), undo.act(actor, door.step):
            done = door.do(actor, reference, *about, details_of(form))
            attached.attach(form, done, assignment)
        if not form.errors:
            flash.done(_followed(door, _find(reference)[0]), _undo_url(reference))
            return redirect(url_for(".show", reference=reference))
        if support_request.state is RequestState.DRAFT:  # what is wrong is corrected where it is written
            flash.problem(str(form.form_errors[0]))
            return redirect(url_for(".edit", reference=reference))
        support_request, assignment = _find(reference, *about)
    if refused := service.why_not(door.step, support_request, assignment):
        raise refused
    panel = page.panel(door, support_request, assignment, form, planned, is_open=True)
    return drawn(support_request, panel), 422 if form.errors else 200


def _followed(door: Door, support_request: SupportRequest) -> str:
    """What was done, and what follows, by whom and when."""
    if not door.words.done:
        return page.sent(support_request)
    actor = current.actor()
    done = interventions.of_request(support_request.id, actor)
    planned = intervention_words.planned(done, support_request.pole.place)
    standing = following.standing(actor, support_request, interventions.any_done(done), planned)
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


documents.let_in(bp, "new", "edit")
for _each in page.DOORS:
    _open(_each)


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it is too late: say so kindly, with the way back."""
    reference = (request.view_args or {}).get("reference")
    back = url_for("requests.show", reference=reference) if reference else url_for("home.index")
    return errors.page(409, refused_words.refusal_sentence(refusal), back)
