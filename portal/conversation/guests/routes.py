"""The doors of guests: their own page, behind a mailed link, and those by which they are invited and sent away."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Open, Permission
from portal.conversation.guests import queries, service
from portal.conversation.guests.forms import GuestForm, GuestMessageForm
from portal.conversation.guests.models import Guest
from portal.conversation.guests.service import Asked
from portal.conversation.service import say_as_guest
from portal.db import transaction
from portal.refusals import Conflict, NotFound
from portal.requests import queries as requests
from portal.requests.refused import words as refused_words
from portal.requests.routes import drawn
from portal.web import current, errors, flash, kept
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("guest_pages", __name__)
_INVITED = "/demandes/<reference>/conversation/invites"
_LINK = "/conversation/<token>"


class LinkDead(NotFound):
    """The link is unknown, or the invitation has ended."""


@bp.get(_LINK, access=Open.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """The conversation that a guest was asked to join, and nothing else of the portal."""
    return _page(_open(token), token, GuestMessageForm(formdata=None)), 200


def _open(token: str) -> Guest:
    guest = queries.by_token(token)
    if guest is None:
        raise LinkDead
    return guest


def _page(guest: Guest, token: str, form: GuestMessageForm) -> str:
    messages = queries.messages(guest)
    return render_template("conversation/guest.html", guest=guest, messages=messages, token=token, form=form)


@bp.post(_LINK, access=Open.PUBLIC)
def say(token: str) -> ResponseReturnValue:
    """A guest writes."""
    _open(token)
    form = GuestMessageForm()
    if form.submitted():
        try:
            with form.refusals(), transaction():
                say_as_guest(token, form.once.data, form.text.data)
        except NotFound:
            raise LinkDead from None
        if not form.errors:
            flash.success(_("Your message is sent."))
            return redirect(url_for(".show", token=token))
    return _page(_open(token), token, form), 422 if form.errors else 200


@bp.post(_INVITED, access=Permission.GUEST_INVITE)
def invite(reference: str) -> ResponseReturnValue:
    """Let somebody without an account take part."""
    form = GuestForm(id_prefix="guest-")
    if form.submitted():
        asked = Asked(form.email.data, form.name.data, form.role.data, form.language.data, form.until.data)
        with form.refusals(), transaction():
            service.invite(current.actor(), reference, asked)
        if not form.errors:
            flash.success(_("The invitation is sent by e-mail."))
            return _back(reference)
    request = requests.get(current.actor(), reference) or abort(404)
    return drawn(request, part_forms={"conversation": form}), 422 if form.errors else 200


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
