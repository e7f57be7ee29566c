"""What a request is called: in lists, on pages, in e-mails, and when it is searched."""

import html
import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.requests.rules import LONGEST_SUBJECT
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, ask, check_refused, page_of, request_fields, the_request

OVEN = "Un four à pain pour le marché d’Évreux"
PROPOSED = "Nous cherchons comment partager nos locaux"


def heading(page: TestResponse) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    return html.unescape(found[1]).strip() if found else ""


@pytest.mark.parametrize("intent", ["draft", "send"])
@pytest.mark.parametrize(
    ("typed", "called"), [(OVEN, OVEN), ("", PROPOSED), (" Un\n four ?", "Un four\xa0?")]
)
def test_it_is_called_what_its_pole_says_or_begins_with(
    world: World, browse, intent: str, typed: str, called: str
) -> None:
    browser = browse(world.coordinator)
    page = browser.get(ask(browser, request_fields(world.service, subject=typed, intent=intent)).location)
    assert heading(page) == called
    assert world.service.name in page.text


def test_a_draft_without_a_word_is_called_by_its_service(world: World, browse) -> None:
    browser = browse(world.coordinator)
    page = browser.get(ask(browser, request_fields(world.service, need="", intent="draft")).location)
    assert heading(page) == world.service.name
    assert world.service.name in browser.get("/demandes?dossier=brouillons").text


def test_what_was_proposed_follows_the_need_and_what_was_typed_stays(world: World, browse) -> None:
    browser = browse(world.coordinator)
    ask(browser, request_fields(world.service, intent="draft"))
    edit = page_of(the_request(), action="modifier/besoin")
    assert f'value="{PROPOSED}"' in browser.get(edit).text, "shown, to be put better"
    for typed, need, called in (
        (PROPOSED, "Trouver un toit.", "Trouver un toit"),
        (OVEN, "Trouver un four.", OVEN),
        (OVEN, "Louer un four.", OVEN),
        ("", "Louer un four.", "Louer un four"),
    ):
        browser.post(edit, {"subject": typed, "need": need})
        assert the_request().subject == called


def test_a_line_too_long_is_refused_and_stays(world: World, browse) -> None:
    typed = "Un four " * LONGEST_SUBJECT
    answer = ask(browse(world.coordinator), request_fields(world.service, subject=typed))
    check_refused(answer, "subject")
    assert typed.strip() in answer.text


def test_two_requests_for_one_service_are_told_apart_wherever_they_are_named(
    make: Builder, world: World, browse
) -> None:
    other = "Un toit pour l’atelier"
    for subject in (OVEN, other):
        request = make.raw_request(
            world.coordinator, RequestState.ACCEPTED, world.service, subject=subject, need="Un besoin."
        )
        make.raw_assignment(
            request, world.partner, AssignmentState.ACCEPTED, referent_id=world.manager.person_id
        )
    for member in (world.coordinator, world.manager, world.cell, world.national):
        shown = html.unescape(browse(member).get("/demandes?dossier=en-cours").text)
        assert OVEN in shown
        assert other in shown
    assert other in html.unescape(browse(world.manager).get(page_of(request)).text)
    assert OVEN in html.unescape(browse(world.manager).get(page_of(request)).text), (
        "among the others of its pole"
    )


def test_it_is_searched_by_its_subject(make: Builder, world: World, browse) -> None:
    browser = browse(world.coordinator)
    ask(browser, request_fields(world.service, subject=OVEN))
    found = browse(world.cell).get("/demandes?dossier=toutes&recherche=evreux+four")
    assert the_request().reference in found.text


def test_each_e_mail_about_it_says_in_its_subject_what_it_is_about(world: World, browse) -> None:
    ask(browse(world.coordinator), request_fields(world.service, subject=OVEN))
    request = the_request()
    browse(world.cell).post(page_of(request, action="orienter"), {"partner_ids": [str(world.partner.id)]})
    browse(world.coordinator).post(
        page_of(request, action="retirer"), {"reason": "solved", "understood": "y", "message": ""}
    )
    written = db.session.scalars(select(OutboxEmail.subject)).all()
    assert len(written) >= 8
    assert [subject for subject in written if not subject.endswith(f" – {OVEN}")] == []
