"""Flask-Security in this house: our people, our transactions, our doors, our limits.

Its forms and its sign-in are used, its views are not: they check passwords, which is slow on purpose, where we hold no
lock, and write where we do.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from blinker import Namespace
from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, user_logged_out
from flask_security import (
    Security,
    SQLAlchemyUserDatastore,
    hash_password,
    login_user,
    logout_user,
    password_changed,
    password_reset,
    user_authenticated,
)
from flask_security.recoverable import reset_password_token_status
from flask_security.utils import do_flash, get_message, set_request_attr

from portal.access.permissions import Open
from portal.accounts import forms, page, queries, rules, service
from portal.accounts.attempts import service as attempts
from portal.accounts.models import Person
from portal.accounts.passwords import service as passwords
from portal.accounts.words import security_messages, too_many_links
from portal.db import db, transaction
from portal.feature import features
from portal.refusals import NotFound
from portal.web import current, flash, fresh, kept
from portal.web.addresses import is_local_path
from portal.web.blueprint import declare
from portal.web.current import ACTING_FOR

View = Callable[..., ResponseReturnValue]

session_started = Namespace().signal("session-started")
"""Somebody has just signed in, `person`, in the ways `authn_via`; sent in the transaction of the sign-in."""
session_ending = Namespace().signal("session-ending")
"""Whoever is signed in signs out; sent in a transaction, before the session is emptied."""

_LANGUAGE = "language"
SIGNED_IN_HERE = "signed_in_here"
"""Of the session: by what a browser is known to whoever signed in there, and stays known once they have left."""

DOORS = {
    "security.login": Open.PUBLIC,
    "security.logout": Open.PUBLIC,
    "security.forgot_password": Open.PUBLIC,
    "security.reset_password": Open.PUBLIC,
    "security.change_password": Open.SIGNED_IN,
    "security.verify": Open.SIGNED_IN,
}

SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    # Of a hashed password, in a signed link: a slow one would tell by its time that an account exists.
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
    "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
    "SECURITY_FRESHNESS": timedelta(minutes=30),
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_LOGIN_URL": "/connexion",
    "SECURITY_LOGOUT_URL": "/deconnexion",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_RESET_URL": "/mot-de-passe-oublie",
    "SECURITY_CHANGE_URL": "/mon-compte/mot-de-passe",
    "SECURITY_VERIFY_URL": "/mon-compte/verification",
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_VERIFY_VIEW": "/mon-compte",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_POST_RESET_VIEW": "/connexion",
    "SECURITY_POST_CHANGE_VIEW": "/mon-compte",
    "SECURITY_API_ENABLED_METHODS": ["session"],
    # Commands of its own would make people and roles without our rules, and without a word in the journal.
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
}


class PeopleDatastore(SQLAlchemyUserDatastore):
    """People for Flask-Security: loaded with their memberships; committed by our transaction, never here."""

    def commit(self) -> None:
        """Left to `transaction()`."""

    def find_user(self, case_insensitive: bool = False, **criteria: Any) -> Person | None:
        if "fs_uniquifier" not in criteria:
            return queries.by_email(criteria["email"])
        is_used = bool(db.session().info.get("writable"))  # locked then, so that a link works once
        return _acting(queries.by_session(criteria["fs_uniquifier"], lock=is_used))


def _acting(person: Person | None) -> Person | None:
    if person:
        person.act_for(session.get(ACTING_FOR))
    return person


def _signed_in(fs_uniquifier: str) -> Person | None:
    """The person of this session, if it is still open."""
    is_open = tuple(feature.session_is_open for feature in features() if feature.session_is_open)
    person = _acting(queries.by_session(fs_uniquifier, only_if=is_open))
    if person:
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
        for feature in features():
            if feature.looks_as:
                feature.looks_as(person)  # they may only look at the portal as somebody else
    return person


def ask_reset() -> ResponseReturnValue:
    """Ask for a link to choose a new password; the answer never tells if the account exists."""
    form = forms.AskResetForm()
    if not form.submitted():
        return render_template("security/forgot_password.html", form=form), 422 if form.errors else 200
    with transaction():
        held = service.send_reset_link(form.email.data)
    if held and held.network:  # which tells nothing about an account
        form.form_errors.append(too_many_links(held))
        return render_template("security/forgot_password.html", form=form), 429
    flash.notice(
        _(
            "If %(email)s has an account here, a link to choose a new password is on its way. It works for two"
            " hours. Nothing has come? Look among unwanted mail. At most %(most)d links an hour are sent to one"
            " address: then wait before asking again.",
            email=form.email.data,
            most=rules.LINKS_OF_ACCOUNT.most,
        )
    )
    return redirect(url_for("security.login"))


@contextmanager
def session_transaction() -> Iterator[None]:
    """A transaction that may change the session too: when it fails, that is left as it was."""
    before = dict(session)
    try:
        with transaction():
            yield
    except BaseException:
        session.clear()
        session.update(before)
        raise


def open_session(person: Person, ways: list[str]) -> None:
    """Sign in who proved, before anything was locked, that it is them. NotFound: closed or changed since then."""
    loaded = queries.by_session(person.fs_uniquifier)
    if loaded is None:
        raise NotFound
    login_user(loaded, remember=False, authn_via=ways)


def sign_in() -> ResponseReturnValue:
    """Ask for address and password, then for a second factor where there is one."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    form = forms.SignInForm()
    if request.method != "POST" or not form.validate():
        page = render_template("security/login_user.html", login_user_form=form)
        return page, 422 if request.method == "POST" else 200
    person = cast("Person", form.user)
    factors = current_app.extensions["security"].two_factor_plugins
    second_step: ResponseReturnValue | None = factors.tf_enter(person, None, "password", next_loc=None)
    if second_step is not None:
        return second_step
    fresh_hash = passwords.hashed_anew(person, form.password.data)
    with session_transaction():
        open_session(person, ["password"])
        service.keep_hash(person, fresh_hash)
    return redirect(url_for("home.index"))


