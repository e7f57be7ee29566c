"""Interventions by their dates: who reads which, where, with which totals; and what the address may say."""

import csv
import html
import io
import re
from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import update

from portal import clock
from portal.agenda import queries
from portal.agenda.queries import Limits
from portal.agenda.rules import Days
from portal.calendars.feeds import queries as feeds
from portal.calendars.rules import Scope
from portal.db import db, transaction
from portal.interventions.models import AlsoServed
from portal.interventions.steps import InterventionState
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.agenda.steps import NOW, read, words
from tests.integration.requests.steps import World, actor_of, build_world, page_of
from tests.sessions import raw_giver, raw_registration, raw_session
from tests.shares import raw_network_act

MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))
S = InterventionState
VIEWS = ("mois", "semaine", "liste")


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


@pytest.fixture
def part(make: Builder, world: World) -> Assignment:
    request = make.raw_request(world.coordinator, subject="Le bail de l’Œuvre", service=world.service)
    return make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)


def note(make: Builder, world: World, part: Assignment, day: date, state: S = S.DONE, **values: Any) -> int:
    report = {} if state is S.DONE else {"report": ""}
    return make.raw_intervention(part, world.practitioner.person, state, on=day, **{**report, **values}).id


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("who", ["coordinator", "practitioner", "manager", "cell", "national"])
def test_each_view_holds_what_its_reader_may_read(
    make: Builder, world: World, part: Assignment, browse, view: str, who: str
) -> None:
    note(make, world, part, date(2026, 3, 3), minutes=120)
    note(make, world, part, date(2026, 3, 6), S.PLANNED, starts_at=time(9, 30))
    note(make, world, part, date(2026, 3, 5), S.CALLED_OFF)
    note(make, world, part, date(2026, 4, 1))
    shown = read(browse(getattr(world, who)), vue=view)
    assert shown.count("Le bail de l’Œuvre") == 2
    assert "Interventions 2" in shown
    assert "9 h 30, heure de Paris" in shown
    assert "Annulée" in read(browse(getattr(world, who)), vue=view, etat="called_off")


@pytest.mark.parametrize("view", VIEWS)
def test_nobody_else_reads_it(make: Builder, world: World, part: Assignment, browse, view: str) -> None:
    note(make, world, part, date(2026, 3, 3))
    for other in (make.coordinator(), make.practitioner(), make.regional_admin("84")):
        shown = read(browse(other), vue=view)
        assert "Le bail" not in shown
        assert "Rien ces jours-là" in shown


def test_totals_are_those_of_the_request(make: Builder, world: World, part: Assignment, browse) -> None:
    for day in (2, 3):
        note(make, world, part, date(2026, 3, day), minutes=210)
    note(make, world, part, date(2026, 3, 6), S.PLANNED, minutes=405)
    for who, labels in (
        (world.coordinator, ["Appui reçu"]),
        (world.practitioner, ["Appui reçu", "Temps passé"]),
    ):
        browser = browse(who)
        agenda = read(browser, vue="liste")
        request = words(browser.get(page_of(db.session.get_one(SupportRequest, part.request_id))).text)
        for label in labels:
            total = re.search(rf"{label} (7 h \(1 jour\))", agenda)
            assert total, label
            assert total[1] in request
    assert "Temps passé" not in read(browse(world.coordinator), vue="liste")


def test_one_reads_ones_own_dates_alone(make: Builder, world: World, part: Assignment, browse) -> None:
    note(make, world, part, date(2026, 3, 3))
    assert "Le bail" in read(browse(world.practitioner), qui="mine")
    assert "Le bail" not in read(browse(world.manager), qui="mine")
    assert "Le bail" in read(browse(world.manager))
    assert "Les dates de qui" not in read(browse(world.cell))


