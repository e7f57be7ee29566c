"""Interventions in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import Actor
from portal.interventions import rules, steps
from portal.interventions.confirmation import words as confirmation
from portal.interventions.corrections import words as corrections
from portal.interventions.corrections.rules import Names
from portal.interventions.corrections.words import Known
from portal.interventions.measures import words as measures
from portal.interventions.measures.words import Lines
from portal.interventions.rules import Flag, Noted, WrongDay
from portal.interventions.steps import InterventionState, Outcome, Place
from portal.organisations.words import site_name
from portal.refusals import Conflict
from portal.requests.refused import words as refused_words
from portal.steps import StepRefused, Words
from portal.web import durations, templating
from portal.web.links import Link
from portal.web.tags import Tag

STATES: Mapping[InterventionState, Tag] = {
    InterventionState.PLANNED: Tag(_l("Planned"), "info", "calendar-plus"),
    InterventionState.DONE: Tag(_l("Done"), "success", "check-circle"),
    InterventionState.POLE_ABSENT: Tag(_l("Pole absent"), "warning", "person"),
    InterventionState.CALLED_OFF: Tag(_l("Cancelled"), "neutral", "slash-circle"),
}

STEPS: Mapping[str, Words] = {
    steps.PLAN.name: Words(
        happened=_l("Intervention planned by %(partner)s"),
        icon="calendar-plus",
        button=_l("Plan an intervention"),
        done=_l("It is written down. The pole is told."),
    ),
    steps.LOG.name: Words(
        happened=_l("Intervention logged by %(partner)s"),
        icon="journal-text",
        tone="success",
        button=_l("Log an intervention"),
        done=_l("It is written down. The pole is told."),
    ),
    steps.MISS.name: Words(
        happened=_l("Pole absent from an intervention of %(partner)s"),
        icon="person",
        tone="warning",
        done=_l("It is written down. The pole is told."),
    ),
    steps.CORRECT.name: Words(
        happened=_l("Intervention corrected by %(partner)s"),
        icon="pencil",
        button=_l("Correct an intervention"),
        done=_l("It is written down. The pole is told."),
    ),
    steps.CALL_OFF.name: Words(
        happened=_l("Intervention cancelled by %(partner)s"),
        icon="calendar-x",
        button=_l("Cancel an intervention"),
        done=_l("The intervention is cancelled. The pole is told."),
    ),
    steps.CORRECT_LATER.name: Words(
        happened=_l("Intervention of %(partner)s corrected by the cell"),
        icon="pencil",
        button=_l("Correct the intervention"),
        explains=_l(
            "The pole is asked anew whether it agrees, and the partner is told. What it was is kept."
        ),
        done=_l("It is corrected. The pole and the partner are told."),
    ),
    **confirmation.CONFIRMATION_STEPS,
}
"""%(partner)s is the assignment's."""

_NOW: Mapping[InterventionState, Any] = {
    InterventionState.PLANNED: _l("This intervention is planned."),
    InterventionState.DONE: _l("This intervention has already been logged."),
    InterventionState.POLE_ABSENT: _l("It has been said of this intervention that the pole was absent."),
    InterventionState.CALLED_OFF: _l("This intervention has been cancelled."),
}

WRONG_DAYS: Mapping[WrongDay, Any] = {
    WrongDay.PAST: _l("This day is past: log the intervention instead."),
    WrongDay.TO_COME: _l("This day is still to come: plan the intervention instead."),
    WrongDay.TOO_FAR: _l("This day is more than two years away: check the year."),
    WrongDay.HOUR_PAST: _l("This hour is past: log the intervention instead."),
    WrongDay.HOUR_TO_COME: _l("This hour is still to come: plan the intervention instead."),
    WrongDay.BEFORE_THE_REQUEST: _l("This day comes long before the request was sent: check the year."),
}

NOT_YET = _l("This date is still to come: say what became of it once it has.")
NOT_OF_THE_TEAM = _l("Choose people from your team.")
WRONG_LINK = _l(
    "Type the whole address of the link, as in https://visio.exemple.fr/salle, or leave it empty until you have it."
)
PLACES: Mapping[Place, Any] = {Place.ON_SITE: _l("On site"), Place.REMOTE: _l("Remote")}


OUTCOMES: Mapping[Outcome, Any] = {
    Outcome.AS_PLANNED: _l("Yes, as planned"),
    Outcome.WITH_CHANGES: _l("Yes, with changes"),
    Outcome.POLE_ABSENT: _l("No, the pole was absent"),
    Outcome.CALLED_OFF: _l("No, it was called off"),
}
USUAL_WORK: Mapping[str, Any] = {
    "stock": _l("We took stock of where the pole stands."),
    "next": _l("We agreed on the next steps."),
    "documents": _l("We worked on a document together."),
    "members": _l("We prepared a decision of the members."),
}
"""What is mostly worked on, to be tapped."""
WHO_CALLED_OFF: Mapping[str, Any] = {
    "pole": _l("Called off by the pole."),
    "us": _l("Called off by the partner."),
    "both": _l("Put off by agreement."),
}


