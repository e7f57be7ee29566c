"""The screens of sessions: what everybody reads, what a partner keeps."""

from collections.abc import Sequence

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Open, Permission, allows
from portal.catalogue.words import in_order, service_name
from portal.db import transaction
from portal.refusals import Conflict, Invalid
from portal.sessions import queries, service, steps, words
from portal.sessions.forms import CancelForm, SessionForm
from portal.sessions.givers import queries as givers
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import queries as presence
from portal.sessions.presence import words as presences
from portal.sessions.presence.rules import doer
from portal.sessions.received import queries as received
from portal.sessions.received import words as says
from portal.sessions.registrations import queries as registrations
from portal.sessions.registrations import words as standings
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.forms import PICK, choices
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("sessions", __name__, url_prefix="/sessions")
KEEP = Permission.SESSION_KEEP


@bp.get("", access=Open.PUBLIC)
def index() -> ResponseReturnValue:
    """What people of all poles may come to, the next first."""
    page = keyset_page(queries.upcoming())
    return render_template("sessions/index.html", page=page, left=_left(page.rows), words=words)


def _left(sessions: Sequence[CollectiveSession]) -> dict[int, str]:
    """How many seats are left of each."""
    counts = registrations.counts([session.id for session in sessions])
    return {session.id: standings.left(session, counts[session.id]) for session in sessions}


@bp.get("/<int:session_id>", access=Open.PUBLIC)
def show(session_id: int) -> ResponseReturnValue:
    """One session: what, when, where, for whom; who gives it, for a cell and whoever comes: on the public page no
    names."""
    session = queries.published(session_id) or abort(404)
    actor = current.actor_or_none()
    is_held = session.state is steps.SessionState.HELD
    return render_template(
        "sessions/show.html",
        session=session,
        left=_left([session])[session.id],
        who=givers.names(session, actor) if actor else "",
        words=words,
        is_followed=bool(is_held and actor and actor.is_cell and presence.is_followed(actor, session_id)),
        was_there=bool(is_held and actor and received.was_there(actor, session_id)),
    )


@bp.get("/les-notres", access=KEEP)
def kept() -> ResponseReturnValue:
    """The sessions of one's own partner."""
    page = keyset_page(queries.kept_by(current.actor()))
    return render_template("sessions/kept.html", page=page, left=_left(page.rows), words=words)


@bp.get("/les-notres/<int:session_id>", access=KEEP)
def manage(session_id: int) -> ResponseReturnValue:
    """One of them, with what can be done."""
    session = _kept(session_id)
    held = presence.held(session_id) if session.state is steps.SessionState.HELD else None
    act, names = presence.act_of(held) if held else (None, None)
    actor = current.actor()
    ours = [step for step in steps.OF_SESSIONS if allows(actor, step.right)]
    may = {step.verb for step in ours if session.why_not(step) is None}
    if held and doer(held.closed_at, session.department_code)[0] is None:
        may.discard(steps.RECTIFY.verb)
    return render_template(
        "sessions/manage.html",
        session=session,
        may=may,
        left=_left([session])[session.id],
        who=held.given_by if held else words.givers(session),
        people=registrations.of_session(session_id)
        if not session.has_begun
        else presence.on_the_list(session_id),
        held=held,
        measured=presences.measured(act) if act else (),
        corrected=presences.corrected(act, names, actor, session) if act and names else (),
        answers=received.of_session(session_id) if held else (),
        says=says,
        presences=presences,
        words=words,
        standings=standings,
    )


def _kept(session_id: int) -> CollectiveSession:
    return queries.kept(current.actor(), session_id) or abort(404)


@bp.route("/les-notres/nouvelle", methods=["GET", "POST"], access=KEEP)
def create() -> ResponseReturnValue:
    """Draft a session; of the service that the address says, if any."""
    chosen = {"practitioner_ids": [current.actor().person_id]}
    return _write(SessionForm(service_id=request.args.get("service", type=int), **chosen), None)


@bp.route("/les-notres/<int:session_id>/modifier", methods=["GET", "POST"], access=KEEP)
def edit(session_id: int) -> ResponseReturnValue:
    """Change one."""
    session = _possible(session_id, steps.EDIT)
    people = [each.person_id for each in session.givers]
    return _write(SessionForm(obj=session, practitioner_ids=people), session)


def _possible(session_id: int, step: steps.Moves) -> CollectiveSession:
    session = _kept(session_id)
    if refused := session.why_not(step):
        raise refused
    return session


def _write(form: SessionForm, session: CollectiveSession | None) -> ResponseReturnValue:
    actor = current.actor()
    offered = {each.id: service_name(each) for each in in_order(queries.offered_by(actor))}
    known = {session.service_id: service_name(session.service)} if session else {}
    form.service_id.choices = choices([PICK, *{**known, **offered}.items()])
    named = {each.person_id: each.person.name for each in session.givers} if session else {}
    team = {each.id: each.name for each in givers.team(actor.organisation_id)}
    form.practitioner_ids.choices = choices({**named, **team}.items())
    if form.submitted():
        with form.refusals(), transaction():
            if session is None:
                session = service.create(actor, form.once.data, form.facts, form.people)
            else:
                session = service.edit(actor, session.id, form.facts, form.people)
        if session and not form.errors:
            flash.success(words.STEPS[steps.EDIT.name].done)
            return redirect(url_for(".manage", session_id=session.id))
    shown = render_template(
        "sessions/write.html", form=form, session=session, offered=offered, heading=words.heading(session)
    )
    return shown, 422 if form.errors else 200


@bp.post("/les-notres/<int:session_id>/publier", access=steps.PUBLISH.right)
def publish(session_id: int) -> ResponseReturnValue:
    """Let everybody read it."""
    try:
        with transaction():
            service.publish(current.actor(), session_id)
    except Invalid as refused:
        flash.problem(str(refused.message))
    else:
        flash.success(words.STEPS[steps.PUBLISH.name].done)
    return redirect(url_for(".manage", session_id=session_id))


@bp.route("/les-notres/<int:session_id>/annuler", methods=["GET", "POST"], access=steps.CANCEL.right)
def cancel(session_id: int) -> ResponseReturnValue:
    """It does not take place."""
    session = _possible(session_id, steps.CANCEL)
    form = CancelForm()
    if form.submitted():
        with transaction():
            service.cancel(current.actor(), session_id, form.reason.data)
        flash.success(words.STEPS[steps.CANCEL.name].done)
        return redirect(url_for(".manage", session_id=session_id))
    shown = render_template("sessions/cancel.html", form=form, session=session, words=words)
    return shown, 422 if form.errors else 200


@bp.post("/les-notres/<int:session_id>/supprimer", access=KEEP)
def discard(session_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    with transaction():
        service.discard(current.actor(), session_id)
    flash.success(words.DISCARDED)
    return redirect(url_for(".kept"))


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """It can no longer be done: say so kindly, with the way back."""
    number = (request.view_args or {}).get("session_id")
    back = url_for(".manage", session_id=number) if number else url_for(".kept")
    return errors.page(409, words.refusal_sentence(refusal), back)
