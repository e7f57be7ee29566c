"""Messages on a request: who reads them, where, and who is told."""

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.notifications.claims.service import something_is_due
from portal.notifications.models import OutboxEmail
from portal.requests.steps import AssignmentState, RequestState
from tests.integration.conversation.steps import Scene, build_scene, mails_with, messages, say, send, shown
from tests.integration.requests.steps import mails

EVERYBODY = ["pole", "pole colleague", "partner", "partner colleague", "other partner", "cell", "national"]
MARK = "Zorglub écrit ceci"


def who_reads(scene: Scene, browse, text: str = MARK) -> set[str]:
    return {name for name, who in scene.people.items() if text in shown(browse(who), scene)}


def email_of(scene: Scene, *names: str) -> set[str]:
    return {scene.people[name].person.email for name in names}


@pytest.mark.parametrize(
    ("author", "to", "readers"),
    [
        ("pole", "everybody", set(EVERYBODY)),
        ("pole", "partner", set(EVERYBODY) - {"other partner"}),
        ("pole", "nobody else", {"pole", "pole colleague", "cell", "national"}),
        ("partner", "partner", set(EVERYBODY) - {"other partner"}),
        ("partner", "note", {"partner", "partner colleague"}),
        ("cell", "everybody", set(EVERYBODY)),
        ("cell", "note", {"cell", "national"}),
        ("national", "note", {"cell", "national"}),
    ],
)
def test_a_message_is_read_by_those_it_says_and_nobody_else(
    scene: Scene, browse, author: str, to: str, readers: set[str]
) -> None:
    choices = {
        "everybody": scene.with_(scene.assignment, scene.beside),
        "partner": scene.with_(scene.assignment),
        "nobody else": "with",
        "note": "note",
    }
    browser = browse(scene.people[author])
    assert send(browser, scene, MARK, choices[to]).status_code == 302
    assert who_reads(scene, browse) == readers


def test_what_is_offered_is_what_may_be_chosen(scene: Scene, browse) -> None:
    """A partner talks to the pole and the cell, a pole has no notes, nobody addresses a partner that is not there."""
    partner, pole = browse(scene.world.practitioner), browse(scene.world.coordinator)
    for browser, to in [
        (partner, scene.with_(scene.assignment, scene.beside)),
        (partner, scene.with_(scene.beside)),
        (partner, "with"),
        (pole, "note"),
        (pole, "with-999999"),
        (pole, ""),
    ]:
        assert send(browser, scene, MARK, to).status_code == 422
    assert send(pole, scene, MARK, "answer-999999").status_code == 404
    assert send(partner, scene, MARK, f"answer-{scene.assignment.id}").status_code == 403
    assert messages() == []


def test_those_who_follow_are_told_once_and_never_the_author(scene: Scene) -> None:
    world = scene.world
    mails()
    say(world.coordinator, scene, MARK, scene.with_(scene.assignment, scene.beside))
    assert mails_with(MARK) == email_of(scene, "pole colleague", "partner", "other partner")
    say(world.practitioner, scene, "Réponse", scene.with_(scene.assignment))
    assert mails_with("Réponse") == email_of(scene, "pole", "pole colleague")
    say(world.cell, scene, "De la cellule", scene.with_(scene.assignment))
    assert mails_with("De la cellule") == email_of(scene, "pole", "pole colleague", "partner")
    say(world.coordinator, scene, "À la cellule", "with")
    assert mails_with("À la cellule") == email_of(scene, "pole colleague", "cell")


def test_a_cell_hears_of_what_waits_for_it(make, scene: Scene) -> None:
    with transaction() as session:
        for one in (scene.assignment, scene.beside):
            one.state = AssignmentState.DECLINED
            session.add(one)
        scene.request.state = RequestState.TO_ROUTE
        session.add(scene.request)
    say(scene.world.coordinator, scene, MARK, "with")
    assert scene.world.cell.person.email in mails_with(MARK)


def test_the_same_form_sent_twice_says_it_once(scene: Scene, browse) -> None:
    browser = browse(scene.world.coordinator)
    for _ in range(2):
        assert send(browser, scene, MARK, "with").status_code == 302
    assert [one.text for one in messages()] == [MARK]


def test_what_was_said_is_never_markup(scene: Scene, browse) -> None:
    send(browse(scene.world.coordinator), scene, "<b onclick=x>gras</b>", "with")
    assert "<b onclick" not in browse(scene.world.cell).get(scene.path).text


def test_a_draft_request_has_no_conversation(make, scene: Scene, browse) -> None:
    draft = make.raw_request(scene.world.coordinator, RequestState.DRAFT)
    browser = browse(scene.world.coordinator)
    path = f"/demandes/{draft.reference}"
    assert 'id="conversation"' not in browser.get(path).text
    answer = browser.post(f"{path}/conversation", {"once": "k", "text": "x", "to": "with", "intent": "send"})
    assert answer.status_code in {302, 409}
    assert messages() == []


