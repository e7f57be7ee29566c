"""Requests that resemble each other, for the cells that route them."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.alike import page, queries, service, words
from portal.alike.forms import AttachForm, PairForm, SessionForm
from portal.db import transaction
from portal.refusals import Invalid
from portal.requests.words import REQUEST_STATES
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("alike", __name__, url_prefix="/demandes/seances-communes")
ROUTE = Permission.REQUEST_ROUTE


@bp.get("", access=ROUTE)
def index() -> ResponseReturnValue:
    """What resembles, and what was brought together."""
    return _index()


def _index(sent: AttachForm | None = None, doubted: PairForm | None = None) -> ResponseReturnValue:
    """A form that is refused, or comes back, stays with its pair; where that is proposed no more, why is told above.
    `doubted`: two that somebody was about to say are not the same."""
    actor = current.actor()
    proposals, refused = page.proposals(actor, sent), sent if sent and sent.errors else None
    if refused and all(each.form is not refused for each in proposals):
        flash.problem(" ".join(str(each) for errors in refused.errors.values() for each in errors))
        return redirect(url_for(".index"))
    shown = render_template(
        "alike/index.html",
        proposals=proposals,
        sessions=page.sessions(actor),
        most=queries.MOST_SHOWN,
        sent=sent,
        refused=refused,
        doubted=(doubted.first.data, doubted.second.data) if doubted else None,
        words=words,
        states=REQUEST_STATES,
    )
    return shown, 422 if refused else 200


@bp.post("/regrouper", access=ROUTE)
def attach() -> ResponseReturnValue:
    """Bring two requests together."""
    form, session = AttachForm(), None
    if form.submitted():
        with form.refusals(), transaction():
            asked = form.first.data or "", form.second.data or ""
            session = service.attach(current.actor(), *asked, form.title.data, form.note.data or "")
    if form.errors or session is None:
        return _index(form)
    flash.success(_("They are of one shared session. Their poles see nothing of each other."))
    return redirect(url_for(".show", session_id=session.id))


@bp.post("/differentes", access=ROUTE)
def unlike() -> ResponseReturnValue:
    """Two requests are not the same."""
    form = PairForm()
    if not form.submitted():
        return _index(doubted=form)
    asked = form.first.data or "", form.second.data or ""
    _do(
        lambda: service.say_unlike(current.actor(), *asked),
        _("It is noted: they are not proposed together again."),
    )
    return redirect(url_for(".index"))


@bp.route("/<int:session_id>", methods=["GET", "POST"], access=ROUTE)
def show(session_id: int) -> ResponseReturnValue:
    """A session and its requests; what it is called."""
    actor = current.actor()
    session = queries.session(actor, session_id) or abort(404)
    form = SessionForm(obj=session)
    if form.submitted():
        with transaction():
            service.rename(actor, session_id, form.title.data, form.note.data or "")
        flash.success(_("The session is saved."))
        return redirect(url_for(".show", session_id=session_id))
    shown = render_template(
        "alike/show.html",
        gathered=page.session(actor, session),
        form=form,
        words=words,
        states=REQUEST_STATES,
    )
    return shown, 422 if form.errors else 200


@bp.post("/retirer/<reference>", access=ROUTE)
def take_out(reference: str) -> ResponseReturnValue:
    """A request is of its session no more."""
    _do(lambda: service.take_out(current.actor(), reference), _("The request is taken out of the session."))
    return redirect(url_for(".index"))


def _do(act: Callable[[], Any], done: str) -> None:
    try:
        with transaction():
            act()
    except Invalid as refused:
        flash.problem(str(refused.message))
    else:
        flash.success(done)
