"""Sessions and work for the network in agendas: whose each is, and what it counts for."""

import csv
import io
from datetime import date

import pytest

from portal import clock
from portal.access.roles import Role
from portal.agenda import queries
from portal.agenda.queries import Limits
from portal.agenda.rules import Days
from portal.calendars.rules import Scope
from portal.interventions.network import queries as network
from portal.interventions.network.models import NetworkPractice
from portal.sessions.models import CollectiveSession
from portal.sessions.steps import SessionState
from tests.builders import Builder
from tests.integration.agenda.steps import NOW, read
from tests.integration.requests.steps import World, actor_of, build_world
from tests.sessions import raw_giver, raw_held, raw_registration, raw_session
from tests.shares import raw_network_act

MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))
TITLE = "Tenir une gouvernance partagée"


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


@pytest.fixture
def session(make: Builder, world: World) -> CollectiveSession:
    return raw_session(make, world.practitioner, world.service, on=date(2026, 3, 12))


@pytest.mark.parametrize("view", ["mois", "semaine", "liste"])
def test_a_partner_reads_the_sessions_that_it_gives(
    make: Builder, world: World, session: CollectiveSession, browse, view: str
) -> None:
    raw_registration(make, session, world.coordinator)
    raw_registration(make, session, make.coordinator(), "waiting")
    shown = read(browse(world.manager), vue=view, jour="2026-03-12")
    assert TITLE in shown
    assert "Sessions collectives 1" in shown
    if view != "mois":
        assert "1 personne inscrite · 1 sur la liste d’attente" in shown
    assert TITLE not in read(browse(make.practitioner()), vue=view, jour="2026-03-12")


def test_a_pole_reads_those_to_which_its_people_come_and_counts_its_own_alone(
    make: Builder, world: World, session: CollectiveSession, browse
) -> None:
    other = make.coordinator()
    raw_registration(make, session, other)
    assert TITLE not in read(browse(world.coordinator))
    for standing in ("seated", "offered", "waiting"):
        raw_registration(make, session, world.coordinator, standing, name=standing)
    raw_registration(make, session, world.coordinator, "withdrawn", name="Partie")
    shown = read(browse(world.coordinator), vue="liste")
    assert TITLE in shown
    assert "2 personnes de votre pôle · 1 sur la liste d’attente" in shown
    assert "1 personne de votre pôle" in read(browse(other), vue="liste")


def test_one_that_was_held_counts_in_both_measures(make: Builder, world: World, browse) -> None:
    session = raw_session(
        make, world.practitioner, world.service, on=date(2026, 3, 2), minutes=180, state=SessionState.HELD
    )
    theirs = [raw_registration(make, session, world.coordinator, name=name) for name in ("Une", "Deux")]
    raw_held(make, session, world.practitioner, *theirs, raw_registration(make, session, make.coordinator()))
    shown = {who: read(browse(who)) for who in (world.manager, world.coordinator, world.cell)}
    for who, received in ((world.manager, "6 h"), (world.coordinator, "3 h"), (world.cell, "6 h")):
        assert f"Appui reçu en session {received} (" in shown[who]
    assert "Temps passé en session 3 h (" in shown[world.manager]
    assert "Temps passé" not in shown[world.coordinator]


def test_who_has_left_has_no_session_any_more(
    make: Builder, world: World, session: CollectiveSession, browse
) -> None:
    for standing in ("withdrawn", "lapsed"):
        raw_registration(make, session, world.coordinator, standing)
    assert TITLE not in read(browse(world.coordinator))


def test_ones_own_are_those_where_one_has_a_seat_oneself(
    make: Builder, world: World, session: CollectiveSession, browse
) -> None:
    raw_registration(make, session, world.coordinator)
    browser = browse(world.coordinator)
    assert TITLE not in read(browser, qui="mine")
    raw_registration(make, session, world.coordinator, email=world.coordinator.person.email)
    assert "1 personne de votre pôle" in read(browser, qui="mine", vue="liste")
    assert "2 personnes de votre pôle" in read(browser, vue="liste")
    elsewhere = make.member(make.pole(), Role.COORDINATOR, person=world.coordinator.person)
    with clock.travelling_to(NOW):
        assert queries.sessions(actor_of(elsewhere), MARCH) == []


