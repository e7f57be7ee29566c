"""The page behind a link of an e-mail: what would be done, and the choice. Only its own form does it.

Programs that look at e-mails open their links and press their buttons: no choice is made before, nothing is done
without the token of the page, and what is done waits two minutes before anybody hears of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal import acts, clock
from portal.access.permissions import Open
from portal.access.roles import Actor
from portal.db import transaction
from portal.notifications.news import service as news
from portal.refusals import Conflict, NotFound
from portal.requests import page, queries, steps, words
from portal.requests import service as requests
from portal.requests.answers import page as answers
from portal.requests.by_mail import emails, service
from portal.requests.by_mail import queries as reading
from portal.requests.by_mail.forms import NO, ByMail, form_of
from portal.requests.by_mail.rules import ANSWER, DONE_BY_MAIL, Ticket
from portal.requests.forms import details_of
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.refused import words as refused_words
from portal.web import errors, flash, kept
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door

bp = GuardedBlueprint("by_mail", __name__, url_prefix="/par-courriel")
_SPENT = {
    service.Spent: _l("This link has already been used."),
    service.OtherQuestion: _l("The partner has asked another question since this e-mail: answer that one."),
}
_DOORS = {door.step.name: door for door in page.DOORS if door.step in DONE_BY_MAIL}


class LinkDead(NotFound):
    """The link is not ours, is too old, or its reader may no longer do this."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What a link leads to. `actors`: who may use it now; several where it was sent to a shared mailbox."""

    ticket: Ticket
    door: Door
    actors: Sequence[Actor]
    request: SupportRequest
    assignment: Assignment

    @property
    def is_shared(self) -> bool:
        return self.ticket.person_id is None


def _open(token: str) -> Behind:
    ticket = service.read(token)
    door = _DOORS.get(ticket.step) if ticket else None
    if ticket is None or door is None:
        raise LinkDead
    actors = reading.actors(ticket.person_id, ticket.organisation_id, door.step.right)
    request = queries.get(actors[0], ticket.reference) if actors else None
    if request is None:
        raise LinkDead
    try:
        assignment = queries.own_assignment(actors[0], request, ticket.assignment_id)
    except NotFound:
        raise LinkDead from None
    return Behind(ticket, door, actors, request, assignment)


@bp.get("/<token>", access=Open.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """What would be done, and the choice; once it was done, by whom, and for two minutes how to take it back."""
    behind = _open(token)
    if done := reading.done(behind.ticket.key):
        return _done(behind, done, token)
    return _asked(behind, _form(behind, posted=False))


@bp.post("/<token>", access=Open.PUBLIC)
def act(token: str) -> ResponseReturnValue:
    """Do it, or nothing, as was chosen."""
    behind = _open(token)
    form = _form(behind, posted=True)
    if form.choice.data == NO:
        return render_template("requests/by_mail/nothing.html", behind=behind)
    if form.submitted():
        with form.refusals(), transaction():
            actor = _who(behind, form)
            service.act(actor, behind.door, behind.ticket, details_of(form))
            if behind.is_shared:
                emails.in_your_name(actor, behind.request, behind.door.words.button)
        if not form.errors:
            news.note_read(actor, behind.ticket.reference)
            flash.success(str(behind.door.words.done))
            return redirect(url_for(".show", token=token))
    return _asked(behind, form)


def _form(behind: Behind, *, posted: bool) -> ByMail:
    door = replace(behind.door, form=form_of(behind.door))
    form: Any = page.build_form(door, behind.request, behind.assignment, behind.actors[0], {}, posted=posted)
    if not behind.is_shared:
        del form.name
    elif "referent_id" in form and not posted:
        form["referent_id"].data = behind.assignment.referent_id
    by_mail: ByMail = form
    return by_mail


def _who(behind: Behind, form: ByMail) -> Actor:
    """In whose name: the reader of the link, or whoever of the team says so in its shared mailbox."""
    if not behind.is_shared:
        return behind.actors[0]
    return reading.named(behind.actors, form.name.data or "")


def _asked(behind: Behind, form: ByMail) -> ResponseReturnValue:
    if refused := requests.why_not(behind.door.step, behind.request, behind.assignment):
        raise refused
    question = reading.question(behind.ticket) if behind.door.step is ANSWER else None
    shown = render_template(
        "requests/by_mail/show.html",
        behind=behind,
        form=form,
        question=question,
        answers=answers.answered(behind.request),
    )
    return shown, 422 if form.errors else 200


def _done(behind: Behind, done: RequestEvent, token: str) -> ResponseReturnValue:
    undone = reading.is_undone(behind.ticket.key)
    may_undo = not undone and clock.now() < done.at + acts.TIME
    return render_template(
        "requests/by_mail/done.html",
        behind=behind,
        done=done,
        undone=undone,
        undo_url=url_for(".take_back", token=token) if may_undo else None,
    )


@bp.post("/<token>/annuler", access=Open.PUBLIC)
def take_back(token: str) -> ResponseReturnValue:
    """Take back what the link has just done."""
    behind = _open(token)
    done = reading.done(behind.ticket.key)
    actor = next((person for person in behind.actors if done and person.person_id == done.actor_id), None)
    if actor is None:
        raise LinkDead
    with transaction():
        service.take_back(actor, behind.ticket)
    flash.success(words.STEPS[steps.UNDO.name].done)
    return redirect(url_for(".show", token=token))


@bp.errorhandler(LinkDead)
def _dead_link(_refusal: LinkDead) -> ResponseReturnValue:
    """The same whatever is wrong with it: nothing tells which."""
    return render_template("requests/by_mail/dead.html", typed=kept.typed_texts()), 404


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it was done already: say so kindly."""
    sentence = _SPENT.get(type(refusal)) or refused_words.refusal_sentence(refusal)
    return errors.page(409, sentence, url_for("home.index"))
