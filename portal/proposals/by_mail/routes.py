"""The page behind a link of an e-mail that proposes dates: its form alone picks one, or asks for others."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Open
from portal.access.roles import Actor
from portal.proposals import page, queries, service, steps, words
from portal.refusals import Conflict
from portal.requests.by_mail import page as by_mail
from portal.requests.by_mail.forms import ByMail, form_of
from portal.requests.by_mail.page import Behind, LinkDead
from portal.requests.by_mail.service import Spent
from portal.web import errors
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door

bp = GuardedBlueprint("dates_by_mail", __name__, url_prefix="/dates-proposees/par-courriel")
bp.register_error_handler(LinkDead, by_mail.dead)
_DOORS = {door.step.name: door for door in (page.PICK, page.ASK_OTHERS)}
_DO: Mapping[Door, Callable[..., None]] = {
    page.PICK: service.pick_by_mail,
    page.ASK_OTHERS: service.ask_others_by_mail,
}


def _open(token: str) -> Behind:
    return by_mail.opened(token, _DOORS, queries.get)


@bp.get("/<token>", access=Open.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """The dates, and the choice; once it was made, by whom, and for two minutes how to take it back."""
    behind = _open(token)
    undo_url = url_for(".take_back", token=token)
    return by_mail.shown(behind, undo_url, lambda: _asked(behind, _form(behind, posted=False)))


@bp.post("/<token>", access=Open.PUBLIC)
def act(token: str) -> ResponseReturnValue:
    """Pick a date or ask for others, or nothing, as was chosen."""
    behind = _open(token)
    form: Any = _form(behind, posted=True)
    field = form["number" if "number" in form else "message"]

    def do(actor: Actor) -> None:
        _DO[behind.door](actor, behind.link.key, behind.about.id, field.data)

    done = by_mail.acted(behind, form, do, url_for(".show", token=token))
    return done or _asked(_open(token), form)  # what was read may be of a transaction that failed


@bp.post("/<token>/annuler", access=Open.PUBLIC)
def take_back(token: str) -> ResponseReturnValue:
    """Take back what the link has just done."""
    return by_mail.taken_back(_open(token), url_for(".show", token=token))


def _form(behind: Behind, *, posted: bool) -> ByMail:
    door = replace(behind.door, form=form_of(behind.door))
    form = page.build_form(door, behind.about, behind.request.pole.place, posted=posted)
    return by_mail.for_reader(form, behind)


def _asked(behind: Behind, form: ByMail) -> ResponseReturnValue:
    proposal, place = behind.about, behind.request.pole.place
    assignment = proposal.assignment
    if refused := steps.why_not(behind.door.step, behind.request.state, assignment.state, proposal.state):
        raise refused
    if not queries.to_come(proposal, place):
        raise steps.DatePassed
    shown = render_template(
        "proposals/by_mail/show.html",
        behind=behind,
        form=form,
        lines=words.lines(proposal.dates, place),
        how=words.how(proposal),
        word=queries.word_of(proposal),
    )
    return shown, 422 if form.errors else 200


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """A colleague was faster, or it is over: say so kindly, with the way to the request."""
    behind = _open((request.view_args or {})["token"])
    back = url_for("requests.show", reference=behind.request.reference)
    if isinstance(refusal, Spent):
        return errors.page(409, by_mail.SPENT, back)
    proposal, last = behind.about, queries.last_step(behind.about.assignment_id)
    dates = [date for date in proposal.dates if date.number == proposal.picked]
    picked = ", ".join(words.lines(dates, behind.request.pole.place))
    return errors.page(409, words.refusal_sentence(refusal, last.name if last else None, picked), back)
