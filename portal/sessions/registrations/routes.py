"""The doors of registrations: a pole's, for its own people; and somebody's own, behind a mailed link."""

from collections.abc import Callable

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Open, Permission
from portal.db import transaction
from portal.refusals import Conflict, NotFound
from portal.sessions import queries as sessions
from portal.sessions import words as session_words
from portal.sessions.givers import queries as givers
from portal.sessions.presence import service as presence
from portal.sessions.registrations import queries, rules, service, words
from portal.sessions.registrations.forms import RegisterForm
from portal.sessions.registrations.models import Registration
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("registrations", __name__, url_prefix="/sessions")
REGISTER = Permission.SESSION_REGISTER
_OF_POLE = "/<int:session_id>/inscriptions"
_LINK = "/mon-inscription/<token>"


@bp.route(_OF_POLE, methods=["GET", "POST"], access=REGISTER)
def of_pole(session_id: int) -> ResponseReturnValue:
    """The people of one's own pole, and one more."""
    actor, form = current.actor(), RegisterForm()
    if form.submitted():
        with form.refusals(), transaction():
            made = service.register(
                actor, session_id, form.once.data, form.asked, may_wait=form.may_wait.data
            )
        if not form.errors:
            flash.success(words.done(made))
            return redirect(url_for(".of_pole", session_id=session_id))
    session = sessions.published(session_id) or abort(404)
    people = queries.of_pole(actor, session_id)
    waiting = queries.waiting(session_id)
    counts = queries.counts([session_id])[session_id]
    shown = render_template(
        "sessions/registrations.html",
        session=session,
        form=form,
        people=people,
        places={each.id: rules.place_in_line(each.id, waiting) for each in people if each.id in waiting},
        left=words.left(session, counts),
        who=givers.names(session, actor) if people else "",
        has_seats=any(each.standing is rules.Standing.SEATED for each in people),
        live=rules.LIVE,
        words=words,
        session_words=session_words,
    )
    return shown, 422 if form.errors else 200


@bp.post(f"{_OF_POLE}/<int:registration_id>/retirer", access=REGISTER)
def withdraw(session_id: int, registration_id: int) -> ResponseReturnValue:
    """Take somebody of one's own pole off."""
    with transaction():
        service.withdraw(current.actor(), session_id, registration_id)
    flash.success(_("This person is taken off. A seat that they had goes to who waits."))
    return redirect(url_for(".of_pole", session_id=session_id))


@bp.post(f"{_OF_POLE}/<int:registration_id>/prendre", access=REGISTER)
def accept_for(session_id: int, registration_id: int) -> ResponseReturnValue:
    """Take the seat that is offered to somebody of one's own pole."""
    with transaction():
        service.take_for(current.actor(), session_id, registration_id)
    flash.success(_("The seat is taken."))
    return redirect(url_for(".of_pole", session_id=session_id))


@bp.get(_LINK, access=Open.PUBLIC)
def own(token: str) -> ResponseReturnValue:
    """Somebody's own registration, and what they can do; opening it changes nothing."""
    registration = queries.by_token(token) or abort(404)
    waiting = queries.waiting(registration.session_id)
    comes = registration.standing in rules.LIVE
    return render_template(
        "sessions/own.html",
        registration=registration,
        session=registration.session,
        place=rules.place_in_line(registration.id, waiting),
        takes_code=presence.takes_code(registration, registration.session),
        who=givers.names(registration.session) if comes else "",
        is_open=comes and registration.session.may_still_change,
        token=token,
        words=words,
        session_words=session_words,
    )


@bp.post(f"{_LINK}/annuler", access=Open.PUBLIC)
def leave(token: str) -> ResponseReturnValue:
    """Come no more: oneself alone."""
    registration = queries.by_token(token)
    waited = registration is not None and registration.standing is rules.Standing.WAITING
    seat = _("It is noted: you do not come. Your seat goes to who waits.")
    return _act(token, service.leave, _("It is noted: you are off the waiting list.") if waited else seat)


@bp.post(f"{_LINK}/prendre", access=Open.PUBLIC)
def take(token: str) -> ResponseReturnValue:
    """Take the seat that is offered."""
    return _act(token, service.take, _("The seat is yours."))


def _act(token: str, act: Callable[[str], Registration], done: str) -> ResponseReturnValue:
    try:
        with transaction():
            act(token)
    except NotFound:
        abort(404)
    flash.success(done)
    return redirect(url_for(".own", token=token))


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it is over: say so kindly, with the way back."""
    given = request.view_args or {}
    if "token" in given:
        back = url_for(".own", token=given["token"])
    else:
        back = url_for("sessions.show", session_id=given["session_id"])
    return errors.page(409, words.refusal_sentence(refusal), back)
