"""The doors of a conversation: say something, keep a draft, read what is older."""

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.conversation import page, service
from portal.conversation.forms import MessageForm
from portal.conversation.models import Message
from portal.conversation.queries import MESSAGE
from portal.conversation.rules import LONGEST_CHOICE
from portal.conversation.service import Words
from portal.db import transaction
from portal.documents import page as documents
from portal.refusals import Conflict
from portal.requests import queries as requests
from portal.requests import steps
from portal.requests.documents.service import ASSIGNMENT
from portal.requests.models import SupportRequest
from portal.requests.refused import words as refused_words
from portal.requests.routes import drawn
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.converters import key

bp = GuardedBlueprint("conversation", __name__, url_prefix="/demandes/<reference>/conversation")


documents.let_in(bp, "say")


@bp.get("", access=Permission.REQUEST_READ)
def show(reference: str) -> ResponseReturnValue:
    """What was said before."""
    support_request = _find(reference)
    before = request.args.get("avant", type=key)
    return render_template(
        "conversation/show.html",
        support_request=support_request,
        **page.earlier(current.actor(), support_request, before),
    )


def _find(reference: str) -> SupportRequest:
    return requests.get(current.actor(), reference) or abort(404)


@bp.post("", access=Permission.MESSAGE_WRITE)
def say(reference: str) -> ResponseReturnValue:
    """Say something, as a message or as the answer to a question; or keep it for later, where the button says so."""
    actor, support_request = current.actor(), _find(reference)
    form = page.sent_form(actor, support_request)
    if request.form.get("intent") == "draft":
        return _kept(support_request, form)
    if form.submitted():
        try:
            with form.refusals(), transaction(), service.act(actor, form.to.data):
                message = service.say(actor, reference, form.once.data, _words(form))
                documents.attach(form, MESSAGE if isinstance(message, Message) else ASSIGNMENT, message)
        except Conflict as refusal:
            if not service.was_just_said(actor, reference, _words(form)):
                return _too_late(support_request, form, refusal)
        if not form.errors:
            _tell_sent(form, reference)
            return _back(support_request)
    return drawn(_find(reference), part_forms={bp.name: form}), 422 if form.errors else 200


def _tell_sent(form: MessageForm, reference: str) -> None:
    sent = _("Your message is sent.")
    if service.is_step(form.to.data):
        flash.done(sent, url_for("requests.take_back", reference=reference))
    else:
        flash.success(sent)


def _words(form: MessageForm) -> Words:
    return Words((form.to.data or "")[:LONGEST_CHOICE], form.text.data or "", form.mentioned.data or ())


def _kept(support_request: SupportRequest, form: MessageForm) -> ResponseReturnValue:
    with transaction():
        service.keep_draft(current.actor(), support_request.reference, form.once.data or "", _words(form))
    flash.success(_("Your draft is kept: only you see it."))
    return _back(support_request)


def _too_late(support_request: SupportRequest, form: MessageForm, refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster: what was typed is not lost."""
    with transaction():
        service.keep_draft(current.actor(), support_request.reference, "", _words(form))
    flash.problem(" ".join((_why(form, refusal), _("What you had written is kept as a draft below."))))
    return _back(support_request)


def _why(form: MessageForm, refusal: Conflict) -> str:
    if form.to.data.startswith(steps.ANSWER.verb):
        return _("This question has been answered meanwhile.")
    return refused_words.refusal_sentence(refusal) or ""


@bp.post("/brouillon", access=Permission.MESSAGE_WRITE)
def keep(reference: str) -> ResponseReturnValue:
    """Keep what is being typed, while it is."""
    form = page.sent_form(current.actor(), _find(reference))
    with transaction():
        service.keep_draft(current.actor(), reference, form.once.data or "", _words(form))
    return Response(status=204, mimetype="text/plain")


def _back(support_request: SupportRequest) -> ResponseReturnValue:
    return redirect(url_for("requests.show", reference=support_request.reference, _anchor="conversation"))
