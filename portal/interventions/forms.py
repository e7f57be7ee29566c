"""What partners say about interventions."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.interventions import words
from portal.interventions.workflow import LONGEST_MINUTES, STEP_MINUTES, Place
from portal.web.forms import (
    LONG_TEXT,
    OnceForm,
    PortalForm,
    at_most,
    choices,
    required,
)

LATEST_PLAN = timedelta(days=2 * 365)
OLDEST_LOG = timedelta(days=2 * 365)


def _durations() -> list[tuple[int, str]]:
    quarters = range(STEP_MINUTES, 12 * 60 + 1, STEP_MINUTES)
    long_ones = range(14 * 60, LONGEST_MINUTES + 1, 7 * 60)
    return [(minutes, words.duration(minutes)) for minutes in (*quarters, *long_ones)]


class PlanForm(OnceForm):
    """An intervention to come."""

    on = DateField(_l("Date"), validators=[required(_l("Type a date."))])
    starts_at = TimeField(_l("Start time"), validators=[Optional()])
    minutes = SelectField(
        _l("Length"),
        coerce=int,
        default=210,
        description=_l("In quarter hours; 7 hours make one support day."),
        validators=[required()],
    )
    place_kind = RadioField(
        _l("Where"), choices=choices(words.PLACES.items()), default=Place.ON_SITE, validators=[required()]
    )
    place = StringField(_l("Place or link"), validators=[Optional(), at_most(200)])
    practitioner_ids = SelectMultipleField(
        _l("Who takes part for you"),
        coerce=int,
        validators=[InputRequired(_l("Choose at least one person."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes.choices = choices(_durations())

    def validate_on(self, field: DateField) -> None:
        today = clock.today()
        if field.data and field.data < today:
            raise ValidationError(_l("This day is past: log the intervention instead."))
        if field.data and field.data > today + LATEST_PLAN:
            raise ValidationError(_l("This day is more than two years away: check the year."))


class LogForm(PlanForm):
    """An intervention that took place."""

    participants = IntegerField(
        _l("How many people took part"),
        validators=[Optional(), NumberRange(0, 10_000, _l("Type a number between 0 and 10,000."))],
    )
    participating_organisations = StringField(
        _l("Their organisations"), validators=[Optional(), at_most(500)]
    )
    report = TextAreaField(
        _l("Report"),
        description=_l("Why you met and what was worked on. The pole and its cell read it."),
        validators=[required(), at_most(LONG_TEXT)],
        render_kw={"rows": 6},
    )
    next_step = TextAreaField(
        _l("Next step"),
        validators=[Optional(), at_most(LONG_TEXT)],
        render_kw={"rows": 2},
    )

    def validate_on(self, field: DateField) -> None:
        today = clock.today()
        if field.data and field.data > today:
            raise ValidationError(_l("This day is still to come: plan the intervention instead."))
        if field.data and field.data < today - OLDEST_LOG:
            raise ValidationError(_l("This day is more than two years ago: check the year."))


class CallOffForm(PortalForm):
    message = TextAreaField(
        _l("Why"),
        description=_l("The pole reads this as it is."),
        validators=[required(), at_most(LONG_TEXT)],
        render_kw={"rows": 3},
    )
