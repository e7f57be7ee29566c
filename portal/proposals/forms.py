"""What is typed to agree on a date."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, TextAreaField, TimeField
from wtforms.validators import Optional

from portal.interventions.forms import SOMEBODY, boxes, length_needed, place_kinds, place_or_link
from portal.proposals.rules import LONGEST_WORD, MOST_DATES
from portal.web.forms import OnceForm, PortalForm, at_most, choices, number_or_none, required

_DAY, _HOUR = _l("Type a date."), _l("Type a start time.")


class ProposeForm(OnceForm):
    """Up to three dates, and for all of them how long, where and who."""

    on_1 = DateField(_l("Date"), validators=[required(_DAY)])
    starts_at_1 = TimeField(_l("Start time"), validators=[required(_HOUR)])
    on_2 = DateField(_l("Date"), validators=[Optional()])
    starts_at_2 = TimeField(_l("Start time"), validators=[Optional()])
    on_3 = DateField(_l("Date"), validators=[Optional()])
    starts_at_3 = TimeField(_l("Start time"), validators=[Optional()])
    minutes = length_needed()
    place_kind = place_kinds()
    place = place_or_link()
    practitioner_ids = boxes(_l("Who would come for you"), SOMEBODY)
    message = TextAreaField(
        _l("A word to the pole"),
        description=_l("The pole and its cell read it."),
        validators=[at_most(LONGEST_WORD)],
        render_kw={"rows": 3},
    )

    @property
    def moments(self) -> Sequence[tuple[Any, Any]]:
        """The fields of each date."""
        return [(self[f"on_{number}"], self[f"starts_at_{number}"]) for number in range(1, MOST_DATES + 1)]

    def validate(self, extra_validators: Any = None) -> bool:
        """A date has its hour, and an hour its date."""
        is_right = bool(super().validate(extra_validators))
        for on, starts_at in self.moments:
            if on.data and not starts_at.data and not starts_at.errors:
                starts_at.errors = [_HOUR]
                is_right = False
            if starts_at.data and not on.data and not on.errors:
                on.errors = [_DAY]
                is_right = False
        return is_right

    @property
    def dates(self) -> dict[int, tuple[date, time]]:
        """Those that were typed, by their number."""
        typed = enumerate(self.moments, 1)
        return {number: (on.data, at.data) for number, (on, at) in typed if on.data and at.data}

    def offer(self, team: Iterable[tuple[int, str]]) -> None:
        self.practitioner_ids.choices = choices(team)


class PickForm(PortalForm):
    number = RadioField(
        _l("Date"),
        coerce=number_or_none,
        validators=[required(_l("Choose one of the dates."))],
    )

    def offer(self, dates: Sequence[tuple[int, str]], how: str) -> None:
        """The dates that can still be picked, and what is the same of all."""
        self.number.choices = choices(dates)
        self.number.description = how


class OthersForm(PortalForm):
    message = TextAreaField(
        _l("Which days suit you"),
        description=_l("The partner reads this as it is."),
        validators=[required(_l("Say which days suit you.")), at_most(LONGEST_WORD)],
        render_kw={"rows": 3},
    )
