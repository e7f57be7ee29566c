"""Home: what waits, most urgent first, each row beginning with its verb; what comes this week; the first steps."""

import html
import re
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.alike.models import AlikePair
from portal.alike.rules import Near
from portal.catalogue.models import Delivery
from portal.conversation import rules
from portal.db import transaction
from portal.home.first_steps.page import BEGINNINGS
from portal.home.todo import queries
from portal.home.todo.page import VERBS
from portal.home.todo.words import due
from portal.interventions.steps import InterventionState
from portal.organisations.models import Pole
from portal.requests.inbox import queries as inbox
from portal.requests.models import SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, actor_of, build_world, page_of
from tests.shares import raw_confirmations

A = AssignmentState
NOW = datetime(2026, 3, 4, 10, tzinfo=clock.PARIS)  # a Wednesday
TODAY = NOW.date()


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


def rows(browser: Any, heading: str) -> list[str]:
    """The rows under a heading of the home, as they are read."""
    page = browser.get("/").text
    found = re.search(rf"<h2[^>]*>{heading}</h2>(.*?)</section>", page, re.S)
    items = re.findall(r"<li>(.*?)</li>", found.group(1), re.S) if found else []
    return [re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", one))).strip() for one in items]


def asked(make: Builder, world: World, subject: str, due_in: int, state: A = A.PROPOSED) -> SupportRequest:
    request = make.raw_request(world.coordinator, subject=subject)
    make.raw_assignment(request, world.partner, state, due_on=TODAY + timedelta(days=due_in))
    return request


def test_a_partner_reads_what_is_late_first_then_what_is_due_first(
    make: Builder, world: World, browse: Any
) -> None:
    with clock.travelling_to(NOW):
        asked(make, world, "Demain", 1)
        asked(make, world, "Plus tard", 5)
        asked(make, world, "Peu tard", -1)
        asked(make, world, "Très tard", -6)
        asked(make, world, "Aujourd’hui même", 0)
        found = rows(browse(world.practitioner), "À faire")
    assert [one.split(" Pôle")[0] for one in found] == [
        "Répondre Très tard",
        "Répondre Peu tard",
        "Répondre Aujourd’hui même",
        "Répondre Demain",
        "Répondre Plus tard",
    ]
    assert found[0].endswith("4 jours ouvrés de retard")
    assert found[1].endswith("1 jour ouvré de retard")
    assert found[2].endswith("aujourd’hui")
    assert found[3].endswith("demain, jeudi 5 mars 2026")


def test_the_most_urgent_are_shown_where_there_are_many(make: Builder, world: World, browse: Any) -> None:
    """However old the requests are."""
    with clock.travelling_to(NOW):
        for number in range(12):
            asked(make, world, f"Numéro {number}", 20 - number)
        found = rows(browse(world.practitioner), "À faire")
        assert found[0].startswith("Répondre Numéro 11")
        assert len(found) == 5
        assert re.search(
            r'<p><a href="/demandes\?dossier=a-traiter">[^<]*12', browse(world.practitioner).get("/").text
        )


@pytest.mark.parametrize("who", ["coordinator", "practitioner", "cell", "national"])
def test_what_waits_begins_with_its_verb(make: Builder, world: World, browse: Any, who: str) -> None:
    member = getattr(world, who)
    waiting = [one.slug for one in inbox.folders(actor_of(member)) if one.waits_for_us]
    assert set(waiting) <= VERBS.keys()
    with clock.travelling_to(NOW):
        make.raw_request(world.coordinator, RequestState.DRAFT, subject="Brouillon")
        make.raw_request(world.coordinator, subject="À orienter")
        asked(make, world, "En retard", -2)
        asked(make, world, "Une question", 2, A.ON_HOLD)
        found = {" ".join(one.split()[:2]) for one in rows(browse(member), "À faire")}
    assert (
        found
        == {
            "coordinator": {"Finir Brouillon", "Répondre Une"},
            "practitioner": {"Répondre En"},
            "cell": {"Orienter À", "Débloquer En"},
            "national": {"Orienter À", "Débloquer En"},
        }[who]
    )


def test_a_date_that_has_passed_is_to_be_logged_and_one_to_come_is_of_this_week(
    make: Builder, world: World, browse: Any
) -> None:
    with clock.travelling_to(NOW):
        request = make.raw_request(world.coordinator, subject="Atelier")
        assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
        for days in (-3, 0, 6, 7):
            make.raw_intervention(
                assignment,
                world.practitioner.person,
                InterventionState.PLANNED,
                on=TODAY + timedelta(days=days),
                report="",
            )
        done = make.raw_intervention(assignment, world.practitioner.person, on=TODAY)
        assert done.state is InterventionState.DONE
        partner, pole = browse(world.practitioner), browse(world.coordinator)
        assert [one.split(" Pôle")[0] for one in rows(partner, "À faire")] == ["Saisir Atelier"]
        for reader in (partner, pole):
            first, second = rows(reader, "Dans la semaine")
            assert first.startswith("mercredi 4 mars 2026")
            assert second.startswith("mardi 10 mars 2026")
            assert "Atelier" in first
        assert not rows(pole, "À faire")
        assert not rows(browse(make.practitioner()), "Dans la semaine"), "another partner"
        assert not rows(browse(make.coordinator()), "Dans la semaine"), "another pole"


def test_what_was_logged_waits_for_the_pole_and_what_it_contests_for_its_cells(
    make: Builder, world: World, browse: Any
) -> None:
    request = make.raw_request(world.coordinator, subject="Le bail")
    assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
    raw_confirmations(make, assignment, world.practitioner)

    def tasks(reader: Membership) -> list[str]:
        return [row for row in rows(browse(reader), "À faire") if "intervention" in row]

    [to_confirm] = tasks(world.coordinator)
    assert to_confirm.startswith("Confirmer ou contester Le bail")
    for cell in (world.cell, world.national):
        assert tasks(cell) == ["Trancher 2 interventions contestées ou à ajuster"]
        assert not rows(browse(cell), "Dans la semaine")
    assert not tasks(world.practitioner)
    assert not tasks(make.regional_admin("84")), "another region"


def test_requests_that_resemble_each_other_are_one_row_of_the_cells_that_route_them(
    make: Builder, world: World, browse: Any
) -> None:
    """Until they are brought together, or said not to be the same; which costs no statement more."""
    requests = [
        make.raw_request(who, service=world.service) for who in (world.coordinator, make.coordinator())
    ]
    first, second = sorted(request.id for request in requests)

    def tasks(reader: Membership) -> list[str]:
        return [row for row in rows(browse(reader), "À faire") if "ressemblent" in row]

    assert not tasks(world.national)
    pair = AlikePair(first_id=first, second_id=second, near=Near.REGION, shared=["statuts"])
    make._save(pair)
    for cell in (world.cell, world.national):
        assert tasks(cell) == ["Regrouper ou distinguer 1 paire de demandes qui se ressemblent"]
        assert 'href="/demandes/seances-communes"' in browse(cell).get("/").text
        assert not rows(browse(cell), "Dans la semaine")
    assert not tasks(make.regional_admin("84")), "another region"
    assert not tasks(world.coordinator)
    assert not tasks(world.practitioner)
    with transaction() as session:
        session.add(pair)
        pair.unlike_at = clock.now()
    assert not tasks(world.national)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PRACTITIONER, Role.REGIONAL_ADMIN])
