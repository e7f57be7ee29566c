"""Which days may be chosen for whom, and what other days would change of what is to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor, Role
from portal.catalogue import queries as catalogue
from portal.catalogue import words as services
from portal.journal.rules import Subject
from portal.ladder import Ladder, Rung
from portal.refusals import NotFound
from portal.reminders import page, queries
from portal.reminders.days import queries as days_of
from portal.reminders.days.forms import name_of
from portal.reminders.days.rules import BETWEEN, Of, Scope, Which, rung_key
from portal.reminders.page import Coming
from portal.reminders.rules import Choices
from portal.territories.reference import REGIONS, region_name


def of(actor: Actor, scope: str, which: str) -> Of:
    """A region they follow, or for the national cell any, or a service; NotFound otherwise."""
    chosen = next((each for each in offered(actor) if (each.scope, each.which) == (scope, which)), None)
    if chosen is None:
        raise NotFound
    return chosen


def offered(actor: Actor) -> Sequence[Of]:
    """Whose days somebody may choose."""
    national = actor.role is Role.NATIONAL_ADMIN
    codes = [code for code in REGIONS if national or code in actor.region_codes]
    ofs = [Of(Scope.REGION, code, region_name(code)) for code in codes]
    if allows(actor, Permission.EMAIL_SUPERVISE):
        ofs += [
            Of(Scope.SERVICE, str(service.id), services.service_name(service))
            for service in catalogue.shown()
        ]
    return ofs


def rungs(of: Of) -> Mapping[Which, tuple[Ladder, Rung]]:
    """Those whose day may be chosen there."""
    return {
        (ladder.kind, rung.name): (ladder, rung)
        for ladder in queries.ladders()
        if of.scope is Scope.REGION or ladder.by_service
        for rung in ladder.rungs
        if not rung.is_fixed
    }


def journal_name(subject: Subject, name: str) -> str | None:
    """Whose days an entry of the journal is of, and which rung."""
    whose, between, key = name.rpartition(BETWEEN)
    words = {
        rung_key((ladder.kind, rung.name)): f"{ladder.label} – {rung.label}"
        for ladder in queries.ladders()
        for rung in ladder.rungs
    }
    return f"{whose} – {words[key]}" if subject is Subject.SETTING and between and key in words else None


def typed(of: Of) -> Mapping[str, int]:
    """What holds now, for the fields of the form."""
    known = rungs(of)
    return {name_of(which): days for which, days in days_of.chosen(of).items() if which in known}


@dataclass(frozen=True, slots=True)
class Moved:
    """A reminder that would come on another day; None: not in these two weeks."""

    coming: Coming
    before: date | None
    after: date | None


def preview(actor: Actor, of: Of, days: Mapping[Which, int]) -> Sequence[Moved]:
    """What would change, in the next two weeks, of what somebody sees."""
    now = queries.choices()
    others = {key: value for key, value in now.days.items() if key[2:] != (of.scope, of.which)}
    then = Choices({**others, **{(*which, of.scope, of.which): count for which, count in days.items()}})
    before, after = page.compared(actor, now, then)
    days_of_each = [
        Moved(after.get(key) or before[key], _day(before, key), _day(after, key))
        for key in {**before, **after}
    ]
    moved = [each for each in days_of_each if each.before != each.after]
    return sorted(moved, key=lambda each: (each.after or date.max, each.coming.kind_name, each.coming.thing))


def _day(comings: Mapping[Any, Coming], key: Any) -> date | None:
    return comings[key].on if key in comings else None


def sections(offered: Sequence[Of]) -> Sequence[tuple[str, Sequence[Of]]]:
    """The regions, then the services."""
    headings = {Scope.REGION: _("By region"), Scope.SERVICE: _("By service")}
    by_scope = [(heading, [of for of in offered if of.scope is scope]) for scope, heading in headings.items()]
    return [(heading, some) for heading, some in by_scope if some]
