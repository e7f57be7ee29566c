"""Limits of poles and partners, and exceptions to them."""

from collections.abc import Mapping
from typing import Any

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


def _measure(label: Any) -> SelectField:
    chosen = required(_l("Choose one of the answers offered."))
    return SelectField(label, choices=choices(words.IN_A_YEAR.items()), validators=[chosen])


class PartnerLimitForm(PortalForm):
    """The most that one partner gives."""

    partner_id = SelectField(
        _l("Partner"), coerce=number_or_none, validators=[required(_l("Choose a partner from the list."))]
    )
    service_id = SelectField(_l("For which service"), coerce=number_or_none, validators=[Optional()])
    measure = _measure(_l("The most of what"))
    maximum = IntegerField(
        _l("How many at most"),
        description=words.COUNTED_OF_PARTNERS,
        validators=[required(_l("Type a number.")), _IN_BOUNDS],
    )


class ExceptionForm(PortalForm):
    """More, for one pole or partner."""

    organisation_id = SelectField(
        _l("Pole, or partner that has a limit"),
        coerce=number_or_none,
        validators=[required(_l("Choose an organisation from the list."))],
    )
    measure = _measure(_l("More of what"))
    more = IntegerField(
        _l("How many more than the limit"), validators=[required(_l("Type a number.")), _IN_BOUNDS]
    )
    until = DateField(_l("Until, this day included"), validators=[required(_l("Type a date."))])
    reason = StringField(
        _l("Reason"),
        description=_l("The national cell and the journal keep it."),
        validators=[required(_l("Write the reason.")), at_most(300)],
    )
