"""Flask-Security in this house: our people, our transaction, our outbox, our doors, our limits."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from blinker import Namespace
from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, user_logged_out
from flask_security import (
    MailUtil,
    Security,
    SQLAlchemyUserDatastore,
    password_reset,
    user_authenticated,
)
from flask_security.utils import set_request_attr
from sqlalchemy import ColumnElement, true

from portal.access.permissions import Open
from portal.accounts import emails, forms, header, passwords, queries, service, throttle
from portal.accounts.models import Membership, Person
from portal.accounts.words import security_messages
from portal.db import db, transaction
from portal.web import current, flash, kept
from portal.web.addresses import is_local_path
from portal.web.blueprint import declare
from portal.web.current import ACTING_FOR

View = Callable[..., ResponseReturnValue]

session_started = Namespace().signal("session-started")
"""Somebody has just signed in, `person`, in the ways `authn_via`; sent in the transaction of the sign-in."""
session_ending = Namespace().signal("session-ending")
"""Whoever is signed in signs out; sent in a transaction, before the session is emptied."""

IS_OPEN = "portal-session-is-open"
"""Name of the extension that tells, as a condition of a query, if the session of this request is open."""
_LANGUAGE = "language"

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
    "SECURITY_EMAIL_PLAINTEXT": False,  # Flask-Security's own texts are not rendered: ours are, by the outbox
    "SECURITY_EMAIL_HTML": False,
}


class PeopleDatastore(SQLAlchemyUserDatastore):
    """People for Flask-Security: loaded with their memberships; committed by our transaction, never here."""

    def commit(self) -> None:
        """Left to `transaction()`."""

    def find_user(self, case_insensitive: bool = False, **criteria: Any) -> Person | None:
        if "fs_uniquifier" not in criteria:
            return queries.by_email(criteria["email"])
        uses_a_link = request.endpoint == "security.reset_password" and request.method == "POST"
        # Locked, a link works once.
        return _acting(queries.by_session(criteria["fs_uniquifier"], lock=uses_a_link))


def _acting(person: Person | None) -> Person | None:
    if person:
        person.act_for(_chosen_membership(person))
    return person


def _signed_in(fs_uniquifier: str) -> Person | None:
    """The person of this session, if it is still open."""
    is_open: Callable[[], ColumnElement[bool]] = current_app.extensions[IS_OPEN]
    person = _acting(queries.by_session(fs_uniquifier, only_if=is_open()))
    if person:
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
        current_app.extensions["portal-look"](person)  # they may only look at the portal as somebody else
    return person


def _chosen_membership(person: Person) -> Membership | None:
    """The membership chosen in this session, else the first."""
    chosen = session.get(ACTING_FOR)
    for membership in person.memberships:
        if membership.id == chosen:
            return membership
    return person.memberships[0] if person.memberships else None


class OutboxMail(MailUtil):
    """Flask-Security writes one kind of e-mail here, "your password has changed": it goes through the outbox."""

    def send_mail(self, *args: Any, **context: Any) -> None:
        emails.password_changed(context["user"])


def ask_reset() -> ResponseReturnValue:
    """Ask for a link to choose a new password; the answer never tells if the account exists."""
    form = forms.AskResetForm()
    if form.submitted():
        with transaction():
            service.send_reset_link(form.email.data)
        flash.notice(
            _(
                "If %(email)s has an account here, a link to choose a new password is on its way."
                " It works for two hours.",
                email=form.email.data,
            )
        )
        return redirect(url_for("security.login"))
    return render_template("security/forgot_password.html", form=form), 422 if form.errors else 200


def in_transaction(view: View) -> View:
    """Run posts in one transaction; a failed commit leaves the session as it was too."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method != "POST":
            return view(*args, **kwargs)
        if request.is_json:
            abort(415)
        before = dict(session)
        try:
            with transaction():
                answer = view(*args, **kwargs)
        except BaseException:
            session.clear()
            session.update(before)
            raise
        return (answer, 422) if isinstance(answer, str) else answer

    return wrapped


