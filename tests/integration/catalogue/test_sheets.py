"""Sheets of services: who keeps them, what a stale or wrong form keeps, each step and what it tells before."""

import html
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.catalogue import service as catalogue
from portal.catalogue import steps
from portal.catalogue.models import Service
from portal.catalogue.rules import ServiceState
from portal.catalogue.seed import load_services
from portal.catalogue.sheets import queries
from portal.catalogue.sheets import service as sheets
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Subject
from portal.organisations.models import Recognition
from portal.organisations.rules import RecognitionKind
from portal.refusals import Invalid, NotFound
from portal.requests import service as requests
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, ask_again, mails, page_of, request_fields
from tests.races import at_once

TYPED = {
    "name": "Appui au modèle économique",
    "summary": "Trouver l’équilibre.",
    "description": "Un **appui** en trois temps.",
    "family": "consolidation",
    "kind": "coaching",
    "format": "individual",
    "days_to_answer": "8",
    "stages": ["developing"],
    "regions": ["28"],
    "languages": ["fr", "lsf"],
    "cost": "Gratuit",
    "documents_wanted": "Les statuts",
}


def page(service: Service, verb: str = "") -> str:
    return f"/services/fiches/{service.id}{verb and f'/{verb}'}"


def fresh(service: Service) -> Service:
    return db.session.get_one(Service, service.id, populate_existing=True)


def read(text: str) -> str:
    """As people read it."""
    return html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")


def in_days(count: int) -> str:
    return (clock.today() + timedelta(days=count)).isoformat()


def test_a_partner_drafts_asks_and_the_national_cell_publishes(make: Builder, world: World, browse) -> None:
    manager = browse(world.manager)
    assert manager.post("/services/fiches/nouvelle", TYPED).status_code == 302
    draft = db.session.scalars(select(Service).where(Service.name == TYPED["name"])).one()
    assert draft.state is ServiceState.DRAFT
    assert browse().get(f"/services/{draft.slug}").status_code == 404
    assert "Brouillon" in manager.get(f"/services/{draft.slug}").text
    assert manager.post(page(draft, "publish")).status_code == 403
    mails()
    manager.post(page(draft, "ask"))
    assert mails() == {("catalogue/ask_cell", world.national.person.email)}
    browse(world.national).post(page(draft, "publish"))
    assert mails() == {("catalogue/publish_partner", world.manager.person.email)}
    shown = browse().get(f"/services/{draft.slug}").text
    assert "<strong>appui</strong>" in shown
    for said in ("Gratuit", "Les statuts", "Français, Langue des signes française", "8 jours ouvrés"):
        assert said in read(shown), said


def test_what_was_typed_is_kept_where_it_is_wrong_and_nothing_is_saved(world: World, browse) -> None:
    wrong = {**TYPED, "days_to_answer": "40", "notice": "Complet", "description": "Mon long texte"}
    answer = browse(world.manager).post(page(world.service), wrong)
    assert answer.status_code == 422
    assert "Mon long texte" in answer.text
    assert 'value="40"' in answer.text
    assert "notice_until-error" in answer.text
    assert fresh(world.service).name == world.service.name


def test_two_people_write_at_once_and_the_second_is_told(world: World, browse) -> None:
    first, second = browse(world.manager), browse(world.national)
    seen = sheets.fingerprint(queries.whole(world.service.id))
    assert first.post(page(world.service), {**TYPED, "seen": seen}).status_code == 302
    answer = second.post(page(world.service), {**TYPED, "seen": seen, "cost": "Payant"})
    assert answer.status_code == 422
    assert "entre-temps" in answer.text
    assert "Payant" in answer.text
    assert fresh(world.service).cost == "Gratuit"


def test_a_preview_saves_nothing_and_shows_what_would_be_read(world: World, browse) -> None:
    answer = browse(world.manager).post(page(world.service), {**TYPED, "intent": "preview"})
    assert answer.status_code == 200
    assert "<strong>appui</strong>" in answer.text
    assert fresh(world.service).description == world.service.description


