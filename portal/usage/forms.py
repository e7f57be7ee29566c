"""What the figures are limited to, read from the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from portal.catalogue.rules import Family
from portal.catalogue.words import FAMILIES
from portal.usage import words
from portal.usage.rules import Filters, Month, Period, default_period
from portal.web.filters import FilterForm

EARLIEST = Month(2013, 1)
"""The year of the first national call for PTCE projects."""

LONGEST_PERIOD = 36

Choice = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Choices:
    """What an actor may limit the figures to: (value, label)."""

    regions: Sequence[Choice]
    services: Sequence[Choice]
    partners: Sequence[Choice]


def _select(label: Any) -> SelectField:
    return SelectField(label, validate_choice=False, default="")


class UsageForm(FilterForm):
    """What cannot be understood is said on its field, and left out of the filters."""

    de = _select(_l("First month"))
    a = _select(_l("Last month"))
    region = _select(_l("Region"))
    famille = _select(_l("Family"))
    service = _select(_l("Service"))
    partenaire = _select(_l("Partner"))

    def __init__(self, asked: MultiDict[str, str], choices: Choices, today: date) -> None:
        super().__init__(asked)
        self._today = today
        self._usual = default_period(today)
        self.region.choices = [("", _l("All the regions")), *choices.regions]
        self.famille.choices = [("", _l("All the families")), *FAMILIES.items()]
        self.service.choices = [("", _l("All the services")), *choices.services]
        self.partenaire.choices = [("", _l("All the partners")), *choices.partners]
        if len(choices.regions) == 1:
            del self.region
        self.filters = self._read()
        self._offer_months(self.filters.period)

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self)

    def _read(self) -> Filters:
        service, partner, family = (
            self._chosen("service"),
            self._chosen("partenaire"),
            self._chosen("famille"),
        )
        return Filters(
            period=self._period(),
            region_code=self._chosen("region"),
            service_id=int(service) if service else None,
            partner_id=int(partner) if partner else None,
            family=Family(family) if family else None,
        )

    def _chosen(self, name: str) -> str | None:
        if name not in self:
            return None
        field = self[name]
        if field.data and field.data not in {str(value) for value, _ in field.choices}:
            field.errors = [_l("This choice is not known: everything is shown.")]
            field.data = ""
        return field.data or None

    def _period(self) -> Period:
        first = self._month("de", self._usual.first)
        last = self._month("a", self._usual.last)
        if not (self.de.errors or self.a.errors):
            asked = Period(first, last)
            if 0 < asked.length <= LONGEST_PERIOD:
                return asked
            self.a.errors = [
                _l("This month comes before the first one: the usual period is shown.")
                if asked.length <= 0
                else _l("Choose %(count)d months at most: the usual period is shown.", count=LONGEST_PERIOD)
            ]
        return self._usual

    def _month(self, name: str, usual: Month) -> Month:
        field = self[name]
        if not field.data:
            return usual
        try:
            month = Month.read(field.data)
        except ValueError:
            month = None
        if month is None or not EARLIEST <= month <= Month.of(self._today):
            field.errors = [_l("This month is not known: the usual period is shown.")]
            return usual
        return month

    def _offer_months(self, shown: Period) -> None:
        """The last three years, and the months shown where these are older."""
        current = Month.of(self._today)
        offered = {current.plus(-back) for back in range(LONGEST_PERIOD)} | {shown.first, shown.last}
        choices = [(str(month), words.month(month)) for month in sorted(offered, reverse=True)]
        self.de.choices = self.a.choices = choices
        self.de.data, self.a.data = str(shown.first), str(shown.last)


def address(filters: Filters) -> dict[str, Any]:
    """The filters as they are written in an address."""
    values = {
        "de": str(filters.period.first),
        "a": str(filters.period.last),
        "region": filters.region_code,
        "famille": filters.family,
        "service": filters.service_id,
        "partenaire": filters.partner_id,
    }
    return {name: value for name, value in values.items() if value is not None}
