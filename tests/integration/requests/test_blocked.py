"""What a pole was refused is counted once in a year for each rule, and nothing that it wrote is kept."""

import html
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal import clock
from portal.catalogue.blocked import queries
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.eligibility.rules import Rule
from portal.catalogue.models import ServiceRecognition
from portal.catalogue.rules import ServiceState
from portal.db import db, transaction
from portal.organisations.models import Recognition
from portal.organisations.rules import RecognitionKind, Stage
from portal.requests.steps import RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, ask, ask_again, page_of, request_fields


def closed_service(make: Builder, world: World):
    return make.service(world.partner, stages=(Stage.EMERGING,))


def rows() -> list[tuple[int, Rule, int]]:
    found = select(BlockedDemand.pole_id, BlockedDemand.rule, BlockedDemand.year)
    return [tuple(row) for row in db.session.execute(found.order_by(BlockedDemand.id))]


def test_a_pole_counts_once_however_often_and_however_it_tries(make: Builder, world: World, browse) -> None:
    service = closed_service(make, world)
    pole = make.pole(stage=Stage.DEVELOPING)
    coordinator = make.coordinator(pole)
    browser = browse(coordinator)
    browser.get(f"/services/{service.slug}")
    browser.get(f"/demandes/nouvelle?service={service.slug}")
    assert rows() == [], "reading asks for nothing"
    draft = make.raw_request(coordinator, RequestState.DRAFT, service)
    for _time in range(2):
        for intent in ("draft", "send"):
            fields = request_fields(service, intent=intent)
            assert ask(browser, fields).status_code == 422
        browser.post(page_of(draft, action="envoyer"))
        ask_again(browser, page_of(draft), request_fields(service))
    assert rows() == [(pole.id, Rule.STAGE, clock.today().year)]
    ask(browse(make.coordinator(make.pole(stage=Stage.INACTIVE))), request_fields(service))
    assert [count.poles for count in queries.counts(clock.today().year)] == [2]


def test_each_rule_in_the_way_is_counted(make: Builder, world: World, browse) -> None:
    service, pole = closed_service(make, world), make.pole(stage=Stage.DEVELOPING)
    with transaction() as session:
        session.add(ServiceRecognition(service_id=service.id, kind=RecognitionKind.CHARTER))
        session.add(Recognition(pole_id=pole.id, kind=RecognitionKind.AAP_2013, year=2013))
    ask(browse(make.coordinator(pole)), request_fields(service))
    assert {rule for _pole, rule, _year in rows()} == {Rule.STAGE, Rule.RECOGNITION}


def test_what_is_sent_counts_nothing(make: Builder, world: World, browse) -> None:
    assert ask(browse(world.coordinator), request_fields(world.service)).status_code == 302
    assert rows() == []


def test_a_service_that_ends_under_a_draft_is_counted(make: Builder, world: World, browse) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    with transaction() as session:
        session.get(type(world.service), world.service.id).stored_state = ServiceState.ARCHIVED
    browse(world.coordinator).post(page_of(draft, action="envoyer"))
    assert [rule for _pole, rule, _year in rows()] == [Rule.SERVICE]


@pytest.mark.parametrize(
    ("department", "region", "zone", "year"),
    [
        ("974", "04", "Indian/Reunion", 2027),
        ("972", "02", "America/Martinique", 2026),
        (None, "04", "Indian/Reunion", 2027),
        (None, None, "Europe/Paris", 2026),
    ],
)
def test_the_year_is_that_of_the_pole(
    make: Builder, world: World, browse, department: str | None, region: str | None, zone: str, year: int
) -> None:
    service = closed_service(make, world)
    pole = make.pole(stage=Stage.DEVELOPING, department_code=department, region_code=region)
    evening = datetime(2026, 12, 31, 22, 30, tzinfo=clock.PARIS)
    assert evening.astimezone(ZoneInfo(zone)).year == year
    with clock.travelling_to(evening):
        ask(browse(make.coordinator(pole)), request_fields(service))
    assert rows() == [(pole.id, Rule.STAGE, year)]


def test_the_national_cell_reads_how_many_by_service_and_rule(
    make: Builder, world: World, browse, queries: list[str]
) -> None:
    browser = browse(world.national)
    path = "/regles-du-bouquet/refus"
    assert "Rien n’a été refusé" in html.unescape(browser.get(path).text)

    def refuse(times: int) -> int:
        for _number in range(times):
            service = closed_service(make, world)
            with transaction() as session:
                session.add(
                    BlockedDemand(
                        service_id=service.id,
                        pole_id=world.coordinator.organisation_id,
                        rule=Rule.STAGE,
                        year=clock.today().year,
                        on=clock.today(),
                    )
                )
        queries.clear()
        page = html.unescape(browser.get(path).text)
        assert service.name in page
        assert "Stade" in page
        return len(queries)

    assert refuse(1) == refuse(20) <= 4
    assert "Rien n’a été refusé" in html.unescape(browser.get(f"{path}?annee={clock.today().year - 1}").text)
    assert browser.get(f"{path}?annee=x").status_code == 200
