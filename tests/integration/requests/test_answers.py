"""Questions of services: asked in the form, kept with the request as they were, read by those who read it."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import select

from portal.catalogue.questions.rules import field_name
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.refusals import Invalid
from portal.requests import personal
from portal.requests import service as requests
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from portal.search.models import SearchEntry
from tests.builders import Builder
from tests.integration.requests import steps
from tests.integration.requests.asking import (
    ALL,
    NAME,
    PLACE,
    SIZE,
    STATUTES,
    STORY,
    THEMES,
    TYPED,
    K,
    Question,
    answers,
    ask,
)
from tests.integration.requests.steps import World, actor_of, page_of, request_fields, the_request

IN_WORDS = {
    "fr": ["1 200,5", "Non", "Gouvernance, Budget", "Ailleurs", "La halle", "Une autre.", "1 mars 2026"],
    "en": ["1,200.5", "No", "Governance, Budgets", "Ailleurs", "La halle", "Une autre.", "1 March 2026"],
}


def read(text: str) -> str:
    """As people read it."""
    spaces = {"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "}
    return html.unescape(text).translate(str.maketrans(spaces)).replace("1er mars", "1 mars")


def value_of(question: Question) -> Any:
    kept = {each["question"]["key"]: each["value"] for each in the_request().answers}
    return kept.get(question.key)


def send(world: World, browse, typed: dict[Question, Any], **fields: Any) -> SupportRequest:
    browser = browse(world.coordinator)
    steps.ask(browser, {**request_fields(world.service), "intent": "draft"})
    answer = browser.post(asked(the_request()), answers(typed))
    assert answer.status_code == 302, answer.text
    if fields.get("intent") != "draft":
        answer = browser.post(page_of(the_request(), action="envoyer"))
        assert answer.status_code == 302, answer.text
    return the_request()


def asked(draft: SupportRequest) -> str:
    """The address of the step that asks."""
    return page_of(draft, action="modifier/questions")


def begun(make: Builder, world: World) -> SupportRequest:
    return make.raw_request(world.coordinator, RequestState.DRAFT, service=world.service)


def test_a_form_asks_what_its_service_asks(make: Builder, world: World, browse) -> None:
    draft, browser = begun(make, world), browse(world.coordinator)
    assert browser.get(asked(draft)).status_code == 404, "it asks nothing"
    assert asked(draft) not in browser.get(page_of(draft, action="modifier/verifier")).text
    ask(world.service, *ALL)
    text = html.unescape(browser.get(asked(draft)).text)
    assert all(question.label in text and field_name(question) in text for question in ALL)
    led = browser.post(page_of(draft, action="modifier/besoin"), {"need": "Un besoin."})
    assert led.location == asked(draft)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_kind_is_kept_and_read_by_all_who_read_the_request(
    language: str, make: Builder, world: World, browse
) -> None:
    ask(world.service, *ALL)
    sent = send(world, browse, TYPED)
    assert value_of(SIZE) == "1200.5"
    assert value_of(STATUTES) is False
    make.raw_assignment(sent, world.partner)
    for reader in (world.coordinator, world.colleague, world.practitioner, world.cell, world.national):
        browser = browse(reader)
        browser.post("/langue", {"language": language, "next": "/"})
        text = read(browser.get(page_of(sent)).text)
        for said in (*IN_WORDS[language], *(q.label if language == "fr" else q.label_en for q in ALL)):
            assert said in text, said


def test_what_is_needed_is_asked_when_it_is_sent_and_what_was_typed_is_kept(
    make: Builder, world: World, browse
) -> None:
    ask(world.service, SIZE, STORY)
    draft, browser = begun(make, world), browse(world.coordinator)
    assert browser.post(asked(draft), answers({SIZE: "", STORY: "Mon histoire"})).status_code == 302
    assert f'href="{asked(draft)}"' in browser.get(page_of(draft, action="modifier/verifier")).text
    refused = browser.post(page_of(draft, action="envoyer"))
    assert refused.status_code == 422
    assert f"{field_name(SIZE)}-error" in refused.text
    assert "Mon histoire" in refused.text
    assert the_request().state is RequestState.DRAFT
    assert value_of(STORY) == "Mon histoire"


@pytest.mark.parametrize(
    ("question", "typed"),
    [(SIZE, "douze"), (PLACE, "Sur la lune"), (THEMES, ["Autre"]), (NAME, "x" * 201), (STORY, "x" * 2001)],
)
def test_what_does_not_answer_is_refused_at_its_field(
    question: Question, typed: Any, make: Builder, world: World, browse
) -> None:
    ask(world.service, question)
    draft = begun(make, world)
    for intent in ("verifier", "plus-tard"):
        refused = browse(world.coordinator).post(
            asked(draft), {**answers({question: typed}), "intent": intent}
        )
        assert refused.status_code == 422
        assert f"{field_name(question)}-error" in refused.text


def test_a_draft_sent_as_it_is_must_answer_what_is_needed(make: Builder, world: World) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, service=world.service)
    ask(world.service, SIZE)
    with pytest.raises(Invalid) as refused, transaction():
        requests.submit(actor_of(world.coordinator), draft.reference)
    assert refused.value.field == field_name(SIZE)
    ask(world.service, NAME)
    with transaction():
        requests.submit(actor_of(world.coordinator), draft.reference)


def test_answers_to_another_service_stay_in_the_draft_and_are_not_read(
    make: Builder, world: World, browse
) -> None:
    other = make.service(world.partner)
    ask(world.service, NAME)
    ask(other, SIZE)
    draft = send(world, browse, {NAME: "La halle"}, intent="draft")
    browser = browse(world.coordinator)
    service = page_of(draft, action="modifier/service")
    browser.post(service, {"service_id": str(other.id)})
    assert SIZE.label in html.unescape(browser.get(asked(draft)).text)
    browser.post(asked(draft), answers({SIZE: "12"}))
    assert "La halle" not in browser.get(page_of(draft)).text
    browser.post(service, {"service_id": str(world.service.id)})
    assert "La halle" in browser.get(page_of(draft)).text


def test_a_question_that_changed_meanwhile_never_gets_the_answer_to_the_old_one(
    make: Builder, world: World, browse
) -> None:
    ask(world.service, NAME)
    draft, seen = begun(make, world), answers({NAME: "Quarante"})
    ask(world.service, Question(NAME.key, K.SHORT, "Nom du porteur"))
    refused = browse(world.coordinator).post(asked(draft), seen)
    assert refused.status_code == 422
    assert "Quarante" in refused.text, "what was typed is said"
    assert not the_request().answers


def test_a_draft_whose_question_changed_says_what_was_answered_and_asks_again(world: World, browse) -> None:
    ask(world.service, PLACE)
    draft = send(world, browse, {PLACE: "Ailleurs"}, intent="draft")
    ask(world.service, changed := Question(PLACE.key, K.DATE, "Quel jour ?"))
    browser = browse(world.coordinator)
    text = read(browser.get(asked(draft)).text)
    assert PLACE.label in text
    assert "Ailleurs" in text
    refused = browser.post(page_of(draft, action="envoyer"))
    assert refused.status_code == 422
    assert f"{field_name(changed)}-error" in refused.text
    assert value_of(PLACE) == "Ailleurs", "a draft loses nothing"
    browser.post(asked(draft), answers({changed: ""}))
    assert the_request().answers == [], "its author read the question again and left it"
    assert browser.post(page_of(draft, action="envoyer")).status_code == 302


def test_what_is_answered_and_asked_no_more_is_kept(world: World, browse) -> None:
    ask(world.service, NAME, STORY)
    draft = send(world, browse, {NAME: "La halle", STORY: "Longue"}, intent="draft")
    ask(world.service, STORY)
    with transaction():
        requests.submit(actor_of(world.coordinator), draft.reference)
    text = read(browse(world.national).get(page_of(draft)).text)
    assert "La halle" in text
    assert NAME.label in text


def test_the_partner_reads_them_in_the_e_mail_that_asks_it(world: World, browse) -> None:
    ask(world.service, SIZE, THEMES)
    sent = send(world, browse, {SIZE: "12", THEMES: ["Budget"]})
    browse(world.cell).post(page_of(sent, action="orienter"), {"partner_ids": [world.partner.id]})
    asked = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == "requests/route_partner")).all()
    for each in asked:
        for body in (each.html, each.text):
            assert SIZE.label.rstrip(" ?") in read(body)
            assert "Budget" in body


def test_they_are_found_by_their_words(world: World, browse) -> None:
    ask(world.service, NAME, THEMES)
    sent = send(world, browse, {NAME: "Zanzibar", THEMES: ["Gouvernance"]})
    for word in ("zanzibar", "governance"):
        assert sent.reference in browse(world.coordinator).get(f"/recherche?q={word}").text, word
        assert sent.reference in browse(world.coordinator).get(f"/demandes?recherche={word}").text, word


def test_what_is_found_of_them_is_shown_in_the_language_of_who_reads(world: World, browse) -> None:
    ask(world.service, NAME, THEMES)
    send(world, browse, {NAME: "Zanzibar", THEMES: ["Gouvernance"]})
    browser = browse(world.coordinator)
    for word in ("zanzibar", "gouvernance", "governance"):
        found = browser.get(f"/recherche?q={word}").text.partition("<main")[2]
        said = re.sub(r"<input[^>]*>|<title>.*?</title>|<[^>]+>", "", found)
        assert "Zanzibar Gouvernance" in re.sub(r"\s+", " ", said), word
        assert "Governance" not in said, word


def test_they_are_in_the_copy_of_who_wrote_them_and_go_with_the_rest(world: World, browse) -> None:
    ask(world.service, NAME, STATUTES)
    sent = send(world, browse, {NAME: "Zanzibar", STATUTES: "yes"})
    copy = personal.of_person(world.coordinator.person_id)["requests"]
    assert copy[0]["answers"][0] == {"question": NAME.label, "answer": "Zanzibar"}
    with transaction():
        personal.anonymise([sent.id])
    assert "Zanzibar" not in browse(world.national).get(page_of(sent)).text
    assert not db.session.scalars(select(SearchEntry.key).where(SearchEntry.key.contains("zanzibar"))).all()
    kept = db.session.get_one(SupportRequest, sent.id, populate_existing=True)
    assert (kept.answers, kept.answers_text) == ([], "")


def test_a_request_taken_back_keeps_its_answers(world: World, browse) -> None:
    ask(world.service, NAME)
    sent = send(world, browse, {NAME: "La halle"})
    browse(world.coordinator).post(page_of(sent, action="annuler"))
    assert the_request().state is RequestState.DRAFT
    assert value_of(NAME) == "La halle"


def test_answers_changed_meanwhile_are_both_shown(make: Builder, world: World, browse) -> None:
    ask(world.service, NAME)
    draft = begun(make, world)
    one, other = browse(world.coordinator), browse(world.colleague)
    (drawn,) = re.findall(r'name="seen"[^>]*value="(\w+)"', one.get(asked(draft)).text)
    for _ in range(2):
        again = other.post(asked(draft), {**answers({NAME: "La halle"}), "seen": drawn})
        assert again.status_code == 302, "the same twice is no change"
    refused = one.post(asked(draft), {**answers({NAME: "Le quai"}), "seen": drawn})
    assert refused.status_code == 422
    assert "La halle" in refused.text
    assert "Le quai" in refused.text
