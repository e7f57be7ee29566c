"""What is said of work for the network."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from portal import clock
from portal.interventions.forms import HOW_TO_TYPE, SOMEBODY, LengthField, boxes
from portal.interventions.network import words
from portal.interventions.network.rules import NetworkFacts, NetworkKind
from portal.web.forms import LONG_TEXT, OnceForm, at_most, choices, required


class NetworkForm(OnceForm):
    """An act that took place."""

    kind = RadioField(
        _l("What it was"),
        choices=choices(words.KINDS.items()),
        validators=[required(_l("Choose one of the answers offered."))],
    )
    on = DateField(_l("Date"), default=clock.today, validators=[required(_l("Type a date."))])
    minutes = LengthField(
        _l("Length"),
        description=HOW_TO_TYPE,
        validators=[required(_l("Type a length such as 1 h 30, 1,5 or 90 min."))],
        render_kw={"autocomplete": "off"},
    )
    practitioner_ids = boxes(_l("Who gave it"), SOMEBODY)
    participants = IntegerField(
        _l("How many people took part"),
        validators=[Optional(), NumberRange(0, 10_000, _l("Type a number between 0 and 10,000."))],
    )
    reached = StringField(_l("Organisations reached"), validators=[Optional(), at_most(500)])
    report = TextAreaField(
        _l("Report"),
        description=_l("What it was about. Only your organisation reads it."),
        validators=[required(_l("Write the report.")), at_most(LONG_TEXT)],
        render_kw={"rows": 4},
    )

    @property
    def facts(self) -> NetworkFacts:
        return NetworkFacts(
            kind=NetworkKind(self.kind.data),
            on=self.on.data,
            minutes=self.minutes.data or 0,
            participants=self.participants.data,
            reached=self.reached.data or None,
            report=self.report.data,
        )