def test_each_column_of_a_day_is_one_of_the_statement(role: Role) -> None:
    """Constants that are alike must not become one column of a union."""
    statement = queries._answers_due(role) if role is Role.REGIONAL_ADMIN else queries._planned(role)
    assert [*statement.selected_columns.keys()] == [field.name for field in fields(queries.Day)]


def accepted(make: Builder, world: World, days: int = 1) -> SupportRequest:
    request = make.raw_request(world.coordinator, subject="Le bail")
    referent = {
        "referent_id": world.practitioner.person_id,
        "answered_on": clock.today() - timedelta(days=days),
    }
    make.raw_assignment(request, world.partner, A.ACCEPTED, **referent)
    return request


def test_what_is_said_to_somebody_is_to_be_read_though_nothing_waits(
    make: Builder, world: World, browse: Any
) -> None:
    """By whoever has the request or is named, until they have read it; by their colleagues in the lists alone."""
    request = accepted(make, world)
    partner, colleague = browse(world.practitioner), browse(world.manager)
    make.raw_message(request, world.coordinator, partners=(world.partner,))
    told = f"Lire Le bail {world.coordinator.organisation.name} 1 nouveau message"
    assert told in rows(partner, "À faire")
    assert not [one for one in rows(colleague, "À faire") if "Le bail" in one]
    make.raw_message(request, world.coordinator, partners=(world.partner,), named=(world.manager.person,))
    assert [one for one in rows(colleague, "À faire") if "Lire Le bail" in one]
    assert not [one for one in rows(browse(world.coordinator), "À faire") if "Lire" in one], "one's own words"
    partner.get(page_of(request))
    assert not [one for one in rows(partner, "À faire") if "Le bail" in one]
    make.raw_message(request, world.manager, note=True)
    assert not [one for one in rows(browse(world.coordinator), "À faire") if "Lire" in one], "a note"


