"""Did it take place? One screen, three taps."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectMultipleField, TextAreaField, TimeField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.interventions import words
from portal.interventions.forms import HOW_TO_TYPE, LengthField
from portal.interventions.steps import Outcome
from portal.web import durations
from portal.web.forms import LONG_TEXT, PortalForm, at_most, choices, number_or_none, required


class ToldForm(PortalForm):
    """What became of a planned date. `length`: the planned one, or one that is usual; `minutes`: another, as people
    type it. `why`: who called it off."""

    outcome = RadioField(
        _l("Did it take place?"),
        choices=choices(words.OUTCOMES.items()),
        validators=[required(_l("Choose one of the answers offered."))],
    )
    length = RadioField(_l("How long it lasted"), coerce=number_or_none, validators=[Optional()])
    minutes = LengthField(
        _l("Another length"),
        description=HOW_TO_TYPE,
        validators=[Optional()],
        render_kw={"autocomplete": "off"},
    )
    worked_on = SelectMultipleField(
        _l("What was worked on"),
        choices=choices(words.USUAL_WORK.items()),
        validators=[Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    report = TextAreaField(
        _l("A word about it"),
        description=_l("The pole and its cell read it."),
        validators=[Optional(), at_most(LONG_TEXT)],
    )
    on = DateField(_l("Date"), validators=[Optional()])
    starts_at = TimeField(_l("Start time"), validators=[Optional()])
    why = RadioField(
        _l("Who called it off"), choices=choices(words.WHO_CALLED_OFF.items()), validators=[Optional()]
    )

    def offer(self, planned: int, usual: Sequence[int]) -> None:
        """The planned length first, then what is usual."""
        lengths = dict.fromkeys([planned, *usual])
        self.length.choices = choices((minutes, durations.length(minutes)) for minutes in lengths)
        self.length.object_data, self.minutes.object_data = planned, None
        if not self.is_submitted():
            self.length.data, self.minutes.data = planned, None

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What changed, and who called it off, is said."""
        valid = bool(super().validate(*args, **kwargs))
        if self.outcome.data == Outcome.CALLED_OFF and not (self.why.data or self.report.data):
            self.why.errors = [*self.why.errors, _("Say who called it off, or write why.")]
            return False
        return valid