def test_a_pole_that_joined_reads_what_is_for_it_on_its_own_page(
    make: Builder, world: World, part: Assignment, browse
) -> None:
    other = make.coordinator()
    number = note(make, world, part, date(2026, 3, 3))
    joined = {"state": JointState.JOINED, "due_on": clock.today()}
    make._save(JointPole(request_id=part.request_id, pole_id=other.organisation_id, **joined))
    make._save(AlsoServed(intervention_id=number, pole_id=other.organisation_id))
    with clock.travelling_to(NOW):
        page = browse(other).get("/agenda").text
    assert "Le bail" in html.unescape(page)
    assert f"#intervention-{number}" not in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"de": "31/02/2026"}, "Saisissez un jour comme"),
        ({"a": "9999-12-31"}, "Saisissez un jour comme"),
        ({"de": "2026-03-09", "a": "2026-03-01"}, "Ce jour vient avant le premier"),
        ({"de": "2026-03-01", "a": "2027-09-01"}, "Choisissez un an au plus"),
    ],
)
def test_days_that_cannot_be_are_said_and_this_month_is_shown(
    make: Builder, world: World, part: Assignment, browse, query: dict[str, str], said: str
) -> None:
    note(make, world, part, date(2026, 3, 3))
    shown = read(browse(world.practitioner), vue="liste", **query)
    assert said in shown
    assert "Le bail" in shown


@pytest.mark.parametrize(
    "query", [{"jour": "demain"}, {"jour": "9999-12-31"}, {"vue": "année"}, {"etat": "x", "qui": "y"}]
)
def test_an_address_that_means_nothing_shows_this_month(
    make: Builder, world: World, part: Assignment, browse, query: dict[str, str]
) -> None:
    note(make, world, part, date(2026, 3, 3))
    shown = read(browse(world.practitioner), **query)
    assert "Agenda : mars 2026" in shown
    assert "Le bail" in shown


def test_one_goes_from_month_to_month_and_keeps_what_was_chosen(world: World, browse) -> None:
    with clock.travelling_to(NOW):
        page = html.unescape(
            browse(world.practitioner).get("/agenda?qui=mine&etat=done&jour=2026-01-15").text
        )
    for day in ("2025-12-31", "2026-02-01"):
        [address] = re.findall(rf'href="(/agenda\?[^"]*jour={day}[^"]*)"', page)
        assert "qui=mine" in address
        assert "etat=done" in address


def test_the_file_holds_what_the_page_shows_and_names_nobody(
    make: Builder, world: World, part: Assignment, browse
) -> None:
    note(make, world, part, date(2026, 3, 3), minutes=120)
    note(make, world, part, date(2026, 3, 6), S.PLANNED, starts_at=time(9, 30))
    for who, columns in ((world.coordinator, 12), (world.cell, 15)):
        with clock.travelling_to(NOW):
            text = browse(who).get("/agenda/interventions.csv?vue=mois").data.decode("utf-8-sig")
        head, first, second = csv.reader(io.StringIO(text), delimiter=";")
        assert len(head) == len(first) == len(second) == columns
        assert (first[0], first[9], first[10]) == ("2026-03-03", "120", "120")
        assert (second[0], second[1], second[10]) == ("2026-03-06", "09:30", "0")
        for person in (world.practitioner.person, world.coordinator.person):
            assert person.name not in text


FLAGGED = {
    "with_changes": {"as_planned": False},
    "before_the_request": {"on": date(2026, 2, 27)},
    "late": {"on": date(2026, 3, 4), "told_at": datetime(2026, 4, 4, 10, tzinfo=clock.PARIS)},
    "beyond_pole": {"beyond_pole": True},
    "beyond_partner": {"beyond_partner": True},
    "after_the_end": {"on": date(2026, 3, 27)},
}
"""What gives each flag to one that is done: of a request sent on the first of March, done with on the 25th."""


@pytest.fixture
def flagged(make: Builder, world: World, part: Assignment) -> dict[str, int]:
    """One of each flag, and three of none; their numbers."""
    with transaction() as session:
        sent = datetime(2026, 3, 1, 8, tzinfo=clock.PARIS)
        session.execute(update(SupportRequest).values(submitted_at=sent))
        session.execute(update(Assignment).values(completed_on=date(2026, 3, 25)))
    numbers = {}
    for flag, values in FLAGGED.items():
        values = {"on": date(2026, 3, 10), **values}
        numbers[flag] = note(make, world, part, values.pop("on"), **values)
    note(make, world, part, date(2026, 3, 11))
    note(make, world, part, date(2026, 3, 12), S.PLANNED, as_planned=False)
    in_time = datetime(2026, 4, 3, 23, tzinfo=clock.PARIS)
    note(make, world, part, date(2026, 3, 4), told_at=in_time)
    raw_network_act(make, world.practitioner, on=date(2026, 3, 10))
    return numbers


