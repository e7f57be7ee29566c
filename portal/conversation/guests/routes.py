"""The doors of guests: their own page, behind a mailed link, and those by which they are invited and sent away."""

from flask import abort, redirect, render_template, url_for
from flask import request as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Open, Permission
from portal.conversation.guests import page, queries, service
from portal.conversation.guests.forms import GuestForm, GuestMessageForm
from portal.conversation.guests.models import Guest
from portal.conversation.guests.service import Asked
from portal.conversation.queries import MESSAGE
from portal.conversation.service import say_as_guest
from portal.db import transaction
from portal.documents import page as documents
from portal.documents.rules import Sender
from portal.files import service as files
from portal.refusals import Conflict, NotFound
from portal.requests import queries as requests
from portal.requests.refused import words as refused_words
from portal.web import current, errors, flash, kept
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("guest_pages", __name__)


def _sender() -> Sender | None:
    """Whoever holds the link of this post."""
    guest = queries.by_token((browser.view_args or {})["token"])
    return Sender(guest_id=guest.id) if guest else None


documents.let_in(bp, "say", who=_sender)
_INVITED = "/demandes/<reference>/conversation/invites"
_LINK = "/conversation/<token>"


class LinkDead(NotFound):
    """The link is unknown, or the invitation has ended."""


@bp.get(_LINK, access=Open.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """The conversation that a guest was asked to join, and nothing else of the portal."""
    guest, form = _open(token), GuestMessageForm(formdata=None)
    documents.receive(form, sender=Sender(guest_id=guest.id))
    return _page(guest, token, form), 200


def _open(token: str) -> Guest:
    guest = queries.by_token(token)
    if guest is None:
        raise LinkDead
    return guest


def _page(guest: Guest, token: str, form: GuestMessageForm) -> str:
    entries = page.entries(guest, token)
    return render_template("conversation/guest.html", guest=guest, entries=entries, token=token, form=form)


@bp.post(_LINK, access=Open.PUBLIC)
def say(token: str) -> ResponseReturnValue:
    """A guest writes."""
    guest, form = _open(token), GuestMessageForm()
    documents.receive(form, sender=Sender(guest_id=guest.id))
    if form.submitted():
        try:
            with form.refusals(), transaction():
                message = say_as_guest(token, form.once.data, form.text.data)
                documents.attach(form, MESSAGE, message)
        except NotFound:
            raise LinkDead from None
        if not form.errors:
            flash.success(_("Your message is sent."))
            return redirect(url_for(".show", token=token))
    return _page(_open(token), token, form), 422 if form.errors else 200


@bp.get(f"{_LINK}/documents/<int:document_id>", access=Open.PUBLIC)
def document(token: str, document_id: int) -> ResponseReturnValue:
    """A document of what a guest reads, to be saved."""
    document = queries.document(_open(token), document_id) or abort(404)
    return files.download(document.file)


@bp.route(_INVITED, methods=["GET", "POST"], access=Permission.GUEST_INVITE)
def invite(reference: str) -> ResponseReturnValue:
    """Let somebody without an account take part."""
    form = GuestForm()
    if form.submitted():
        asked = Asked(form.email.data, form.name.data, form.role.data, form.language.data, form.until.data)
        with form.refusals(), transaction():
            service.invite(current.actor(), reference, asked)
        if not form.errors:
            flash.success(_("The invitation is sent by e-mail."))
            return _back(reference)
    request = requests.get(current.actor(), reference) or abort(404)
    service.require_part(current.actor(), request)
    shown = render_template("conversation/invite.html", support_request=request, form=form)
    return shown, 422 if form.errors else 200


@bp.post(f"{_INVITED}/<int:guest_id>/fin", access=Permission.GUEST_INVITE)
def end(reference: str, guest_id: int) -> ResponseReturnValue:
    """Send a guest away."""
    with transaction():
        service.end(current.actor(), reference, guest_id)
    flash.success(_("The invitation is ended: its links open nothing any more."))
    return _back(reference)


def _back(reference: str) -> ResponseReturnValue:
    return redirect(url_for("requests.show", reference=reference, _anchor="conversation"))


@bp.errorhandler(LinkDead)
def _dead_link(_refusal: LinkDead) -> ResponseReturnValue:
    """The same for a link that is unknown and for an invitation that has ended: nothing tells which."""
    return render_template("conversation/dead_link.html", typed=kept.typed_texts()), 404


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """It can no longer be done: say so kindly, with the way back to the request."""
    return errors.page(409, refused_words.refusal_sentence(refusal), url_for("requests.index"))
