"""A forgotten draft is recalled once, then its pole is warned, then it is deleted."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.requests import service
from portal.requests.drafts.emails import DRAFT_ENDS
from portal.requests.models import SupportRequest
from portal.requests.rules import DRAFT_KEPT, DRAFT_WARNED_BEFORE, Wishes
from portal.requests.steps import RequestState
from portal.stuck.chasing.emails import DRAFT
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.reminders.runs import MONDAY, at, mails, run
from tests.integration.requests.steps import World, actor_of
from tests.jobs import do

WARNED_ON = DRAFT_KEPT - DRAFT_WARNED_BEFORE + timedelta(days=1)
AGAIN = Wishes(need="Encore.")
TWO_DAYS = timedelta(hours=48)


def begun(make: Builder, world: World, moment: datetime | None = None) -> SupportRequest:
    return make.raw_request(world.coordinator, RequestState.DRAFT, created_at=moment or at(MONDAY))


def end_drafts(after: timedelta) -> None:
    with clock.travelling_to(at(MONDAY) + after):
        do("end drafts of requests")


def stored() -> Sequence[SupportRequest]:
    return db.session.scalars(select(SupportRequest).execution_options(populate_existing=True)).all()


def away(member: Membership, until: date) -> None:
    with transaction() as session:
        session.add(Absence(membership_id=member.id, starts_on=MONDAY, ends_on=until))


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("hour", [time(0, 10), time(8, 1), time(23, 50)])
def test_it_is_recalled_once_and_never_before_two_days_are_over(
    make: Builder, world: World, day: int, hour: time
) -> None:
    moment = at(MONDAY + timedelta(days=day), hour)
    begun(make, world, moment)
    run(moment + TWO_DAYS - timedelta(minutes=10))
    assert not mails(DRAFT)
    for days in range(2, 12):
        run(at(moment.date() + timedelta(days=days)))
    assert {to for _, to in mails(DRAFT)} == {world.coordinator.person.email, world.colleague.person.email}
    assert len(mails(DRAFT)) == 2


def test_writing_it_again_counts_anew_and_recalls_no_second_time(make: Builder, world: World) -> None:
    request = begun(make, world)
    with clock.travelling_to(at(MONDAY + timedelta(days=2))), transaction():
        service.change_draft(actor_of(world.coordinator), request.reference, AGAIN)
    run(at(MONDAY + timedelta(days=3)))
    assert not mails(DRAFT)
    for days in range(4, 20):
        run(at(MONDAY + timedelta(days=days)))
    assert len(mails(DRAFT)) == 2


def test_who_is_away_is_recalled_when_back(make: Builder, world: World) -> None:
    begun(make, world)
    away(world.coordinator, MONDAY + timedelta(days=8))
    for days in range(9):
        run(at(MONDAY + timedelta(days=days)))
    assert not mails(DRAFT)
    run(at(MONDAY + timedelta(days=9)))
    assert world.coordinator.person.email in {to for _, to in mails(DRAFT)}


def test_a_colleague_who_is_away_is_not_recalled(make: Builder, world: World) -> None:
    begun(make, world)
    away(world.colleague, MONDAY + timedelta(days=30))
    run(at(MONDAY + timedelta(days=3)))
    assert [to for _, to in mails(DRAFT)] == [world.coordinator.person.email]


def test_the_pole_is_warned_once_then_the_draft_is_deleted(make: Builder, world: World) -> None:
    begun(make, world)
    end_drafts(WARNED_ON - timedelta(days=1))
    assert not mails(DRAFT_ENDS)
    end_drafts(WARNED_ON)
    end_drafts(DRAFT_KEPT)
    assert {to for _, to in mails(DRAFT_ENDS)} == {
        world.coordinator.person.email,
        world.colleague.person.email,
    }
    assert len(mails(DRAFT_ENDS)) == 2
    assert stored()
    end_drafts(DRAFT_KEPT + timedelta(days=2))
    assert not stored()


def test_writing_in_it_after_the_warning_keeps_it(make: Builder, world: World) -> None:
    request = begun(make, world)
    end_drafts(WARNED_ON)
    with clock.travelling_to(at(MONDAY) + WARNED_ON), transaction():
        service.change_draft(actor_of(world.coordinator), request.reference, AGAIN)
    end_drafts(DRAFT_KEPT + timedelta(days=2))
    assert stored()
    end_drafts(2 * WARNED_ON + timedelta(days=1))
    assert stored()
    assert len(mails(DRAFT_ENDS)) == 4, "warned again before it goes"


def test_a_worker_that_was_away_warns_before_it_deletes(make: Builder, world: World) -> None:
    begun(make, world)
    end_drafts(timedelta(days=200))
    assert stored()
    end_drafts(timedelta(days=215))
    assert not stored()


def test_what_was_sent_is_neither_warned_of_nor_deleted(make: Builder, world: World) -> None:
    make.raw_request(world.coordinator, created_at=at(MONDAY))
    end_drafts(timedelta(days=200))
    end_drafts(timedelta(days=215))
    assert stored()
    assert not mails(DRAFT_ENDS)
