"""Forms about who belongs to an organisation."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from portal.accounts import rules as accounts
from portal.accounts.models import Person
from portal.accounts.words import ROLES
from portal.web.forms import PortalForm, at_most, choices, refuse_null_characters, required
from portal.web.languages import LANGUAGES


def _name(label: Any, autocomplete: str) -> StringField:
    return StringField(
        label,
        validators=[required(), at_most(80), refuse_null_characters],
        render_kw={"autocomplete": autocomplete},
    )


class InviteForm(PortalForm):
    """Whom to invite, to do what."""

    email = EmailField(
        _l("E-mail address"),
        validators=[required(), Length(max=254, message=_l("This address is too long."))],
        description=_l("Their own, not one that several people read: the link works for this address only."),
        render_kw={"autocomplete": "off"},
    )
    given_name = _name(_l("Given name"), "off")
    family_name = _name(_l("Family name"), "off")
    role = SelectField(_l("Role"), validators=[required()])
    language = SelectField(_l("Language of the e-mail"), choices=choices(LANGUAGES.items()), default="fr")

    def offer(self, roles: Any) -> None:
        """Let one choose among the roles of the organisation."""
        self.role.choices = choices((str(role), ROLES[role]) for role in ROLES if role in roles)

    def validate_email(self, field: Field) -> None:
        try:
            validate_email(field.data, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise ValidationError(
                _l("This is not an e-mail address. Write it like name@example.org.")
            ) from None


class AcceptForm(PortalForm):
    """How a guest is called, and the passphrase of their new account."""

    given_name = _name(_l("Given name"), "given-name")
    family_name = _name(_l("Family name"), "family-name")
    password = PasswordField(
        _l("Choose a password"),
        description=_l(
            "At least %(count)d characters. A few ordinary words make a good one.",
            count=accounts.SHORTEST_PASSPHRASE,
        ),
        validators=[InputRequired(_l("Type a new password."))],
        render_kw={"autocomplete": "new-password"},
    )
    password_confirm = PasswordField(
        _l("The same password, again"),
        validators=[
            InputRequired(_l("Type the new password again.")),
            EqualTo("password", _l("The two passwords differ.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def validate_password(self, field: Field) -> None:
        """The rule of every passphrase here."""
        owner = Person(
            email=self._email,
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
        )
        rule = current_app.extensions["security"].password_util
        problems, _written = rule.validate(field.data or "", is_register=True, user=owner)
        if problems:
            raise ValidationError(problems[0])
