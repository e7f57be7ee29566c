"""A service that is no longer offered: a draft says so and asks again; what was sent goes on."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.catalogue.models import Service, ServiceStage
from portal.catalogue.rules import ServiceState
from portal.db import db, transaction
from portal.organisations.rules import Stage
from portal.refusals import Invalid
from portal.requests import service
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from tests.builders import Builder
from tests.integration.requests.steps import (
    World,
    actor_of,
    ask_again,
    check_refused,
    page_of,
    request_fields,
    the_request,
)
from tests.races import at_once


def stop(ended: Service) -> None:
    with transaction() as session:
        session.get(Service, ended.id).stored_state = ServiceState.ARCHIVED


def test_a_draft_of_an_ended_service_asks_to_choose_again(make: Builder, world: World, browse) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, service=world.service)
    stop(world.service)
    browser = browse(world.coordinator)
    page = browser.get(page_of(draft, action="modifier"), follow_redirects=True)
    assert "n’est plus proposé" in html.unescape(page.text)
    assert re.search(rf'<option[^>]*selected[^>]*value="{world.service.id}"', page.text)
    check_refused(ask_again(browser, page_of(draft), request_fields(world.service)), "service_id")
    check_refused(browser.post(page_of(draft, action="envoyer")), "service_id")
    answer = ask_again(browser, page_of(draft), {**request_fields(world.service), "service_id": "0"})
    assert answer.status_code == 302
    assert db.session.get(SupportRequest, draft.id, populate_existing=True).service_id is None


HAPPENED = {
    "archived": "n’est plus proposé",
    "not for its stage": "ne s’adresse pas",
    "suspended": "Ce service est suspendu",
}


@pytest.mark.parametrize("how", HAPPENED)
@pytest.mark.parametrize("intent", ["service", "souhaits"])
def test_a_need_that_is_being_typed_outlives_its_service(
    make: Builder, world: World, browse, how: str, intent: str
) -> None:
    """The service ends between the form and its sending: what was typed comes back under what happened, and goes on
    with another service or without one."""
    pole = make.pole(stage=Stage.DEVELOPING)
    offered = make.service(world.partner)
    browser = browse(make.coordinator(pole))
    begun = f"/demandes/nouvelle?service={offered.slug}"
    once = re.search(r'name="once"[^>]*value="([^"]+)"', browser.get(begun).text)
    assert once
    typed = {"once": once[1], "need": "Une halle à partager,\nà plusieurs.", "subject": "La halle"}
    with transaction() as session:
        found = session.get_one(Service, offered.id)
        if how == "not for its stage":
            session.add(ServiceStage(service_id=offered.id, stage=Stage.EMERGING))
        else:
            found.reopens_on = clock.today() + timedelta(days=9)
            found.stored_state = ServiceState(how)
    answer = browser.post(begun, {**typed, "intent": "souhaits"})
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert HAPPENED[how] in page
    assert "Une halle à partager,\nà plusieurs.</textarea>" in page.replace("\r", "")
    assert 'value="La halle"' in page
    form = re.search(r'<form method="post" class="form" id="write" action="([^"]+)"', page)
    assert form
    saved = browser.post(form[1], {**typed, "intent": intent})
    assert saved.status_code == 302
    assert saved.location.endswith(f"/modifier/{intent}")
    draft = the_request()
    assert (draft.subject, draft.service_id) == ("La halle", None)


def test_who_followed_a_link_to_a_service_that_ended_chooses_another(
    make: Builder, world: World, browse
) -> None:
    ended = make.service(world.partner)
    stop(ended)
    chosen = {"once": "a-key", "service_id": str(world.service.id)}
    answer = browse(world.coordinator).post(f"/demandes/nouvelle?service={ended.slug}", chosen)
    assert answer.status_code == 302
    assert the_request().service_id == world.service.id


def test_a_draft_is_not_sent_from_its_page_either(make: Builder, world: World, browse) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, service=world.service)
    stop(world.service)
    browser = browse(world.coordinator)
    assert "n’est plus proposé" in html.unescape(browser.get(page_of(draft)).text)
    answer = browser.post(page_of(draft, action="envoyer"), follow_redirects=True)
    assert "n’est plus proposé" in html.unescape(answer.text)
    assert db.session.get(SupportRequest, draft.id, populate_existing=True).state is RequestState.DRAFT


def test_nothing_is_sent_while_its_service_ends(make: Builder, world: World, app: Flask) -> None:
    for _round in range(6):
        ending = make.service(world.partner)
        draft = make.raw_request(world.coordinator, RequestState.DRAFT, service=ending)
        answers = at_once(
            app,
            lambda draft=draft: service.submit(actor_of(world.coordinator), draft.reference),
            lambda ending=ending: setattr(
                db.session.get(Service, ending.id, with_for_update=True),
                "stored_state",
                ServiceState.ARCHIVED,
            ),
        )
        found = db.session.get(SupportRequest, draft.id, populate_existing=True)
        sent = found.state is not RequestState.DRAFT
        assert sent is not isinstance(answers[0], Invalid), answers


def test_what_was_sent_goes_on_and_says_so(make: Builder, world: World, browse) -> None:
    sent = make.raw_request(world.coordinator, service=world.service)
    stop(world.service)
    assert "n’est plus proposé" in html.unescape(browse(world.cell).get(page_of(sent)).text)
    answer = browse(world.cell).post(page_of(sent, action="orienter"), {"partner_ids": [world.partner.id]})
    assert answer.status_code == 302


@pytest.mark.parametrize("keeps", [True, False])
def test_a_partner_that_stops_delivering_is_told_what_it_still_holds(
    keeps: bool, make: Builder, world: World, browse
) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(request, world.partner)
    answer = browse(world.manager).post(
        f"/services/partenaires/{world.partner.id}",
        {"service_ids": [world.service.id] if keeps else []},
        follow_redirects=True,
    )
    assert (request.reference in answer.text) is not keeps
