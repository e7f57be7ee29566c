"""A request through anything that anybody may try, beside a model of it: what is stored, told and counted agrees.

Undoing is going back to a copy of the model.
"""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from portal import acts, clock
from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.calendars.emails import INVITED, TAKEN_OUT
from portal.db import db, transaction
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.interventions.steps import Place
from portal.notifications.claims import service as claims
from portal.notifications.models import OutboxEmail
from portal.refusals import Refusal
from portal.requests import steps
from portal.requests.assignments import service as assignments
from portal.requests.inbox import queries as inbox
from portal.requests.jobs import wrong_states
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.queries import named
from portal.requests.rules import Details
from portal.requests.steps import LIVE_ASSIGNMENTS, OPEN_REQUESTS, Planned
from portal.requests.undo import service as undo
from portal.requests.undo.rules import NotTakenBack, Why
from portal.steps import Step
from tests.builders import Builder
from tests.integration.requests.life import ON_VISITS, PLACE, A, Done, Model, Part, R, is_of_part
from tests.integration.requests.steps import DO, World, actor_of, build_world

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SPANS = [timedelta(seconds=40), timedelta(seconds=100), acts.TIME, timedelta(days=1), timedelta(days=9)]
BESIDE = {
    steps.TAKE,
    steps.ASSIGN,
    *steps.PRESSING,
    steps.REMIND,
    steps.THANK,
    steps.ADD_INFORMATION,
    steps.LEAD,
}
"""They set no state: `test_undo` takes each back."""
EVERY_STEP: list[Step[Any]] = [*(one for one in DO if one not in BESIDE), *ON_VISITS]
PEOPLE = ["coordinator", "colleague", "practitioner", "manager", "other", "cell", "national"]


