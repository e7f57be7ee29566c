"""Silence confirms what was delivered, and nothing else."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from portal import clock
from portal.db import db, transaction
from portal.interventions import service
from portal.interventions import steps as visits
from portal.interventions.confirmation import queries
from portal.interventions.confirmation.steps import ConfirmationState
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.outbox import service as outbox
from tests.builders import Builder
from tests.integration.interventions.logged import (
    LAST_DAY,
    MONDAY,
    Scene,
    at,
    build_scene,
    come_back,
    confirmation,
    deliver,
    facts,
    is_away,
    log,
)
from tests.integration.requests.steps import actor_of
from tests.jobs import do

JOB = "confirm interventions by silence"
LATER = MONDAY + timedelta(days=120)


@pytest.fixture
def scene(make: Builder) -> Scene:
    return build_scene(make)


def confirmed_on(day: date) -> bool:
    """Is it confirmed once the job has run on a day?"""
    with clock.travelling_to(at(day, 3)):
        do(JOB)
    state = confirmation()
    return state is not None and state.state is ConfirmationState.SILENT


def test_silence_confirms_what_was_delivered_after_seven_working_days(scene: Scene) -> None:
    log(scene)
    assert deliver() > 0
    assert not confirmed_on(LAST_DAY), "the last day is not over"
    assert confirmed_on(LAST_DAY + timedelta(days=1))
    done = confirmation()
    assert done.answered_by_id is None
    assert clock.day_of(done.answered_at) == LAST_DAY + timedelta(days=1)
    with clock.travelling_to(at(LATER)):
        assert do(JOB) == 0, "once"


def test_what_was_not_delivered_is_not_confirmed_by_silence(scene: Scene) -> None:
    log(scene)
    assert not confirmed_on(LATER), "nothing left"
    deliver(LATER)
    assert not confirmed_on(LATER + timedelta(days=5)), "seven working days count from the delivery"
    assert confirmed_on(LATER + timedelta(days=12))


def _came_back(scene: Scene) -> None:
    deliver()
    come_back(MONDAY, OutboxEmail.person_id == scene.coordinator.person_id)


def _came_back_later(scene: Scene) -> None:
    """Another e-mail to them, since."""
    deliver()
    with transaction() as session:
        about = {"error": "550 5.1.1 Nobody", "counts": True, "at": at(LATER - timedelta(days=1))}
        session.add(MailFailure(address=scene.coordinator.person.email, message_id="<other@x>", **about))


def _to_others(scene: Scene) -> None:
    deliver(MONDAY, OutboxEmail.person_id.is_distinct_from(scene.coordinator.person_id))


def _they_left(scene: Scene) -> None:
    deliver()
    with transaction():
        db.session.merge(scene.coordinator).ended_at = at(MONDAY)


def _pole_ended(scene: Scene) -> None:
    deliver()
    with transaction():
        db.session.merge(scene.pole).active = False


def _given_up(_scene: Scene) -> None:
    with transaction() as session:
        session.execute(update(OutboxEmail).values(given_up_at=at(MONDAY), next_attempt_at=None))


def _about_another(scene: Scene) -> None:
    """What asks for the word of the pole about another intervention tells nothing of this one."""
    with transaction() as session:
        session.execute(update(OutboxEmail).values(waiting=[999]))
    deliver()


def _in_a_digest(_scene: Scene) -> None:
    with transaction() as session:
        session.execute(update(OutboxEmail).values(digest_at=at(MONDAY), next_attempt_at=None))


@pytest.mark.parametrize(
    "happens",
    [
        _came_back,
        _came_back_later,
        _to_others,
        _they_left,
        _pole_ended,
        _given_up,
        _about_another,
        _in_a_digest,
    ],
)
def test_silence_never_confirms_what_was_not_delivered(
    scene: Scene, happens: Callable[[Scene], None]
) -> None:
    log(scene)
    happens(scene)
    assert not confirmed_on(LATER)
    assert confirmation().state is ConfirmationState.WAITING


def test_what_is_confirmed_stays_when_an_e_mail_comes_back_later(scene: Scene) -> None:
    log(scene)
    deliver()
    assert confirmed_on(LATER)
    come_back(LATER, OutboxEmail.person_id == scene.coordinator.person_id)
    assert confirmed_on(LATER + timedelta(days=30)), "a figure that counts stays"


def test_an_e_mail_that_is_sent_again_and_taken_counts_from_then_on(scene: Scene) -> None:
    log(scene)
    deliver()
    come_back(MONDAY, OutboxEmail.person_id == scene.coordinator.person_id)
    with clock.travelling_to(at(LATER)), transaction() as session:
        (number,) = session.scalars(
            OutboxEmail.__table__.select()
            .with_only_columns(OutboxEmail.id)
            .where(OutboxEmail.person_id == scene.coordinator.person_id)
        )
        session.execute(update(MailFailure).values(forgiven_at=clock.now()))
        assert outbox.send_again(number)
    deliver(LATER)
    assert not confirmed_on(LATER + timedelta(days=5))
    assert confirmed_on(LATER + timedelta(days=12))


def test_time_stands_still_while_the_only_coordinator_is_away(scene: Scene) -> None:
    log(scene)
    deliver()
    is_away(scene.coordinator, MONDAY + timedelta(days=2), MONDAY + timedelta(days=20))  # Wednesday to Sunday
    assert not confirmed_on(MONDAY + timedelta(days=28)), "one day counted before, six are left"
    assert confirmed_on(MONDAY + timedelta(days=29))


def test_time_goes_on_where_somebody_stands_in(scene: Scene, make: Builder) -> None:
    other = make.coordinator(scene.pole)
    log(scene)
    deliver(MONDAY, OutboxEmail.person_id == scene.coordinator.person_id)
    is_away(scene.coordinator, MONDAY + timedelta(days=1), LATER, other.person_id)
    assert confirmed_on(LAST_DAY + timedelta(days=1))


def test_a_colleague_who_was_never_told_does_not_make_time_go_on(scene: Scene, make: Builder) -> None:
    make.coordinator(scene.pole)
    log(scene)
    deliver(MONDAY, OutboxEmail.person_id == scene.coordinator.person_id)
    is_away(scene.coordinator, MONDAY + timedelta(days=1), LATER)
    assert not confirmed_on(LATER)


def test_what_is_corrected_is_asked_anew(scene: Scene) -> None:
    number = log(scene)
    deliver()
    corrected = MONDAY + timedelta(days=7)
    with clock.travelling_to(at(corrected)), transaction():
        service.change(
            actor_of(scene.practitioner),
            number,
            visits.CORRECT,
            facts(minutes=120),
            [scene.practitioner.person_id],
        )
    assert not confirmed_on(LATER), "the correction was not delivered"
    deliver(corrected)
    assert confirmed_on(LATER)


def test_each_of_two_logs_of_one_minute_has_its_own_e_mails(scene: Scene) -> None:
    first, second = log(scene), log(scene, MONDAY, "another")
    about = OutboxEmail.waiting
    rows = db.session.execute(OutboxEmail.__table__.select().with_only_columns(OutboxEmail.id, about)).all()
    deliver(MONDAY, OutboxEmail.id.in_([number for number, waiting in rows if waiting == [first]]))
    with clock.travelling_to(at(LATER)):
        assert do(JOB) == 1
    assert queries.state_of(first) is ConfirmationState.SILENT
    assert queries.state_of(second) is ConfirmationState.WAITING
