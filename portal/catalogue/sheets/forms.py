"""How a sheet is typed, and its steps."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.catalogue import words
from portal.catalogue.rules import DAYS_TO_ANSWER, FEWEST_DAYS_TO_ANSWER, MOST_DAYS_TO_ANSWER
from portal.catalogue.sheets import rules
from portal.organisations.rules import Stage
from portal.organisations.words import STAGES
from portal.territories.reference import DEPARTMENTS, REGIONS
from portal.web.forms import LONG_TEXT, PICK, PortalForm, at_most, choices, required

_MARKS = _l(
    "An empty line separates paragraphs, “- ” begins a line of a list, **two stars** make words bold, and"
    " [words](https://address) a link."
)


def _line(label: Any, most: int, hint: Any = "") -> StringField:
    return StringField(label, description=hint, validators=[Optional(), at_most(most)])


def _text(label: Any, most: int, hint: Any = "") -> TextAreaField:
    return TextAreaField(label, description=hint, validators=[Optional(), at_most(most)])


def _one_of(label: Any, pairs: Iterable[tuple[Any, Any]]) -> SelectField:
    chosen = required(_l("Choose one of the answers offered."))
    return SelectField(label, choices=choices([PICK, *pairs]), validators=[chosen])


def _boxes(label: Any, pairs: Iterable[tuple[Any, Any]], hint: Any = "") -> SelectMultipleField:
    return SelectMultipleField(
        label,
        description=hint,
        choices=choices(pairs),
        validators=[Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _ends(form: PortalForm, field: Field) -> None:
    """What is true for a while ends."""
    noticed = form["notice"].data or form["notice_en"].data
    if noticed and not any(field.raw_data or ()):
        raise StopValidation(_l("Say until which day this is true."))


class SheetForm(PortalForm):
    """All that a sheet says, in the groups of its page. `seen`: what was on the screen."""

    seen = HiddenField()

    name = StringField(_l("Name of the service"), validators=[required(_l("Type a name.")), at_most(160)])
    summary = _text(_l("In two lines"), 300, _l("What the list of services shows: for whom, for what."))
    description = _text(_l("Description"), LONG_TEXT, _MARKS)
    family = _one_of(_l("Purpose"), words.FAMILIES.items())
    kind = _one_of(_l("Kind"), words.KINDS.items())
    format = _one_of(_l("Format"), words.FORMATS.items())

    stages = _boxes(
        _l("Stages of the poles"),
        ((stage.value, label) for stage, label in STAGES.items() if stage is not Stage.INACTIVE),
        _l("Tick none where every pole may ask."),
    )
    recognitions = _boxes(
        _l("Recognitions of the poles"),
        (),
        _l("One of those ticked is enough; tick none where no recognition is asked for."),
    )
    rules = _text(_l("Who may ask, in words"), 1000)
    regions = _boxes(
        _l("Regions"),
        ((region.code, region.name) for region in REGIONS.values()),
        _l("Only where it is offered in fewer places than its partners cover; tick none otherwise."),
    )
    departments = _boxes(
        _l("Departments"),
        ((department.code, f"{department.code} – {department.name}") for department in DEPARTMENTS.values()),
    )

    cost = _line(_l("Cost for the pole"), 300, _l("As in: free; travel is paid by the pole."))
    venue = _text(
        _l("Accessibility of the venue"), 500, _l("Step-free access, sign language, how to come in.")
    )
    languages = _boxes(_l("Languages"), words.LANGUAGES.items())
    documents_wanted = _text(
        _l("Documents wanted"),
        1000,
        _l("What the partner needs to read before answering; say so if none is."),
    )
    days_to_answer = IntegerField(
        _l("Working days to answer"),
        default=DAYS_TO_ANSWER,
        description=_l(
            "The time that a partner has once it is asked: its due date, its reminders and the page of the service"
            " follow it. From %(least)d to %(most)d; what was already asked keeps the time it was given.",
            least=FEWEST_DAYS_TO_ANSWER,
            most=MOST_DAYS_TO_ANSWER,
        ),
        validators=[
            InputRequired(_l("Type a number of days.")),
            NumberRange(
                FEWEST_DAYS_TO_ANSWER,
                MOST_DAYS_TO_ANSWER,
                _l("Type a number of days between %(min)d and %(max)d."),
            ),
        ],
    )
    time_counted = _boxes(
        _l("Time counted beside sessions"),
        words.BESIDE.items(),
        _l(
            "Partners are asked for it when they log an intervention, and it counts as time spent. What was already"
            " asked keeps what the sheet said then."
        ),
    )
    direct = BooleanField(
        _l("Sent straight to its partner"),
        description=_l("Where one partner alone covers the territory, it gets the request without the cell."),
    )
    inferred = BooleanField(
        _l("Deduced, not confirmed"), description=_l("Shown as such until a partner has checked the sheet.")
    )

    notice = _text(
        _l("What is true for a while"),
        300,
        _l("Shown above the description until its last day, then it disappears by itself."),
    )
    notice_until = DateField(_l("Last day"), validators=[_ends, Optional()])

    name_en = _line(_l("Name in English"), 160)
    summary_en = _text(_l("In two lines, in English"), 300)
    description_en = _text(_l("Description in English"), LONG_TEXT)
    rules_en = _text(_l("Who may ask, in English"), 1000)
    cost_en = _line(_l("Cost, in English"), 300)
    venue_en = _text(_l("Accessibility of the venue, in English"), 500)
    documents_wanted_en = _text(_l("Documents wanted, in English"), 1000)
    notice_en = _text(_l("What is true for a while, in English"), 300)

    def keep(self, *, all_of_it: bool) -> None:
        """Leave out what only the national cell says."""
        if not all_of_it:
            for name in rules.OF_THE_NATIONAL_CELL:
                del self[name]

    def facts(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        left_out = {"csrf_token", "seen"}
        return {field.name: field.data for field in self if field.name not in left_out}


def _coming(form: PortalForm, field: Field) -> None:
    """A day to come, not too far."""
    if field.data and not clock.today() < field.data <= clock.today() + rules.LONGEST:
        raise ValidationError(_l("Choose a day after today, within two years."))


class SuspendForm(PortalForm):
    reopens_on = DateField(
        _l("Reopens on"),
        description=_l("From that day on it can be asked for again, without anybody doing anything."),
        validators=[InputRequired(_l("Choose the day it reopens.")), _coming],
    )


class CheckForm(PortalForm):
    check_due_on = DateField(
        _l("Check it again on"),
        default=lambda: clock.today() + rules.CHECK_AGAIN,
        description=_l("Those who keep the sheet are reminded on that day."),
        validators=[InputRequired(_l("Choose a day.")), _coming],
    )


class NothingForm(PortalForm):
    """A step that asks for nothing."""
