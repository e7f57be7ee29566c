"""What partners say about interventions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.catalogue.rules import Beside
from portal.documents.forms import TakesDocuments
from portal.interventions import words
from portal.interventions.confirmation.rules import NO_TIME
from portal.interventions.steps import LONGEST_MINUTES, STEP_MINUTES, Place
from portal.web import durations
from portal.web.forms import (
    LONG_TEXT,
    OnceForm,
    PortalForm,
    at_most,
    choices,
    required,
)


class LengthField(StringField):
    """A length in quarter hours, typed as people do; `data`: its minutes. `least`: the shortest. `usual`: those that
    browsers offer while one types, from the list of the page that is named `list_id`."""

    def __init__(self, *args: Any, least: int = STEP_MINUTES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.least = least
        self.usual: Sequence[int] = ()

    @property
    def list_id(self) -> str:
        return f"{self.id}-usual"

    def offer(self, usual: Sequence[int]) -> None:
        if usual:
            self.usual = usual
            self.render_kw: dict[str, Any] = {"autocomplete": "off", "list": self.list_id}

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0] if valuelist else ""
        self.data = None
        if typed.strip():
            self.data = _quarter_hours(typed, self.least)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return durations.length(self.data) if self.data else ""


def _quarter_hours(typed: str, least: int) -> int:
    """ValueError says how to type it."""
    minutes = durations.read(typed)
    if minutes is None:
        raise ValueError(_("Type a length such as 1 h 30, 1,5 or 90 min."))
    if minutes % STEP_MINUTES:
        below = minutes - minutes % STEP_MINUTES
        near = [durations.length(each) for each in (below, below + STEP_MINUTES) if each]
        raise ValueError(
            _("Type quarter hours, such as %(lengths)s.", lengths=format_list(near, "or", str(get_locale())))
        )
    if not least <= minutes <= LONGEST_MINUTES:
        longest = durations.length(LONGEST_MINUTES)
        raise ValueError(_("Type a length from 15 minutes to %(longest)s.", longest=longest))
    return minutes


HOW_TO_TYPE = _l("In quarter hours: 1 h 30, 1,5 or 90 min are the same; 7 hours make one support day.")


def length_needed(least: int = STEP_MINUTES, description: Any = HOW_TO_TYPE) -> Any:
    """How long something lasts, which must be said."""
    return LengthField(
        _l("Length"),
        least=least,
        description=description,
        validators=[required(_l("Type a length such as 1 h 30, 1,5 or 90 min."))],
        render_kw={"autocomplete": "off"},
    )


SOMEBODY = InputRequired(_l("Choose at least one person."))


def place_kinds() -> Any:
    """On site or remotely."""
    return RadioField(
        _l("Where"),
        choices=choices(words.PLACES.items()),
        default=Place.ON_SITE,
        validators=[required(_l("Choose one of the answers offered."))],
    )


def place_or_link() -> Any:
    """Where people go, or what they open."""
    return StringField(
        _l("Place or link"),
        description=_l("On site, the address; remotely, the whole link to open."),
        validators=[Optional(), at_most(200)],
    )


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
    minutes = length_needed()
    place_kind = place_kinds()
    place = place_or_link()
    practitioner_ids = boxes(_l("Who takes part for you"), SOMEBODY)
    pole_ids = boxes(
        _l("Other poles it is for"),
        Optional(),
        _l("They joined this request. What each receives counts for each."),
    )
    another = BooleanField(_l("It is another intervention of the same day"))

    def ask_of_poles(self, offered: Mapping[int, str]) -> None:
        """Only where others joined the request; all of them, unless it is said otherwise."""
        if offered:
            self.pole_ids.choices = choices(offered.items())
        else:
            del self.pole_ids

    def begin_with(self, name: str, data: Any) -> None:
        """What a field holds before anybody types, where it is asked."""
        if name in self:
            self[name].object_data = data
            if not self.is_submitted():
                self[name].data = data


class BesideForm(PortalForm):
    """What a partner did beside a session, of what the sheet of the service counts."""

    preparation = LengthField(_l("Preparation"), least=0, validators=[Optional()])
    travel = LengthField(
        _l("Travel"),
        least=0,
        description=_l("There and back, of everybody who came."),
        validators=[Optional()],
    )
    write_up = LengthField(_l("Write-up"), least=0, validators=[Optional()])

    def ask_for(self, counted: Collection[Beside]) -> None:
        """Only for what counts."""
        for name in Beside:
            if name not in counted:
                del self[name]

    @property
    def beside(self) -> Mapping[Beside, int]:
        """Minutes of each that was asked for."""
        return {name: self[name].data or 0 for name in Beside if name in self}


class PartForm(BesideForm):
    """What a partner gives to an intervention that another has noted."""

    practitioner_ids = boxes(_l("Who takes part for you"), Optional())


class LogForm(TakesDocuments, BesideForm, PlanForm):
    """An intervention that took place."""

    participants = IntegerField(
        _l("How many people took part"),
        validators=[Optional(), NumberRange(0, 10_000, _l("Type a number between 0 and 10,000."))],
    )
    participant_names = StringField(
        _l("Their names"),
        description=_l("Where it helps. Whoever reads the report reads them, and they go with it."),
        validators=[Optional(), at_most(500)],
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


class CorrectLaterForm(LogForm):
    """What a cell corrects of what was logged, and why."""

    why = TextAreaField(
        _l("Why"),
        description=_l("The pole and the partner read this as it is."),
        validators=[required(_l("Say why.")), at_most(LONG_TEXT)],
        render_kw={"rows": 3},
    )

    minutes = length_needed(NO_TIME, _l("Such as 1 h 30, or 0 where it should not count."))
    minutes.creation_counter = PlanForm.minutes.creation_counter  # stands where it stood


class CallOffForm(PortalForm):
    message = TextAreaField(
        _l("Why"),
        description=_l("The pole reads this as it is."),
        validators=[required(_l("Say why.")), at_most(LONG_TEXT)],
        render_kw={"rows": 3},
    )