@pytest.mark.parametrize("who", ["practitioner", "cell", "national"])
def test_what_is_flagged_is_found_by_its_flag(
    world: World, flagged: dict[str, int], browse, who: str
) -> None:
    days = {"vue": "liste", "de": "2026-02-01", "a": "2026-03-31"}
    with clock.travelling_to(NOW):
        browser = browse(getattr(world, who))
        for flag, number in flagged.items():
            page = browser.get("/agenda", query_string={**days, "signalees": flag}).text
            assert re.findall(r"#intervention-(\d+)", page) == [str(number)], flag
        page = browser.get("/agenda", query_string={**days, "signalees": "toutes"}).text
        assert {int(found) for found in re.findall(r"#intervention-(\d+)", page)} == {*flagged.values()}
        text = browser.get("/agenda/interventions.csv", query_string={**days, "signalees": "late"}).data
    head, *lines = csv.reader(io.StringIO(text.decode("utf-8-sig")), delimiter=";")
    assert [line[head.index("Signalements")] for line in lines] == ["noté en retard, le 4 avril 2026"]


def test_a_pole_reads_no_flag(world: World, flagged: dict[str, int], browse) -> None:
    shown = read(browse(world.coordinator), vue="mois", signalees="late")
    assert "Signalements" not in shown
    assert "Interventions 8" in shown, "it limits nothing"
    assert "en retard" not in read(browse(world.coordinator), vue="liste")


def test_flags_are_asked_of_the_days_and_cost_one_statement(
    world: World, flagged: dict[str, int], browse, queries: list[str]
) -> None:
    browser, costs = browse(world.cell), []
    read(browser)
    for query in ({}, {"signalees": "toutes"}):
        queries.clear()
        read(browser, **query)
        costs.append(len(queries))
    assert costs[1] <= costs[0] + 1


@pytest.mark.parametrize(
    ("who", "query"),
    [
        ("coordinator", {}),
        ("practitioner", {}),
        ("practitioner", {"qui": "mine"}),
        ("national", {}),
    ],
)
def test_it_costs_the_same_for_one_and_for_thirty(
    make: Builder, world: World, part: Assignment, browse, queries: list[str], who: str, query: dict[str, str]
) -> None:
    browser = browse(getattr(world, who))
    costs = []
    for days in (range(1, 2), range(2, 31)):
        for day in days:
            note(make, world, part, date(2026, 3, day))
            session = raw_session(make, world.practitioner, world.service, on=date(2026, 3, day))
            raw_registration(make, session, world.coordinator)
            raw_giver(make, session, world.practitioner)
            raw_network_act(make, world.practitioner, on=date(2026, 3, day))
        read(browser, **query)
        queries.clear()
        read(browser, **query)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= (8 if who == "practitioner" else 7), queries


def test_where_there_are_too_many_it_says_so(
    make: Builder, world: World, part: Assignment, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (2, 3, 4):
        note(make, world, part, date(2026, 3, day))
    monkeypatch.setattr(queries, "MOST", 2)
    shown = read(browse(world.practitioner))
    assert "Seules les 2 premières lignes sont affichées et comptées" in shown
    assert "Interventions 2" in shown


def test_it_agrees_with_what_calendars_hold(make: Builder, world: World, part: Assignment) -> None:
    for day, state in ((3, S.DONE), (6, S.PLANNED), (9, S.POLE_ABSENT), (10, S.CALLED_OFF)):
        note(make, world, part, date(2026, 3, day), state)
    with clock.travelling_to(NOW):
        for who in (world.coordinator, world.practitioner, world.manager):
            for scope in Scope:
                actor = actor_of(who)
                assert [each.id for each in queries.dates(actor, MARCH, Limits(scope))] == [
                    each.id for each in feeds.dates(actor, scope)
                ]
