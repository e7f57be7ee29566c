"""Sign-in forms: Flask-Security's, with our words and limits; and one's own account."""

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, VerifyForm
from wtforms import EmailField, Field, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired

from portal.accounts import rules
from portal.accounts.words import too_many_attempts
from portal.text import plain_address
from portal.web.addresses import is_local_path
from portal.web.forms import PortalForm, at_most, choices, required
from portal.web.languages import LANGUAGES

_HINT = _l(
    "At least %(count)d characters. A few ordinary words make a good one.",
    count=rules.SHORTEST_PASSPHRASE,
)


def _new_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        description=_HINT,
        validators=[InputRequired(_l("Type a new password."))],
        render_kw={"autocomplete": "new-password"},
    )


def _same_again(name: str) -> PasswordField:
    return PasswordField(
        _l("New password, again"),
        validators=[
            InputRequired(_l("Type the new password again.")),
            EqualTo(name, _l("The two passwords differ.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )


def _current_password(label: Any, missing: Any) -> PasswordField:
    return PasswordField(
        label, validators=[InputRequired(missing)], render_kw={"autocomplete": "current-password"}
    )


def _email() -> EmailField:
    return EmailField(
        _l("E-mail address"),
        validators=[InputRequired(_l("Type your e-mail address."))],
        filters=[lambda typed: typed and plain_address(typed)],  # as in every form of the portal
        render_kw={"autocomplete": "username"},
    )


class _PasswordAsked:
    """A form of Flask-Security that asks for the password, then leads to a page of ours alone."""

    password: PasswordField
    submit = None
    form_errors: list[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""

    def validate_next(self, field: Field) -> None:
        """An address that is not ours is forgotten, without a word."""
        if not is_local_path(field.data or ""):
            field.data = ""


class SignInForm(_PasswordAsked, LoginForm):
    """The same answer for an unknown account, a wrong password and a closed account.

    The view sets `g.held` before, where there were too many attempts; `g.password_was_right` tells it the outcome.
    """

    email = _email()
    password = _current_password(_l("Password"), _l("Type your password."))
    remember = None

    def validate(self, **kwargs: Any) -> bool:
        if not (self.email.data or "").strip() or not self.password.data:
            self.form_errors.append(_("Type your e-mail address and your password."))
            return False
        if g.held:
            self.form_errors.append(too_many_attempts(g.held))
            return False
        g.password_was_right = bool(super().validate(**kwargs))
        if not g.password_was_right:
            self.email.errors, self.password.errors = [], []
            self.form_errors = [_("This address and this password do not go together.")]
        return bool(g.password_was_right)


class AskResetForm(PortalForm):
    """Ask for a link to choose a new password."""

    email = _email()


class ChooseResetForm(ResetPasswordForm):
    """Choose a new password through a link."""

    password = _new_password(_l("New password"))
    password_confirm = _same_again("password")
    submit = None


class ChangeForm(ChangePasswordForm):
    """Change one's password, knowing the current one; guesses are counted as at sign-in."""

    password = _current_password(_l("Current password"), _l("Type your current password."))
    new_password = _new_password(_l("New password"))
    new_password_confirm = _same_again("new_password")
    submit = None

    def validate(self, **kwargs: Any) -> bool:
        if g.held:
            self.form_errors.append(too_many_attempts(g.held))
            return False
        valid = bool(super().validate(**kwargs))
        if valid:
            g.password_was_right = True
        elif self.password.data and self.password.errors:
            g.password_was_right = self.password.data == self.new_password.data
        return valid


class ProveForm(_PasswordAsked, VerifyForm):
    """Prove again who one is, before a sensitive act; guesses are counted as at sign-in."""

    password = _current_password(_l("Password"), _l("Type your password."))

    def validate(self, **kwargs: Any) -> bool:
        if g.held:
            self.form_errors.append(too_many_attempts(g.held))
            return False
        valid = bool(super().validate(**kwargs))
        if self.password.data:
            g.password_was_right = valid
        return valid


class ProfileForm(PortalForm):
    """What a person says of themself."""

    given_name = StringField(
        _l("Given name"),
        validators=[required(_l("Type your given name.")), at_most(80)],
        render_kw={"autocomplete": "given-name"},
    )
    family_name = StringField(
        _l("Family name"),
        validators=[required(_l("Type your family name.")), at_most(80)],
        render_kw={"autocomplete": "family-name"},
    )
    phone = StringField(
        _l("Telephone"),
        validators=[at_most(30)],
        description=_l("For the people who follow your requests."),
        render_kw={"autocomplete": "tel"},
    )
    language = SelectField(
        _l("Language of pages and e-mails"),
        choices=choices(LANGUAGES.items()),
        validators=[required(_l("Choose one of the answers offered."))],
    )