def test_a_practitioners_own_are_those_that_they_give(
    make: Builder, world: World, session: CollectiveSession, browse
) -> None:
    colleague = make.practitioner(world.partner)
    raw_giver(make, session, colleague)
    raw_registration(make, session, world.coordinator)
    browser = browse(colleague)
    shown = read(browser, qui="mine", vue="liste")
    assert TITLE in shown
    assert "Sessions collectives 1" in shown
    assert "1 personne inscrite" in shown, "all who come, not only themselves"
    assert TITLE not in read(browse(world.practitioner), qui="mine")
    assert TITLE in read(browse(world.practitioner))
    elsewhere = make.member(make.partner(), Role.PRACTITIONER, person=colleague.person)
    with clock.travelling_to(NOW):
        for scope in Scope:
            assert queries.sessions(actor_of(elsewhere), MARCH, Limits(scope)) == []
        file = browser.get("/agenda/interventions.csv?vue=liste&jour=2026-03-01&qui=mine").get_data(
            as_text=True
        )
    assert TITLE in file


def test_once_held_it_is_of_those_who_gave_it(make: Builder, world: World) -> None:
    session = raw_session(
        make, world.practitioner, world.service, on=date(2026, 3, 2), state=SessionState.HELD
    )
    named = make.practitioner(world.partner)
    raw_giver(make, session, named)
    raw_held(make, session, world.practitioner)
    found = {
        who.person_id: len(queries.sessions(actor_of(who), MARCH, Limits(Scope.MINE)))
        for who in (named, world.practitioner)
    }
    assert found == {named.person_id: 0, world.practitioner.person_id: 1}


def test_a_cell_reads_what_is_in_its_region_and_where_its_poles_go(make: Builder, world: World) -> None:
    raw_session(make, world.practitioner, world.service, on=date(2026, 3, 12), department_code="76")
    joined = raw_session(make, world.practitioner, world.service, on=date(2026, 3, 13))
    raw_registration(make, joined, world.coordinator)
    raw_session(make, world.practitioner, world.service, on=date(2026, 3, 14), department_code="974")
    raw_session(make, world.practitioner, world.service, on=date(2026, 3, 15), state="draft")
    found = {
        who: [each.session.on.day for each in queries.sessions(actor_of(getattr(world, who)), MARCH)]
        for who in ("cell", "national")
    }
    assert found == {"cell": [12, 13], "national": [12, 13, 14]}
    assert queries.sessions(actor_of(make.regional_admin("84")), MARCH) == []


def test_one_without_a_place_is_followed_by_the_cell_of_its_partner(make: Builder, world: World) -> None:
    """The one that corrects what it counts for."""
    by = make.practitioner(make.partner(region_code="84"))
    raw_session(make, by, make.service(by.organisation), on=date(2026, 3, 12))
    raw_session(make, by, make.service(by.organisation), on=date(2026, 3, 13), department_code="76")
    for region, days in (("84", [12]), ("28", [13]), ("11", [])):
        there = queries.sessions(actor_of(make.regional_admin(region)), MARCH)
        assert [each.session.on.day for each in there] == days, region


def test_a_cancelled_one_is_read_where_cancelled_ones_are_asked_for(
    make: Builder, world: World, browse
) -> None:
    raw_session(
        make, world.practitioner, world.service, on=date(2026, 3, 12), state="cancelled", reason="Salle prise"
    )
    browser = browse(world.practitioner)
    assert TITLE not in read(browser)
    assert TITLE in read(browser, etat="called_off")
    for state in ("planned", "done", "pole_absent"):
        assert TITLE not in read(browser, etat=state)


def test_its_hour_is_that_of_where_it_is(make: Builder, world: World, browse) -> None:
    raw_session(make, world.practitioner, world.service, on=date(2026, 3, 12), department_code="974")
    assert "9 h 30, heure de La Réunion" in read(browse(world.practitioner))