@pytest.mark.parametrize("verb", ["", "historique", "suspend", "archive", "check"])
def test_nobody_else_keeps_it(verb: str, make: Builder, world: World, browse) -> None:
    stranger = make.manager(make.partner(regions=("28",)))
    assert browse(stranger).get(page(world.service, verb)).status_code == 404
    for reader in (world.cell, world.coordinator, world.practitioner):
        assert browse(reader).get(page(world.service, verb)).status_code == 403
    with pytest.raises(NotFound), transaction():
        sheets.change(actor_of(stranger), world.service.id, {})


def test_what_several_deliver_is_closed_by_the_national_cell_alone(make: Builder, browse) -> None:
    one, other = make.partner(), make.partner()
    shared = make.service(one, other)
    manager = browse(make.manager(one))
    assert page(shared, "archive") not in manager.get(page(shared)).text
    assert manager.post(page(shared, "archive")).status_code == 409
    assert browse(make.national_admin()).post(page(shared, "archive")).status_code == 302


def test_no_partner_takes_the_sheet_of_another_by_saying_to_deliver_its_service(
    make: Builder, world: World, browse
) -> None:
    stranger = make.manager(make.partner())
    free, closed = make.service(), make.service(make.partner(active=False))
    delivered = f"/services/partenaires/{stranger.organisation_id}"
    manager, national = browse(stranger), browse(world.national)
    assert world.service.name not in manager.get(delivered).text
    assert manager.post(delivered, {"service_ids": [world.service.id]}).status_code == 422
    with transaction():
        catalogue.deliver(
            actor_of(stranger), stranger.organisation_id, [world.service.id, free.id, closed.id]
        )
    assert manager.get(page(world.service)).status_code == 404
    assert manager.get(page(free)).status_code == manager.get(page(closed)).status_code == 200
    assert page(world.service, "suspend") in browse(world.manager).get(page(world.service)).text
    ids = [each.id for each in (world.service, free)]
    assert national.post(delivered, {"service_ids": ids}).status_code == 302
    for keeper in (stranger, world.manager):
        sheet = read(browse(keeper).get(page(world.service)).text)
        assert world.partner.name in sheet
        assert stranger.organisation.name in sheet
    assert manager.post(delivered, {"service_ids": ids}).status_code == 302
    assert manager.get(page(world.service)).status_code == 200


@pytest.mark.parametrize("verb", ["suspend", "archive"])
def test_what_becomes_of_drafts_and_open_requests_is_told_before(
    verb: str, make: Builder, world: World, browse
) -> None:
    make.raw_request(world.coordinator, RequestState.DRAFT, service=world.service)
    held = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(held, world.partner)
    unseen = make.raw_request(world.coordinator, service=world.service)
    make.raw_request(world.coordinator, RequestState.COMPLETED, service=world.service)
    text = html.unescape(browse(world.manager).get(page(world.service, verb)).text)
    assert "Brouillons" in text
    assert page_of(held) in text
    assert unseen.reference not in text, "a partner reads what it was asked, and no more"
    assert fresh(world.service).is_open, "nothing is done before it is confirmed"
    browse(world.national).post(page(world.service, verb), {"reopens_on": in_days(20)})
    assert not fresh(world.service).is_open
    routed = browse(world.cell).post(page_of(unseen, action="orienter"), {"partner_ids": [world.partner.id]})
    assert routed.status_code == 302, "open requests go on"


def test_a_draft_of_a_suspended_service_is_kept_and_sent_once_it_reopens(
    make: Builder, world: World, browse
) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, service=world.service)
    browse(world.national).post(page(world.service, "suspend"), {"reopens_on": in_days(3)})
    browser = browse(world.coordinator)
    opened = browser.get(page_of(draft, action="modifier"), follow_redirects=True)
    assert "est suspendu" in html.unescape(opened.text)
    fields = {**request_fields(world.service), "need": "Un besoin plus précis.", "intent": "draft"}
    assert ask_again(browser, page_of(draft), fields).status_code == 302
    refused = browser.post(page_of(draft, action="envoyer"))
    assert refused.status_code == 422
    assert "est suspendu" in html.unescape(refused.text)
    with pytest.raises(Invalid), transaction():
        requests.submit(actor_of(world.coordinator), draft.reference)
    kept = db.session.get_one(SupportRequest, draft.id, populate_existing=True)
    assert (kept.state, kept.need) == (RequestState.DRAFT, "Un besoin plus précis.")
    with clock.travelling_to(clock.now() + timedelta(days=3)), transaction():
        requests.submit(actor_of(world.coordinator), draft.reference)


