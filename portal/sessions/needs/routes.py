"""The doors of cells: propose a session to requests, take one out, ask a partner for one."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.alike import queries as alike
from portal.db import transaction
from portal.refusals import Conflict
from portal.requests.refused import words as refused_words
from portal.requests.undo import service as undo
from portal.sessions import words as session_words
from portal.sessions.needs import page, service, steps, words
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("needs", __name__, url_prefix="/demandes/seances-communes")
ROUTE = steps.ATTACH.right


@bp.route("/<int:shared_id>/session", methods=["GET", "POST"], access=ROUTE)
def attach(shared_id: int) -> ResponseReturnValue:
    """Choose a session, and the requests to which it is proposed."""
    actor, chosen = current.actor(), _choice(shared_id)
    form = chosen.attach
    if form.submitted():
        with form.refusals(), transaction(), undo.act(actor, steps.ATTACH):
            service.attach(actor, shared_id, form.session_id.data, form.references.data)
        if not form.errors:
            flash.success(words.NEEDS_STEPS[steps.ATTACH.name].done)
            return redirect(url_for("alike.show", session_id=shared_id))
    return _drawn(chosen)


def _choice(shared_id: int) -> page.Choice:
    actor = current.actor()
    return page.choice(actor, alike.session(actor, shared_id) or abort(404))


def _drawn(chosen: page.Choice) -> ResponseReturnValue:
    shown = render_template(
        "sessions/needs/choose.html", chosen=chosen, words=words, session_words=session_words
    )
    return shown, 422 if chosen.attach.errors or chosen.ask.errors else 200


@bp.post("/<int:shared_id>/demander-une-session", access=ROUTE)
def ask(shared_id: int) -> ResponseReturnValue:
    """Ask a partner to publish one."""
    chosen = _choice(shared_id)
    form = chosen.ask
    if form.submitted():
        with form.refusals(), transaction():
            service.ask(current.actor(), shared_id, form.partner_id.data)
        if not form.errors:
            flash.success(words.ASKED)
            return redirect(url_for(".attach", shared_id=shared_id))
    return _drawn(chosen)


@bp.post("/session-plus-proposee/<reference>", access=ROUTE)
def detach(reference: str) -> ResponseReturnValue:
    """The session is proposed to a request no more."""
    actor = current.actor()
    with transaction(), undo.act(actor, steps.DETACH):
        service.detach(actor, reference)
    flash.success(words.NEEDS_STEPS[steps.DETACH.name].done)
    return redirect(url_for("requests.show", reference=reference))


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """The request was closed meanwhile: say so, with the way back."""
    return errors.page(409, refused_words.refusal_sentence(refusal), url_for("alike.index"))