def test_who_does_not_follow_the_request_finds_nothing(scene: Scene, browse) -> None:
    say(scene.world.coordinator, scene, MARK, "with")
    for who in (scene.stranger,):
        browser = browse(who)
        assert browser.get(f"{scene.path}/conversation").status_code == 404
        assert send(browser, scene, "intrus", "with").status_code == 404
    visitor = browse(None)
    assert visitor.get(f"{scene.path}/conversation").status_code == 302
    assert send(visitor, scene, "intrus", "with").status_code == 401


def test_a_partner_that_said_no_reads_what_was_said_to_it_and_writes_only_notes(
    make, browse, scene: Scene
) -> None:
    say(scene.world.coordinator, scene, "avant", scene.with_(scene.assignment))
    with transaction() as session:
        scene.assignment.state = AssignmentState.HANDED_BACK
        session.add(scene.assignment)
    say(scene.world.coordinator, scene, "après", scene.with_(scene.beside))
    browser = browse(scene.world.practitioner)
    page = shown(browser, scene)
    assert "avant" in page
    assert "après" not in page
    assert send(browser, scene, MARK, scene.with_(scene.assignment)).status_code == 422
    assert send(browser, scene, MARK, "note").status_code == 302


def test_a_closed_request_is_still_talked_about(scene: Scene, browse) -> None:
    with transaction() as session:
        scene.request.state = RequestState.WITHDRAWN
        session.add(scene.request)
    assert send(browse(scene.world.coordinator), scene, MARK, "with").status_code == 302
    assert MARK in shown(browse(scene.world.cell), scene)


def test_a_long_conversation_is_read_in_parts(scene: Scene, browse, queries: list[str]) -> None:
    for number in range(70):
        say(scene.world.coordinator, scene, f"message {number:03d}.", "with")
    browser = browse(scene.world.cell)
    page = shown(browser, scene)
    assert "message 069." in page
    assert "message 039." not in page
    second = browser.get(f"{scene.path}/conversation?avant={messages()[40].id}").text
    assert "message 039." in second
    assert "message 010." in second
    assert "message 009." not in second


def test_a_question_is_asked_and_answered_in_the_conversation(make, browse) -> None:
    scene = build_scene(make, AssignmentState.PROPOSED)
    partner, pole = browse(scene.world.practitioner), browse(scene.world.coordinator)
    number = scene.assignment.id
    assert send(partner, scene, "Combien êtes-vous ?", f"ask-{number}").status_code == 302
    assert scene.assignment.state is AssignmentState.ON_HOLD
    page = shown(pole, scene)
    assert "Combien êtes-vous ?" in page
    assert "En attente de votre réponse" in page
    assert send(pole, scene, "Nous sommes douze.", f"answer-{number}").status_code == 302
    assert scene.assignment.state is AssignmentState.PROPOSED
    assert "En attente de votre réponse" not in shown(pole, scene)
    assert "Nous sommes douze." in shown(partner, scene)
    assert messages() == [], "it is a step of the request, told once"


def test_a_question_and_an_answer_are_taken_back_like_any_step(make, browse) -> None:
    scene = build_scene(make, AssignmentState.ON_HOLD)
    pole = browse(scene.world.coordinator)
    send(pole, scene, "Nous sommes douze.", f"answer-{scene.assignment.id}")
    assert not something_is_due(), "nobody is told before it is too late to take it back"
    assert "/annuler" in shown(pole, scene)
    assert pole.post(f"{scene.path}/annuler").status_code == 302
    assert scene.assignment.state is AssignmentState.ON_HOLD
    assert not {kind for kind, _to in mails() if kind.startswith("requests/answer")}


def test_two_colleagues_answer_and_the_second_loses_no_word(make, browse) -> None:
    scene = build_scene(make, AssignmentState.PROPOSED)
    send(browse(scene.world.practitioner), scene, "Combien ?", f"ask-{scene.assignment.id}")
    first, second = browse(scene.world.coordinator), browse(scene.world.colleague)
    second.get(scene.path)
    assert send(first, scene, "Douze.", f"answer-{scene.assignment.id}").status_code == 302
    answer = send(second, scene, "Treize, avec Zoé.", f"answer-{scene.assignment.id}")
    page = shown(second, scene)
    assert answer.status_code == 302
    assert "Treize, avec Zoé." in page
    assert "Cette question a reçu une réponse entre-temps" in page, "why it came too late"


def test_an_email_of_a_message_says_it_whole_and_leads_to_the_conversation(scene: Scene) -> None:
    say(scene.world.practitioner, scene, "Une ligne.\n\nUne autre.", scene.with_(scene.assignment))
    sent = [one for one in all_mails() if one.recipient == scene.world.coordinator.person.email]
    assert len(sent) == 1
    assert "> Une autre." in sent[0].text
    assert f"/demandes/{scene.request.reference}#conversation" in sent[0].text
    assert sent[0].thread == scene.request.reference


def all_mails() -> list[OutboxEmail]:
    return list(db.session.scalars(select(OutboxEmail)))


def test_nothing_is_said_on_what_is_anonymised(scene: Scene, browse) -> None:
    with transaction() as session:
        scene.request.anonymised_at = clock.now()
        session.add(scene.request)
    browser = browse(scene.world.coordinator)
    assert 'id="conversation"' not in browser.get(scene.path).text
    send(browser, scene, MARK, "with")
    assert messages() == []
