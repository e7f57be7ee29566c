"""A field for each rung whose day may be chosen."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import SelectField

from portal.ladder import Ladder, Rung
from portal.reminders.days.rules import Of, Scope, Which
from portal.web.forms import PortalForm, choices, number_or_none


def name_of(which: Which) -> str:
    """What a field is called."""
    return "-".join(which)


def days_label(rung: Rung, days: int) -> str:
    """So many days after, or before."""
    count = abs(days)
    if days < 0:
        return ngettext("%(num)s working day before", "%(num)s working days before", count)
    if rung.calendar:
        return ngettext("after %(num)s day", "after %(num)s days", count)
    if not days:
        return _("as soon as the day is over")
    return ngettext("after %(num)s working day", "after %(num)s working days", count)


def form_of(of: Of, rungs: Mapping[Which, tuple[Ladder, Rung]]) -> type[PortalForm]:
    """A form for a region or a service."""
    fields: dict[str, Any] = {
        name_of(which): SelectField(
            f"{ladder.label}{_(': ')}{rung.label}",
            choices=choices(_offered(of, rung, _beyond(of, ladder))),
            coerce=number_or_none,
            description=_l("To %(whom)s", whom=rung.to),
        )
        for which, (ladder, rung) in rungs.items()
    }
    return type("DaysForm", (PortalForm,), fields)


def _beyond(of: Of, ladder: Ladder) -> int:
    """By how much a service itself moves what is chosen."""
    return ladder.beyond(int(of.which)) if ladder.beyond and of.scope is Scope.SERVICE else 0


def _offered(of: Of, rung: Rung, beyond: int) -> list[tuple[Any, str]]:
    """The usual first, which is no choice; then all within the bounds."""
    least, most = rung.bounds
    if of.scope is Scope.SERVICE:
        usual = _("as its region has it")
    else:
        usual = _("as usual: %(days)s", days=days_label(rung, rung.after))
    others = [days for days in range(least, most + 1) if of.scope is Scope.SERVICE or days != rung.after]
    return [("", usual), *((days, days_label(rung, days + beyond)) for days in others)]