@pytest.mark.parametrize(("to_partner", "is_read"), [(False, True), (True, False)])
def test_a_cell_reads_at_home_what_is_written_to_it_alone(
    make: Builder, world: World, browse: Any, to_partner: bool, is_read: bool
) -> None:
    request = accepted(make, world)
    make.raw_message(request, world.coordinator, partners=(world.partner,) if to_partner else ())
    assert bool([one for one in rows(browse(world.cell), "À faire") if "Lire Le bail" in one]) is is_read


def test_old_words_are_left_to_the_lists(make: Builder, world: World, browse: Any) -> None:
    request = accepted(make, world)
    make.raw_message(request, world.coordinator, partners=(world.partner,), at=NOW - rules.TO_READ_FOR)
    assert not [one for one in rows(browse(world.practitioner), "À faire") if "Le bail" in one]


def test_a_partner_is_asked_for_news_of_what_it_has_left(make: Builder, world: World, browse: Any) -> None:
    with clock.travelling_to(NOW):
        accepted(make, world, days=40)
        assert "Donner des nouvelles 1 demande acceptée, sans nouvelles depuis trente jours" in rows(
            browse(world.practitioner), "À faire"
        )
        assert 'href="/suivi/sans-nouvelles"' in browse(world.practitioner).get("/").text
        assert not [one for one in rows(browse(world.coordinator), "À faire") if "nouvelles" in one]


def test_a_cell_reads_the_answers_due_this_week_in_its_region(
    make: Builder, world: World, browse: Any
) -> None:
    with clock.travelling_to(NOW):
        other = make.partner()
        make.raw_assignment(asked(make, world, "Demain", 1), other, due_on=TODAY + timedelta(days=1))
        asked(make, world, "Plus tard", 9)
        asked(make, world, "En retard", -1)
        (row,) = rows(browse(world.cell), "Dans la semaine")
        assert row.startswith("jeudi 5 mars 2026 Demain")
        pole = world.coordinator.organisation.name
        assert row.endswith(f"{pole} · {world.partner.name} répond, {other.name} répond")
        assert not rows(browse(make.regional_admin("11")), "Dans la semaine")


def test_days_are_said_as_people_say_them(app: Any) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}), clock.travelling_to(NOW):
        said = {days: due(TODAY + timedelta(days=days), None) for days in (-5, -1, 0, 1, 2)}
    assert said == {
        -5: "3 jours ouvrés de retard",
        -1: "1 jour ouvré de retard",
        0: "aujourd’hui",
        1: "demain, jeudi 5 mars 2026",
        2: "vendredi 6 mars 2026",
    }


