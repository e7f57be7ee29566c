"""Sessions that can be ended, the second step of signing in, and passkeys, added to Flask-Security's sign-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import password_changed, password_reset
from flask_security.tf_plugin import TfPluginBase

from portal import clock
from portal.accounts import queries as people
from portal.accounts.attempts import service as attempts
from portal.accounts.forms import ProveForm, SignInForm
from portal.accounts.models import Person
from portal.accounts.sign_in import service as sign_in
from portal.accounts.words import wait_in_words
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.safety import queries, rules, service
from portal.safety.codes import service as authenticator
from portal.safety.forms import SecondStepForm
from portal.safety.passkeys import service as passkeys
from portal.safety.sessions import service as sessions
from portal.web import current, flash, fresh
from portal.web.blueprint import open_with_one_factor

_PENDING = "tf_user_id"  # Flask-Security's own name
_PENDING_SINCE = "second_step_since"
CODES = "code"
PASSKEY = "passkey"

# What a person of a cell may still open before they have set up a second factor, beside what says so itself.
_ALWAYS_OPEN = ("safety.", "security.", "static", "accounts.switch_organisation")


class SecondStep(TfPluginBase):
    """Asked by Flask-Security after a right password."""

    def get_setup_methods(self, user: Any) -> list[tuple[str, str]]:
        return [(CODES, "")] if queries.has_second_factor(user.id) else []

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> Response:
        """Ask at once, on the answer itself, so that what was typed before is carried on."""
        session[_PENDING_SINCE] = clock.now().timestamp()
        return make_response(
            second_step_page(SecondStepForm(formdata=None), user, request.form.get("next", ""))
        )


def second_step_page(form: SecondStepForm, person: Person, next_page: str) -> str:
    """Ask for a code or a passkey."""
    form.next.data = next_page
    has_passkey = passkeys.are_possible() and bool(queries.passkeys_of(person.id))
    question = passkeys.question(person.id) if has_passkey else None
    return render_template("safety/second_step.html", form=form, question=question)


def waiting_person(*, lock: bool = False) -> Person | None:
    """Whose password was right in this browser a short while ago, and who has still to take the second step."""
    since = session.get(_PENDING_SINCE, 0)
    if _PENDING not in session or since < (clock.now() - rules.SECOND_STEP_LASTS).timestamp():
        return None
    return people.by_session(session[_PENDING], lock=lock)


def code_shown(form: SecondStepForm) -> authenticator.Shown | None:
    """What is found, before anything is locked, of a code typed by whoever has still to take the second step."""
    person = waiting_person()
    return authenticator.shown_to(person.id, form.code.data or "") if person else None


def take_second_step(form: SecondStepForm, person: Person, shown: authenticator.Shown | None) -> bool:
    """Sign in with a code, `shown`, or with a passkey that the browser has used; what is wrong goes to the form."""
    answer = request.form.get("credential")
    if answer:
        if passkeys.recognise(answer, person.id) is None:
            form.form_errors.append(_("This passkey was not recognised. Try again, or use a code."))
            return False
        sign_in.open_session(person, ["password", PASSKEY])
        return True
    attempt = attempts.begin_sign_in(person.email, attempts.CODE)
    if attempt.held:
        form.form_errors.append(
            _("Too many attempts. Try again in %(wait)s.", wait=wait_in_words(attempt.held))
        )
        return False
    kind = authenticator.use_code(person.id, form.code.data, shown)
    if kind is None:
        form.code.errors = [_("This code is not right, or has been used already. Type the next one.")]
        return False
    attempts.succeed(attempt)
    sign_in.open_session(person, ["password", kind])
    if kind == "recovery":
        service.note_recovery_code_used(person)
        left = queries.recovery_codes_left(person.id)
        flash.notice(_("You have used a recovery code; %(count)d are left.", count=left))
    return True


def _with_passkey(view: sign_in.View, use: Callable[[str], ResponseReturnValue]) -> sign_in.View:
    """A post that brings what a passkey signed goes its own way."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        answer = request.form.get("credential", "")
        if request.method != "POST" or not answer or not passkeys.are_possible():
            return view(*args, **kwargs)
        g.held = None
        return sign_in.leading_on(lambda: use(answer))()

    return wrapped


