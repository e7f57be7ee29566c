"""Registrations in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.refusals import Conflict
from portal.requests.refused import words as refused_words
from portal.sessions.registrations.rules import TAKES_A_SEAT, NotNow, Presence, Standing
from portal.web.tags import Tag

STANDINGS: Mapping[Standing, Tag] = {
    Standing.SEATED: Tag(_l("Has a seat"), "success", "check-circle"),
    Standing.WAITING: Tag(_l("On the waiting list"), "warning", "hourglass-split"),
    Standing.OFFERED: Tag(_l("A seat is offered"), "info", "bell"),
    Standing.WITHDRAWN: Tag(_l("Does not come"), "neutral", "x-circle"),
    Standing.LAPSED: Tag(_l("Did not take the seat in time"), "neutral", "clock-history"),
    Standing.WALKED_IN: Tag(_l("Came without a seat"), "info", "person-plus"),
}
PRESENCES: Mapping[Presence, Tag] = {
    Presence.PRESENT: Tag(_l("Was there"), "success", "check-circle"),
    Presence.EXCUSED: Tag(_l("Excused"), "neutral", "envelope"),
    Presence.ABSENT: Tag(_l("Was not there"), "neutral", "x-circle"),
}
FULL = _l("No seat is left. Tick the box to be put on the waiting list.")
_OVER = _l("This session is over, cancelled, or takes nobody any more.")
_NOW: Mapping[Standing, Any] = {
    Standing.SEATED: _l("The seat is taken already: there is nothing left to do."),
    Standing.WAITING: _l("No seat is free yet: an e-mail comes when there is."),
    Standing.OFFERED: _l("A seat is offered: take it or give it up."),
    Standing.WITHDRAWN: _l("This registration was cancelled already."),
    Standing.LAPSED: _l("The time to take this seat is over: it was offered to the next."),
    Standing.WALKED_IN: _l("This person came without a seat."),
}


def became(registration: Any) -> Tag:
    """Where somebody stands, or what became of them on the day."""
    return PRESENCES[registration.presence] if registration.presence else STANDINGS[registration.standing]


def left(session: Any, counts: Mapping[Standing, int]) -> str:
    """How many seats are left, in words, since “0/3” says nothing; how many are in all once nobody takes one."""
    free = session.seats - sum(counts.get(standing, 0) for standing in TAKES_A_SEAT)
    in_all = ngettext("%(num)s seat in all", "%(num)s seats in all", session.seats)
    if not session.may_still_change:
        return in_all
    if free > 0 and not counts.get(Standing.WAITING, 0):
        left = ngettext("%(num)s seat left", "%(num)s seats left", free)
        return f"{left}, {in_all}"
    return _("Full, with a waiting list; %(seats)s", seats=in_all)


def in_line(place: int) -> str:
    """The place of somebody who waits."""
    if place == 1:
        return _("First on the waiting list")
    return _("Number %(place)s on the waiting list", place=place)


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why something cannot be done now."""
    if isinstance(refusal, NotNow):
        return str(_OVER if refusal.is_over else _NOW[refusal.standing])
    return refused_words.refusal_sentence(refusal)


def done(registration: Any) -> str:
    """What is said once somebody is registered."""
    if registration.standing is Standing.SEATED:
        return _("%(name)s has a seat.", name=registration.name)
    return _(
        "%(name)s is on the waiting list. An e-mail comes as soon as a seat is free.", name=registration.name
    )
