"""The doors of what a session counts for a pole: on its page, behind the links of its e-mail, and where a cell
settles."""

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Open
from portal.access.roles import Actor
from portal.db import transaction
from portal.interventions.confirmation import steps
from portal.interventions.confirmation.forms import ContestForm, SettleForm
from portal.interventions.confirmation.rules import Ruling
from portal.interventions.confirmation.steps import ConfirmationState
from portal.notifications.links import service as links
from portal.refusals import Conflict
from portal.requests.by_mail import queries as readers
from portal.requests.by_mail.forms import NO, ByMail, form_of
from portal.requests.by_mail.page import LinkDead, PageOf
from portal.requests.by_mail.rules import LASTS
from portal.sessions import words as session_words
from portal.sessions.received import queries, service, words
from portal.sessions.received.queries import Received
from portal.steps import Step
from portal.web import current, errors, flash, kept
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door
from portal.web.forms import PortalForm

bp = GuardedBlueprint("received", __name__, url_prefix="/sessions")
_READ = _l("Read it in the portal, after signing in")
Does = Step[ConfirmationState]


@bp.get("/<int:session_id>/ce-qui-est-compte", access=steps.CONFIRM.right)
def show(session_id: int) -> ResponseReturnValue:
    """What the session counts for one's own pole, and what that can say of it."""
    received = _own(session_id)
    actor = current.actor()
    return render_template(
        "sessions/received/show.html",
        **_shown(received),
        may_undo=service.may_take_back(actor, received),
        steps={step.name: words.WORDS[step] for step in words.BY_MAIL},
    )


@bp.post("/<int:session_id>/confirmer", access=steps.CONFIRM.right)
def confirm(session_id: int) -> ResponseReturnValue:
    """The pole confirms it."""
    _own(session_id)
    with transaction():
        service.confirm(current.actor(), session_id)
    return _done(steps.CONFIRM, session_id)


@bp.route("/<int:session_id>/contester", methods=["GET", "POST"], access=steps.CONTEST.right)
def contest(session_id: int) -> ResponseReturnValue:
    """The pole says what is not right."""
    received, form = _own(session_id), ContestForm()
    if form.submitted():
        with form.refusals(), transaction():
            service.contest(current.actor(), session_id, form.message.data or "", form.minutes.data)
        if not form.errors:
            return _done(steps.CONTEST, session_id)
        received = _own(session_id)  # what was refused is read again
    back = url_for(".show", session_id=session_id)
    return _write(steps.CONTEST, received, form, back)


@bp.post("/<int:session_id>/reprendre", access=steps.CONFIRM.right)
def take_back(session_id: int) -> ResponseReturnValue:
    """What one has just said is as before."""
    _own(session_id)
    with transaction():
        service.take_back(current.actor(), session_id)
    flash.success(str(words.TAKEN_BACK))
    return redirect(url_for(".show", session_id=session_id))


@bp.route(
    "/tenues/<int:session_id>/trancher/<int:pole_id>", methods=["GET", "POST"], access=steps.SETTLE.right
)
def settle(session_id: int, pole_id: int) -> ResponseReturnValue:
    """The cell decides between two versions."""
    received = _followed(session_id, pole_id)
    form = SettleForm(minutes=received.confirmation.minutes or None)
    back = url_for("presence.counted", session_id=session_id)
    if form.submitted():
        with form.refusals(), transaction():
            ruling, minutes = Ruling(form.ruling.data), form.minutes.data
            service.settle(current.actor(), session_id, pole_id, ruling, minutes, form.message.data or "")
        if not form.errors:
            flash.success(str(words.WORDS[steps.SETTLE].done))
            return redirect(back)
        received = _followed(session_id, pole_id)
    return _write(steps.SETTLE, received, form, back)


def _own(session_id: int) -> Received:
    return queries.by_pole(session_id, current.actor().organisation_id) or abort(404)


def _followed(session_id: int, pole_id: int) -> Received:
    received = queries.by_pole(session_id, pole_id)
    if received is None or not queries.may_read(current.actor(), received):
        abort(404)
    return received


def _shown(received: Received) -> dict[str, Any]:
    """What every page says of it."""
    [received] = queries.with_last_days([received])
    return {
        "received": received,
        "session": received.session,
        "came": queries.who_came(received.session.id, received.confirmation.pole_id),
        "words": words,
        "session_words": session_words,
    }