def test_nothing_is_sent_while_its_service_is_suspended(make: Builder, world: World, app: Flask) -> None:
    for _round in range(4):
        closing = make.service(world.partner)
        draft = make.raw_request(world.coordinator, RequestState.DRAFT, service=closing)
        day = clock.today() + timedelta(days=9)
        answers = at_once(
            app,
            lambda draft=draft: requests.submit(actor_of(world.coordinator), draft.reference),
            lambda closing=closing, day=day: sheets.act(
                actor_of(world.national), closing.id, steps.SUSPEND, day
            ),
        )
        found = db.session.get_one(SupportRequest, draft.id, populate_existing=True)
        assert (found.state is RequestState.DRAFT) is isinstance(answers[0], Invalid), answers


def test_a_check_is_noted_apart_from_what_is_edited_and_confirms_what_was_deduced(
    make: Builder, world: World, browse
) -> None:
    deduced = make.service(world.partner, inferred=True)
    browse(world.manager).post(page(deduced, "check"), {"check_due_on": in_days(60)})
    checked = fresh(deduced)
    assert (checked.checked_on, checked.checked_by_id) == (clock.today(), world.partner.id)
    assert not checked.inferred
    assert checked.edited_at is None
    db.session.expunge_all()
    assert f"par {world.partner.name}" in read(browse().get(f"/services/{deduced.slug}").text)


@pytest.mark.parametrize("day", [0, 800])
def test_a_day_past_or_too_far_is_refused(day: int, world: World, browse) -> None:
    for verb, field in (("suspend", "reopens_on"), ("check", "check_due_on")):
        answer = browse(world.manager).post(page(world.service, verb), {field: in_days(day)})
        assert answer.status_code == 422, verb


def test_each_change_is_in_the_history_before_and_after(world: World, browse) -> None:
    manager = browse(world.manager)
    manager.post(page(world.service), TYPED)
    manager.post(page(world.service), {**TYPED, "cost": "200 €", "days_to_answer": "6"})
    entries = db.session.scalars(
        select(JournalEntry).where(JournalEntry.subject == Subject.SERVICE).order_by(JournalEntry.id)
    ).all()
    assert entries[-1].changes == {"cost": ["Gratuit", "200 €"], "days_to_answer": [8, 6]}
    text = html.unescape(manager.get(page(world.service, "historique")).text)
    assert "200 €" in text
    assert world.manager.person.name in text


def test_a_notice_disappears_after_its_last_day(make: Builder, browse) -> None:
    today = clock.today()
    service = make.service(notice="Fermé lundi", notice_until=today)
    assert "Fermé lundi" in browse().get(f"/services/{service.slug}").text
    with clock.travelling_to(clock.now() + timedelta(days=1)):
        assert "Fermé lundi" not in browse().get(f"/services/{service.slug}").text


def test_two_services_have_two_names_and_two_addresses(make: Builder, world: World, browse) -> None:
    national = browse(world.national)
    assert national.post("/services/fiches/nouvelle", TYPED).status_code == 302
    assert national.post("/services/fiches/nouvelle", TYPED).status_code == 422, "sent twice"
    again = {**TYPED, "name": "Appui, au modèle économique"}
    assert national.post("/services/fiches/nouvelle", again).status_code in {302, 422}
    slugs = list(db.session.scalars(select(Service.slug)))
    assert len(slugs) == len(set(slugs))


