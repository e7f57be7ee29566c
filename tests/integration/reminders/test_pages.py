"""What will leave, as those it concerns see it: the cell of a region, whoever is reminded, the command."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.reminders import page
from tests.builders import Builder
from tests.integration.reminders.runs import MONDAY, asked, at, mails, run_on, working_day
from tests.integration.requests.steps import World, actor_of

MOST_STATEMENTS = 30


def rungs(found: Any) -> list[tuple[str, Any]]:
    return [(one.rung, one.on) for one in found]


def test_what_is_shown_is_what_leaves(make: Builder, world: World, app: Flask) -> None:
    asked(make, world)
    with clock.travelling_to(at(MONDAY)), app.test_request_context():
        shown = rungs(page.of_region(actor_of(world.cell)))
    assert shown == [("team", working_day(4)), ("manager", working_day(6))]
    left = []
    for count in range(1, 11):
        before = len(mails())
        run_on(working_day(count))
        if len(mails()) > before:
            left.append(working_day(count))
    assert left == [on for _, on in shown]


def test_each_sees_what_would_come_to_them(make: Builder, world: World, app: Flask) -> None:
    asked(make, world)
    with clock.travelling_to(at(working_day(4))), app.test_request_context():
        found = {
            who: [one for one, _ in rungs(page.mine(actor_of(getattr(world, who))))]
            for who in ("practitioner", "manager", "cell", "coordinator")
        }
    assert found["practitioner"] == ["team"]
    assert found["manager"] == ["team", "manager"]
    assert found["cell"] == ["cell"]
    assert found["coordinator"] == []


def test_other_regions_partners_and_poles_see_nothing_of_it(make: Builder, world: World, app: Flask) -> None:
    asked(make, world)
    others = [make.regional_admin("11"), make.practitioner(), make.coordinator()]
    with clock.travelling_to(at(MONDAY)), app.test_request_context():
        assert [page.of_region(actor_of(one)) for one in others] == [[], [], []]
        assert [page.mine(actor_of(one)) for one in others] == [[], [], []]


def test_two_partners_of_one_request_are_told_apart_and_none_reads_its_own_name(
    make: Builder, world: World, app: Flask
) -> None:
    asked(make, world)
    with clock.travelling_to(at(MONDAY)), app.test_request_context():
        seen = {str(one.name) for one in page.of_region(actor_of(world.cell))}
        own = {str(one.name) for one in page.mine(actor_of(world.practitioner))}
    assert all(name.endswith(f", {world.partner.name}") for name in seen)
    assert not any(world.partner.name in name for name in own)
    assert seen
    assert own


@pytest.mark.parametrize("who", ["cell", "practitioner"])
def test_pages_ask_as_much_for_one_thing_as_for_many(
    make: Builder, world: World, browse, queries: list[str], who: str
) -> None:
    browser = browse(getattr(world, who))
    path = "/rappels/territoire" if who == "cell" else "/rappels"
    counts = []
    for more in (1, 12):
        for _ in range(more):
            asked(make, world, clock.today())
        queries.clear()
        browser.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_STATEMENTS


def test_the_page_says_when_whom_and_what_stops_it(make: Builder, world: World, browse) -> None:
    asked(make, world, clock.today())
    text = browse(world.cell).get("/rappels/territoire").text
    assert "l’équipe du partenaire" in text
    assert "dès que le partenaire accepte" in text
    assert "/rappels/territoire" in browse(world.cell).get("/suivi").text


def test_the_command_lists_what_would_leave_and_sends_nothing(
    make: Builder, world: World, app: Flask
) -> None:
    asked(make, world, clock.today() - timedelta(days=1))
    ran = app.test_cli_runner().invoke(args=["reminders", "--dry-run", "--days", "10"])
    assert ran.exit_code == 0, ran.output
    assert "Requests without an answer: the team is reminded" in ran.output
    assert world.practitioner.person.email in ran.output
    assert not mails()
    assert app.test_cli_runner().invoke(args=["reminders"]).exit_code == 2
