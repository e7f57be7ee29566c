"""Until when what was logged is corrected, by whom, and what was, in words."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.catalogue.rules import Beside
from portal.interventions import steps
from portal.interventions.confirmation.words import DOES_NOT_COUNT
from portal.interventions.corrections import rules
from portal.interventions.corrections.rules import SERVED, WHY, Names, NotTheirTurn
from portal.interventions.measures.words import shares
from portal.interventions.steps import InterventionState, Place
from portal.refusals import Conflict
from portal.web import durations, templating

_LABELS: Mapping[str, Any] = {
    "on": _l("Date"),
    "starts_at": _l("Start time"),
    "minutes": _l("Length"),
    "place_kind": _l("Where"),
    "place": _l("Place or link"),
    "people": _l("Who took part for the partner"),
    "poles": _l("Other poles it is for"),
    SERVED: _l("What counts for one pole"),
    "came": _l("Who came"),
    "participants": _l("How many people took part"),
    "participant_names": _l("Their names"),
    "participating_organisations": _l("Their organisations"),
    "report": _l("Report"),
    "next_step": _l("Next step"),
    "preparation": _l("Preparation"),
    "travel": _l("Travel"),
    "write_up": _l("Write-up"),
}
_LENGTHS = {"minutes", *Beside}
LONG = {"report", "next_step"}
"""What is shown beneath its label."""


class Line(NamedTuple):
    """One thing that was corrected."""

    label: Any
    before: str
    after: str
    is_long: bool


class Known(NamedTuple):
    """What values are said with: whom numbers name, whose clocks show hours, how places are called."""

    names: Names
    place: str | None
    places: Mapping[Place, Any]


def noted_on(intervention: Any, place: str | None) -> date:
    """Since which day it is logged."""
    return clock.day_of(intervention.told_at or intervention.created_at, place)


class Turn(NamedTuple):
    """Whose it is to correct what was logged, for its reader. `line`: until when, or since when no more."""

    may_correct: bool
    line: str


def turn(intervention: Any, standing: Any, reader: Actor, place: str | None) -> Turn:
    """Of one that is its reader's; one that is not logged is corrected as long as it is planned."""
    if intervention.state is not InterventionState.DONE:
        return Turn(may_correct=True, line="")
    confirmation = standing.confirmation.state if standing else None
    since = noted_on(intervention, place)
    until = templating.weekday(rules.last_day(since))
    partner, cell = rules.changes(confirmation, since, clock.today(place))
    if allows(reader, steps.CORRECT_LATER.right):
        return Turn(cell is steps.CORRECT_LATER, "")
    if partner is steps.CORRECT:
        return Turn(may_correct=True, line=_("You can correct it until %(day)s.", day=until))
    if cell is steps.CORRECT_LATER:
        line = _("You could correct it until %(day)s: write to the cell, which corrects it now.", day=until)
        return Turn(may_correct=False, line=line)
    return Turn(may_correct=False, line="")


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why it is not corrected from this side now; None: it is about something else."""
    if not isinstance(refusal, NotTheirTurn):
        return None
    until = templating.weekday(refusal.until)
    if refusal.step is steps.CORRECT_LATER:
        return _(
            "Its partner corrects this intervention until %(day)s: write to it. After that, you can.",
            day=until,
        )
    return _(
        "You could correct this intervention until %(day)s. The cell corrects it now: write to it from the page of the"
        " request.",
        day=until,
    )


def happened(correction: Any, place: str | None) -> str:
    """When it was corrected, and by whom."""
    day = templating.day(correction.at, place)
    if correction.by is None:
        return _("Corrected on %(day)s", day=day)
    return _("Corrected on %(day)s by %(name)s", day=day, name=correction.by.name)


def corrected(intervention: Any, reader: Actor, known: Known) -> Sequence[tuple[str, str, list[Line]]]:
    """What was corrected that its reader reads, first to last: when and by whom, why, and what."""
    own = {share.assignment_id for share in shares(intervention, reader)}
    all_lines = [
        (
            happened(each, known.place),
            each.changes.get(WHY, ("", ""))[1],
            _lines(each.changes, known, with_time=each.assignment_id in own),
        )
        for each in intervention.corrections
    ]
    return [(when, why, lines) for when, why, lines in all_lines if lines]


def _lines(changes: Mapping[str, Sequence[Any]], known: Known, *, with_time: bool) -> list[Line]:
    """`with_time`: does its reader read the time beside?"""
    lines = [
        Line(label, _text(name, changes[name][0], known), _text(name, changes[name][1], known), name in LONG)
        for name, label in _LABELS.items()
        if name in changes and (with_time or name not in {*Beside})
    ]
    if "state" in changes:
        lines.append(Line(_l("What counts"), _("it counted"), str(DOES_NOT_COUNT), is_long=False))
    return lines


def _text(name: str, value: Any, known: Known) -> str:
    if value in (None, "", [], 0):
        return _("nothing")
    if name in _LENGTHS:
        return durations.length(value)
    match name:
        case "on":
            return templating.day(date.fromisoformat(value))
        case "starts_at":
            return templating.time_of_day(time.fromisoformat(value), known.place)
        case "place_kind":
            return str(known.places[Place(value)])
        case "people" | "poles" | "came":
            names = getattr(known.names, name)
            return ", ".join(names.get(number) or _("somebody") for number in value)
        case "served":
            pole_id, minutes = value
            length = durations.length(minutes) if minutes else DOES_NOT_COUNT
            return f"{known.names.poles.get(pole_id) or _('somebody')}, {length}"
        case _:
            return str(value)