def test_a_service_named_as_another_page_has_its_own(world: World, browse, app: Flask) -> None:
    pages = {
        rule.rule.split("/")[2] for rule in app.url_map.iter_rules() if rule.rule.startswith("/services/")
    }
    named = sorted(page.capitalize() for page in pages if "<" not in page)
    assert {"Fiches", "Guide"} <= set(named)
    plain = {name: value for name, value in TYPED.items() if name not in {"regions", "days_to_answer"}}
    for name in named:
        with transaction():
            created = sheets.create(actor_of(world.national), {**plain, "name": name})
        shown = browse(world.national).get(f"/services/{created.slug}")
        assert f"<h1>{name}</h1>" in shown.text, name


def test_a_sheet_says_to_its_author_what_it_lacks(make: Builder, world: World, browse) -> None:
    def filled(service: Service, **values: Any) -> str:
        with transaction() as session:
            for name, value in values.items():
                setattr(session.get_one(Service, service.id), name, value)
        return read(browse(world.manager).get(page(service)).text)

    assert "Il manque encore" in filled(world.service)
    whole = {
        "rules": "Tous.",
        "cost": "Gratuit",
        "venue": "Plain-pied",
        "languages": ["fr"],
        "documents_wanted": "Aucun",
        "checked_on": clock.today(),
        "check_due_on": clock.today() + timedelta(days=30),
    }
    assert "Il manque encore" not in filled(world.service, **whole)
    assert "11 sur 11" in filled(world.service)
    assert "Il manque encore" in filled(world.service, check_due_on=clock.today())


def test_the_requests_of_a_closed_service_are_found_by_its_name(make: Builder, world: World, browse) -> None:
    closed = make.service(world.partner, stored_state=ServiceState.ARCHIVED)
    held = make.raw_request(world.coordinator, service=closed)
    make.raw_assignment(held, world.partner)
    text = read(browse(world.manager).get(f"/demandes?service={closed.id}&dossier=toutes").text)
    assert page_of(held) in text
    assert f'<option value="{closed.id}" selected>{closed.name}<' in text


def test_the_recognitions_that_open_a_service_are_edited_on_its_sheet_and_kept_by_its_version(
    make: Builder, world: World, browse
) -> None:
    pole = world.coordinator.organisation
    with transaction() as session:
        session.add(Recognition(pole_id=pole.id, kind=RecognitionKind.AMI_PHASE_1, year=2021))
    manager = browse(world.manager)
    asked = {**TYPED, "regions": [], "recognitions": ["ami_phase_1 2021", "charter"]}
    assert manager.post(page(world.service), asked).status_code == 302
    assert 'value="ami_phase_1 2021" checked' in " ".join(manager.get(page(world.service)).text.split())
    sent = make.raw_request(world.coordinator, RequestState.DRAFT, service=world.service)
    with transaction():
        requests.submit(actor_of(world.coordinator), sent.reference)
    manager.post(page(world.service), {**asked, "recognitions": ["ami_phase_2"]})
    refused = browse(world.coordinator).post("/demandes/nouvelle", request_fields(world.service))
    assert refused.status_code == 422
    assert "AMI phase 2" in html.unescape(refused.text)
    shown = read(browse(world.national).get(page_of(sent)).text)
    assert "AMI phase 1 (2021), Signataire de la charte" in shown
    assert "AMI phase 1 2021" in read(manager.get(page(world.service, "historique")).text)


def test_a_recognition_that_no_form_offers_is_refused(world: World, browse) -> None:
    for unknown in ("ami_phase_1 1850", "nothing 2021", "charter deux"):
        answer = browse(world.manager).post(page(world.service), {**TYPED, "recognitions": [unknown]})
        assert answer.status_code == 422, unknown


def test_what_the_sheet_says_of_recognitions_outlives_the_file_of_services(
    make: Builder, world: World
) -> None:
    with transaction():
        load_services({})
    peers = db.session.scalars(
        select(Service).where(Service.slug == "transfert-de-savoir-faire-entre-ptce")
    ).one()
    with transaction():
        sheets.change(actor_of(world.national), peers.id, {"recognitions": ["charter 2025"]})
    with transaction():
        load_services({})
    assert [(each.kind, each.year) for each in queries.whole(peers.id).recognitions] == [
        (RecognitionKind.CHARTER, 2025)
    ]