def in_short(subject: str, *, as_planned: bool) -> str:
    """What a report says where nothing was written: what is known, and no more."""
    if as_planned:
        return _("Noted in short: it took place as planned, on “%(subject)s”.", subject=subject)
    return _("Noted in short: it took place with changes, on “%(subject)s”.", subject=subject)


FLAGS: Mapping[Flag, Any] = {
    Flag.WITH_CHANGES: _l("with changes"),
    Flag.BEFORE_THE_REQUEST: _l("before the request was sent"),
    Flag.LATE: _l("noted late"),
    Flag.BEYOND_POLE: _l("beyond what the pole has in a year"),
    Flag.BEYOND_PARTNER: _l("beyond what the partner gives in a year"),
    Flag.AFTER_THE_END: _l("after the support had ended"),
}


def noted(intervention: Any, submitted_at: datetime, ended_on: date | None, place: str | None) -> Noted:
    """What flags are derived from; `intervention`: one, or a row with these columns."""
    told_at = intervention.told_at
    return Noted(
        intervention.on,
        clock.day_of(told_at, place) if told_at else None,
        clock.day_of(submitted_at, place),
        ended_on,
        intervention.as_planned,
        intervention.beyond_pole,
        intervention.beyond_partner,
    )


def flags(intervention: Any, place: str | None) -> list[str]:
    """What those who read it should know of one that was told."""
    if intervention.state is not InterventionState.DONE:
        return []
    assignment = intervention.assignment
    facts = noted(intervention, assignment.request.submitted_at, assignment.completed_on, place)
    late = _("noted late, on %(day)s", day=templating.day(facts.told_on)) if facts.told_on else ""
    return [late if flag is Flag.LATE else str(FLAGS[flag]) for flag in rules.flags(facts)]


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why an action cannot be done now: where the intervention, or its request, stands."""
    if isinstance(refusal, StepRefused) and isinstance(refusal.state, InterventionState):
        return str(_NOW[refusal.state])
    if sentence := confirmation.refusal_sentence(refusal) or corrections.refusal_sentence(refusal):
        return sentence
    return refused_words.refusal_sentence(refusal)


def already_noted(other: Any, author: Any) -> str:
    """Somebody has noted an intervention of this day already: who, and which."""
    about = {
        "name": author.name if author else other.assignment.partner.name,
        "length": durations.length(other.minutes),
    }
    if other.state is InterventionState.PLANNED:
        return _(
            "Already planned by %(name)s for this day (%(length)s): log that one from the page of the request, or tick"
            " the box if yours is another.",
            **about,
        )
    return _(
        "Already noted by %(name)s for this day (%(length)s). If yours is another, tick the box.", **about
    )


def named(person: Any, coming_for: Any, reading: Any) -> str:
    """Who may come; with the partner, where it is another than one's own."""
    if coming_for is reading:
        return str(person.name)
    return f"{person.name} ({coming_for.partner.name})"


def hour(starts_at: time | None, place: str | None) -> str:
    """A start time and whose clocks show it."""
    return templating.time_of_day(starts_at, place) or _("still to be agreed")


def when(on: date, starts_at: time | None, place: str | None) -> str:
    """A day and an hour, in one line."""
    return ", ".join(filter(None, (templating.weekday(on), templating.time_of_day(starts_at, place))))


def is_link(intervention: Any) -> bool:
    """Is its place a page to open?"""
    return rules.is_link(intervention.place_kind, intervention.place)


def place_fact(intervention: Any) -> list[tuple[Any, Any]]:
    """Where to go, or the page to open; nothing where that is not known yet."""
    place = intervention.place
    if is_link(intervention):
        return [(_l("Link"), (Link(site_name(place), place),))]
    return [(_l("Place or link"), place)] if place else []


def when_and_where(intervention: Any, place: str | None) -> str:
    """The same, and the place or link where it is."""
    parts = when(intervention.on, intervention.starts_at, place), intervention.place
    return ", ".join(filter(None, parts))


def planned(interventions: Iterable[Any], place: str | None) -> dict[int, list[str]]:
    """The days still planned of each assignment, by number, first to last."""
    lines: dict[int, list[str]] = {}
    for intervention in sorted(interventions, key=lambda intervention: (intervention.on, intervention.id)):
        if intervention.state is InterventionState.PLANNED:
            lines.setdefault(intervention.assignment_id, []).append(
                when(intervention.on, intervention.starts_at, place)
            )
    return lines


def measured(intervention: Any, reader: Actor) -> Lines:
    """What one that is done counts for."""
    return measures.of_act(intervention, reader)


def corrected(
    intervention: Any, reader: Actor, names: Names, place: str | None
) -> Sequence[tuple[str, str, Sequence[Any]]]:
    """What was corrected of one, first to last, each with why and its lines."""
    return corrections.corrected(intervention, reader, Known(names, place, PLACES))


def so_far(interventions: Iterable[Any], reader: Actor) -> Lines:
    """What all that is done of a request counts for."""
    return measures.of_acts(interventions, reader)
