"""Forms about the safety of one's account."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, StringField

from portal.web.forms import PortalForm, an_email, at_most, required


def _code(label: object, hint: object = "") -> StringField:
    return StringField(
        label,
        description=hint,
        validators=[required(_l("Type the code.")), at_most(40)],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "off"},
    )


class AddressForm(PortalForm):
    """Another address."""

    email = EmailField(
        _l("New e-mail address"),
        validators=[
            required(_l("Type your new e-mail address.")),
            at_most(254),
            an_email,
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
        validators=[required(_l("Give this passkey a name.")), at_most(80)],
    )
    credential = HiddenField()