class Life(RuleBasedStateMachine):
    make: ClassVar[Builder]

    @initialize()
    def begin(self) -> None:
        self.now, self.model, self.sent, self.events = MONDAY, Model(), set(), []
        self.done: list[Done] = []
        with clock.travelling_to(self.now):
            self.world: World = build_world(self.make)
            other = self.make.practitioner(self.make.partner(regions=("28",)))
            self.request = self.make.raw_request(self.world.coordinator, R.DRAFT, region_code=None)
        members = {**self.world._asdict(), "other": other}
        self.people: dict[str, Actor] = {name: actor_of(members[name]) for name in PEOPLE}
        self.partners = [self.world.partner.id, other.organisation_id]
        self.known = set(db.session.scalars(select(OutboxEmail.message_id)))
        self.ids: list[int] = []
        self._act(steps.SUBMIT, "coordinator", 0, 0, Planned.HELD)
        self._act(steps.ROUTE, "cell", 0, 0, Planned.HELD)

    @property
    def today(self) -> date:
        return clock.day_of(self.now)

    # What people try.

    @rule(
        step=st.sampled_from(EVERY_STEP),
        who=st.sampled_from(PEOPLE),
        which=st.integers(0, 3),
        partner=st.integers(0, 1),
        planned=st.sampled_from(Planned),
    )
    def try_anything(self, step: Step[Any], who: str, which: int, partner: int, planned: Planned) -> None:
        if self.model.parts or not is_of_part(step):
            self._act(step, who, which % max(1, len(self.model.parts)), partner, planned)

    @rule(pick=st.integers(0, 10_000), planned=st.sampled_from(Planned))
    def do_what_can_be_done(self, pick: int, planned: Planned) -> None:
        """Else most of what is tried is refused."""
        possible = [
            (step, who, which, partner)
            for step in EVERY_STEP
            for which in (range(len(self.model.parts)) if is_of_part(step) else [0])
            for partner in ([0, 1] if step is steps.ROUTE else [0])
            for who in PEOPLE
            if self._is_possible(step, who, which, partner)
        ]
        if possible:
            self._act(*possible[pick % len(possible)], planned)

    @rule(pick=st.integers(0, 10_000), planned=st.sampled_from(Planned), span=st.sampled_from(SPANS[:2]))
    def do_it_and_take_it_back(self, pick: int, planned: Planned, span: timedelta) -> None:
        known = len(self.done)
        self.do_what_can_be_done(pick, planned)
        if len(self.done) > known:
            self.time_passes(span)
            self.take_back(self.done[-1].who or "", author=True)
            assert self.done[-1].undone

    def _is_possible(self, step: Step[Any], who: str, which: int, partner: int) -> bool:
        kept, self.model = self.model, deepcopy(self.model)
        try:
            return self._expected(step, who, which, partner, Planned.HELD) is not None
        finally:
            self.model = kept

    def _act(self, step: Step[Any], who: str, which: int, partner: int, planned: Planned) -> None:
        with clock.travelling_to(self.now):
            before, counts = deepcopy(self.model), self._counts()
            actions = self._expected(step, who, which, partner, planned)
            if actions is None:
                assert self.model == before
                with pytest.raises(Refusal):
                    self._do(step, who, which, partner, planned)
                return
            self._do(step, who, which, partner, planned)
            letters = set(db.session.scalars(select(OutboxEmail.message_id))) - self.known
        self.known |= letters
        self.events += actions
        self.done.append(Done(who, self.now, before, counts, letters, actions))
        self._told(who, letters)

    def _told(self, who: str, letters: set[str]) -> None:
        """Once to an address, never to who acts but for their calendar alone, and not for two minutes."""
        rows = select(OutboxEmail.recipient, OutboxEmail.next_attempt_at, OutboxEmail.kind)
        told = db.session.execute(rows.where(OutboxEmail.message_id.in_(letters))).all()
        addresses = [address for address, _due, _kind in told]
        assert letters
        assert len(set(addresses)) == len(addresses)
        own = {kind for address, _due, kind in told if address == self.people[who].email}
        assert own <= {INVITED, TAKEN_OUT}
        assert {due for _address, due, _kind in told} == {self.now + acts.TIME}

    @rule(who=st.sampled_from(PEOPLE), author=st.booleans())
    def take_back(self, who: str, author: bool) -> None:
        if author and self.done and self.done[-1].who:
            who = self.done[-1].who
        expected = self._why_not(who)
        with clock.travelling_to(self.now):
            if expected is not None:
                with pytest.raises(Refusal) as found, transaction():
                    undo.take_back(self.people[who], self.request.reference)
                assert not isinstance(found.value, NotTakenBack) or found.value.why is expected
                return
            with transaction():
                undo.take_back(self.people[who], self.request.reference)
            last = self.done[-1]
            self.model, last.undone = last.before, True
            self.events += [steps.UNDO.name] * len(last.actions)
            left = set(db.session.scalars(select(OutboxEmail.message_id)))
            assert not left & last.letters
            assert self._counts() == last.counts

    def _why_not(self, who: str) -> Why | None:
        theirs = [one for one in self.done if one.who == who]
        if not theirs or not self._sees(who):
            return Why.NOT_YOURS
        if theirs[-1].undone:
            return Why.GONE
        if theirs[-1] is not self.done[-1]:
            return Why.ACTED_SINCE
        return None if self.now < theirs[-1].at + acts.TIME else Why.LATE

    # What happens by itself.

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule()
    def worker_sends(self) -> None:
        with clock.travelling_to(self.now):
            while rows := claims.claim():
                for row in rows:
                    claims.sent(row, self.now)
                    self.sent.add(row.message_id)
        due = [one for one in self.done if one.at + acts.TIME <= self.now and not one.undone and one.who]
        assert self.sent >= {letter for one in due for letter in one.letters}
        assert not self.sent & {letter for one in self.done if one.undone for letter in one.letters}

    @rule()
    def time_runs_out(self) -> None:
        over = [one for one in self.model.parts if self.model.state in OPEN_REQUESTS and self._is_over(one)]
        with clock.travelling_to(self.now), transaction():
            assert assignments.expire_unanswered(self.request.id) == bool(over)
        for part in over:
            part.state = A.EXPIRED
        if over:
            actions = [steps.EXPIRE.name] * len(over)
            self.events += actions
            self.done.append(Done(None, self.now, self.model, {}, set(), actions))
        self.known |= set(db.session.scalars(select(OutboxEmail.message_id)))

    def _is_over(self, part: Part) -> bool:
        last = clock.add_working_days(part.proposed_on, 15 + part.held_days, PLACE)
        return part.state is A.PROPOSED and self.today > last

    # What must be true, always.

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        db.session.expire_all()
        request = db.session.execute(select(SupportRequest.__table__).filter_by(id=self.request.id)).one()
        assert request.state == self.model.state
        assert (request.submitted_at is None) == (self.model.state is R.DRAFT)
        assert (request.closed_at is None) == (self.model.state in {*OPEN_REQUESTS, R.DRAFT})
        rows = select(Assignment.__table__).filter_by(request_id=self.request.id)
        stored = db.session.execute(rows.order_by(Assignment.id)).all()
        self.ids = [row.id for row in stored]
        assert len(stored) == len(self.model.parts)
        for row, part in zip(stored, self.model.parts, strict=True):
            assert (row.partner_id, row.state, row.referent_id) == (part.partner, part.state, part.referent)
            assert (row.due_on, row.held_on, row.held_days) == (part.due_on, part.held_on, part.held_days)
            assert (row.answered_on, row.answer_days) == (part.answered_on, part.answer_days)
            ended = row.completed_on, row.outcome, row.review
            assert ended == (part.completed_on, part.outcome, part.review)
            dates = select(Intervention.state).where(Intervention.assignment_id == row.id)
            assert list(db.session.scalars(dates.order_by(Intervention.id))) == part.visits
        happened = select(RequestEvent.action).where(RequestEvent.request_id == self.request.id)
        assert list(db.session.scalars(happened.order_by(RequestEvent.id))) == self.events
        assert wrong_states() == []

    def teardown(self) -> None:
        """In the end each counter is the length of its list."""
        if not hasattr(self, "people"):
            return
        with clock.travelling_to(self.now):
            for actor in self.people.values():
                folders = inbox.folders(actor)
                for slug, number in inbox.counts(actor, folders).items():
                    listed = db.session.execute(inbox.keys(actor.role, slug), named(actor)).all()
                    assert number == len(listed), slug

    # What the tables say.

    def _sees(self, who: str) -> bool:
        actor = self.people[who]
        if actor.is_pole:
            return True
        if actor.is_partner:
            return any(one.partner == actor.organisation_id for one in self.model.parts)
        return self.model.state is not R.DRAFT

    def _may(self, step: Step[Any], who: str, part: Part | None) -> bool:
        actor = self.people[who]
        own = not (part and actor.is_partner) or part.partner == actor.organisation_id
        return self._sees(who) and own and allows(actor, step.right)

    def _expected(
        self, step: Step[Any], who: str, which: int, partner: int, planned: Planned
    ) -> list[str] | None:
        """The events of a step, which changes the model; None: it is refused, and changes nothing."""
        part = self.model.parts[which] if is_of_part(step) else None
        if not self._may(step, who, part):
            return None
        if part is None:
            return self.model.of_request(step, self.partners[partner], self.today)
        if self.model.closed:
            return None
        if step in ON_VISITS:
            return self.model.of_visit(step, part)
        same = step is steps.CHANGE_REFERENT and part.referent == self._referent(part)
        if part.state not in step.sources or same:
            return None
        live = [one.partner for one in self.model.parts if one.state in LIVE_ASSIGNMENTS]
        if step is steps.REOPEN:
            assert part.completed_on
            if (self.today - part.completed_on).days > 30 or part.partner in live:
                return None
        return self.model.of_part(step, part, planned, self.today, self._referent(part))

    def _referent(self, part: Part) -> int:
        mine = part.partner == self.partners[0]
        return self.people["manager" if mine else "other"].person_id

    # What the portal does.

    def _do(self, step: Step[Any], who: str, which: int, partner: int, planned: Planned) -> None:
        actor, reference = self.people[who], self.request.reference
        part = self.model.parts[which] if is_of_part(step) else None
        about = self.ids[which] if part else 0
        with transaction(), undo.act(actor, step):
            if step in ON_VISITS:
                self._visit(step, actor, about)
                return
            said = Details(
                reason={steps.COMPLETE: "helped"}.get(step, "other"),
                message=f"Voici {len(self.events)}." if step is steps.GO_ON else "Voici.",
                referent_id=self._referent(part) if part else None,
                partner_ids=[self.partners[partner]],
                planned=planned,
            )
            DO[step](actor, reference, *([about] if part else []), said)

    def _visit(self, step: Any, actor: Actor, assignment_id: int) -> None:
        ahead = 0 if step is visits.LOG else 3
        report = "Un point." if step is visits.LOG else ""
        facts = interventions.Facts(
            self.today + timedelta(days=ahead), None, 60, Place.REMOTE, None, report=report
        )
        if step is not visits.CALL_OFF:
            once, people = f"once-{len(self.events)}", [actor.person_id]
            interventions.add(
                actor, self.request.reference, assignment_id, step, once, facts, people, another=True
            )
            return
        last = select(Intervention.id).where(Intervention.assignment_id == assignment_id)
        number = db.session.scalar(last.order_by(Intervention.id.desc()).limit(1))
        interventions.change(actor, number or 0, step, message="Grève.")

    def _counts(self) -> Mapping[str, Any]:
        return {name: inbox.counts(one, inbox.folders(one)) for name, one in self.people.items()}


def test_whatever_anybody_tries_all_that_is_stored_told_and_counted_agrees(make: Builder) -> None:
    class Here(Life):
        pass

    Here.make = make
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
