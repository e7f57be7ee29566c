"""A request keeps what its service said when it was sent; later edits change nothing of it."""

import html

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.catalogue import steps
from portal.catalogue.models import Service, ServiceVersion
from portal.catalogue.sheets import service as sheets
from portal.db import db, transaction
from portal.requests import service as requests
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, page_of
from tests.races import at_once


def send(make: Builder, world: World, service: Service) -> SupportRequest:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, service=service)
    with transaction():
        requests.submit(actor_of(world.coordinator), draft.reference)
    return draft


def version_of(request: SupportRequest) -> ServiceVersion:
    number = select(SupportRequest.service_version_id).where(SupportRequest.id == request.id)
    return db.session.scalars(
        select(ServiceVersion).where(ServiceVersion.id == number.scalar_subquery())
    ).one()


def edit(world: World, service: Service, **facts) -> None:
    with transaction():
        sheets.change(actor_of(world.national), service.id, facts)


def test_a_request_keeps_the_version_under_which_it_was_sent(make: Builder, world: World, browse) -> None:
    first = send(make, world, world.service)
    edit(world, world.service, rules="Seulement les pôles du littoral.", cost="200 €", stages=["developing"])
    second = send(make, world, world.service)
    assert (version_of(first).number, version_of(second).number) == (1, 2)
    assert version_of(first).sheet["stages"] == []
    assert version_of(second).sheet["stages"] == ["developing"]
    shown = [html.unescape(browse(world.national).get(page_of(sent)).text) for sent in (first, second)]
    assert ["littoral" in text for text in shown] == [False, True]


def test_stages_and_languages_are_read_in_their_order(make: Builder, world: World, browse) -> None:
    stages = ["emerging", "developing", "consolidating"]
    edit(world, world.service, stages=stages, languages=["lsf", "fr", "en"])
    sent = send(make, world, world.service)
    page, history = (
        html.unescape(browse(world.national).get(path).text)
        for path in (page_of(sent), f"/services/fiches/{world.service.id}/historique")
    )
    for shown in (page, history):
        assert "Émergent, En développement, En consolidation" in shown
    assert "Français, Langue des signes française, Anglais" in page


def test_nothing_new_is_kept_where_nothing_that_counts_changed(make: Builder, world: World) -> None:
    first = send(make, world, world.service)
    edit(world, world.service, notice="Complet", notice_until=None)
    assert version_of(send(make, world, world.service)).id == version_of(first).id


def test_what_changes_between_draft_and_sending_is_what_it_was_sent_under(
    make: Builder, world: World
) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, service=world.service)
    edit(world, world.service, rules="Après le brouillon.")
    with transaction():
        requests.submit(actor_of(world.coordinator), draft.reference)
    assert version_of(draft).sheet["rules"] == "Après le brouillon."


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_is_read_when_the_service_is_archived_too(
    language: str, make: Builder, world: World, browse
) -> None:
    edit(world, world.service, description="Trois **séances**.", description_en="Three **sessions**.")
    sent = send(make, world, world.service)
    with transaction():
        sheets.act(actor_of(world.national), world.service.id, steps.ARCHIVE)
    edit(world, world.service, description="Rien.", description_en="Nothing.")
    browser = browse(world.coordinator)
    browser.post("/langue", {"language": language, "next": "/"})
    said = {"fr": "<strong>séances</strong>", "en": "<strong>sessions</strong>"}[language]
    assert said in browser.get(page_of(sent)).text


def test_two_sent_at_once_share_one_version(make: Builder, world: World, app: Flask) -> None:
    senders = [make.coordinator(), make.coordinator()]
    drafts = [make.raw_request(one, RequestState.DRAFT, service=world.service) for one in senders]
    sending = zip(map(actor_of, senders), drafts, strict=True)
    at_once(
        app,
        *(
            lambda actor=actor, draft=draft: requests.submit(actor, draft.reference)
            for actor, draft in sending
        ),
    )
    assert db.session.scalar(select(func.count()).select_from(ServiceVersion)) == 1
