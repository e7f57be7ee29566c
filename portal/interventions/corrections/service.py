"""What an intervention says, before and after it is corrected."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, time
from types import MappingProxyType
from typing import Any

from portal import clock
from portal.access.roles import Actor
from portal.catalogue.rules import Beside
from portal.db import db
from portal.interventions.corrections.models import Correction
from portal.interventions.corrections.rules import WHY
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.requests.models import Assignment

_SAID = (
    "state",
    "on",
    "starts_at",
    "minutes",
    "place_kind",
    "place",
    "participants",
    "participant_names",
    "participating_organisations",
    "report",
    "next_step",
)


@contextmanager
def kept(
    actor: Actor,
    intervention: Intervention,
    assignment: Assignment,
    *,
    beside: Mapping[str, list[Any]] = MappingProxyType({}),
    why: str = "",
) -> Iterator[Mapping[str, list[Any]]]:
    """What the block changes of one, known once it ends; it is kept of one that was done.
    `beside`: what else is corrected with it; `why`: where nothing else keeps it."""
    was_done = intervention.state is InterventionState.DONE
    before = _what_it_says(intervention, assignment)
    changes: dict[str, list[Any]] = {}
    yield changes
    after = _what_it_says(intervention, assignment)
    changes |= {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    changes |= beside
    if changes and why:
        changes[WHY] = ["", why]
    if changes and was_done:
        about = {"intervention_id": intervention.id, "assignment_id": assignment.id}
        db.session.add(Correction(**about, by_id=actor.person_id, at=clock.now(), changes=changes))


def _what_it_says(intervention: Intervention, assignment: Assignment) -> dict[str, Any]:
    shares = {share.assignment_id: share for share in intervention.contributions}
    people = [practice.person_id or practice.person.id for practice in intervention.practices]
    return {
        **{name: _plain(getattr(intervention, name)) for name in _SAID},
        "people": sorted(people),
        "poles": sorted(served.pole_id for served in intervention.also_served),
        **{name.value: getattr(shares.get(assignment.id), name, 0) for name in Beside},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value
