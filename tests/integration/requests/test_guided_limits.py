"""The limits of a pole hold whatever it asks for: for “guide me” too, said as for a service, counted where refused."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import select

from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.eligibility.rules import NotOpen, Rule
from portal.catalogue.limits.models import UseLimit
from portal.catalogue.limits.rules import Measure
from portal.db import db, transaction
from portal.organisations.models import Partner
from portal.requests import service
from portal.requests.models import SupportRequest
from portal.requests.routing import queries as routing
from portal.requests.rows import queries as rows
from portal.requests.steps import RequestState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, ask, page_of, request_fields

SPENT = "Demandes envoyées par le pôle cette année : 1 ; il peut en envoyer 1"


@pytest.fixture
def spent(make: Builder, world: World) -> SupportRequest:
    """The one request of the year."""
    with transaction() as session:
        session.add(UseLimit(measure=Measure.REQUESTS, maximum=1))
    return make.raw_request(world.coordinator, service=world.service)


def said(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " "))


def guided(world: World) -> dict[str, Any]:
    return {**request_fields(world.service), "service_id": "0"}


def test_a_need_without_a_service_is_refused_with_the_reasons_of_the_pole(
    world: World, spent: SupportRequest, browse
) -> None:
    browser: Browser = browse(world.coordinator)
    for _time in range(2):
        refused = ask(browser, guided(world))
        assert refused.status_code == 422
        text = said(refused.text)
        assert SPENT in text
        assert "Choisissez-en un autre" not in text, "no other is open either"
        assert "Quel que soit le service, votre brouillon attend ce jour." in text
    blocked = db.session.scalars(select(BlockedDemand)).all()
    assert [(row.service_id, row.rule) for row in blocked] == [(None, Rule.REQUESTS)]
    assert "Guidez-moi" in said(browse(world.national).get("/regles-du-bouquet/refus").text)
    assert spent.id


def test_it_is_said_before_sending_where_one_chooses_and_where_one_checks(
    make: Builder, world: World, spent: SupportRequest, browse
) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    browser: Browser = browse(world.coordinator)
    for step in ("modifier/service", "modifier/verifier"):
        assert SPENT in said(browser.get(page_of(draft, action=step)).text), step
    assert SPENT in said(browser.get(page_of(draft)).text)
    with pytest.raises(NotOpen), transaction():
        service.submit(actor_of(world.coordinator), draft.reference)
    assert spent.id


def test_without_a_limit_nothing_is_said_of_it(make: Builder, world: World, browse) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    browser: Browser = browse(world.coordinator)
    assert "Votre pôle peut" not in said(browser.get(page_of(draft)).text)
    assert ask(browser, guided(world)).status_code == 302


def test_the_cell_reads_the_limits_of_the_pole_and_of_no_partner_that_it_delivers(
    make: Builder, world: World, browse
) -> None:
    with transaction() as session:
        session.add(UseLimit(measure=Measure.REQUESTS, maximum=3))
    make.raw_request(world.coordinator)
    request = make.raw_request(world.coordinator)
    text = said(browse(world.cell).get(page_of(request)).text)
    assert "Demandes de cette année : 1 sur 3" in text, "without the one at hand"
    assert world.partner.name in text
    assert "assure ce service" not in text
    assert "ne propose pas ce service" not in text
    with transaction():
        read = db.session.get_one(SupportRequest, request.id)
        drawn = rows.by_reference(actor_of(world.cell), [read.reference])
    assert {each.delivers for each in routing.candidates_for(drawn)} == {None}
    assert [*routing.rulings(drawn)] == [request.id]
    assert isinstance(world.partner, Partner)
