"""The demonstration shows sessions: with seats left, full with people who wait, cancelled, to close, and closed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.agenda import queries as agenda
from portal.agenda.rules import Days
from portal.calendars.rules import Scope
from portal.db import db
from portal.demo import gathered
from portal.demo.accounts import COORDINATION, INTERVENTION, NATIONAL, PARTNERSHIP, REGIONAL, DemoAccount
from portal.demo.desk import actor_of
from portal.interventions.corrections.models import Correction
from portal.joint import queries as joint
from portal.notifications.models import OutboxEmail
from portal.sessions.models import CollectiveSession, SessionGiver
from portal.sessions.needs.models import AttachedRequest
from portal.sessions.presence.models import HeldSession
from portal.sessions.received import queries as received
from portal.sessions.registrations import queries
from portal.sessions.registrations.rules import Standing
from portal.sessions.steps import SessionState

pytestmark = pytest.mark.usefixtures("demonstration")


def test_there_is_a_session_of_each_kind() -> None:
    sessions = db.session.scalars(select(CollectiveSession)).all()
    states = {SessionState.OPEN, SessionState.CANCELLED, SessionState.HELD}
    assert {session.state for session in sessions} == states
    assert any(session.is_over and session.state is SessionState.OPEN for session in sessions)
    counts = queries.counts([session.id for session in sessions])
    standing = [counts[each.id] for each in sessions if each.state is SessionState.OPEN]
    assert any(not each[Standing.WAITING] and each[Standing.SEATED] for each in standing)
    assert any(each[Standing.WAITING] and each[Standing.OFFERED] for each in standing)


def test_each_names_who_gives_it() -> None:
    named = select(SessionGiver.session_id)
    assert db.session.scalars(select(CollectiveSession).where(CollectiveSession.id.not_in(named))).all() == []


@pytest.mark.parametrize("account", [COORDINATION, PARTNERSHIP, REGIONAL, NATIONAL])
def test_sessions_stand_in_agendas(account: DemoAccount) -> None:
    days = Days(clock.today(), clock.today() + timedelta(days=90))
    assert len(agenda.sessions(actor_of(account), days)) >= 2


def test_one_stands_in_the_agenda_of_the_practitioner_who_gives_it() -> None:
    days = Days(clock.today(), clock.today() + timedelta(days=90))
    assert agenda.sessions(actor_of(INTERVENTION), days, agenda.Limits(Scope.MINE))


@pytest.mark.parametrize("account", [PARTNERSHIP, REGIONAL])
def test_work_for_the_network_stands_in_agendas(account: DemoAccount) -> None:
    days = Days(clock.today() - timedelta(days=60), clock.today())
    assert agenda.network_acts(actor_of(account), days)


def test_one_is_proposed_to_requests_that_need_the_same() -> None:
    attached = db.session.scalars(select(AttachedRequest.session_id)).all()
    assert len(attached) == 2
    assert len(set(attached)) == 1


def test_one_of_long_ago_was_corrected_by_the_cell() -> None:
    changes = db.session.scalars(
        select(Correction.changes).join(
            HeldSession, HeldSession.intervention_id == Correction.intervention_id
        )
    ).all()
    assert [sorted(each) for each in changes] == [["came", "minutes", "participants", "why"]]


def test_what_is_counted_waits_for_a_pole_and_is_contested_by_another() -> None:
    waiting = received.to_confirm(actor_of(COORDINATION), 9)
    assert "Raconter son pôle en cinq minutes" in {each.session.title for each in waiting}
    for account in (REGIONAL, NATIONAL):
        [contested] = received.contested(actor_of(account))
        assert (contested.minutes, contested.confirmation.minutes) == (180, 90)


def test_poles_that_only_joined_a_request_are_told_too() -> None:
    """The one that one signs in for, which asked for the same itself, and another."""
    attached = db.session.scalars(select(AttachedRequest.request_id)).all()
    [poles] = joint.joined(attached).values()
    assert len(poles) == 2
    assert actor_of(COORDINATION).organisation_id in {pole.id for pole in poles}
    kind = OutboxEmail.kind == "sessions/attach_session_other_pole"
    assert len(db.session.scalars(select(OutboxEmail.id).where(kind)).all()) == 1


def test_no_session_took_place_on_a_day_without_work_whatever_the_day() -> None:
    for number in range(800):
        on = gathered._working_day(clock.today() + timedelta(days=number))
        assert clock.is_working_day(on, None)
    held = db.session.scalars(select(CollectiveSession.on)).all()
    assert all(clock.is_working_day(on, None) for on in held)
