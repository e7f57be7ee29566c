"""The doors of who came: the partner's list, the code for the room, what certificates say; somebody's own code."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.permissions import Open, Permission
from portal.access.roles import PARTNER_ROLES
from portal.accounts import queries as accounts
from portal.catalogue.rules import Beside
from portal.db import transaction
from portal.interventions.gathered import queries as acts
from portal.interventions.models import Intervention
from portal.refusals import Conflict
from portal.sessions import queries as sessions
from portal.sessions import steps
from portal.sessions import words as session_words
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import queries, rules, service, words
from portal.sessions.presence.forms import CloseForm, CodeForm, ListForm, RectifyLaterForm, WalkInForm
from portal.sessions.presence.models import HeldSession
from portal.sessions.presence.rules import WAS_SAID, TooLate, as_shown
from portal.sessions.received import queries as received
from portal.sessions.received import words as says
from portal.sessions.registrations import queries as registrations
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import Presence
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.forms import PICK, choices

bp = GuardedBlueprint("presence", __name__, url_prefix="/sessions")
KEEP = Permission.SESSION_KEEP
_OWN = "/les-notres/<int:session_id>"
_LENGTHS = "minutes", *(name.value for name in Beside)
AForm = TypeVar("AForm", bound=CloseForm)
LATER, ADD = "later", "add"
"""What the list can be kept for, without closing the session."""


@bp.route(f"{_OWN}/qui-est-venu", methods=["GET", "POST"], access=KEEP)
def close(session_id: int) -> ResponseReturnValue:
    """Who came; close the session, or keep the list for later."""
    session, held = _begun(session_id)
    form = _filled(session, held, CloseForm)
    then = request.form.get("then")
    if then in {LATER, ADD} and held is None:
        listed = ListForm()
        _offer(listed, queries.on_the_list(session_id))
        _save(session, listed)
        for name in ("came", "excused"):
            form[name].errors = listed[name].errors
        if not listed.errors and listed.is_submitted():
            beside = _typed(form)
            return redirect(url_for(".walk_in" if then == ADD else ".close", session_id=session_id, **beside))
    elif form.submitted():
        with form.refusals(), transaction():
            service.close(current.actor(), session_id, form.told)
        if not form.errors:
            flash.success(session_words.STEPS[(steps.RECTIFY if held else steps.CLOSE).name].done)
            _say_who_else(session_id, form)
            return redirect(url_for("sessions.manage", session_id=session_id))
    _show_again(form, session_id)
    shown = render_template(
        "sessions/who_came.html",
        session=session,
        held=held,
        form=form,
        heading=session_words.STEPS[steps.RECTIFY.name].button if held else words.WHO_CAME,
        back=url_for("sessions.manage", session_id=session_id),
        shows_code=_shows_code(session),
    )
    return shown, 422 if form.errors else 200


def _typed(form: CloseForm) -> dict[str, Any]:
    """What stands beside the list, as the address carries it until the session is closed."""
    there = [name for name in _LENGTHS if name in form]
    lengths = {name: form[name].data for name in there if form[name].data is not None}
    return {**lengths, "practitioner_ids": form.practitioner_ids.data or []}


def _carried() -> dict[str, Any]:
    """The same, read again; what is no number is left out."""
    lengths = {name: request.args.get(name, type=int) for name in _LENGTHS}
    people = request.args.getlist("practitioner_ids", type=int)
    return {name: value for name, value in {**lengths, "practitioner_ids": people}.items() if value}


def _save(session: CollectiveSession, listed: ListForm) -> None:
    if listed.submitted():
        with listed.refusals(), transaction():
            service.mark(current.actor(), session.id, listed.ticks)
        if not listed.errors:
            flash.success(words.SAVED)
            _say_who_else(session.id, listed)


def _say_who_else(session_id: int, form: ListForm) -> None:
    """Those who stand otherwise than was ticked: it was said since the page was read, and stays."""
    ticked = replace(form.ticks, shown=None)
    others = [
        each.name
        for each in queries.on_the_list(session_id)
        if each.presence in WAS_SAID and ticked.of(each.id, each.presence) is not each.presence
    ]
    if others:
        flash.notice(words.meanwhile(others))


def _show_again(form: ListForm, session_id: int) -> None:
    """What was sent and refused, with what was said of the others meanwhile."""
    if form.errors:
        people = queries.on_the_list(session_id)
        _offer(form, people)
        form.show({each.id: each.presence for each in people})


def _begun(session_id: int) -> tuple[CollectiveSession, HeldSession | None]:
    """One of one's own that has begun, and what is kept of it, where that can still be corrected."""
    session = sessions.kept(current.actor(), session_id) or abort(404)
    held = queries.held(session_id)
    if refused := session.why_not(steps.RECTIFY if held else steps.CLOSE):
        raise refused
    if held and rules.doer(held.closed_at, session.department_code)[0] is None:
        raise TooLate
    return session, held


def _filled(session: CollectiveSession, held: HeldSession | None, kind: type[AForm]) -> AForm:
    """As it was said last; at first as it was planned, given by those who were named, or by whoever writes."""
    people = queries.on_the_list(session.id)
    act = acts.act(held.intervention_id) if held else None
    team = {each.id: each.name for each in accounts.members([session.partner_id], PARTNER_ROLES)}
    named = [each.person_id for each in session.givers if each.person_id in team] if not act else []
    planned = {"minutes": session.minutes, "practitioner_ids": named or [current.actor().person_id]}
    known = _of_act(act) if act else planned
    form = kind(
        came=[each.id for each in people if each.presence is Presence.PRESENT],
        excused=[each.id for each in people if each.presence is Presence.EXCUSED],
        shown=as_shown((each.id, each.presence) for each in people),
        **{**known, **_carried()},
    )
    _offer(form, people)
    gone = {each.person_id: each.person.name for each in act.practices} if act else {}
    form.practitioner_ids.choices = choices({**gone, **team}.items())
    form.ask_for(queries.counted(session))
    return form


