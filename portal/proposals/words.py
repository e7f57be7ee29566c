"""Proposed dates in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.interventions.words import PLACES, when
from portal.interventions.words import refusal_sentence as of_interventions
from portal.proposals import steps
from portal.proposals.steps import DatePassed, NobodyComes, ProposalState
from portal.refusals import Conflict
from portal.steps import StepRefused, Words
from portal.text import in_a_row
from portal.web import durations
from portal.web.tags import Tag

STEPS: Mapping[str, Words] = {
    steps.PROPOSE.name: Words(
        happened=_l("Dates proposed by %(partner)s"),
        icon="calendar3",
        button=_l("Propose dates"),
        done=_l("The dates are proposed: the pole picks one, or asks for others."),
    ),
    steps.PICK.name: Words(
        happened=_l("Date picked among those of %(partner)s"),
        icon="calendar-check",
        tone="success",
        button=_l("Choose a date"),
        explains=_l("It is planned at once: the partner is told, and the other dates are free again."),
        done=_l("The date is planned: the partner is told."),
    ),
    steps.ASK_OTHERS.name: Words(
        happened=_l("Other dates asked of %(partner)s"),
        icon="calendar-x",
        tone="warning",
        button=_l("Ask for other dates"),
        explains=_l("The partner reads what you write, and proposes others."),
        done=_l("The partner is told, and proposes other dates."),
    ),
    steps.TAKE_BACK.name: Words(
        happened=_l("Dates of %(partner)s taken back"),
        icon="slash-circle",
        button=_l("Take these dates back"),
        done=_l("The dates are taken back. The pole is told."),
    ),
}
"""%(partner)s is the assignment's."""

TO_PICK = Tag(_l("The pole picks a date"), "info", "hourglass-split")
OVER = Tag(_l("No answer, and the dates are past"), "warning", "clock-history")
OTHERS = Tag(_l("The pole asks for other dates"), "warning", "calendar-x")

WRONG_HOUR = _l("This hour is past: choose a later one.")
TWICE = _l("This date stands twice: change one of them.")
CHOOSE = _l("Choose one of the dates.")

_NOW: Mapping[ProposalState | None, Any] = {
    ProposalState.OPEN: _l("These dates still wait for the pole."),
    ProposalState.PICKED: _l("A date has already been picked."),
    ProposalState.OTHERS_ASKED: _l("Other dates have already been asked for."),
    ProposalState.TAKEN_BACK: _l("The partner has taken these dates back."),
    ProposalState.REPLACED: _l("The partner has proposed other dates since: choose among those."),
}
_BY: Mapping[ProposalState, Any] = {
    ProposalState.PICKED: _l("%(name)s has already picked a date: %(date)s."),
    ProposalState.OTHERS_ASKED: _l("%(name)s has already asked for other dates."),
}


def line(date: Any, place: str | None) -> str:
    """A day, an hour, and whose clocks show it."""
    return when(date.on, date.starts_at, place)


def lines(dates: Sequence[Any], place: str | None) -> list[str]:
    return [line(date, place) for date in dates]


def first_line(proposal: Any, place: str | None) -> str:
    return line(proposal.dates[0], place)


def how(proposal: Any) -> str:
    """How long, where, and who would come: the same for all its dates. A link stands apart."""
    where = PLACES[proposal.place_kind]
    names = ", ".join(person.name for person in proposal.practitioners)
    return in_a_row((durations.length(proposal.minutes), str(where), names))


def standing(proposal: Any, is_over: bool) -> Tag:
    """Who has something to do about it."""
    if proposal.state is ProposalState.OTHERS_ASKED:
        return OTHERS
    return OVER if is_over else TO_PICK


def refusal_sentence(refusal: Conflict, name: str | None, picked: str) -> str | None:
    """Why it cannot be done now. `name`: who of the pole answered meanwhile; `picked`: the date."""
    if isinstance(refusal, DatePassed):
        return _("This date is past: choose another one, or ask for others.")
    if isinstance(refusal, NobodyComes):
        return _("Nobody who was to come is still of this partner's team: ask for other dates.")
    if isinstance(refusal, StepRefused) and isinstance(refusal.state, ProposalState):
        if name and refusal.state in _BY:
            return str(_BY[refusal.state]) % {"name": name, "date": picked}
        return str(_NOW[refusal.state])
    return of_interventions(refusal)
