"""Figures just counted are not counted again, and are never those of somebody else or of before."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from portal.db import transaction
from portal.requests import steps
from portal.requests.models import RequestEvent, SupportRequest
from tests.integration.usage import world
from tests.integration.usage.world import file_of


@pytest.fixture(autouse=True)
def remembering(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(app.config, "USAGE_REMEMBERED_SECONDS", 60)
    app.extensions.pop("portal-usage", None)
    yield
    app.extensions.pop("portal-usage", None)


def counted(queries: list[str]) -> int:
    return sum("FROM assignment" in statement or "JOIN assignment" in statement for statement in queries)


def happens_to(request: SupportRequest) -> None:
    with transaction() as session:
        session.add(
            RequestEvent(
                request_id=request.id, action=steps.SUBMIT.name, from_state="draft", to_state="to_route"
            )
        )


def test_the_page_and_its_files_count_once(make, browse, queries: list[str]) -> None:
    browser = browse(make.national_admin())
    browser.get("/usage")
    assert counted(queries)
    queries.clear()
    browser.get("/usage")
    browser.get("/usage/mois.csv")
    assert counted(queries) == 0


def test_other_filters_are_counted(make, browse) -> None:
    browser = browse(make.national_admin())
    happens_to(make.raw_request())
    assert file_of(browser, "mois")[-1][1] == "1"
    assert file_of(browser, "mois", region="53")[-1][1] == "0"


def test_what_happens_is_seen_at_once(make, browse) -> None:
    browser = browse(make.national_admin())
    assert file_of(browser, "mois")[-1][1] == "0"
    happens_to(make.raw_request())
    assert file_of(browser, "mois")[-1][1] == "1"


def test_another_reader_gets_their_own_figures(make, browse) -> None:
    happens_to(make.raw_request(make.coordinator(make.pole(region_code=world.NORMANDY))))
    assert file_of(browse(make.national_admin()), "mois")[-1][1] == "1"
    assert file_of(browse(make.regional_admin(world.BRITTANY)), "mois")[-1][1] == "0"
    assert file_of(browse(make.regional_admin(world.NORMANDY)), "mois")[-1][1] == "1"


def test_nothing_is_remembered_for_long(make, browse, queries: list[str]) -> None:
    with time_machine.travel(world.NOW, tick=False) as clock:
        browser = browse(make.national_admin())
        browser.get("/usage")
        queries.clear()
        clock.shift(timedelta(seconds=61))
        browser.get("/usage")
        assert counted(queries)


def test_few_reports_are_remembered(app: Flask, make, browse) -> None:
    browser = browse(make.national_admin())
    for month in range(1, 13):
        for last in ("2026-08", "2026-09", "2026-10"):
            browser.get("/usage/etats.csv", query_string={"de": f"2025-{month:02d}", "a": last})
    assert len(app.extensions["portal-usage"]) == 32
