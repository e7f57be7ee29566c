"""Who is told about an intervention: the pole, and who comes, each of what changes for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from functools import partial
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import Actor
from portal.accounts.models import Person
from portal.interventions import steps, words
from portal.interventions.confirmation.emails import CONFIRMATION_EXAMPLES, acts, asking
from portal.interventions.confirmation.rules import WORKING_DAYS_TO_CONFIRM
from portal.interventions.models import Intervention, Practice
from portal.interventions.steps import InterventionState, Moves, Place
from portal.interventions.told.emails import EVENING_EXAMPLES
from portal.interventions.upcoming import emails as upcoming
from portal.notifications.emails import Message, Recipient
from portal.notifications.previews.service import Example
from portal.requests import emails as requests
from portal.requests.emails import News, kind_of
from portal.requests.examples import emails as examples
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.telling.queries import practitioners
from portal.steps import Audience
from portal.teams.queries import Addressee
from portal.web import durations


class Meeting(NamedTuple):
    """When, how long, where and who, as they were before something changed. `people`: each with the assignment of the
    partner it comes for."""

    on: date
    starts_at: time | None
    minutes: int
    place_kind: Any
    place: str | None
    people: frozenset[tuple[int, int]]

    @property
    def when_and_where(self) -> tuple[Any, ...]:
        return self[:5]


def meeting(intervention: Intervention) -> Meeting:
    """As it is now."""
    return Meeting(
        intervention.on,
        intervention.starts_at,
        intervention.minutes,
        intervention.place_kind,
        intervention.place,
        frozenset(
            (practice.person_id or practice.person.id, practice.assignment_id)
            for practice in intervention.practices
        ),
    )


def facts(
    intervention: Intervention, place: str | None, before: Meeting | None = None
) -> list[tuple[Any, Any]]:
    """The day, the hour and whose clock shows it, the length and the place; the day and hour it had `before`."""
    lines: list[tuple[Any, Any]] = [
        (_l("Date"), intervention.on),
        (_l("Start time"), LazyString(words.hour, intervention.starts_at, place)),
    ]
    moved = before and (before.on, before.starts_at) != (intervention.on, intervention.starts_at)
    if before and moved:
        lines.append((_l("Instead of"), LazyString(words.when, before.on, before.starts_at, place)))
    lines += [
        (_l("Length"), durations.length(intervention.minutes)),
        (_l("Where"), words.PLACES[intervention.place_kind]),
        *words.place_fact(intervention),
    ]
    names = ", ".join(person.name for person in intervention.practitioners)
    return [*lines, (_l("Who comes for the partner"), names)] if names else lines


def _in_a_line(intervention: Intervention, place: str | None) -> str:
    """When, where, and who comes."""
    names = ", ".join(person.name for person in intervention.practitioners)
    return " – ".join(filter(None, (words.when_and_where(intervention, place), names)))


def called_off_fact(intervention: Intervention, assignment: Assignment) -> tuple[Any, Any]:
    """An intervention that is cancelled with something larger."""
    place = assignment.request.pole.place
    return _l("Intervention cancelled"), LazyString(words.when_and_where, intervention, place)


def news(
    step: Moves,
    event: RequestEvent,
    actor: Actor | None,
    intervention: Intervention,
    before: Meeting | None = None,
) -> list[News]:
    """What there is to tell. `before`: as it was; None for one that is new, or is called off."""
    about = facts(intervention, event.request.pole.place, before)
    context = {
        "intervention": intervention,
        "moved": before is not None and before.when_and_where != meeting(intervention).when_and_where,
        "days": WORKING_DAYS_TO_CONFIRM,
    }
    line = _l("Intervention"), LazyString(_in_a_line, intervention, event.request.pole.place)
    told = requests.news(
        step,
        event,
        actor,
        feature="interventions",
        facts=about,
        context=context,
        line=line,
        thing=intervention,
    )
    told = [asking(each, intervention) for each in told]
    for told_as, who in _practitioners(step, intervention, before):
        people = addressees(event.request, who)
        kind = kind_of("interventions", told_as, Audience.PRACTITIONERS)
        told.append(
            News(kind, event, actor, Audience.PRACTITIONERS, people, (), about, context, thing=intervention)
        )
    return told


def _practitioners(
    step: Moves, intervention: Intervention, before: Meeting | None
) -> Sequence[tuple[Moves, Collection[tuple[int, int]]]]:
    """Who takes part, or no longer does, by what they are told: as of one planned, logged, moved or called off."""
    if step is steps.MISS:  # they were there
        return []
    now = meeting(intervention)
    if before is None:
        return [(step, now.people)]
    planned = intervention.state is InterventionState.PLANNED
    moved = planned and before.when_and_where != now.when_and_where
    return [
        (steps.CALL_OFF, before.people - now.people),
        (steps.PLAN if planned else steps.LOG, now.people - before.people),
        (steps.CORRECT, now.people & before.people if moved else frozenset()),
    ]


def addressees(request: SupportRequest, who: Collection[tuple[int, int]]) -> list[Addressee]:
    """Some people, each of the team of the partner it comes for."""
    return [
        addressee
        for assignment in request.assignments
        if (people := [person_id for person_id, coming_for in who if coming_for == assignment.id])
        for addressee in practitioners(assignment.partner_id, people)
    ]


def example(step: Moves, audience: Audience) -> tuple[Recipient, Message]:
    """The e-mail of a step to one of those it concerns."""
    intervention = Intervention(
        on=date(2026, 3, 18),
        starts_at=time(9, 30),
        minutes=210,
        place_kind=Place.ON_SITE,
        place="Maison des associations, Rennes",
        state=_AFTER.get(step, InterventionState.PLANNED),
        practices=[Practice(person=Person(given_name="Bertrand", family_name="Noël"))],
    )
    moved = step is steps.CORRECT
    before = meeting(intervention)._replace(on=date(2026, 3, 17), starts_at=time(14)) if moved else None
    lines = facts(intervention, None, before)
    context = {"intervention": intervention, "moved": moved, "days": WORKING_DAYS_TO_CONFIRM}
    details = examples.WORDS if step is steps.CORRECT_LATER else None
    reader, message = examples.example(step, audience, facts=lines, context=context, details=details)
    can_do = acts(_REFERENCE, _NUMBER) if step in _ASKS and audience is Audience.POLE else ()
    return reader, replace(message, acts=can_do)


_AFTER = {
    steps.CALL_OFF: InterventionState.CALLED_OFF,
    steps.CORRECT_LATER: InterventionState.DONE,
}
_REFERENCE, _NUMBER = "2026-0147", 12
"""Of the example."""
_ASKS = frozenset({steps.LOG, steps.CORRECT_LATER})


EXAMPLES: Mapping[str, Example] = {
    **upcoming.REMINDERS,
    **EVENING_EXAMPLES,
    **CONFIRMATION_EXAMPLES,
    **{
        kind_of("interventions", step, audience): partial(example, step, audience)
        for step in steps.OF_INTERVENTIONS
        for audience in sorted(step.tells)
    },
}
