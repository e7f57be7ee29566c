"""Flask-Security in this house: our people, our transaction, our outbox, our doors."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, request, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security import MailUtil, PasswordUtil, Security, SQLAlchemyUserDatastore, user_authenticated

from portal.access.permissions import Open
from portal.accounts import emails, forms, queries, rules
from portal.accounts.models import Membership, Person
from portal.db import db, transaction
from portal.web import kept
from portal.web.blueprint import declare

ACTING_FOR = "acting_for"

DOORS = {
    "security.login": Open.PUBLIC,
    "security.logout": Open.SIGNED_IN,
    "security.forgot_password": Open.PUBLIC,
    "security.reset_password": Open.PUBLIC,
    "security.change_password": Open.SIGNED_IN,
    "security.verify": Open.SIGNED_IN,
    "security.static": Open.PUBLIC,
}

SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": rules.SHORTEST_PASSPHRASE,
    "SECURITY_PASSWORD_COMPLEXITY_CHECKER": None,
    "SECURITY_PASSWORD_CHECK_BREACHED": None,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_REGISTERABLE": False,
    "SECURITY_TRACKABLE": False,
    "SECURITY_RESET_PASSWORD_WITHIN": "2 hours",
    "SECURITY_LOGIN_URL": "/connexion",
    "SECURITY_LOGOUT_URL": "/deconnexion",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_RESET_URL": "/mot-de-passe-oublie",
    "SECURITY_CHANGE_URL": "/mon-compte/mot-de-passe",
    "SECURITY_VERIFY_URL": "/connexion/verifier",
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_POST_RESET_VIEW": "/connexion",
    "SECURITY_POST_CHANGE_VIEW": "/mon-compte",
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        _l("This address and this password do not go together. Check both, or choose a new password."),
        "error",
    ),
    "SECURITY_MSG_PASSWORD_RESET_REQUEST": (
        _l("If %(email)s has an account here, a link to choose a new password is on its way."),
        "info",
    ),
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": (_l("This link is too old. Ask for a new one below."), "error"),
    "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": (
        _l("This link does not work, or has been used. Ask for a new one below."),
        "error",
    ),
    "SECURITY_MSG_PASSWORD_RESET": (_l("Your new password is set."), "success"),
    "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": (_l("Your new password is set. Sign in with it."), "success"),
    "SECURITY_MSG_PASSWORD_CHANGE": (_l("Your password is changed."), "success"),
    "SECURITY_MSG_PASSWORD_IS_THE_SAME": (_l("The new password must differ from the current one."), "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": (
        _l("A password has at least %(length)s characters."),
        "error",
    ),
    "SECURITY_MSG_INVALID_PASSWORD": (_l("This is not your current password."), "error"),
}


class PeopleDatastore(SQLAlchemyUserDatastore):
    """People for Flask-Security: loaded with their memberships; committed by our transaction, never here."""

    def commit(self) -> None:
        """Left to `transaction()`."""

    def find_user(self, case_insensitive: bool = False, **criteria: Any) -> Person | None:
        if "fs_uniquifier" in criteria:
            person = queries.by_session(criteria["fs_uniquifier"])
            if person:
                person.acting = _chosen_membership(person)
            return person
        return queries.by_email(criteria["email"])


def _chosen_membership(person: Person) -> Membership | None:
    """The membership chosen in this session, else the first."""
    chosen = session.get(ACTING_FOR)
    for membership in person.memberships:
        if membership.id == chosen:
            return membership
    return person.memberships[0] if person.memberships else None


class OutboxMail(MailUtil):
    """Flask-Security's e-mails go through the outbox like all others."""

    def send_mail(self, template: str, *args: Any, **context: Any) -> None:
        emails.security_message(template, context["user"], context.get("reset_link"))


class Passphrases(PasswordUtil):
    """A length is asked for, nothing else (CNIL recommendation 2022-100, case of an account with limits)."""


def _in_transaction(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method == "GET":
            return view(*args, **kwargs)
        with transaction():
            return view(*args, **kwargs)

    return wrapped


def _with_kept_text(sign_in: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    @wraps(sign_in)
    def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        response = sign_in(*args, **kwargs)
        if request.method == "POST" and current_user.is_authenticated:
            return kept.resume_page() or response
        return response

    return wrapped


def _start_session(app: Flask, user: Person, **extra: Any) -> None:
    session.permanent = True
    session.pop(ACTING_FOR, None)
    user.acting = user.memberships[0] if user.memberships else None


def init_app(app: Flask) -> None:
    """Mount the sign-in pages behind our doors, each post in one transaction."""
    app.config.update(SETTINGS)
    app.config["SECURITY_EMAIL_SENDER"] = app.config["MAIL_SENDER"]
    app.config["SECURITY_FRESHNESS"] = timedelta(hours=1)
    Security(
        app,
        PeopleDatastore(db, Person, None),
        login_form=forms.SignInForm,
        forgot_password_form=forms.AskResetForm,
        reset_password_form=forms.ChooseResetForm,
        change_password_form=forms.ChangeForm,
        mail_util_cls=OutboxMail,
        password_util_cls=Passphrases,
    )
    user_authenticated.connect(_start_session, app)
    for endpoint, access in DOORS.items():
        if endpoint in app.view_functions:
            declare(app, endpoint, access)
            app.view_functions[endpoint] = _in_transaction(app.view_functions[endpoint])
    app.view_functions["security.login"] = _with_kept_text(app.view_functions["security.login"])
    app.context_processor(lambda: {"kept_fields": kept.hidden_fields})