def _limited(view: View, email: Callable[[], str]) -> View:
    """Count attempts at a password; the form says in `g.password_was_right` how it went, None: none was tried."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method != "POST":
            return view(*args, **kwargs)
        account = email()
        with transaction():
            attempt = throttle.begin_sign_in(account)
        g.too_many_attempts, g.password_was_right = attempt is None, None
        answer = view(*args, **kwargs)
        if attempt and g.password_was_right is not False:
            with transaction():
                throttle.withdraw(attempt)
                if g.password_was_right:
                    throttle.forget_failures(account)
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
    """Nothing of a visitor's session but the language goes into a person's, and of an ended session of theirs for
    whom they acted; a changed password keeps its place."""
    if "change" not in authn_via:
        signed_in = {name: session[name] for name in ("_user_id", "_fresh", "_id", "fs_cc", "fs_paa")}
        chosen = session.get(ACTING_FOR)
        _leave_all_behind()
        session.update(signed_in)
        user.act_for(_chosen_membership(user))
        current.act_for(chosen)
    session.permanent = True
    session_started.send(app, person=user, authn_via=authn_via)


def _leave_all_behind() -> None:
    """Empty the session but for the language, token against forged posts included."""
    language = session.get(_LANGUAGE)
    session.clear()
    g.pop("csrf_token", None)
    if language:
        session[_LANGUAGE] = language


def _sign_out(app: Flask, user: Person) -> None:
    session_ending.send(app)
    _leave_all_behind()


def _forget_failures(app: Flask, user: Person, **extra: Any) -> None:
    """Who can read the account's e-mails may sign in at once."""
    throttle.forget_failures(user.email)


def _never_stored(response: Response) -> Response:
    """Pages of sign-in hold secrets: reset links, kept text."""
    if request.blueprint == "security" or response.status_code == 401:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Mount the sign-in pages behind our doors, each post in one transaction."""
    app.config.update(SETTINGS)
    app.config.update(security_messages())
    security = Security(
        app,
        PeopleDatastore(db, Person, cast("Any", None)),
        login_form=forms.SignInForm,
        reset_password_form=forms.ChooseResetForm,
        change_password_form=forms.ChangeForm,
        verify_form=forms.ProveForm,
        mail_util_cls=OutboxMail,
        password_util_cls=passwords.Passphrases,
    )
    security.want_json(lambda _request: False)
    app.extensions[IS_OPEN] = true
    login_manager: LoginManager = app.login_manager  # type: ignore[attr-defined]  # Flask-Login's
    login_manager.request_loader(lambda _request: None)
    login_manager.user_loader(_signed_in)
    user_authenticated.connect(_start_session, app)
    user_logged_out.connect(_sign_out, app)
    password_reset.connect(_forget_failures, app)
    _mount(app)
    app.before_request(kept.announce)
    app.after_request(_never_stored)
    app.context_processor(header.context)
    app.context_processor(
        lambda: {
            "kept_fields": kept.hidden_fields,
            "sign_in_form": lambda: forms.SignInForm(formdata=None),
            "prove_form": lambda: forms.ProveForm(formdata=None, user=current_user),
            "password_rules": passwords.rules_for_the_meter,
        }
    )


def _mount(app: Flask) -> None:
    """Put our limits, transaction and kept text around the views."""
    for endpoint, access in DOORS.items():
        declare(app, endpoint, access, of_oneself=True)
    views = cast("dict[str, View]", app.view_functions)
    views["security.forgot_password"] = ask_reset
    views["security.logout"] = in_transaction(views["security.logout"])
    views["security.reset_password"] = in_transaction(views["security.reset_password"])
    views["security.change_password"] = _limited(
        in_transaction(views["security.change_password"]), lambda: current_user.email
    )
    views["security.verify"] = leading_on(
        _limited(in_transaction(views["security.verify"]), lambda: current_user.email)
    )
    views["security.login"] = leading_on(
        _limited(in_transaction(views["security.login"]), lambda: request.form.get("email", ""))
    )
