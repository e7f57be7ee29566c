"""The page of a service shows its sessions to come; who closes it is told of them first."""

import html
from typing import Any

import pytest

from portal.catalogue.models import Service
from portal.catalogue.rules import ServiceState
from portal.db import transaction
from portal.sessions import service
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.sessions import in_days, raw_registration, raw_session


@pytest.mark.parametrize("who", [None, "coordinator", "practitioner", "cell"])
def test_everybody_reads_when_and_where_and_how_many_seats_are_left(
    make: Builder, world: World, browse: Any, who: str | None
) -> None:
    held = raw_session(make, world.practitioner, world.service)
    raw_registration(make, held, world.coordinator)
    raw_session(make, world.practitioner, world.service, state="draft", title="Brouillon")
    raw_session(make, world.practitioner, world.service, state="cancelled", reason="Non", title="Annulée")
    raw_session(
        make, world.practitioner, world.service, on=in_days(-3), closes_on=in_days(-4), title="Passée"
    )
    raw_session(make, world.practitioner, make.service(world.practitioner.organisation), title="Ailleurs")
    page = browse(getattr(world, who) if who else None).get(f"/services/{world.service.slug}")
    shown = html.unescape(page.text)
    assert f"/sessions/{held.id}" in shown
    assert "Il reste 11 places, 12 places en tout" in shown
    assert "Halle aux Toiles, Rouen" in shown
    for other in ("Brouillon", "Annulée", "Passée", "Ailleurs", "Anne Le Goff"):
        assert other not in shown


def test_a_service_without_sessions_says_nothing_of_them(world: World, browse: Any) -> None:
    assert "Sessions à venir</h2>" not in html.unescape(
        browse(None).get(f"/services/{world.service.slug}").text
    )


@pytest.mark.parametrize("count", [1, 5])
def test_its_page_costs_one_statement_more_where_it_has_some_however_many(
    make: Builder, world: World, browse: Any, queries: list[str], count: int
) -> None:
    browser, path = browse(None), f"/services/{world.service.slug}"
    browser.get(path)
    queries.clear()
    browser.get(path)
    before = len(queries)
    for _number in range(count):
        raw_registration(make, raw_session(make, world.practitioner, world.service), world.coordinator)
    browser.get(path)
    queries.clear()
    browser.get(path)
    assert len(queries) == before + 1


@pytest.mark.parametrize("step", ["suspend", "archive"])
def test_who_closes_a_service_reads_which_sessions_are_ahead(
    make: Builder, world: World, browse: Any, step: str
) -> None:
    browser, path = browse(world.national), f"/services/fiches/{world.service.id}/{step}"
    before = browser.get(path)
    assert before.status_code == 200, path
    assert "Sessions à venir" not in html.unescape(before.text).partition("<main")[2]
    held = raw_session(make, world.practitioner, world.service)
    shown = html.unescape(browser.get(path).text)
    assert "Sessions à venir" in shown
    assert f"/sessions/{held.id}" in shown
    with transaction():
        service.cancel(actor_of(world.manager), held.id, "Salle prise")
    assert "Sessions à venir" not in html.unescape(browser.get(path).text).partition("<main")[2]


def test_a_session_leads_to_its_service_as_long_as_everybody_reads_that(
    make: Builder, world: World, browse: Any
) -> None:
    held, link = (
        raw_session(make, world.practitioner, world.service),
        f'href="/services/{world.service.slug}"',
    )
    paths = {None: f"/sessions/{held.id}", "practitioner": f"/sessions/les-notres/{held.id}"}
    for who, path in paths.items():
        assert link in browse(getattr(world, who) if who else None).get(path).text
    with transaction() as session:
        session.get_one(Service, world.service.id).stored_state = ServiceState.ARCHIVED
    for who, path in paths.items():
        page = browse(getattr(world, who) if who else None).get(path).text
        assert link not in page
        assert html.escape(world.service.name) in page