def _write(step: Does, received: Received, form: PortalForm, back: str) -> ResponseReturnValue:
    if refused := step.why_not(received.confirmation.state):
        raise refused
    page = render_template(
        "sessions/received/write.html",
        **_shown(received),
        form=form,
        says=words.WORDS[step],
        back=back,
        is_cell=step is steps.SETTLE,
    )
    return page, 422 if form.errors else 200


def _done(step: Does, session_id: int) -> ResponseReturnValue:
    flash.done(str(words.WORDS[step].done), url_for(".take_back", session_id=session_id))
    return redirect(url_for(".show", session_id=session_id))


@dataclass(frozen=True, slots=True)
class Behind:
    """What a link leads to: who may use it, for which pole, and what that received."""

    door: Door
    actor: Actor
    about: Received
    is_shared: bool = False

    @property
    def page(self) -> PageOf:
        session, pole = self.about.session, self.about.pole
        about = pole.name, session_words.moment(session)
        return PageOf(session.title, about, pole.place, url_for(".show", session_id=session.id), _READ)


_DOORS = {
    words.BY_MAIL[step]: Door(step, words.WORDS[step], "", form, do)
    for step, form, do in (
        (steps.CONFIRM, PortalForm, service.confirm),
        (steps.CONTEST, ContestForm, service.contest),
    )
}


def _open(token: str) -> Behind:
    link = links.opened(token, LASTS)
    door = _DOORS.get(link.about[0]) if link else None
    if link is None or door is None or link.person_id is None:
        raise LinkDead
    actors = readers.actors(link.person_id, link.organisation_id, door.step.right)
    received = queries.by_pole(link.about[2], link.organisation_id) if actors else None
    if received is None:
        raise LinkDead
    return Behind(door, actors[0], received)


@bp.get("/par-courriel/<token>", access=Open.PUBLIC)
def by_mail(token: str) -> ResponseReturnValue:
    """What would be done, and the choice; once it was done, when, and for two minutes how to take it back."""
    behind = _open(token)
    if behind.about.confirmation.state is not behind.door.step.target:
        return _asked(behind, _form(behind))
    undo_url = url_for(".take_back_by_mail", token=token)
    return render_template(
        "requests/by_mail/done.html",
        behind=behind,
        done={"at": behind.about.confirmation.answered_at},
        undone=False,
        undo_url=undo_url if service.may_take_back(behind.actor, behind.about) else None,
    )


@bp.post("/par-courriel/<token>", access=Open.PUBLIC)
def act_by_mail(token: str) -> ResponseReturnValue:
    """Do it, or nothing, as was chosen."""
    behind = _open(token)
    form: Any = _form(behind)
    if form.choice.data == NO:
        return render_template("requests/by_mail/nothing.html", behind=behind)
    if form.submitted():
        words_of_it = (form.message.data, form.minutes.data) if "message" in form else ()
        with form.refusals(), transaction():
            behind.door.do(behind.actor, behind.about.session.id, *words_of_it)
        if not form.errors:
            flash.success(str(behind.door.words.done))
            return redirect(url_for(".by_mail", token=token))
    return _asked(_open(token), form)  # what was read may be of a transaction that failed


@bp.post("/par-courriel/<token>/annuler", access=Open.PUBLIC)
def take_back_by_mail(token: str) -> ResponseReturnValue:
    """Take back what the link has just done."""
    behind = _open(token)
    with transaction():
        service.take_back(behind.actor, behind.about.session.id)
    flash.success(str(words.TAKEN_BACK))
    return redirect(url_for(".by_mail", token=token))


def _form(behind: Behind) -> ByMail:
    form: Any = form_of(behind.door)()
    del form.name
    by_mail: ByMail = form
    return by_mail


def _asked(behind: Behind, form: ByMail) -> ResponseReturnValue:
    if refused := behind.door.step.why_not(behind.about.confirmation.state):
        raise refused
    shown = render_template(
        "sessions/received/by_mail.html", **_shown(behind.about), behind=behind, form=form
    )
    return shown, 422 if form.errors else 200


@bp.errorhandler(LinkDead)
def _dead(_refusal: LinkDead) -> ResponseReturnValue:
    """The same whatever is wrong with it: nothing tells which."""
    return render_template("sessions/received/dead.html", typed=kept.typed_texts()), 404


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it is over: say so kindly, with the way back."""
    given = request.view_args or {}
    number, back = given.get("session_id"), url_for("home.index")
    if number:
        page = "presence.counted" if "pole_id" in given else ".show"
        back = url_for(page, session_id=number)
    return errors.page(409, words.refusal_sentence(refusal), back)
