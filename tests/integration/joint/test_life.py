"""Random invitations, answers, departures, merges, endings and closings: always as a few lines say it would be."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.joint import jobs, queries
from portal.joint.rules import MOST_TIMES
from portal.joint.steps import LIVE, JointState
from portal.organisations import handover
from portal.organisations.doubles import service as doubles
from portal.organisations.rules import NOBODY
from portal.refusals import Refusal
from portal.requests.closing import service as closing
from portal.requests.rules import Details
from portal.requests.steps import CloseReason
from tests.builders import Builder
from tests.integration.joint.steps import Poles, build_poles, invite, join, leave, refuse, shut_out, states
from tests.integration.requests.steps import actor_of

J = JointState
ACTS: Mapping[str, Callable[[Poles, Membership], None]] = {
    "invite": invite,
    "join": join,
    "refuse": refuse,
    "leave": leave,
    "shut_out": shut_out,
}
FROM: Mapping[str, frozenset[JointState | None]] = {
    "invite": frozenset({None, *J}) - LIVE,
    "join": frozenset({J.INVITED}),
    "refuse": frozenset({J.INVITED}),
    "leave": frozenset({J.JOINED}),
    "shut_out": frozenset(LIVE),
}
TO = {
    "invite": J.INVITED,
    "join": J.JOINED,
    "refuse": J.REFUSED,
    "leave": J.LEFT,
    "shut_out": J.TAKEN_BACK,
}
ENDED = {J.JOINED: J.LEFT, J.INVITED: J.LAPSED}
STRENGTH = {J.JOINED: 2, J.INVITED: 1}
NAMES = ("first", "second", "third")


class Expected:
    """What should be, by the names of the poles."""

    def __init__(self) -> None:
        self.state: dict[str, JointState | None] = dict.fromkeys(NAMES)
        self.times = dict.fromkeys(NAMES, 0)
        self.here = set(NAMES)
        self.open = True

    def act(self, verb: str, name: str) -> bool:
        """Is it done? The pole that asks may take back what a pole that is gone was offered on a closed request."""
        if self.state[name] not in FROM[verb] or (name not in self.here and verb != "shut_out"):
            return False
        if verb in ("invite", "join", "refuse") and not self.open:
            return False
        if verb == "invite" and self.times[name] >= MOST_TIMES:
            return False
        self.times[name] += verb == "invite"
        self.state[name] = TO[verb]
        return True

    def end(self, name: str) -> None:
        self.here.discard(name)
        if self.open:
            self.state[name] = ENDED.get(self.state[name], self.state[name])

    def merge(self, kept: str, double: str) -> None:
        """The stronger of what both have; that of the kept one where both are as strong."""
        self.here.discard(double)
        ours, theirs = self.state[kept], self.state[double]
        if ours is None or (theirs and STRENGTH.get(theirs, 0) > STRENGTH.get(ours, 0)):
            self.state[kept], self.times[kept] = theirs, self.times[double]
        self.state[double] = None


TURN = st.one_of(
    st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("end"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("merge"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("close"), st.just(""), st.just("")),
)


@pytest.mark.usefixtures("database")
class TestRandomLives:
    @settings(
        max_examples=12,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(turns=st.lists(TURN, min_size=3, max_size=14))
    def test_it_stands_as_it_should(
        self, app: Flask, make: Builder, turns: list[tuple[str, str, str]]
    ) -> None:
        with app.app_context():
            poles, expected = build_poles(make), Expected()
            numbers = {name: getattr(poles, name).organisation_id for name in NAMES}
            members = {name: getattr(poles, name).id for name in NAMES}
            for verb, name, other in turns:
                poles = _as_they_are(poles, {name: members[name] for name in expected.here})
                _do(poles, expected, verb, name, other)
            poles = _as_they_are(poles, {name: members[name] for name in expected.here})
            stored = states(poles)
            assert stored == {
                numbers[name]: state for name, state in expected.state.items() if state is not None
            }
            _reads(poles, expected)
            assert not [line for check in jobs.CHECKS for line in check.find()]


def _as_they_are(poles: Poles, members: Mapping[str, int]) -> Poles:
    """Merging reads people anew; those of a double are of another pole then, and stay here as they were."""
    statement = select(Membership).where(Membership.id.in_(members.values()))
    statement = statement.options(joinedload(Membership.person), joinedload(Membership.organisation))
    people = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    return poles._replace(
        **{name: each for name, number in members.items() for each in people if each.id == number}
    )


def _do(poles: Poles, expected: Expected, verb: str, name: str, other: str) -> None:
    national = actor_of(poles.world.national)
    if verb in ACTS:
        who = getattr(poles, name)
        if name not in expected.here and verb in ("join", "refuse", "leave"):
            return  # nobody of it signs in any more
        done = _is_done(lambda: ACTS[verb](poles, who))
        assert done is expected.act(verb, name), f"{verb} {name}"
    elif verb == "end" and name in expected.here:
        with transaction():
            handover.end(national, getattr(poles, name).organisation_id, "Fin.", NOBODY)
        expected.end(name)
    elif verb == "merge" and name != other and {name, other} <= expected.here:
        with transaction():
            kept, double = (getattr(poles, each).organisation_id for each in (name, other))
            doubles.merge(national, kept, double, ())
        expected.merge(name, other)
    elif verb == "close" and expected.open:
        with transaction():
            details = Details(reason=CloseReason.SOLVED, message="Merci.")
            closing.withdraw(actor_of(poles.world.coordinator), poles.reference, details)
        expected.open = False


def _is_done(act: Callable[[], Any]) -> bool:
    try:
        act()
    except Refusal:
        return False
    return True


def _reads(poles: Poles, expected: Expected) -> None:
    """Who joined reads it, who is invited while it is open, and nobody else."""
    for name in expected.here:
        state = expected.state[name]
        may_read = state is J.JOINED or (state is J.INVITED and expected.open)
        shared = queries.get(actor_of(getattr(poles, name)), poles.reference)
        assert (shared is not None) is may_read, name
