"""A form with one field of each kind, for the style guide."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from portal.web.forms import SHORT_TEXT, PortalForm, at_most, choices, required


class ExampleForm(PortalForm):
    name = StringField(
        _l("Name of the pole"),
        description=_l("As its members say it."),
        validators=[required(_l("Type a name.")), at_most(SHORT_TEXT)],
    )
    email = EmailField(_l("E-mail address"), validators=[required(_l("Type your e-mail address."))])
    phone = StringField(_l("Telephone"))
    secret = PasswordField(
        _l("Password"),
        validators=[required(_l("Type a new password."))],
        render_kw={"autocomplete": "new-password"},
    )
    service = SelectField(
        _l("Service"), choices=choices([("a", _l("Economic model")), ("b", _l("Guide me"))])
    )
    need = TextAreaField(
        _l("What do you need?"),
        description=_l("A few plain sentences are enough."),
        validators=[required(_l("Write what you need.")), at_most(500)],
    )
    example = RadioField(
        _l("Where?"),
        choices=choices([("on_site", _l("On site")), ("remote", _l("Remote"))]),
        validators=[required(_l("Choose one of the answers offered."))],
    )
    partners = SelectMultipleField(
        _l("Partners"),
        choices=choices([("1", "Avise"), ("2", "RTES"), ("3", "COORACE")]),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    on = DateField(_l("Date"), validators=[required(_l("Type a date."))])
    at = TimeField(_l("Start"))
    people = IntegerField(_l("Participants"))
    agreed = BooleanField(_l("I have told the people whose contact details I give."))
