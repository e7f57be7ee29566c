"""Plays the stories: each act through the very service that a page would call, at the moment it took place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from portal import clock
from portal.access.roles import Actor
from portal.db import db
from portal.demo.cast import Cast, Home
from portal.demo.story import Beat, Story, Visit
from portal.demo.timeline import Timeline
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.service import Facts
from portal.references import reference_of
from portal.requests import queries, service, steps
from portal.requests.assignments import service as assignments
from portal.requests.models import SupportRequest
from portal.requests.page import DOORS
from portal.requests.rules import NOTHING, ContactPreference, Mode, Said
from portal.requests.service import Wishes
from portal.requests.steps import Planned
from portal.steps import Step

_FIRST_NUMBER = 1_203_407
_STEP = 17_389
_MODES = (Mode.EITHER, Mode.ON_SITE, Mode.ON_SITE, Mode.REMOTE)
_PREFERENCES = (ContactPreference.EMAIL, ContactPreference.PHONE, ContactPreference.EITHER)
_WISHED_SPAN = timedelta(days=60)
_FICTIONAL_PHONE = "06 39 98 {:02} {:02}"  # numbers that ARCEP keeps for fiction (decision 2018-0881)


@dataclass(frozen=True, slots=True)
class Cue:
    """One act of one story, when it comes."""

    moment: datetime
    number: int
    story: Story
    beat: Beat
    ago: int


@dataclass(slots=True)
class Progress:
    """What a story has made so far: its request, the newest assignment of each partner, its interventions."""

    reference: str
    assignments: dict[int, int] = field(default_factory=dict)
    visits: dict[int, int] = field(default_factory=dict)
    changes_of_referent: int = 0


class Stage:
    def __init__(self, cast: Cast, timeline: Timeline) -> None:
        self._cast = cast
        self._timeline = timeline
        self._progress: dict[int, Progress] = {}
        self._special: Mapping[Step[Any] | None, Callable[[Cue], SupportRequest | None]] = {
            None: self._draft,
            steps.SUBMIT: self._submit,
            steps.ROUTE: self._route,
            steps.WITHDRAW: self._close,
            steps.DROP: self._close,
            steps.EXPIRE: self._expire,
            visits.PLAN: self._visit,
            visits.LOG: self._visit,
            visits.CALL_OFF: self._visit,
        }

    def play(self, cue: Cue) -> None:
        """Act, and write it down before the clock moves on."""
        with clock.travelling_to(cue.moment):
            request = self._special.get(cue.beat.step, self._decide)(cue)
            db.session.flush()
            if request is not None:
                progress = self._progress[cue.number]
                progress.assignments = {one.partner_id: one.id for one in request.assignments}

    def _home(self, cue: Cue) -> Home:
        return self._cast.homes[cue.story.home]

    def _draft(self, cue: Cue) -> None:
        home, story = self._home(cue), cue.story
        actor = home.member if story.drafted_by_member and home.member else home.coordinator
        today = clock.today()
        wished_from = today + timedelta(days=story.wished_in) if story.wished_in else None
        wishes = Wishes(
            service_id=self._cast.services[story.slug] if story.slug else None,
            need=story.need,
            wished_from=wished_from,
            wished_until=wished_from + _WISHED_SPAN if wished_from else None,
            mode=_MODES[cue.number % len(_MODES)],
            contact_preference=_PREFERENCES[cue.number % len(_PREFERENCES)],
            phone=_FICTIONAL_PHONE.format(cue.number // 100, cue.number % 100) if cue.number % 3 else None,
        )
        reference = reference_of(_FIRST_NUMBER + _STEP * cue.number)
        service.draft(actor, f"demonstration-{cue.number}", wishes, reference)
        self._progress[cue.number] = Progress(reference)

    def _submit(self, cue: Cue) -> SupportRequest:
        return service.submit(self._home(cue).coordinator, self._progress[cue.number].reference)

    def _route(self, cue: Cue) -> SupportRequest:
        ids = tuple(self._partner_id(key) for key in cue.beat.partners)
        said = Said(message=cue.beat.message, partner_ids=ids)
        return service.route(self._cell(cue), self._progress[cue.number].reference, said)

    def _close(self, cue: Cue) -> SupportRequest:
        reference = self._progress[cue.number].reference
        said = Said(reason=cue.beat.reason, message=cue.beat.message)
        if cue.beat.step is steps.WITHDRAW:
            return service.withdraw(self._home(cue).coordinator, reference, said)
        return service.drop(self._cell(cue), reference, said)

    def _expire(self, _cue: Cue) -> None:
        """What the worker does every day."""
        for request_id in queries.overdue(clock.today(), after=0, most=1000):
            assignments.expire_unanswered(request_id)

    def _decide(self, cue: Cue) -> SupportRequest:
        beat, progress = cue.beat, self._progress[cue.number]
        step = beat.step or steps.ACCEPT
        said = (
            Said(beat.reason, beat.message, planned=Planned.CALLED_OFF)
            if beat.reason or beat.message
            else NOTHING
        )
        if step in {steps.ACCEPT, steps.CHANGE_REFERENT}:
            progress.changes_of_referent += step is steps.CHANGE_REFERENT
            said = Said(message=beat.message, referent_id=self._referent(cue).person_id)
        assignment_id = progress.assignments[self._partner_id(beat.partners[0])]
        do = next(door.do for door in DOORS if door.step is step)
        request: SupportRequest = do(self._actor(cue, step), progress.reference, assignment_id, said)
        return request

    def _actor(self, cue: Cue, step: Step[Any]) -> Actor:
        if step in {steps.ANSWER, steps.REOPEN}:
            return self._home(cue).coordinator
        if step is steps.CANCEL:
            return self._cell(cue)
        if step is steps.CHANGE_REFERENT or (step is steps.ACCEPT and cue.number % 2):
            return self._cast.teams[cue.beat.partners[0]].manager
        return self._referent(cue)

    def _visit(self, cue: Cue) -> None:
        beat, progress = cue.beat, self._progress[cue.number]
        visit, step = beat.visit, beat.step
        if visit is None or step is None:
            return
        actor = self._referent(cue)
        people = [actor.person_id]
        if visit.with_colleague:
            people.append(self._cast.teams[beat.partners[0]].manager.person_id)
        known = progress.visits.get(visit.number)
        if known is None:
            assignment_id = progress.assignments[self._partner_id(beat.partners[0])]
            once = f"demonstration-{cue.number}-{visit.number}"
            facts = self._facts(cue, visit, step)
            made = interventions.add(actor, progress.reference, assignment_id, step, once, facts, people)
            db.session.flush()
            progress.visits[visit.number] = made.id
        elif step is visits.LOG:
            interventions.change(actor, known, step, self._facts(cue, visit, step), people)
        else:
            interventions.change(actor, known, step, message=beat.message)

    def _facts(self, cue: Cue, visit: Visit, step: Step[Any]) -> Facts:
        done = step is visits.LOG
        day = clock.today() if done else self._timeline.back(cue.ago - visit.ahead)
        return Facts(
            on=day,
            starts_at=time(visit.hour),
            minutes=visit.minutes,
            place_kind=visit.kind,
            place=visit.place,
            participants=visit.participants if done else None,
            report=visit.report.text if done else "",
            next_step=visit.report.next_step if done else None,
        )

    def _cell(self, cue: Cue) -> Actor:
        return self._cast.cell_of(self._home(cue).region_code)

    def _partner_id(self, key: str) -> int:
        return self._cast.teams[key].manager.organisation_id

    def _referent(self, cue: Cue) -> Actor:
        """The practitioner who holds the request: by turns, and the next one once that has changed."""
        team: Sequence[Actor] = self._cast.teams[cue.beat.partners[0]].practitioners
        turn = cue.number + self._progress[cue.number].changes_of_referent
        return team[turn % len(team)]


def cues(stories: Sequence[Story], timeline: Timeline) -> list[Cue]:
    """Every act of every story, in the order they took place."""
    found = [
        Cue(moment, number, story, beat, ago)
        for number, story in enumerate(stories)
        for moment, beat, ago in zip(
            timeline.moments(story), story.beats, timeline.offsets(story), strict=True
        )
    ]
    return sorted(found, key=lambda cue: cue.moment)
