"""Every breakdown of a small world, against figures counted by hand."""

from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import delete

from portal.access.roles import Role
from portal.catalogue.rules import ServiceState
from portal.db import transaction
from portal.organisations.models import Coverage
from tests.browser import Browser
from tests.integration.usage import world
from tests.integration.usage.world import World, figures, file_of


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


@pytest.fixture
def small(make) -> World:
    return world.build(make)


@pytest.fixture
def national(make, browse, small: World) -> Browser:
    return browse(world.english_reader(make))


# Columns: requests, accepted, completed, refusals, support days, days spent, absences, in time (%), median.


def test_by_month(national: Browser) -> None:
    assert figures(national, "mois") == {
        "November 2025": ["1", "0", "0", "0", "0.0", "0.0", "0", "", ""],
        "January 2026": ["0", "0", "0", "0", "0.5", "0.5", "0", "", ""],
        "October 2026": ["2", "1", "1", "1", "0.5", "0.5", "0", "67", "2.0"],
        "November 2026": ["3", "0", "0", "0", "1.0", "1.0", "1", "", ""],
    }


def test_nothing_after_the_period_counts_in_its_last_month(national: Browser) -> None:
    lines = figures(national, "mois", a="2026-10", de="2026-10")
    assert lines == {"October 2026": ["2", "1", "1", "1", "0.5", "0.5", "0", "67", "2.0"]}


def test_every_month_of_the_period_has_its_line(national: Browser) -> None:
    names = [line[0] for line in file_of(national, "mois")]
    assert (len(names), names[0], names[-1]) == (13, "November 2025", "November 2026")


def test_by_service(national: Browser) -> None:
    assert figures(national, "services") == {
        "Coaching": ["4", "1", "1", "1", "2.0", "2.0", "1", "50", "2.0"],
        "Training": ["1", "0", "0", "0", "0.0", "0.0", "0", "", ""],
        "Guide me": ["1", "0", "0", "0", "0.0", "0.0", "0", "", ""],
    }


def test_by_partner(national: Browser) -> None:
    # Times asked, acceptances, refusals, support days, days spent, absences, in time (%), median.
    assert figures(national, "partenaires") == {
        "Atelier Un": ["3", "1", "1", "1.0", "1.0", "0", "", ""],
        "Bureau Deux": ["3", "1", "0", "1.0", "1.0", "1", "33", ""],
    }


def test_by_region(national: Browser) -> None:
    assert len(file_of(national, "regions")) == 18
    assert figures(national, "regions") == {
        "Normandie": ["4", "1", "1", "1", "1.5", "1.5", "1", "50", "2.0"],
        "Bretagne": ["2", "0", "0", "0", "0.5", "0.5", "0", "", ""],
    }


def test_by_state(national: Browser) -> None:
    assert [line[1:] for line in file_of(national, "etats")] == [
        ["2", "33"],
        ["1", "17"],
        ["1", "17"],
        ["1", "17"],
        ["1", "17"],
        ["0", "0"],
    ]


def test_a_request_of_no_known_region_has_its_own_line(make, national: Browser) -> None:
    make.raw_request(make.coordinator(make.pole(region_code=None)))
    assert len(file_of(national, "regions")) == 19
    assert file_of(national, "regions")[-1][:2] == ["Region not known", "1"]


def test_an_observer_reads_the_same_figures(make, browse, small: World, national: Browser) -> None:
    observer = browse(make.member(make.funder(), Role.OBSERVER, make.person(language="en")))
    for breakdown in ("mois", "services", "partenaires", "regions", "etats"):
        assert file_of(observer, breakdown) == file_of(national, breakdown)


def test_a_regional_cell_counts_its_regions_only(make, browse, small: World) -> None:
    normandy = browse(make.regional_admin(world.NORMANDY))
    assert [line[:2] for line in file_of(normandy, "regions")] == [["Normandie", "4"]]
    assert figures(normandy, "partenaires") == {
        "Atelier Un": ["3", "1", "1", "0,5", "0,5", "0", "", ""],
        "Bureau Deux": ["2", "1", "0", "1,0", "1,0", "1", "", ""],
    }
    assert figures(normandy, "mois")["octobre 2026"][0] == "2"
    assert "novembre 2025" not in figures(normandy, "mois")


def test_a_regional_cell_cannot_ask_for_another_region(make, browse, small: World) -> None:
    normandy = browse(make.regional_admin(world.NORMANDY))
    assert [line[:2] for line in file_of(normandy, "regions", region=world.BRITTANY)] == [["Normandie", "4"]]
    two = browse(make.regional_admin(world.NORMANDY, "11"))
    answer = two.get("/usage/regions.csv", query_string={"region": world.BRITTANY})
    assert answer.status_code == 302


def test_a_regional_cell_without_a_region_counts_nothing(make, browse, small: World) -> None:
    nowhere = make.regional_admin()
    with transaction() as session:
        session.execute(delete(Coverage).where(Coverage.organisation_id == nowhere.organisation_id))
    browser = browse(nowhere)
    assert figures(browser, "mois") == {}
    assert file_of(browser, "regions") == []


@pytest.mark.parametrize(
    ("filters", "requests"),
    [
        ({"de": "2026-10", "a": "2026-10"}, 2),
        ({"de": "2025-10", "a": "2025-10"}, 1),
        ({"de": "2025-10", "a": "2026-11"}, 7),
        ({"region": "53"}, 2),
        ({"famille": "creation"}, 1),
        ({"service": "0"}, 1),
        ({"service": "0", "famille": "creation"}, 0),
        ({"region": "28", "de": "2026-11"}, 2),
    ],
)
def test_filters(national: Browser, filters: dict[str, str], requests: int) -> None:
    counted = sum(int(line[1]) for line in file_of(national, "mois", **filters))
    assert counted == requests
    assert sum(int(line[1]) for line in file_of(national, "services", **filters)) == requests


def test_a_partner_filter_counts_its_requests_its_answers_and_its_days(
    national: Browser, small: World
) -> None:
    lines = figures(national, "mois", partenaire=small.second.id)
    assert lines == {
        "October 2026": ["1", "0", "1", "0", "0.0", "0.0", "0", "", ""],
        "November 2026": ["2", "0", "0", "0", "1.0", "1.0", "1", "", ""],
    }
    assert list(figures(national, "partenaires", partenaire=small.second.id)) == ["Bureau Deux"]


def test_a_service_filter(national: Browser, small: World) -> None:
    lines = figures(national, "services", service=small.training.id)
    assert lines == {"Training": ["1", "0", "0", "0", "0.0", "0.0", "0", "", ""]}
    assert len(file_of(national, "services", service=small.training.id)) == 1


def test_a_service_no_longer_offered_keeps_its_past(make, national: Browser, small: World) -> None:
    make.service(name="Jamais demandé", stored_state=ServiceState.ARCHIVED)
    with transaction() as session:
        small.training.active = False
        session.add(small.training)
    names = [line[0] for line in file_of(national, "services")]
    assert "Training" in names
    assert "Jamais demandé" not in names