def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    if current_user.is_authenticated:
        with session_transaction():
            logout_user()
    return redirect(url_for("home.index"))


def prove() -> ResponseReturnValue:
    """Ask again who is there, before a sensitive act."""
    form = forms.ProveForm(user=current_user)
    if request.method != "POST" or not form.validate():
        page = render_template("security/verify.html", verify_form=form)
        return page, 422 if request.method == "POST" else 200
    fresh.renew()
    do_flash(*get_message("REAUTHENTICATION_SUCCESSFUL"))
    return redirect(url_for("accounts.profile"))


def change_password() -> ResponseReturnValue:
    """Choose another password, knowing the present one; every other session ends."""
    form = forms.ChangeForm()
    if request.method != "POST" or not form.validate():
        page = render_template("security/change_password.html", change_password_form=form)
        return page, 422 if request.method == "POST" else 200
    hashed = hash_password(form.new_password.data)
    with session_transaction():
        person = service.choose_password(queries.by_session(current_user.fs_uniquifier, lock=True), hashed)
        login_user(person, remember=False, authn_via=["change"])
        password_changed.send(current_app._get_current_object(), user=person)  # type: ignore[attr-defined]  # a proxy
    do_flash(*get_message("PASSWORD_CHANGE"))
    return redirect(url_for("accounts.profile"))


def reset_password(token: str) -> ResponseReturnValue:
    """Choose a password through a link."""
    expired, invalid, person = reset_password_token_status(token)
    if person is None or expired or invalid:
        do_flash(*get_message("PASSWORD_RESET_EXPIRED" if expired else "INVALID_RESET_PASSWORD_TOKEN"))
        return redirect(url_for("security.forgot_password"))
    form = forms.ChooseResetForm()
    form.user = person
    if request.method != "POST" or not form.validate():
        page = render_template(
            "security/reset_password.html", reset_password_form=form, reset_password_token=token
        )
        return page, 422 if request.method == "POST" else 200
    hashed = hash_password(form.password.data)
    with session_transaction():
        *_status, locked = reset_password_token_status(token)
        if locked is not None:
            service.choose_password(locked, hashed)
            password_reset.send(current_app._get_current_object(), user=locked)  # type: ignore[attr-defined]  # a proxy
    if locked is None:  # the link was used meanwhile
        do_flash(*get_message("INVALID_RESET_PASSWORD_TOKEN"))
        return redirect(url_for("security.forgot_password"))
    do_flash(*get_message("PASSWORD_RESET_NO_LOGIN"))
    return redirect(url_for("security.login"))


