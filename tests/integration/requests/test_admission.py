"""What the page of a service says of a pole's stage is what its requests meet; what was written is never lost."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.catalogue.eligibility.rules import admits
from portal.db import transaction
from portal.organisations.rules import Stage
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, ask, ask_again, check_refused, page_of, request_fields
from tests.integration.requests.test_who_answers import candidate

Browse = Any
STAGES = [None, *Stage]
NEED = "Nous cherchons comment partager nos locaux."


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("admitted", [(), (Stage.EMERGING,), (Stage.DEVELOPING, Stage.CONSOLIDATING)])
def test_a_request_is_refused_where_the_page_says_so(
    make: Builder, world: World, browse: Browse, stage: Stage | None, admitted: tuple[Stage, ...]
) -> None:
    coordinator = make.coordinator(make.pole(stage=stage))
    service, browser = make.service(world.partner, stages=admitted), browse(coordinator)
    closed = not admits(admitted, stage)
    page = html.unescape(browser.get(f"/services/{service.slug}").text)
    assert ("Ce service ne s’adresse pas a" in page) is closed
    for intent in ("draft", "send"):
        fields = request_fields(service, intent=intent, once=f"key-{intent}", need=NEED)
        answer = ask(browser, fields)
        if closed:
            check_refused(answer, "service_id")
        else:
            assert answer.status_code == 302
    draft = make.raw_request(coordinator, RequestState.DRAFT, service=service, need=NEED)
    answer = browser.post(page_of(draft, action="envoyer"), follow_redirects=True)
    assert answer.status_code == (422 if closed else 200)
    assert ("Ce service ne s’adresse pas a" in html.unescape(answer.text)) is closed
    assert NEED in browser.get(page_of(draft)).text, "the draft is still there"
    answer = ask_again(browser, page_of(draft), {**request_fields(service), "service_id": "0"})
    assert answer.status_code == (302 if closed else 409), "“Guide me” is always open to a draft"


def test_who_declined_is_marked_and_comes_last(make: Builder, world: World, browse: Browse) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    for name in ("Autre", "Zut"):
        make.partner(name=name)
    day = clock.today() - timedelta(days=4)
    make.raw_assignment(request, world.partner, AssignmentState.DECLINED, answered_on=day)
    found = candidate(world, request.reference, world.partner.name)
    assert found.declined_on == day
    page = html.unescape(browse(world.cell).get(page_of(request)).text)
    assert re.search(r"a refusé.le.\d+", page, re.IGNORECASE), re.findall(f"{world.partner.name}[^<]*", page)
    places = [page.index(f">{name}</label>") for name in ("Autre", "Zut", world.partner.name)]
    assert places == sorted(places)


def test_a_pole_opens_the_first_folder_that_holds_something(
    make: Builder, world: World, browse: Browse
) -> None:
    browser = browse(world.coordinator)

    def opened() -> str:
        page = html.unescape(browser.get("/demandes").text)
        return page[page.index('name="dossier" value="') :].split('"')[3]

    assert opened() == "a-repondre"
    make.raw_request(world.coordinator, RequestState.DRAFT)
    assert opened() == "brouillons"
    request = make.raw_request(world.coordinator)
    assert opened() == "en-cours"
    make.raw_assignment(request, world.partner, AssignmentState.ON_HOLD)
    assert opened() == "a-repondre"


@pytest.mark.parametrize("who", ["coordinator", "practitioner", "cell", "national"])
def test_a_request_stands_once_on_the_home(make: Builder, world: World, browse: Browse, who: str) -> None:
    made = [make.raw_request(world.coordinator, RequestState.DRAFT), make.raw_request(world.coordinator)]
    for state in AssignmentState:
        for late in (0, 30):
            request = make.raw_request(world.coordinator)
            made.append(request)
            make.raw_assignment(request, world.partner, state, due_on=clock.today() - timedelta(days=late))
            other = make.partner()
            make.raw_assignment(request, other, AssignmentState.ACCEPTED)
            with transaction() as session:
                request.state = RequestState.ACCEPTED
                session.add(request)
    page = browse(getattr(world, who)).get("/").text
    shown = [page.count(f'href="/demandes/{one.reference}"') for one in made]
    assert max(shown) == 1
