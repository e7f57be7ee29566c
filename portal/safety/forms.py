"""Forms about the safety of one's account."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, HiddenField, StringField
from wtforms.validators import ValidationError

from portal.web.forms import PortalForm, at_most, refuse_null_characters, required


def _code(label: object, hint: object = "") -> StringField:
    return StringField(
        label,
        description=hint,
        validators=[required(_l("Type the code.")), at_most(40), refuse_null_characters],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "off"},
    )


def _an_address(form: PortalForm, field: Field) -> None:
    try:
        validate_email(field.data, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValidationError(
            _l("This address is not complete. An address looks like anne@example.org.")
        ) from None


class AddressForm(PortalForm):
    """Another address."""

    email = EmailField(
        _l("New e-mail address"),
        validators=[
            required(_l("Type your new e-mail address.")),
            at_most(254),
            refuse_null_characters,
            _an_address,
        ],
        render_kw={"autocomplete": "email"},
    )


class ConfirmForm(PortalForm):
    """A button."""


class ApplicationForm(PortalForm):
    """The first code that the application shows."""

    code = _code(_l("Code shown by the application"), _l("Six digits, which change every half minute."))


class SecondStepForm(PortalForm):
    """A code of the application, or one from paper."""

    code = _code(_l("Code"), _l("The six digits shown by your application, or one of your recovery codes."))
    next = HiddenField()


class PasskeyForm(PortalForm):
    """A name, and what the browser answers."""

    name = StringField(
        _l("Name of this passkey"),
        description=_l("To know it again: “My telephone”, “Computer at work”…"),
        validators=[required(_l("Give this passkey a name.")), at_most(80), refuse_null_characters],
    )
    credential = HiddenField()
