"""What the portal writes of itself leaves when its readers are at work: each job that tells, in many places, at odd
moments."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Person
from portal.db import db
from portal.interventions.steps import InterventionState
from portal.notifications.models import OutboxEmail
from portal.requests.steps import AssignmentState
from portal.territories.reference import place_of
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.operations.due import DUE
from tests.jobs import do

PARIS = ZoneInfo("Europe/Paris")
EVERYWHERE = {date(2026, 7, 14), date(2026, 12, 25), date(2027, 1, 1)}
# Region and department of a place, what its clocks show, and its holidays: written a second time, by hand.
PLACES: dict[str, tuple[str | None, str | None, str, set[date]]] = {
    "Rouen": ("28", "76", "Europe/Paris", EVERYWHERE),
    "Strasbourg": ("44", "67", "Europe/Paris", EVERYWHERE),
    "a region of several departments": ("28", None, "Europe/Paris", EVERYWHERE),
    "nowhere": (None, None, "Europe/Paris", EVERYWHERE),
    "La Réunion": ("04", "974", "Indian/Reunion", {*EVERYWHERE, date(2026, 12, 20)}),
    "La Réunion, without its department": ("04", None, "Indian/Reunion", EVERYWHERE),
    "Guadeloupe": ("01", "971", "America/Guadeloupe", {*EVERYWHERE, date(2026, 5, 27)}),
    "Guadeloupe, without its department": ("01", None, "America/Guadeloupe", {*EVERYWHERE, date(2026, 5, 27)}),
    "Guyane, without its department": ("03", None, "America/Cayenne", EVERYWHERE),
    "Mayotte": ("06", "976", "Indian/Mayotte", EVERYWHERE),
}  # fmt: skip
MOMENTS = {
    "midnight": datetime(2026, 5, 27, 0, 0, tzinfo=PARIS),
    "a morning in Paris, the night in Guadeloupe": datetime(2026, 9, 8, 9, 30, tzinfo=PARIS),
    "an evening in Paris, a day in Guadeloupe": datetime(2026, 9, 8, 20, 0, tzinfo=PARIS),
    "an early day in Paris, a morning in La Réunion": datetime(2026, 9, 8, 6, 30, tzinfo=PARIS),
    "the last minute": datetime(2026, 9, 8, 17, 59, tzinfo=PARIS),
    "a Sunday": datetime(2026, 9, 6, 11, 0, tzinfo=PARIS),
    "a Friday evening": datetime(2026, 9, 4, 18, 0, tzinfo=PARIS),
    "14 July": datetime(2026, 7, 14, 10, 0, tzinfo=PARIS),
    "25 December": datetime(2026, 12, 25, 10, 0, tzinfo=PARIS),
    "the last evening of the year": datetime(2026, 12, 31, 23, 30, tzinfo=PARIS),
}


def first_at_work(now: datetime, zone: str, holidays: set[date]) -> datetime:
    """The first minute from now on from 8 to 18 h of a day of work there."""
    here = now.astimezone(ZoneInfo(zone))
    while here.weekday() > 4 or here.date() in holidays or not 8 <= here.hour < 18:
        here = datetime.combine(here, time(here.hour), here.tzinfo) + timedelta(hours=1)
    return here.astimezone(UTC)


class Placed(Builder):
    """Whatever it makes is in one place."""

    def __init__(self, region_code: str | None, department_code: str | None) -> None:
        super().__init__()
        self.where = {"region_code": region_code, "department_code": department_code}

    def pole(self, **values: Any) -> Any:
        return super().pole(**{**self.where, **values})

    def partner(self, *_places: Any, **values: Any) -> Any:
        region, department = self.where.values()
        if department:
            return super().partner((), (department,), **values)
        return super().partner((region,) if region else (), **values)

    def raw_application(self, *state: Any, **values: Any) -> Any:
        return super().raw_application(*state, **{**self.where, **values})


def with_open_work(make: Builder) -> None:
    """Somebody who no longer comes, their work and their colleagues; and whoever hears that nobody is left."""
    gone = make.person(last_seen_at=days_ago(800), idle_warned_at=days_ago(40))
    partner = make.partner()
    make.member(partner, Role.MANAGER, gone)
    make.practitioner(partner)
    make.national_admin()
    request = make.raw_request(make.coordinator())
    assignment = make.raw_assignment(request, partner, AssignmentState.ACCEPTED, referent_id=gone.id)
    make.raw_intervention(assignment, gone, InterventionState.PLANNED, on=clock.today(), report="")


TELLING: dict[str, Callable[[Builder], Any]] = {
    name: one.make for name, one in DUE.items() if one.tells and one.writes
}
TELLING["close idle accounts"] = with_open_work


def give_everybody_a_place(make: Builder) -> None:
    """Whoever belongs nowhere yet coordinates a pole."""
    for person in db.session.scalars(select(Person).where(~Person.memberships.any())).all():
        make.member(make.pole(), Role.COORDINATOR, person)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("place", PLACES)
def test_people_are_at_work_in_the_day_of_their_place(place: str, moment: str) -> None:
    region, department, zone, holidays = PLACES[place]
    with clock.travelling_to(MOMENTS[moment]):
        leaves = clock.office_hours(place_of(department, region))
    assert leaves == first_at_work(MOMENTS[moment], zone, holidays)


@pytest.mark.parametrize("moment", [moment for moment in MOMENTS if " in Paris, " in moment])
@pytest.mark.parametrize("place", [place for place in PLACES if place.startswith(("R", "n", "La", "Gua"))])
@pytest.mark.parametrize("name", sorted(TELLING))
def test_each_job_writes_to_people_at_work(database: None, name: str, place: str, moment: str) -> None:
    region, department, zone, holidays = PLACES[place]
    make, now = Placed(region, department), MOMENTS[moment]
    with clock.travelling_to(now):
        if region:
            make.regional_admin(region)
        TELLING[name](make)
        give_everybody_a_place(make)
        assert do(name)
    leaving = select(OutboxEmail.kind, OutboxEmail.next_attempt_at).where(OutboxEmail.digested_at.is_(None))
    emails = db.session.execute(leaving).all()
    assert emails
    for kind, leaves in emails:
        of_paris = kind == "teams/nobody_left"  # the national cell
        expected = first_at_work(now, "Europe/Paris" if of_paris else zone, holidays)
        assert leaves == expected, kind
