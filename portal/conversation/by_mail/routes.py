"""The page behind the link that answers a message: as for steps, only its own form says something."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Open, Permission
from portal.access.roles import Actor
from portal.conversation import queries, rules, service, words
from portal.conversation.by_mail.forms import ReplyByMail
from portal.conversation.guests import queries as guests
from portal.conversation.models import Message
from portal.db import transaction
from portal.notifications.links import service as links
from portal.notifications.links.service import Opened
from portal.notifications.news import service as news
from portal.refusals import Conflict, NotFound
from portal.requests import queries as requests
from portal.requests.by_mail import emails as by_mail
from portal.requests.by_mail import queries as reading
from portal.requests.by_mail.forms import NO
from portal.requests.by_mail.page import PageOf, page_of
from portal.requests.by_mail.rules import LASTS
from portal.requests.models import SupportRequest
from portal.requests.refused import words as refused_words
from portal.web import errors, flash, kept
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("reply_by_mail", __name__, url_prefix="/repondre-par-courriel")


class LinkDead(NotFound):
    """The link is not ours, is too old, or its reader may no longer read the message."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What a link answers. `actors`: who may use it now; several where it was sent to a shared mailbox."""

    link: Opened
    actors: Sequence[Actor]
    request: SupportRequest
    message: Message

    @property
    def heard(self) -> rules.Reach:
        """Who read the message."""
        return queries.heard_by(self.message)

    @property
    def is_shared(self) -> bool:
        return self.link.person_id is None

    @property
    def page(self) -> PageOf:
        return page_of(self.request)


def _open(token: str) -> Behind:
    link = links.opened(token, LASTS)
    if link is None or link.about[0] != "reply":
        raise LinkDead
    _what, reference, message_id = link.about
    actors = reading.actors(link.person_id, link.organisation_id, Permission.MESSAGE_WRITE)
    request = requests.get(actors[0], reference) if actors else None
    message = queries.one_readable(actors[0], message_id) if request else None
    if request is None or message is None:
        raise LinkDead
    return Behind(link, actors, request, message)


@bp.get("/<token>", access=Open.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """The message, and who would read an answer; once it was answered by this link, that it was."""
    behind = _open(token)
    message = queries.by_once(behind.request.id, behind.link.key)
    return _drawn(behind, None if message else _form(behind, posted=False), message)


@bp.post("/<token>", access=Open.PUBLIC)
def say(token: str) -> ResponseReturnValue:
    """Answer, or say nothing, as was chosen."""
    behind = _open(token)
    form = _form(behind, posted=True)
    if form.choice.data == NO:
        return render_template("requests/by_mail/nothing.html", behind=behind)
    if form.submitted():
        with form.refusals(), transaction():
            actor = (
                reading.named(behind.actors, form.name.data or "") if behind.is_shared else behind.actors[0]
            )
            service.answer(
                actor, behind.request.reference, behind.link.key, form.text.data or "", behind.heard
            )
            if behind.is_shared:
                by_mail.in_your_name(actor, behind.request, _l("Answer a message"))
        if not form.errors:
            news.note_read(actor, behind.request.reference)
            flash.success(_("Your message is sent."))
            return redirect(url_for(".show", token=token))
    return _drawn(behind, form)


def _form(behind: Behind, *, posted: bool) -> ReplyByMail:
    form = ReplyByMail() if posted else ReplyByMail(formdata=None)
    if not behind.is_shared:
        del form.name
    return form


def _drawn(behind: Behind, form: ReplyByMail | None, message: Message | None = None) -> ResponseReturnValue:
    shown = render_template(
        "conversation/by_mail/show.html", behind=behind, form=form, answer=message, read_by=_read_by(behind)
    )
    return shown, 422 if form and form.errors else 200


def _read_by(behind: Behind) -> str:
    """Who would read the answer, in words."""
    actor = behind.actors[0]
    reach = service.reach_of_an_answer(actor, behind.request, behind.heard)
    if reach is None:
        raise LinkDead
    partners = queries.at_work(behind.request)
    there = {guest.id: guest.name for guest in guests.there(behind.request.id)}
    own, pole = actor.organisation_name, behind.request.pole.name
    return words.reach_label(reach, rules.side_of(actor), own, pole, partners, there)


@bp.errorhandler(LinkDead)
def _dead_link(_refusal: LinkDead) -> ResponseReturnValue:
    """The same whatever is wrong with it: nothing tells which."""
    return render_template("requests/by_mail/dead.html", typed=kept.typed_texts()), 404


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """It can no longer be said: say so kindly."""
    return errors.page(409, refused_words.refusal_sentence(refusal), url_for("home.index"))