def _of_act(act: Intervention) -> dict[str, Any]:
    [share] = act.contributions
    beside = {name.value: getattr(share, name) for name in Beside}
    people = [each.person_id for each in act.practices]
    return {"minutes": act.minutes, "practitioner_ids": people, **beside}


def _offer(form: ListForm, people: Sequence[Registration]) -> None:
    form.came.choices = form.excused.choices = choices([(each.id, words.named(each)) for each in people])


@bp.route(f"{_OWN}/venu-sans-place", methods=["GET", "POST"], access=KEEP)
def walk_in(session_id: int) -> ResponseReturnValue:
    """Somebody who came without a seat."""
    session, _held = _begun(session_id)
    form = WalkInForm()
    back = url_for(".close", session_id=session_id, **_carried())
    form.pole_id.choices = choices([PICK, *((each.id, each.name) for each in queries.poles())])
    if form.submitted():
        with form.refusals(), transaction():
            service.walk_in(current.actor(), session_id, form.once.data, form.name.data, form.pole_id.data)
        if not form.errors:
            flash.success(words.ADDED)
            return redirect(back)
    shown = render_template("sessions/walk_in.html", session=session, form=form, list=back)
    return shown, 422 if form.errors else 200


@bp.get(f"{_OWN}/code", access=KEEP)
def code(session_id: int) -> ResponseReturnValue:
    """What is shown to the room, while the session is held."""
    session = sessions.kept(current.actor(), session_id) or abort(404)
    shown = queries.code(session) if _shows_code(session) else None
    return render_template("sessions/code.html", session=session, code=shown, words=session_words)


def _shows_code(session: CollectiveSession) -> bool:
    is_open = session.state is steps.SessionState.OPEN
    return is_open and rules.shows_code(session.begins, session.ends, clock.now())


@bp.get(f"{_OWN}/attestations", access=KEEP)
def certificates(session_id: int) -> ResponseReturnValue:
    """What a certificate of each who came says."""
    session = sessions.kept(current.actor(), session_id) or abort(404)
    held = queries.held(session_id) or abort(404)
    return render_template(
        "sessions/certificates.html",
        session=session,
        held=held,
        people=queries.who_came(session_id),
        words=words,
        session_words=session_words,
    )


@bp.get("/tenues/<int:session_id>", access=steps.RECTIFY_LATER.right)
def counted(session_id: int) -> ResponseReturnValue:
    """What one that was closed counts for, and what was corrected of it, for the cells that follow it."""
    session, held = _followed(session_id)
    act, names = queries.act_of(held)
    return render_template(
        "sessions/counted.html",
        session=session,
        held=held,
        measured=words.measured(act),
        corrected=words.corrected(act, names, current.actor(), session),
        turn=words.turn(session, held),
        answers=received.with_last_days(received.of_session(session_id)),
        says=says,
        presences=words,
        words=session_words,
    )


def _followed(session_id: int) -> tuple[CollectiveSession, HeldSession]:
    session = sessions.published(session_id)
    held = queries.held(session_id) if queries.is_followed(current.actor(), session_id) else None
    return session or abort(404), held or abort(404)


@bp.route("/tenues/<int:session_id>/corriger", methods=["GET", "POST"], access=steps.RECTIFY_LATER.right)
def rectify_later(session_id: int) -> ResponseReturnValue:
    """A cell says otherwise who came, once its partner no longer does."""
    session, held = _followed(session_id)
    service.require_turn(session, held)
    form = _filled(session, held, RectifyLaterForm)
    if form.submitted():
        with form.refusals(), transaction():
            service.rectify_later(current.actor(), session_id, form.told, form.why.data)
        if not form.errors:
            flash.success(session_words.STEPS[steps.RECTIFY_LATER.name].done)
            _say_who_else(session_id, form)
            return redirect(url_for(".counted", session_id=session_id))
    _show_again(form, session_id)
    shown = render_template(
        "sessions/who_came.html",
        session=session,
        held=held,
        form=form,
        heading=session_words.STEPS[steps.RECTIFY_LATER.name].button,
        back=url_for(".counted", session_id=session_id),
        shows_code=False,
    )
    return shown, 422 if form.errors else 200


@bp.route("/mon-inscription/<token>/presence", methods=["GET", "POST"], access=Open.PUBLIC)
def come(token: str) -> ResponseReturnValue:
    """Somebody says by the code of the room that they are there: oneself alone."""
    registration = registrations.by_token(token) or abort(404)
    if not service.takes_code(registration, registration.session):
        raise rules.NoCode
    form = CodeForm()
    if form.submitted():
        with transaction():
            is_right = service.come(token, form.code.data)
        if is_right:
            flash.success(words.WELCOME)
            return redirect(url_for("registrations.own", token=token))
        form.code.errors = [words.WRONG_CODE]
    shown = render_template(
        "sessions/come.html", form=form, session=registration.session, registration=registration, token=token
    )
    return shown, 422 if form.errors else 200


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """It cannot be said now: why, with the way back."""
    given = request.view_args or {}
    if "token" in given:
        back = url_for("registrations.own", token=given["token"])
    elif current.actor().is_cell:
        back = url_for(".counted", session_id=given["session_id"])
    else:
        back = url_for("sessions.manage", session_id=given["session_id"])
    return errors.page(409, words.refusal_sentence(refusal), back)