def _sign_in_with_passkey(answer: str) -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    with sign_in.session_transaction():
        passkey = passkeys.recognise(answer)
        if passkey is not None:
            sign_in.open_session(passkey.person, [PASSKEY])
    if passkey is not None:
        return redirect(url_for("home.index"))
    form = SignInForm(formdata=None)
    form.form_errors = [_("This passkey was not recognised. Try again, or sign in with your password.")]
    return render_template("security/login_user.html", login_user_form=form), 422


def _prove_with_passkey(answer: str) -> ResponseReturnValue:
    with sign_in.session_transaction():
        passkey = passkeys.recognise(answer, current_user.id)
    if passkey is not None:
        fresh.renew()
        return redirect(url_for("accounts.profile"))
    form = ProveForm(formdata=None, user=current_user)
    form.form_errors = [_("This passkey was not recognised. Try again, or type your password.")]
    return render_template("security/verify.html", verify_form=form), 422


def _start(app: Flask, person: Person, authn_via: list[str], **extra: Any) -> None:
    """A new session has a row; a changed password ends the others."""
    if "change" in authn_via:
        sessions.end_others(person.id)
    else:
        sessions.start(person, two_factors=len(authn_via) > 1 or PASSKEY in authn_via)


def _end(app: Flask, **extra: Any) -> None:
    sessions.end_this()


def _remember_password(app: Flask, user: Person, **extra: Any) -> None:
    journal.record(Act.PASSWORD_CHANGED, Subject.PERSON, user.id, user.name)


def _remember_reset(app: Flask, user: Person, **extra: Any) -> None:
    """Whoever used the link reads the e-mails of this address."""
    user.confirmed_at = user.confirmed_at or clock.now()
    sessions.end_all(user.id)
    _remember_password(app, user)


def lead_cells_to_a_second_factor() -> ResponseReturnValue | None:
    """A person of a cell opens nothing else before they have one, where the operator wants it so."""
    endpoint = request.endpoint or ""
    is_open = endpoint.startswith(_ALWAYS_OPEN) or endpoint in open_with_one_factor(current_app)
    if is_open or not current_app.config["TWO_FACTORS_FOR_CELLS"]:
        return None
    actor = current.own_actor_or_none()
    if actor is None or not actor.is_cell or sessions.proved_two_factors():
        return None
    flash.notice(_("The cells see much of everybody’s data: choose a second way to prove that it is you."))
    return redirect(url_for("safety.overview"))


def _questions() -> dict[str, Any]:
    """For templates: what to ask of the browser, drawn only where a page calls it."""
    return {
        "passkey_question": lambda: passkeys.question() if passkeys.are_possible() else None,
        "own_passkey_question": _own_question,
    }


def _own_question() -> str | None:
    if not passkeys.are_possible() or not queries.passkeys_of(current_user.id):
        return None
    return passkeys.question(current_user.id)


def init_app(app: Flask) -> None:
    """Add all this to the sign-in of `accounts`, which is mounted already."""
    authenticator.init_app(app)
    flask_security = app.extensions["security"]
    flask_security.two_factor_plugins.register_tf_impl(app, CODES, SecondStep)
    flask_security.support_mfa = True  # after its routes are made: the second step has its own
    sign_in.session_started.connect(_start, app)
    sign_in.session_ending.connect(_end, app)
    password_changed.connect(_remember_password, app)
    password_reset.connect(_remember_reset, app)
    views = cast("dict[str, sign_in.View]", app.view_functions)
    views["security.login"] = _with_passkey(views["security.login"], _sign_in_with_passkey)
    views["security.verify"] = _with_passkey(views["security.verify"], _prove_with_passkey)
    app.before_request(lead_cells_to_a_second_factor)
    app.after_request(sessions.note_seen)
    app.context_processor(_questions)