def test_tiles_count_no_further_than_lists_do(
    make: Builder, world: World, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_COUNTED", 2)
    inbox._counts.cache_clear()
    for _ in range(4):
        make.raw_request(world.coordinator)
    for who in (world.cell, world.national):
        assert "<strong>2+</strong>" in browse(who).get("/").text
    inbox._counts.cache_clear()


# Where to begin.


def steps_of(browser: Any) -> list[tuple[str, bool]]:
    """The titles of the first steps, and which are done."""
    page = browser.get("/").text
    found = re.search(r'<ol class="steps">(.*?)</ol>', page, re.S)
    titles = re.findall(r"<h3>(.*?)</h3>", found.group(1), re.S) if found else []
    return [(html.unescape(re.sub(r"<[^>]+>", " ", one)).strip(), "<a " not in one) for one in titles]


@pytest.mark.parametrize("role", sorted(BEGINNINGS))
def test_who_has_just_joined_reads_three_steps(make: Builder, world: World, browse: Any, role: Role) -> None:
    organisation = {
        Role.COORDINATOR: world.coordinator.organisation,
        Role.MEMBER: world.coordinator.organisation,
        Role.REGIONAL_ADMIN: world.cell.organisation,
        Role.NATIONAL_ADMIN: world.national.organisation,
    }.get(role, world.partner)
    assert len(steps_of(browse(make.member(organisation, role)))) == 3
    long_ago = make.member(organisation, role)
    with transaction() as session:
        session.add(long_ago)
        long_ago.started_at = days_ago(61)
    assert not steps_of(browse(long_ago))


def test_a_coordinator_does_them_and_they_are_gone(make: Builder, browse: Any) -> None:
    coordinator = make.coordinator(make.pole(public_summary=None))
    browser = browse(coordinator)
    assert [done for _title, done in steps_of(browser)] == [False, False, False]
    with transaction() as session:
        pole = session.get_one(Pole, coordinator.organisation_id)
        pole.public_summary = "Filer et tisser ensemble."
    assert [done for _title, done in steps_of(browser)] == [True, False, False]
    make.member(coordinator.organisation, Role.MEMBER)
    assert [done for _title, done in steps_of(browser)] == [True, True, False]
    make.raw_request(coordinator, submitted_at=clock.now())
    assert not steps_of(browser)


def test_a_manager_does_them_and_they_are_gone(make: Builder, browse: Any) -> None:
    manager: Membership = make.manager(make.partner())
    browser = browse(manager)
    assert [done for _title, done in steps_of(browser)] == [False, False, False]
    service = make.service()
    with transaction() as session:
        session.add(Delivery(service_id=service.id, partner_id=manager.organisation_id))
    make.practitioner(manager.organisation)
    request = make.raw_request(make.coordinator())
    make.raw_assignment(request, manager.organisation, A.ACCEPTED, answered_on=date(2026, 3, 2))
    assert not steps_of(browser)


def test_help_names_whom_to_write_to(make: Builder, world: World, browse: Any) -> None:
    with transaction() as session:
        session.add(world.cell.organisation)
        world.cell.organisation.shared_mailbox = "cellule@exemple.example"
    assert "cellule@exemple.example" in browse(world.coordinator).get("/aide").text
    for somebody in (None, world.practitioner, make.coordinator(make.pole(region_code="11"))):
        assert "cellule@exemple.example" not in browse(somebody).get("/aide").text
    for path in ("/", "/connexion", page_of(make.raw_request(world.coordinator))):
        assert 'href="/aide"' in browse(world.coordinator if path != "/connexion" else None).get(path).text


def test_the_folder_that_waits_opens_first(make: Builder, world: World, browse: Any) -> None:
    def opened(who: Membership) -> str:
        page = browse(who).get("/demandes").text
        found = re.search(r'href="/demandes\?dossier=([\w-]+)"[^>]*aria-current', page)
        return found.group(1) if found else ""

    assert opened(world.cell) == "a-orienter"
    asked(make, world, "En retard", -900)
    assert opened(world.cell) == "en-retard"
    make.raw_request(world.coordinator)
    assert opened(world.cell) == "a-orienter"


def test_each_task_is_in_the_infinitive_like_the_others(make: Builder, world: World, browse: Any) -> None:
    head = make.coordinator(make.pole(members_reviewed_at=days_ago(400)))
    make.member(head.organisation, Role.MEMBER)
    make.raw_request(head, RequestState.DRAFT)
    silent = make.raw_request(world.coordinator)
    make.raw_assignment(silent, world.partner, A.ACCEPTED, answered_on=clock.today() - timedelta(days=60))
    make.raw_application()
    readers = head, world.practitioner, world.cell, world.national
    tasks = [one for who in readers for one in rows(browse(who), "À faire")]
    assert "Vérifier" in {one.split()[0] for one in tasks}
    assert not [one for one in tasks if not re.match(r"\w+(er|ir|re)\b", one)]
