"""The token of a form: against forged posts, and for whom the form was drawn.

Since no post is taken without its token, no form can lack to say for which membership it was opened.
"""

from typing import Any

from flask import Flask, current_app, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from wtforms import Field
from wtforms.csrf.core import CSRF

from portal.web import current
from portal.web.converters import key

FIELD = "csrf_token"
MEANT = "meant"
"""Name of the field by which a person says that they mean the organisation a form was opened for."""
_JOINT = "~"
_FORMS_OF_FLASK_SECURITY = "security"  # which ask who is there, and do nothing for an organisation


def token(membership_id: int | None = None) -> str:
    """The token of a form drawn for a membership, by default the one through which whoever looks acts."""
    actor = current.actor_or_none()
    return f"{generate_csrf()}{_JOINT}{membership_id or (actor.membership_id if actor else '')}"


def drawn_for() -> int | None:
    """The membership for which the posted form was drawn; None: for none, or its token does not say."""
    try:
        return key(request.form.get(FIELD, "").rpartition(_JOINT)[2])
    except ValueError:
        return None


def is_said() -> bool:
    """Does the token of the posted form say for whom it was drawn, be it for nobody?"""
    return _JOINT in request.form.get(FIELD, "")


def require_valid() -> None:
    """Refuse a forged post now, before anything of it is believed."""
    current_app.extensions["csrf"].protect()


class FormToken(CSRF):
    """Gives the forms of WTForms this token; each post was checked before any form is made."""

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        return token()

    def validate_csrf_token(self, form: Any, field: Field) -> None:
        """Left to `Protection`."""


class Protection(CSRFProtect):
    """Flask-WTF's check of every post, for tokens that say more."""

    def protect(self, **options: Any) -> None:
        try:
            super().protect(**options)
        except ValueError:  # where the post came from is no address
            self._error_response("The referrer is no address.")

    def _get_csrf_token(self) -> str | None:
        sent = super()._get_csrf_token() or ""
        if request.blueprint == _FORMS_OF_FLASK_SECURITY and _JOINT not in sent:
            return sent
        return sent.rpartition(_JOINT)[0]


def init_app(app: Flask) -> None:
    Protection(app)
    app.jinja_env.globals[FIELD] = token
    app.context_processor(lambda: {FIELD: token})
