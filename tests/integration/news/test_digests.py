"""Digests come at the person's hour, never empty, with what still has its use."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.news.digests import service
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences.rules import Hours, Rhythm
from portal.requests import steps
from portal.requests.rules import Details
from portal.requests.undo import service as undo
from tests.builders import Builder
from tests.integration.news.conftest import Told, accept, asked, choose, set_hours, written
from tests.integration.requests.steps import DO, World, actor_of
from tests.jobs import do
from tests.races import at_once

WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=clock.PARIS)
JOB = "send digests"


@pytest.fixture(autouse=True)
def _on_a_wednesday(database: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(WEDNESDAY, tick=False) as now:
        yield now


@pytest.fixture
def now(_on_a_wednesday: time_machine.Traveller) -> time_machine.Traveller:
    return _on_a_wednesday


def paris(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=clock.PARIS)


def digests() -> list[OutboxEmail]:
    statement = select(OutboxEmail).where(OutboxEmail.kind == "news/digest").order_by(OutboxEmail.id)
    return list(db.session.scalars(statement))


def test_it_comes_at_the_hour_of_its_reader_once(now: time_machine.Traveller, told: Told) -> None:
    choose(told.reader, progress=Rhythm.DAILY)
    set_hours(told.reader, Hours(digest=11))
    accept(told)
    now.move_to(paris(4, 10).replace(minute=59))
    assert do(JOB) == 0
    now.move_to(paris(4, 11))
    assert do(JOB) == 1
    assert do(JOB) == 0
    (digest,) = digests()
    assert digest.recipient == told.reader.person.email
    assert told.request.reference in digest.text
    assert written(told.reader)[0].digested_at is not None


def test_one_a_week_comes_on_monday(now: time_machine.Traveller, told: Told) -> None:
    choose(told.reader, progress=Rhythm.WEEKLY)
    accept(told)
    for day in (5, 6, 8):
        now.move_to(paris(day, 12))
        assert do(JOB) == 0
    now.move_to(paris(9, 8))
    assert do(JOB) == 1


def test_it_is_grouped_by_request_with_the_page_of_each(
    now: time_machine.Traveller, make: Builder, told: Told
) -> None:
    choose(told.reader, progress=Rhythm.DAILY)
    second = asked(make, told.world)
    for one in (told, second):
        accept(one)
    now.move_to(paris(5, 9))
    do(JOB)
    (digest,) = digests()
    for one in (told, second):
        assert digest.text.count(f"/demandes/{one.request.reference}") == 1
    assert "2 nouveautés" in digest.subject


def test_a_digest_is_never_empty(now: time_machine.Traveller, told: Told) -> None:
    choose(told.reader, progress=Rhythm.DAILY)
    accept(told)
    with transaction() as session:
        written(told.reader)[0].read_at = clock.now()
        session.flush()
    now.move_to(paris(5, 9))
    assert do(JOB) == 0
    assert digests() == []
    assert written(told.reader)[0].digest_at is None, "and nothing is looked at again"


def test_what_is_no_longer_theirs_to_read_is_left_out(
    now: time_machine.Traveller, make: Builder, told: Told
) -> None:
    choose(told.reader, progress=Rhythm.DAILY)
    accept(told)
    with transaction() as session:
        told.reader.ended_at = clock.now()
        session.add(told.reader)
    now.move_to(paris(5, 9))
    assert do(JOB) == 0, "they left the pole meanwhile"


def test_what_was_taken_back_is_in_no_digest(now: time_machine.Traveller, told: Told) -> None:
    choose(told.reader, progress=Rhythm.DAILY)
    set_hours(told.reader, Hours(digest=11))
    now.move_to(paris(4, 10).replace(minute=59, second=30))
    by = actor_of(told.world.practitioner)
    with transaction(), undo.act(by, steps.ACCEPT):
        DO[steps.ACCEPT](by, told.request.reference, told.assignment_id, Details(referent_id=by.person_id))
    now.move_to(paris(4, 11))
    assert do(JOB) == 0, "it waits for the two minutes in which it can be taken back"
    with transaction():
        undo.take_back(by, told.request.reference)
    now.move_to(paris(5, 11))
    assert do(JOB) == 0
    assert written(told.reader) == []


def test_two_workers_write_one_digest(app: Flask, now: time_machine.Traveller, told: Told) -> None:
    choose(told.reader, progress=Rhythm.DAILY)
    accept(told)
    now.move_to(paris(5, 9))
    people = [told.reader.person_id]
    at_once(app, lambda: service.send(people[0]), lambda: service.send(people[0]))
    assert len(digests()) == 1


def test_each_reader_gets_one_for_all_their_organisations(
    now: time_machine.Traveller, make: Builder, world: World, told: Told
) -> None:
    elsewhere = make.member(make.pole(), Role.COORDINATOR, told.reader.person)
    other = Told(world._replace(coordinator=elsewhere), make.raw_request(elsewhere, service=world.service), 0)
    assignment = make.raw_assignment(other.request, world.partner)
    other = other._replace(assignment_id=assignment.id)
    for one in (told, other):
        choose(one.reader, progress=Rhythm.DAILY)
        accept(one)
    now.move_to(paris(5, 9))
    assert do(JOB) == 1
    (digest,) = digests()
    assert told.request.reference in digest.text
    assert other.request.reference in digest.text
