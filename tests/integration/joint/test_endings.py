"""A shared request when a pole of it ends or becomes one with another: no double, nobody left behind."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions.models import AlsoServed, Intervention
from portal.interventions.steps import InterventionState
from portal.joint import jobs
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.organisations import handover
from portal.organisations.doubles import service as doubles
from portal.organisations.models import Pole
from portal.organisations.rules import NOBODY
from portal.requests.undo import service as undo
from portal.requests.undo.rules import NotTakenBack
from tests.builders import Builder
from tests.integration.joint.steps import (
    Poles,
    forget_mails,
    invite,
    invite_undoable,
    join,
    mails,
    states,
    with_joined,
)
from tests.integration.requests.steps import actor_of
from tests.jobs import do

J = JointState


def _end(poles: Poles, pole_id: int, to: int | None) -> None:
    with transaction():
        handover.end(actor_of(poles.world.national), pole_id, "Fusion.", to)


def _merge(poles: Poles, kept_id: int, double_id: int) -> None:
    with transaction():
        doubles.merge(actor_of(poles.world.national), kept_id, double_id, ())


def _in_order() -> bool:
    """The check of stored rows says nothing."""
    return not [line for check in jobs.CHECKS for line in check.find()]


def test_a_pole_that_ends_leaves_and_the_others_go_on(poles: Poles) -> None:
    with_joined(poles, poles.first, poles.second)
    invite(poles, poles.third)
    forget_mails()
    for who in (poles.first, poles.third):
        _end(poles, who.organisation_id, NOBODY)
    assert states(poles) == {
        poles.first.organisation_id: J.LEFT,
        poles.second.organisation_id: J.JOINED,
        poles.third.organisation_id: J.LAPSED,
    }
    told = mails()
    assert {"joint/leave_pole", "joint/lapse_pole"} <= told.keys()
    assert poles.second.person.email not in {email for each in told.values() for email in each}
    assert _in_order()


def test_a_successor_takes_part_once(poles: Poles) -> None:
    with_joined(poles, poles.first)
    invite(poles, poles.second)
    _end(poles, poles.first.organisation_id, poles.second.organisation_id)
    assert states(poles) == {poles.second.organisation_id: J.JOINED}
    assert _in_order()


def test_a_successor_that_asks_already_does_not_join_itself(poles: Poles) -> None:
    with_joined(poles, poles.first, poles.second)
    _end(poles, poles.first.organisation_id, poles.request.pole_id)
    assert states(poles) == {poles.second.organisation_id: J.JOINED}
    assert _in_order()


def _served(poles: Poles, make: Builder, state: InterventionState, *who: Membership) -> Intervention:
    """An act that is for these poles beside the one that asks."""
    act = make.raw_intervention(
        poles.assignment,
        poles.world.practitioner.person,
        state,
        on=clock.today() + timedelta(days=2),
    )
    with transaction() as session:
        session.add_all(AlsoServed(intervention_id=act.id, pole_id=each.organisation_id) for each in who)
    return act


def _serves(act: Intervention) -> set[int]:
    return set(db.session.scalars(select(AlsoServed.pole_id).where(AlsoServed.intervention_id == act.id)))


@pytest.mark.parametrize(
    ("to", "serves"),
    [(None, {"second"}), ("second", {"second"}), ("third", {"second", "third"}), ("asks", {"second"})],
)
def test_what_is_planned_for_a_pole_that_ends_is_for_its_successor_once(
    poles: Poles, make: Builder, to: str | None, serves: set[str]
) -> None:
    with_joined(poles, poles.first, poles.second)
    planned = _served(poles, make, InterventionState.PLANNED, poles.first, poles.second)
    done = _served(poles, make, InterventionState.DONE, poles.first)
    numbers = {
        "second": poles.second.organisation_id,
        "third": poles.third.organisation_id,
        "asks": poles.request.pole_id,
    }
    _end(poles, poles.first.organisation_id, numbers[to] if to else NOBODY)
    assert _serves(planned) == {numbers[each] for each in serves}
    assert _serves(done) == {poles.first.organisation_id}, "what was done for it stays so"


def test_who_takes_a_request_over_asks_for_it_and_the_others_hear(poles: Poles) -> None:
    with_joined(poles, poles.first, poles.second)
    _end(poles, poles.request.pole_id, poles.first.organisation_id)
    assert states(poles) == {poles.second.organisation_id: J.JOINED}
    assert mails()["joint/changed_other_pole"] == [poles.second.person.email]
    assert _in_order()


def test_a_request_of_a_pole_that_ends_closes_for_all(poles: Poles, browse: Any) -> None:
    with_joined(poles, poles.first)
    _end(poles, poles.request.pole_id, NOBODY)
    assert mails()["joint/changed_other_pole"] == [poles.first.person.email]
    assert browse(poles.first).get(poles.shared).status_code == 200


@pytest.mark.parametrize(
    ("kept", "double"), [("first", "second"), ("second", "first"), ("asks", "first"), ("first", "asks")]
)
def test_two_poles_of_a_request_become_one(poles: Poles, kept: str, double: str) -> None:
    with_joined(poles, poles.first, poles.third)
    invite(poles, poles.second)
    numbers = {
        "first": poles.first.organisation_id,
        "second": poles.second.organisation_id,
        "asks": poles.request.pole_id,
    }
    _merge(poles, numbers[kept], numbers[double])
    expected = {poles.third.organisation_id: J.JOINED}
    if "asks" in (kept, double):
        expected[numbers["second"]] = J.INVITED
    else:
        expected[numbers[kept]] = J.JOINED
    assert states(poles) == expected
    assert _in_order()


def test_an_invitation_lapses_after_its_last_day_and_silence_is_no_consent(poles: Poles) -> None:
    invite(poles, poles.first)
    forget_mails()
    joint = db.session.scalars(select(JointPole)).one()
    pole = db.session.get(Pole, joint.pole_id)
    assert pole is not None
    with clock.travelling_to(clock.end_of(joint.due_on, pole.place)):
        assert do("end invitations of poles") == 0
    with clock.travelling_to(clock.end_of(joint.due_on, pole.place) + timedelta(days=1)):
        assert do("end invitations of poles") == 1
    assert states(poles) == {joint.pole_id: J.LAPSED}
    assert list(mails()) == ["joint/lapse_pole"]


def test_an_invitation_is_undone_while_nobody_answered(poles: Poles) -> None:
    asks = actor_of(poles.world.coordinator)
    invite_undoable(poles, poles.first)
    with transaction():
        undo.take_back(asks, poles.reference)
    assert states(poles) == {}
    assert mails() == {}
    invite_undoable(poles, poles.first)
    join(poles, poles.first)
    with pytest.raises(NotTakenBack), transaction():
        undo.take_back(asks, poles.reference)
    assert states(poles) == {poles.first.organisation_id: J.JOINED}
