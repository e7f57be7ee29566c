"""A small world, counted by hand, and how its figures are read."""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.catalogue.models import Service
from portal.catalogue.rules import Family
from portal.interventions.steps import InterventionState
from portal.organisations.models import Partner
from portal.requests.steps import AssignmentState, RequestState
from tests.browser import Browser
from tests.builders import Builder

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NORMANDY, BRITTANY = "28", "53"


@dataclass(frozen=True, slots=True)
class World:
    first: Partner
    second: Partner
    coaching: Service
    training: Service


def build(make: Builder) -> World:
    """Six requests counted from November 2025 to November 2026, four in Normandy and two in Brittany."""
    norman = make.coordinator(make.pole(name="Pôle normand", region_code=NORMANDY))
    breton = make.coordinator(make.pole(name="Pôle breton", region_code=BRITTANY))
    first, second = make.partner(name="Atelier Un"), make.partner(name="Bureau Deux")
    practitioner = make.practitioner(first).person
    coaching = make.service(first, second, name="Accompagnement", name_en="Coaching")
    training = make.service(second, name="Formation", name_en="Training", family=Family.CREATION)

    make.raw_request(norman, RequestState.DRAFT, coaching, need="Un brouillon ne compte jamais.")

    october = make.raw_request(norman, service=coaching, submitted_at=datetime(2026, 10, 5, 8, tzinfo=UTC))
    kept = make.raw_assignment(october, first, AssignmentState.ACCEPTED, **_answered(6, 10, 6, 10, days=1))
    make.raw_intervention(kept, practitioner, on=date(2026, 10, 20), minutes=210)

    # 23:30 of the last day of October in Paris.
    last_evening = make.raw_request(
        norman, service=coaching, submitted_at=datetime(2026, 10, 31, 22, 30, tzinfo=UTC)
    )
    make.raw_assignment(last_evening, first, AssignmentState.DECLINED, **_answered(6, 11, 10, 11, days=7))
    done = make.raw_assignment(
        last_evening, second, AssignmentState.COMPLETED, **_answered(6, 11, 3, 11, days=2)
    )
    make.raw_intervention(done, practitioner, on=date(2026, 11, 5), minutes=420)
    make.raw_intervention(done, practitioner, InterventionState.PLANNED, on=date(2026, 11, 30), minutes=420)
    make.raw_intervention(done, practitioner, InterventionState.CALLED_OFF, on=date(2026, 11, 6), minutes=420)

    make.raw_intervention(
        done, practitioner, InterventionState.POLE_ABSENT, on=date(2026, 11, 9), minutes=420
    )

    # An hour later it is November.
    make.raw_request(norman, submitted_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))

    silent = make.raw_request(breton, service=training, submitted_at=datetime(2026, 11, 10, 8, tzinfo=UTC))
    make.raw_assignment(silent, second, AssignmentState.EXPIRED, due_on=date(2026, 11, 17))

    # The last second before the period, and its first.
    before = make.raw_request(
        breton, service=coaching, submitted_at=datetime(2025, 10, 31, 22, 59, 59, tzinfo=UTC)
    )
    old = make.raw_assignment(before, first, AssignmentState.ACCEPTED, **_answered(6, 11, 5, 11, days=3))
    make.raw_intervention(old, practitioner, on=date(2026, 1, 15), minutes=210)
    make.raw_request(
        breton, RequestState.WITHDRAWN, coaching, submitted_at=datetime(2025, 10, 31, 23, tzinfo=UTC)
    )

    recent = make.raw_request(norman, service=coaching, submitted_at=datetime(2026, 11, 13, 8, tzinfo=UTC))
    make.raw_assignment(recent, first, due_on=date(2026, 11, 23))
    make.raw_assignment(recent, second, due_on=date(2026, 11, 20))
    return World(first, second, coaching, training)


def _answered(due_day: int, due_month: int, day: int, month: int, days: int) -> dict[str, Any]:
    return {
        "due_on": date(2026, due_month, due_day),
        "answered_on": date(2026, month, day),
        "answer_days": days,
    }


def english_reader(make: Builder) -> Membership:
    """Someone of the national cell who reads English."""
    return make.member(make.national_cell(), Role.NATIONAL_ADMIN, make.person(language="en"))


def file_of(browser: Browser, breakdown: str, **filters: Any) -> list[list[str]]:
    """The lines of a CSV, its heads left out."""
    response = browser.get(f"/usage/{breakdown}.csv", query_string=filters)
    assert response.status_code == 200, response.status
    return list(csv.reader(StringIO(response.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))[
        1:
    ]


def figures(browser: Browser, breakdown: str, **filters: Any) -> dict[str, list[str]]:
    """The lines of a CSV that are not all zeros and blanks, by name."""
    lines = {name: values for name, *values in file_of(browser, breakdown, **filters)}
    return {name: values for name, values in lines.items() if set(values) - {"0", "0.0", "0,0", ""}}