def test_work_for_the_network_is_of_ones_own_organisation_and_counts_apart(
    make: Builder, world: World, browse
) -> None:
    raw_network_act(make, world.practitioner, on=date(2026, 3, 3), minutes=210, practitioners=2)
    raw_network_act(make, make.practitioner(), on=date(2026, 3, 3))
    shown = read(browse(world.practitioner), vue="liste")
    assert shown.count("Travail de réseau") == 1
    assert "Temps passé en travail de réseau 7 h (1 jour)" in shown
    assert "Temps passé 7 h" not in shown
    with clock.travelling_to(NOW):
        [[_name, _kind, _count, minutes, _people]] = network.totals(
            actor_of(world.national), MARCH.first, MARCH.after, world.practitioner.organisation_id
        )
    assert minutes == 420
    for other in (world.coordinator, world.cell, world.national):
        assert "Travail de réseau" not in read(browse(other))


def test_ones_own_work_is_what_one_gave(make: Builder, world: World, browse) -> None:
    raw_network_act(make, world.practitioner, on=date(2026, 3, 3))
    for who, count in ((world.practitioner, 1), (world.manager, 0)):
        assert read(browse(who), qui="mine", vue="liste").count("Travail de réseau") == count
    both = [NetworkPractice(person_id=each.person_id) for each in (world.practitioner, world.manager)]
    raw_network_act(make, world.practitioner, on=date(2026, 3, 5), practices=both, practitioners=2)
    assert "Temps passé en travail de réseau 4 h" in read(browse(world.manager), qui="mine", vue="liste")


def test_a_cell_reads_its_own_work(make: Builder, world: World, browse) -> None:
    raw_network_act(make, world.cell, on=date(2026, 3, 3))
    assert "Travail de réseau" in read(browse(world.cell), vue="liste")
    assert "Travail de réseau" not in read(browse(world.cell), vue="liste", etat="planned")
    assert "Travail de réseau" in read(browse(world.cell), vue="liste", etat="done")


def test_a_session_that_is_not_closed_counts_for_nothing_yet(make: Builder, world: World, browse) -> None:
    session = raw_session(make, world.practitioner, world.service, on=date(2026, 3, 2))
    raw_registration(make, session, world.coordinator)
    shown = read(browse(world.practitioner), vue="liste")
    assert "Sessions collectives 1" in shown
    assert "Appui reçu" not in shown
    assert "Temps passé" not in shown


def test_the_file_holds_all_three_and_adds_up(
    make: Builder, world: World, session: CollectiveSession, browse
) -> None:
    raw_registration(make, session, world.coordinator)
    raw_network_act(make, world.practitioner, on=date(2026, 3, 3))
    with clock.travelling_to(NOW):
        text = browse(world.practitioner).get("/agenda/interventions.csv?vue=mois").data.decode("utf-8-sig")
    head, act, gathering = csv.reader(io.StringIO(text), delimiter=";")
    named = [dict(zip(head, row, strict=True)) for row in (act, gathering)]
    assert [each["Ce que c’est"] for each in named] == ["Travail de réseau", "Session collective"]
    spent = ("Appui reçu (minutes)", "Temps passé (minutes)", "Temps passé en travail de réseau (minutes)")
    assert [[each[column] for column in spent] for each in named] == [["0", "0", "120"], ["0", "0", "0"]]
    assert "Anne Le Goff" not in text
    with clock.travelling_to(NOW):
        of_pole = browse(world.coordinator).get("/agenda/interventions.csv?vue=mois").data.decode("utf-8-sig")
    head, gathering = csv.reader(io.StringIO(of_pole), delimiter=";")
    assert len(head) == len(gathering) == 12
    assert dict(zip(head, gathering, strict=True))["Pôle"] == world.coordinator.organisation.name


def test_what_has_no_hour_comes_first_and_all_share_one_limit(
    make: Builder, world: World, session: CollectiveSession, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw_network_act(make, world.practitioner, on=date(2026, 3, 12))
    shown = read(browse(world.practitioner), vue="liste")
    assert shown.index("Travail de réseau") < shown.index(TITLE)
    monkeypatch.setattr(queries, "MOST", 1)
    cut = read(browse(world.practitioner), vue="liste")
    assert "Seules les 1 premières lignes" in cut
    assert TITLE not in cut
