"""The page behind a link of an e-mail about a request: what would be done, and the choice. Its form alone does it."""

from dataclasses import replace
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Open
from portal.refusals import Conflict, NotFound
from portal.requests import page, queries
from portal.requests import service as requests
from portal.requests.answers import page as answers
from portal.requests.by_mail import page as by_mail
from portal.requests.by_mail import queries as reading
from portal.requests.by_mail import service
from portal.requests.by_mail.forms import ByMail, form_of
from portal.requests.by_mail.page import Behind, LinkDead
from portal.requests.by_mail.rules import ANSWER, DONE_BY_MAIL
from portal.requests.forms import details_of
from portal.requests.refused import words as refused_words
from portal.web import errors
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("by_mail", __name__, url_prefix="/par-courriel")
bp.register_error_handler(LinkDead, by_mail.dead)
_SPENT = {
    service.Spent: by_mail.SPENT,
    service.OtherQuestion: _l("The partner has asked another question since this e-mail: answer that one."),
}
_DOORS = {door.step.name: door for door in page.DOORS if door.step in DONE_BY_MAIL}


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
    undo_url = url_for(".take_back", token=token)
    return by_mail.shown(behind, undo_url, lambda: _asked(behind, _form(behind, posted=False)))


@bp.post("/<token>", access=Open.PUBLIC)
def act(token: str) -> ResponseReturnValue:
    """Do it, or nothing, as was chosen."""
    behind = _open(token)
    form = _form(behind, posted=True)
    done = by_mail.acted(
        behind,
        form,
        lambda actor: service.act(actor, behind.door, behind.link, details_of(form)),
        url_for(".show", token=token),
    )
    return done or _asked(behind, form)


def _form(behind: Behind, *, posted: bool) -> ByMail:
    door = replace(behind.door, form=form_of(behind.door))
    form: Any = page.build_form(door, behind.request, behind.about, behind.actors[0], {}, posted=posted)
    if behind.is_shared and "referent_id" in form and not posted:
        form["referent_id"].data = behind.about.referent_id
    return by_mail.for_reader(form, behind)


def _asked(behind: Behind, form: ByMail) -> ResponseReturnValue:
    if refused := requests.why_not(behind.door.step, behind.request, behind.about):
        raise refused
    question = reading.question(behind.link) if behind.door.step is ANSWER else None
    shown = render_template(
        "requests/by_mail/show.html",
        behind=behind,
        form=form,
        question=question,
        answers=answers.answered(behind.request),
    )
    return shown, 422 if form.errors else 200


@bp.post("/<token>/annuler", access=Open.PUBLIC)
def take_back(token: str) -> ResponseReturnValue:
    """Take back what the link has just done."""
    return by_mail.taken_back(_open(token), url_for(".show", token=token))


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it was done already: say so kindly."""
    sentence = _SPENT.get(type(refusal)) or refused_words.refusal_sentence(refusal)
    return errors.page(409, sentence, url_for("home.index"))
