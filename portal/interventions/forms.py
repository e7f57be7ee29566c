"""What partners say about interventions."""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.catalogue.rules import Beside
from portal.clock import MINUTES_PER_DAY
from portal.interventions import words
from portal.interventions.steps import LONGEST_MINUTES, STEP_MINUTES, Place
from portal.web import durations
from portal.web.forms import (
    LONG_TEXT,
    PICK,
    OnceForm,
    PortalForm,
    at_most,
    choices,
    number_or_none,
    required,
)


def lengths() -> list[tuple[int, str]]:
    """Those that can be chosen, in words."""
    quarters = range(STEP_MINUTES, 12 * 60 + 1, STEP_MINUTES)
    long_ones = range(2 * MINUTES_PER_DAY, LONGEST_MINUTES + 1, MINUTES_PER_DAY)
    return [(minutes, durations.length(minutes)) for minutes in (*quarters, *long_ones)]


SOMEBODY = InputRequired(_l("Choose at least one person."))


def boxes(label: Any, validator: Any, description: Any = "") -> Any:
    """Some of those offered, by number, each with a box to tick."""
    return SelectMultipleField(
        label,
        coerce=int,
        description=description,
        validators=[validator],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class PlanForm(OnceForm):
    """An intervention to come."""

    on = DateField(_l("Date"), validators=[required(_l("Type a date."))])
    starts_at = TimeField(_l("Start time"), validators=[Optional()])
    minutes = SelectField(
        _l("Length"),
        coerce=number_or_none,
        description=_l("In quarter hours; 7 hours make one support day."),
        validators=[required(_l("Choose a length."))],
    )
    place_kind = RadioField(
        _l("Where"),
        choices=choices(words.PLACES.items()),
        default=Place.ON_SITE,
        validators=[required(_l("Choose one of the answers offered."))],
    )
    place = StringField(
        _l("Place or link"),
        description=_l("On site, the address; remotely, the whole link to open."),
        validators=[Optional(), at_most(200)],
    )
    practitioner_ids = boxes(_l("Who takes part for you"), SOMEBODY)
    pole_ids = boxes(
        _l("Other poles it is for"),
        Optional(),
        _l("They joined this request. What each receives counts for each."),
    )
    another = BooleanField(_l("It is another intervention of the same day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes.choices = choices([PICK, *lengths()])

    def ask_of_poles(self, offered: Mapping[int, str]) -> None:
        """Only where others joined the request; all of them, unless it is said otherwise."""
        if offered:
            self.pole_ids.choices = choices(offered.items())
        else:
            del self.pole_ids


class BesideForm(PortalForm):
    """What a partner did beside a session, of what the sheet of the service counts."""

    preparation = SelectField(_l("Preparation"), coerce=int, default=0)
    travel = SelectField(
        _l("Travel"), coerce=int, default=0, description=_l("There and back, of everybody who came.")
    )
    write_up = SelectField(_l("Write-up"), coerce=int, default=0)

    def ask_for(self, counted: Collection[Beside]) -> None:
        """Only for what counts."""
        for name in Beside:
            if name in counted:
                self[name].choices = choices([(0, _("None")), *lengths()])
            else:
                del self[name]

    @property
    def beside(self) -> Mapping[Beside, int]:
        """Minutes of each that was asked for."""
        return {name: self[name].data for name in Beside if name in self}


class PartForm(BesideForm):
    """What a partner gives to an intervention that another has noted."""

    practitioner_ids = boxes(_l("Who takes part for you"), Optional())


class LogForm(BesideForm, PlanForm):
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
        validators=[required(_l("Write the report.")), at_most(LONG_TEXT)],
        render_kw={"rows": 6},
    )
    next_step = TextAreaField(
        _l("Next step"),
        validators=[Optional(), at_most(LONG_TEXT)],
        render_kw={"rows": 2},
    )


class CallOffForm(PortalForm):
    message = TextAreaField(
        _l("Why"),
        description=_l("The pole reads this as it is."),
        validators=[required(_l("Say why.")), at_most(LONG_TEXT)],
        render_kw={"rows": 3},
    )
