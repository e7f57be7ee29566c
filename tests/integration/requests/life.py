"""A model of the life of a request, which knows no database: what the two tables and the clock say, written again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal import clock
from portal.interventions import steps as visits
from portal.requests import steps
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState, Planned, RequestState
from portal.steps import Step

A, R, V = AssignmentState, RequestState, visits.InterventionState
PLACE = "76"
ON_VISITS = (visits.PLAN, visits.LOG, visits.CALL_OFF)


def is_of_part(step: Step[Any]) -> bool:
    """Is it about one partner's part, or the whole request?"""
    return step in steps.OF_ASSIGNMENTS or step in ON_VISITS


@dataclass
class Part:
    """What one partner was asked."""

    partner: int
    due_on: date
    proposed_on: date
    state: AssignmentState = A.PROPOSED
    held_on: date | None = None
    held_days: int = 0
    answered_on: date | None = None
    answer_days: int | None = None
    completed_on: date | None = None
    outcome: str | None = None
    review: str | None = None
    referent: int | None = None
    visits: list[Any] = field(default_factory=list)

    def release(self, today: date) -> None:
        if self.held_on:
            held = clock.working_days_between(self.held_on, today, PLACE)
            self.due_on = clock.add_working_days(self.due_on, held, PLACE)
            self.held_days, self.held_on = self.held_days + held, None

    def call_off(self) -> int:
        planned = self.visits.count(V.PLANNED)
        self.visits = [V.CALLED_OFF if one is V.PLANNED else one for one in self.visits]
        return planned


@dataclass
class Model:
    closed: RequestState | None = R.DRAFT
    parts: list[Part] = field(default_factory=list)
    closed_at: datetime | None = None

    @property
    def state(self) -> RequestState:
        states = {one.state for one in self.parts}
        if self.closed:
            return self.closed
        if A.ACCEPTED in states:
            return R.ACCEPTED
        if states & {A.PROPOSED, A.ON_HOLD}:
            return R.PROPOSED
        return R.COMPLETED if A.COMPLETED in states else R.TO_ROUTE

    def of_request(self, step: Step[Any], partner: int, today: date) -> list[str] | None:
        if self.state not in step.sources:
            return None
        if step is steps.SUBMIT:
            self.closed = None
        elif step is steps.ROUTE:
            if any(one.partner == partner and one.state in LIVE_ASSIGNMENTS for one in self.parts):
                return None
            self.parts.append(Part(partner, clock.add_working_days(today, 5, PLACE), today))
        else:
            live = [one for one in self.parts if one.state in LIVE_ASSIGNMENTS]
            off = sum(one.call_off() for one in live)
            for one in live:
                one.release(today)
                one.state = A.CANCELLED
            self.closed = step.target
            return [*[visits.CALL_OFF.name] * off, step.name]
        return [step.name]

    def of_part(self, step: Step[Any], part: Part, planned: Planned, today: date, referent: int) -> list[str]:
        off = 0
        if step in {steps.ACCEPT, steps.DECLINE, steps.ANSWER, steps.CANCEL}:
            part.release(today)
        if step in {steps.ACCEPT, steps.DECLINE}:
            part.answered_on = today
            taken = clock.working_days_between(part.proposed_on, today, PLACE) - part.held_days
            part.answer_days = max(0, taken)
        if step in {steps.ACCEPT, steps.CHANGE_REFERENT}:
            part.referent = referent
        if step is steps.ASK:
            part.held_on = today
        if step in {steps.HAND_BACK, steps.CANCEL} or (
            step is steps.COMPLETE and planned is Planned.CALLED_OFF
        ):
            off = part.call_off()
        if step is steps.COMPLETE:
            part.completed_on, part.outcome, part.review = today, "helped", "Voici."
        if step is steps.REOPEN:
            part.completed_on = part.outcome = part.review = None
        part.state = step.target or part.state
        return [*[visits.CALL_OFF.name] * off, step.name]

    def of_visit(self, step: Step[Any], part: Part) -> list[str] | None:
        """A new one, or the last one called off."""
        before = part.visits[-1] if part.visits and step is visits.CALL_OFF else None
        held = part.state is A.COMPLETED and before is V.PLANNED
        if before not in step.sources or not (part.state is A.ACCEPTED or held):
            return None
        if before is None:
            part.visits.append(step.target)
        else:
            part.visits[-1] = step.target
        return [step.name]


@dataclass
class Done:
    """Something that was done: by whom, when, what was before it, and what it told."""

    who: str | None
    at: datetime
    before: Model
    counts: Mapping[str, Any]
    letters: set[str]
    actions: list[str]
    undone: bool = False
