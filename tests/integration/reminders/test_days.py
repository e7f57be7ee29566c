"""A cell chooses its days within bounds; only exceptions are stored, and whoever chose is noted."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Subject
from portal.reminders.days import service
from portal.reminders.days.rules import Of, Scope
from portal.reminders.models import ReminderChoice
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.reminders.runs import MONDAY, asked, at, kinds, run_on, working_day
from tests.integration.requests.steps import World
from tests.races import together

TEAM = "requests_unanswered-team"


@pytest.fixture
def path(make: Builder, world: World) -> str:
    request = make.raw_request(world.coordinator)
    return f"/rappels/delais/region/{request.region_code}"


def rows() -> Sequence[tuple[str, str, str, int]]:
    statement = select(ReminderChoice.rung, ReminderChoice.scope, ReminderChoice.which, ReminderChoice.days)
    return [(*row,) for row in db.session.execute(statement.order_by(ReminderChoice.id))]


def notes() -> int:
    statement = select(func.count()).select_from(JournalEntry).where(JournalEntry.subject == Subject.SETTING)
    return db.session.scalar(statement) or 0


def test_what_is_chosen_holds_and_is_noted(make: Builder, world: World, browse, path: str) -> None:
    cell = browse(world.cell)
    assert "après 3 jours ouvrés" in cell.get(path).text
    assert cell.post(path, {TEAM: "4"}).status_code == 302
    assert rows() == [("team", "region", path.rpartition("/")[2], 4)]
    assert notes() == 1
    asked(make, world)
    run_on(working_day(4))
    assert not kinds()
    run_on(working_day(5))
    assert kinds()


def test_the_same_twice_is_noted_once(world: World, browse, path: str) -> None:
    cell = browse(world.cell)
    for _ in range(2):
        cell.post(path, {TEAM: "4"})
    assert (len(rows()), notes()) == (1, 1)


def test_the_usual_is_never_stored(world: World, browse, path: str) -> None:
    cell = browse(world.cell)
    cell.post(path, {TEAM: "4"})
    assert cell.post(f"{path}/habituels").status_code == 302
    assert (rows(), notes()) == ([], 2)
    cell.post(path, {TEAM: ""})
    assert rows() == []


@pytest.mark.parametrize("days", ["1", "5", "-2", "quatre", "3"])
def test_what_is_out_of_bounds_is_refused(world: World, browse, path: str, days: str) -> None:
    assert browse(world.cell).post(path, {TEAM: days}).status_code == 422
    assert rows() == []


def test_what_would_change_is_shown_and_not_kept(
    make: Builder, world: World, browse, path: str, app: Flask
) -> None:
    asked(make, world, clock.today())
    page = browse(world.cell).post(path, {TEAM: "4", "faire": "voir"})
    assert page.status_code == 200
    assert "l’équipe est relancée" in page.text or "au lieu de" in page.text
    assert "Rien n’est encore enregistré." in page.text
    assert rows() == []
    assert "aucun rappel" in browse(world.cell).post(path, {"faire": "voir"}).text


def test_another_cell_chooses_for_its_own_region_alone(
    make: Builder, world: World, browse, path: str
) -> None:
    other = browse(make.regional_admin("11"))
    for answer in (other.get(path), other.post(path, {TEAM: "4"}), other.post(f"{path}/habituels")):
        assert answer.status_code == 404
    assert rows() == []
    assert browse(world.national).post(path, {TEAM: "4"}).status_code == 302


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PRACTITIONER, Role.MANAGER, Role.OBSERVER])
def test_who_is_no_cell_may_not(make: Builder, browse, path: str, role: Role) -> None:
    other = browse(make.member(make.pole(), role))
    assert other.get(path).status_code == 403
    assert other.post(path, {TEAM: "4"}).status_code == 403


def test_a_service_goes_before_its_region(make: Builder, world: World, browse, path: str) -> None:
    service = world.service
    of_it = f"/rappels/delais/service/{service.id}"
    assert browse(world.cell).get(of_it).status_code == 404
    national = browse(world.national)
    assert "comme dans sa région" in national.get(of_it).text
    national.post(path, {TEAM: "2"})
    national.post(of_it, {TEAM: "3"})
    request = make.raw_request(world.coordinator, service=service, submitted_at=at(MONDAY))
    make.raw_assignment(request, world.partner, proposed_at=at(MONDAY), due_on=working_day(5))
    run_on(working_day(3))
    assert not kinds()
    run_on(working_day(4))
    assert kinds()
    assert "reviews-heads" not in national.get(of_it).text


@pytest.mark.parametrize("where", ["region/99", "region/", "service/0", "service/x", "autre/28"])
def test_what_does_not_exist_is_not_found(world: World, browse, where: str) -> None:
    assert browse(world.national).get(f"/rappels/delais/{where}").status_code == 404


def test_one_region_is_led_to_at_once_and_several_are_offered(world: World, browse, path: str) -> None:
    assert browse(world.national).get("/rappels/delais").text.count("/rappels/delais/region/") > 10
    answer = browse(world.cell).get("/rappels/delais")
    assert answer.status_code == 302 or path in answer.text


def test_two_who_choose_at_once_leave_one_whole_choice(app: Flask, world: World, path: str) -> None:
    of = Of(Scope.REGION, path.rpartition("/")[2], "Région")
    both = {("requests_unanswered", "team"): 2, ("drafts", "pole"): 4}

    def choose(days: int) -> None:
        with transaction():
            service.choose(of, dict.fromkeys(both, days))

    together(app, lambda: choose(3), lambda: choose(4))
    assert len({days for _, _, _, days in rows()}) == 1
    assert len(rows()) == 2


def test_the_page_costs_the_same_however_much_waits(
    make: Builder, world: World, browse, queries: list[str], path: str
) -> None:
    cell, costs = browse(world.cell), []
    for more in (1, 10):
        for _ in range(more):
            asked(make, world, clock.today())
        cell.get(path)
        queries.clear()
        cell.post(path, {TEAM: "4", "faire": "voir"})
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 30


def test_the_page_of_what_is_to_come_leads_there(world: World, browse: Browser) -> None:
    assert "/rappels/delais" in browse(world.cell).get("/rappels/territoire").text
