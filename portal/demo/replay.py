"""Plays the stories: each act through the very service that a page would call, at the moment it took place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from portal import clock
from portal.access.roles import Actor
from portal.catalogue.rules import Beside
from portal.db import db
from portal.demo import asked, confirmed
from portal.demo.people import FEATURED_REGION, Home, People
from portal.demo.story import Story, Turn, Visit
from portal.demo.timeline import Timeline
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.confirmation import steps as confirmation
from portal.interventions.rules import wrong_hour
from portal.interventions.service import Facts
from portal.references import reference_of
from portal.requests import queries, service, steps
from portal.requests.assignments import service as assignments
from portal.requests.closing import service as closing
from portal.requests.models import SupportRequest
from portal.requests.page import DOORS
from portal.requests.rules import NOTHING, ContactPreference, Details, Mode, Wishes
from portal.requests.steps import Planned
from portal.steps import Step

_FIRST_NUMBER = 1_203_407
_STEP = 17_389
_MODES = (Mode.EITHER, Mode.ON_SITE, Mode.ON_SITE, Mode.REMOTE)
_PREFERENCES = (ContactPreference.EMAIL, ContactPreference.PHONE, ContactPreference.EITHER)
_WISHED_SPAN = timedelta(days=60)
_FICTIONAL_PHONE = "06 39 98 {:02} {:02}"  # numbers that ARCEP keeps for fiction (decision 2018-0881)


@dataclass(slots=True)
class Progress:
    """What a story has made so far: its request, the newest assignment of each partner, its interventions. `together`:
    those that were asked to support the pole together and accepted, by their keys."""

    reference: str
    assignments: dict[int, int] = field(default_factory=dict)
    visits: dict[int, int] = field(default_factory=dict)
    asked_together: bool = False
    together: list[str] = field(default_factory=list)
    changes_of_referent: int = 0


class Replay:
    def __init__(self, people: People, timeline: Timeline) -> None:
        self._people = people
        self._timeline = timeline
        self._progress: dict[int, Progress] = {}
        self._is_one_unheard = False
        self._special: Mapping[Step[Any] | None, Callable[[Turn], SupportRequest | None]] = {
            None: self._draft,
            steps.SUBMIT: self._submit,
            steps.ROUTE: self._route,
            steps.ADD_INFORMATION: self._of_the_whole,
            steps.WITHDRAW: self._of_the_whole,
            steps.DROP: self._of_the_whole,
            steps.EXPIRE: self._expire,
            visits.PLAN: self._visit,
            visits.LOG: self._visit,
            visits.CALL_OFF: self._visit,
            confirmation.CONFIRM: self._hear,
            confirmation.LET_PASS: self._hear,
        }

    def play(self, turn: Turn) -> None:
        """Act, and write it down before the clock moves on."""
        with clock.travelling_to(turn.moment):
            request = self._special.get(turn.act.step, self._decide)(turn)
            db.session.flush()
            if request is not None:
                progress = self._progress[turn.number]
                progress.assignments = {
                    assignment.partner_id: assignment.id for assignment in request.assignments
                }

    def _home(self, turn: Turn) -> Home:
        return self._people.homes[turn.story.home]

    def _draft(self, turn: Turn) -> None:
        home, story = self._home(turn), turn.story
        actor = home.member if story.drafted_by_member and home.member else home.coordinator
        today = clock.today()
        wished_from = today + timedelta(days=story.wished_in) if story.wished_in else None
        wishes = Wishes(
            service_id=self._people.services[story.slug] if story.slug else None,
            subject=story.need.subject,
            need=story.need.text,
            wished_from=wished_from,
            wished_until=wished_from + _WISHED_SPAN if wished_from else None,
            mode=_MODES[turn.number % len(_MODES)],
            contact_preference=_PREFERENCES[turn.number % len(_PREFERENCES)],
            phone=_FICTIONAL_PHONE.format(turn.number // 100, turn.number % 100) if turn.number % 3 else None,
            answers=asked.answers(story.slug, turn.number),
        )
        reference = reference_of(_FIRST_NUMBER + _STEP * turn.number)
        service.draft(actor, f"demonstration-{turn.number}", wishes, reference)
        self._progress[turn.number] = Progress(reference)

    def _submit(self, turn: Turn) -> SupportRequest:
        return service.submit(self._home(turn).coordinator, self._progress[turn.number].reference)

    def _route(self, turn: Turn) -> SupportRequest:
        """Of several, the first is to lead."""
        ids = tuple(self._partner_id(key) for key in turn.act.partners)
        progress = self._progress[turn.number]
        progress.asked_together = len(ids) > 1
        lead_id = ids[0] if progress.asked_together else None
        details = Details(message=turn.act.message, partner_ids=ids, lead_id=lead_id)
        return service.route(self._cell(turn), progress.reference, details)

    def _of_the_whole(self, turn: Turn) -> SupportRequest:
        reference = self._progress[turn.number].reference
        details = Details(reason=turn.act.reason, message=turn.act.message)
        if turn.act.step is steps.DROP:
            return closing.drop(self._cell(turn), reference, details)
        do = next(door.do for door in DOORS if door.step is turn.act.step)
        request: SupportRequest = do(self._home(turn).coordinator, reference, details)
        return request

    def _expire(self, _turn: Turn) -> None:
        """What the worker does every day."""
        for request_id in queries.overdue(clock.today(), after=0, most=1000):
            assignments.expire_unanswered(request_id)

    def _decide(self, turn: Turn) -> SupportRequest:
        act, progress = turn.act, self._progress[turn.number]
        step = act.step or steps.ACCEPT
        details = (
            Details(act.reason, act.message, planned=Planned.CALLED_OFF)
            if act.reason or act.message
            else NOTHING
        )
        if step in {steps.ACCEPT, steps.CHANGE_REFERENT}:
            progress.changes_of_referent += step is steps.CHANGE_REFERENT
            details = Details(message=act.message, referent_id=self._referent(turn).person_id)
        assignment_id = progress.assignments[self._partner_id(act.partners[0])]
        do = next(door.do for door in DOORS if door.step is step)
        request: SupportRequest = do(self._actor(turn, step), progress.reference, assignment_id, details)
        if progress.asked_together and step is steps.ACCEPT:
            progress.together.append(act.partners[0])
        elif step in {steps.HAND_BACK, steps.COMPLETE, steps.CANCEL} and act.partners[0] in progress.together:
            progress.together.remove(act.partners[0])
        return request

    def _actor(self, turn: Turn, step: Step[Any]) -> Actor:
        if step in {steps.ANSWER, steps.REOPEN, steps.REMIND, steps.THANK}:
            return self._home(turn).coordinator
        if step is steps.CANCEL:
            return self._cell(turn)
        if step is steps.CHANGE_REFERENT or (step is steps.ACCEPT and turn.number % 2):
            return self._people.teams[turn.act.partners[0]].manager
        return self._referent(turn)

    def _visit(self, turn: Turn) -> None:
        act, progress = turn.act, self._progress[turn.number]
        visit, step = act.visit, act.step
        if visit is None or step is None:
            return
        actor = self._referent(turn)
        people = [actor.person_id]
        if visit.with_colleague:
            people.append(self._people.teams[act.partners[0]].manager.person_id)
        if act.partners[0] in progress.together and visit.number % 2 == 0:
            others = (key for key in progress.together if key != act.partners[0])
            people += [self._people.teams[key].practitioners[0].person_id for key in others]
        known = progress.visits.get(visit.number)
        if known is None:
            assignment_id = progress.assignments[self._partner_id(act.partners[0])]
            once = f"demonstration-{turn.number}-{visit.number}"
            facts = self._facts(turn, visit, step)
            beside = self._beside(turn, step)
            made = interventions.add(
                actor, progress.reference, assignment_id, step, once, facts, people, beside
            )
            db.session.flush()
            progress.visits[visit.number] = made.id
        elif step is visits.LOG:
            facts, beside = self._facts(turn, visit, step), self._beside(turn, step)
            interventions.change(actor, known, step, facts, people, beside=beside)
        else:
            interventions.change(actor, known, step, message=act.message)

    def _hear(self, turn: Turn) -> None:
        """What the pole says of what was logged, or does not; one never got its e-mail: its silence says nothing."""
        if turn.act.visit is None:
            return
        known, home = self._progress[turn.number].visits[turn.act.visit.number], self._home(turn)
        if not self._is_one_unheard and confirmed.is_long_ago(turn) and home.region_code == FEATURED_REGION:
            self._is_one_unheard = True
            return
        confirmed.hear(home.coordinator, turn, known)

    def _beside(self, turn: Turn, step: Step[Any]) -> Mapping[Beside, int]:
        """From half an hour to an hour and a quarter of preparation, up to an hour on the way; nothing before it is
        done."""
        if step is not visits.LOG:
            return {}
        return {Beside.PREPARATION: 15 * (2 + turn.number % 4), Beside.TRAVEL: 15 * (turn.number % 5)}

    def _facts(self, turn: Turn, visit: Visit, step: Step[Any]) -> Facts:
        done = step is visits.LOG
        day = clock.today() if done else self._timeline.back(turn.ago - visit.ahead)
        hour, place = time(visit.hour), self._home(turn).coordinator.place
        return Facts(
            on=day,
            starts_at=None if wrong_hour(day, hour, done=done, place=place) else hour,
            minutes=visit.minutes,
            place_kind=visit.kind,
            place=visit.place,
            participants=visit.participants if done else None,
            report=visit.report.text if done else "",
            next_step=visit.report.next_step if done else None,
        )

    def _cell(self, turn: Turn) -> Actor:
        return self._people.cell_of(self._home(turn).region_code)

    def _partner_id(self, key: str) -> int:
        return self._people.teams[key].manager.organisation_id

    def _referent(self, turn: Turn) -> Actor:
        """The practitioner who holds the request: one after the other, and the next one once that has changed."""
        team: Sequence[Actor] = self._people.teams[turn.act.partners[0]].practitioners
        number = turn.number + self._progress[turn.number].changes_of_referent
        return team[number % len(team)]


def turns(stories: Sequence[Story], timeline: Timeline) -> list[Turn]:
    """Every act of every story, in the order they took place."""
    in_order = [
        Turn(moment, number, story, act, ago)
        for number, story in enumerate(stories)
        for moment, act, ago in zip(timeline.moments(story), story.acts, timeline.offsets(story), strict=True)
    ]
    return sorted([*in_order, *confirmed.answers(in_order, timeline)], key=lambda turn: turn.moment)
