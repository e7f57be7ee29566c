"""Sign-in forms: Flask-Security's, with our words, limits and looks."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.forms import ChangePasswordForm, ForgotPasswordForm, LoginForm, ResetPasswordForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from portal.accounts import rules, throttle
from portal.web.forms import PortalForm, required
from portal.web.languages import LANGUAGES

_PASSPHRASE_HINT = _l(
    "At least %(count)d characters. A few ordinary words make a good passphrase.",
    count=rules.SHORTEST_PASSPHRASE,
)


class SignInForm(LoginForm):
    """The same answer for an unknown account and a wrong password; a wait after repeated failures."""

    email = EmailField(_l("E-mail address"), validators=[InputRequired(_l("Type your e-mail address."))])
    password = PasswordField(_l("Password"), validators=[InputRequired(_l("Type your password."))])
    remember = None

    def validate(self, **kwargs: Any) -> bool:
        typed = (self.email.data or "").strip()
        if typed and throttle.blocked_until(typed):
            self.form_errors.append(
                _("Too many attempts. Wait a while, at most a quarter of an hour, or choose a new password.")
            )
            return False
        valid = bool(super().validate(**kwargs))
        if valid:
            throttle.forget_failures(typed)
        elif typed and self.password.data:
            throttle.count_failure(typed)
        return valid


class AskResetForm(ForgotPasswordForm):
    """Ask for a link to choose a new password; the answer never tells whether the account exists."""

    email = EmailField(_l("E-mail address"), validators=[InputRequired(_l("Type your e-mail address."))])


class ChooseResetForm(ResetPasswordForm):
    password = PasswordField(
        _l("New password"),
        description=_PASSPHRASE_HINT,
        validators=[InputRequired(_l("Type a new password."))],
    )
    password_confirm = PasswordField(
        _l("New password, again"), validators=[EqualTo("password", _l("The two passwords differ."))]
    )


class ChangeForm(ChangePasswordForm):
    password = PasswordField(
        _l("Current password"), validators=[InputRequired(_l("Type your current password."))]
    )
    new_password = PasswordField(
        _l("New password"),
        description=_PASSPHRASE_HINT,
        validators=[InputRequired(_l("Type a new password."))],
    )
    new_password_confirm = PasswordField(
        _l("New password, again"), validators=[EqualTo("new_password", _l("The two passwords differ."))]
    )


class ProfileForm(PortalForm):
    """What a person says of themself."""

    given_name = StringField(_l("Given name"), validators=[required(), Length(max=80)])
    family_name = StringField(_l("Family name"), validators=[required(), Length(max=80)])
    phone = StringField(
        _l("Telephone"),
        validators=[Length(max=30)],
        description=_l("For the people who follow your requests."),
    )
    language = SelectField(_l("Language of pages and e-mails"), choices=list(LANGUAGES.items()))
