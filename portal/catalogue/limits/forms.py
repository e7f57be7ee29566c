"""Limits, and exceptions to them."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange, Optional

from portal.catalogue.limits import words
from portal.catalogue.limits.rules import Measure
from portal.web.forms import PortalForm, at_most, choices, number_or_none, required

MOST = 366
_IN_BOUNDS = NumberRange(1, MOST, _l("Type a number between 1 and %(max)d."))


def _limit(measure: Measure) -> IntegerField:
    return IntegerField(
        words.MEASURES[measure], description=words.COUNTED[measure], validators=[Optional(), _IN_BOUNDS]
    )


class LimitsForm(PortalForm):
    """The most that each pole has; what is left empty has no limit."""

    requests = _limit(Measure.REQUESTS)
    days = _limit(Measure.DAYS)

    def limits(self) -> Mapping[Measure, int | None]:
        return {measure: self[measure.value].data for measure in Measure}


class ExceptionForm(PortalForm):
    """More, for one pole."""

    pole_id = SelectField(
        _l("Pole"), coerce=number_or_none, validators=[required(_l("Choose a pole from the list."))]
    )
    measure = SelectField(
        _l("More of what"),
        choices=choices(words.MEASURES.items()),
        validators=[required(_l("Choose one of the answers offered."))],
    )
    more = IntegerField(
        _l("How many more than the limit"), validators=[required(_l("Type a number.")), _IN_BOUNDS]
    )
    until = DateField(_l("Until, this day included"), validators=[required(_l("Type a date."))])
    reason = StringField(
        _l("Reason"),
        description=_l("The national cell and the journal keep it."),
        validators=[required(_l("Write the reason.")), at_most(300)],
    )