def _limited(view: View, email: Callable[[], str]) -> View:
    """Count attempts at a password; the form says in `g.password_was_right` how it went, None: none was tried."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method != "POST":
            return view(*args, **kwargs)
        account = email()
        with transaction():
            attempt = attempts.begin_sign_in(account)
        g.held, g.password_was_right = attempt.held, None
        answer = view(*args, **kwargs)
        if not attempt.held and g.password_was_right is not False:
            with transaction():
                if g.password_was_right:
                    attempts.succeed(attempt)
                else:
                    attempts.withdraw(attempt)
        return answer

    return wrapped


def leading_on(sign_in: View) -> View:
    """After a good sign-in: what was typed before goes back to its form, or the page asked for is opened."""

    @wraps(sign_in)
    def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        answer = sign_in(*args, **kwargs)
        refused = isinstance(answer, tuple)
        if request.method != "POST" or refused or not current_user.is_authenticated:
            return answer
        asked = request.form.get("next") or request.args.get("next", "")
        return kept.resume_page() or redirect(asked if is_local_path(asked) else url_for("home.index"))

    return wrapped


def _start_session(app: Flask, user: Person, authn_via: list[str], **extra: Any) -> None:
    """Nothing of a visitor's session but what stays goes into a person's, and of an ended session of theirs for
    whom they acted; a changed password keeps its place."""
    if "change" not in authn_via:
        signed_in = {name: session[name] for name in ("_user_id", "_fresh", "_id", "fs_cc", "fs_paa")}
        chosen = session.get(ACTING_FOR)
        _leave_all_behind()
        session.update(signed_in)
        user.act_for(None)
        current.act_for(chosen)
    session.permanent = True
    session_started.send(app, person=user, authn_via=authn_via)


def _leave_all_behind() -> None:
    """Empty the session but for what stays with a browser; the token against forged posts goes too."""
    stays = {name: session[name] for name in (_LANGUAGE, SIGNED_IN_HERE) if session.get(name)}
    session.clear()
    g.pop("csrf_token", None)
    session.update(stays)
    session.permanent = SIGNED_IN_HERE in stays


def _sign_out(app: Flask, user: Person) -> None:
    session_ending.send(app)
    _leave_all_behind()


def _forget_failures(app: Flask, user: Person, **extra: Any) -> None:
    """Who can read the account's e-mails may sign in at once."""
    attempts.forget_failures(user.email)


def _refuse_json() -> None:
    """The forms of these pages would read it, and the count of attempts would not see whose account it names."""
    if request.blueprint == "security" and request.is_json:
        abort(415)


def _never_stored(response: Response) -> Response:
    """Pages of sign-in hold secrets: reset links, kept text."""
    if request.blueprint == "security" or response.status_code == 401:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Mount the sign-in pages behind our doors."""
    app.config.update(SETTINGS)
    app.config.update(security_messages())
    security = Security(
        app,
        PeopleDatastore(db, Person, cast("Any", None)),
        login_form=forms.SignInForm,
        reset_password_form=forms.ChooseResetForm,
        change_password_form=forms.ChangeForm,
        verify_form=forms.ProveForm,
        password_util_cls=passwords.Passphrases,
    )
    security.want_json(lambda _request: False)
    login_manager: LoginManager = app.login_manager  # type: ignore[attr-defined]  # Flask-Login's
    login_manager.request_loader(lambda _request: None)
    login_manager.user_loader(_signed_in)
    user_authenticated.connect(_start_session, app)
    user_logged_out.connect(_sign_out, app)
    password_reset.connect(_forget_failures, app)
    _mount(app)
    app.before_request(_refuse_json)
    app.before_request(kept.announce)
    app.after_request(_never_stored)
    app.context_processor(page.context)
    app.context_processor(
        lambda: {
            "kept_fields": kept.hidden_fields,
            "sign_in_form": lambda: forms.SignInForm(formdata=None),
            "prove_form": lambda: forms.ProveForm(formdata=None, user=current_user),
            "password_rules": passwords.rules_for_the_meter,
        }
    )


def _mount(app: Flask) -> None:
    """Put our views in the place of theirs, with limits and kept text around them."""
    for endpoint, access in DOORS.items():
        declare(app, endpoint, access, of_oneself=True)
    views = cast("dict[str, View]", app.view_functions)
    views["security.forgot_password"] = ask_reset
    views["security.logout"] = sign_out
    views["security.reset_password"] = reset_password
    views["security.change_password"] = _limited(change_password, lambda: current_user.email)
    views["security.verify"] = leading_on(_limited(prove, lambda: current_user.email))
    views["security.login"] = leading_on(_limited(sign_in, lambda: request.form.get("email", "")))
