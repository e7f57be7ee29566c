"""What is typed is kept until it is sent, whatever colleagues do meanwhile; its author alone sees it."""

from sqlalchemy import select

from portal.db import db, transaction
from portal.requests.assignments import service as assignments
from portal.requests.models import RequestEvent
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState
from tests.integration.conversation.steps import Scene, build_scene, draft_on, messages, say, send, shown
from tests.integration.requests.steps import actor_of

TYPED = "Nous avons regardé les statuts, et"


def keep(browser, scene: Scene, text: str = TYPED, to: str = "with", once: str = "a-key") -> int:
    """As the page does while one types."""
    typed = {"once": once, "text": text, "to": to}
    return browser.post(f"{scene.path}/conversation/brouillon", typed).status_code


def test_what_is_typed_waits_for_its_author_and_nobody_else_sees_it(scene: Scene, browse) -> None:
    browser = browse(scene.world.coordinator)
    assert keep(browser, scene, to=scene.with_(scene.beside)) == 204
    page = browser.get(scene.path).text
    assert draft_on(page) == TYPED
    assert f'value="{scene.with_(scene.beside)}" checked' in page
    for name, who in scene.people.items():
        if name != "pole":
            assert TYPED not in shown(browse(who), scene), name
    assert messages() == []


def test_a_button_keeps_it_without_javascript(scene: Scene, browse) -> None:
    browser = browse(scene.world.coordinator)
    assert send(browser, scene, TYPED, "with", intent="draft").status_code == 302
    assert draft_on(browser.get(scene.path).text) == TYPED
    assert messages() == []


def test_it_is_written_again_then_sent_and_forgotten(scene: Scene, browse) -> None:
    browser = browse(scene.world.coordinator)
    keep(browser, scene)
    keep(browser, scene, f"{TYPED} les comptes.")
    assert draft_on(browser.get(scene.path).text) == f"{TYPED} les comptes."
    send(browser, scene, f"{TYPED} les comptes.", "with")
    assert draft_on(browser.get(scene.path).text) == ""


def test_what_comes_late_of_a_message_that_was_sent_is_not_kept(scene: Scene, browse) -> None:
    browser = browse(scene.world.coordinator)
    send(browser, scene, TYPED, "with", once="same")
    assert keep(browser, scene, once="same") == 204
    assert draft_on(browser.get(scene.path).text) == ""


def test_nothing_typed_is_no_draft(scene: Scene, browse) -> None:
    browser = browse(scene.world.coordinator)
    keep(browser, scene)
    keep(browser, scene, "  ")
    assert draft_on(browser.get(scene.path).text) == ""


def test_a_draft_outlives_what_a_colleague_does_and_the_page_says_what(make, browse) -> None:
    scene = build_scene(make, AssignmentState.PROPOSED)
    browser = browse(scene.world.practitioner)
    keep(browser, scene, to=scene.with_(scene.assignment))
    manager = actor_of(scene.world.manager)
    said = Details(reason="no_capacity", message="Trop de travail.")
    with transaction():
        assignments.decline(manager, scene.request.reference, scene.assignment.id, said)
    say(scene.world.manager, scene, "Dommage", "note")
    page = shown(browser, scene)
    assert draft_on(browser.get(scene.path).text) == TYPED
    assert "Depuis que vous écrivez" in page
    since = page.partition("Depuis que vous écrivez")[2].partition("</ul>")[0]
    assert f"Message de {scene.world.manager.person.name}" in since
    assert "Refusée par" in since or "Déclinée par" in since


def test_the_draft_of_a_note_is_in_no_page_of_the_other_side(scene: Scene, browse) -> None:
    keep(browse(scene.world.practitioner), scene, to="note")
    for name in ("pole", "cell", "other partner", "partner colleague"):
        assert TYPED not in shown(browse(scene.people[name]), scene)


def test_words_that_came_too_late_are_kept(make, browse) -> None:
    """Two colleagues answer a question: the second reads that it is answered, and finds their words again."""
    scene = build_scene(make, AssignmentState.PROPOSED)
    number = scene.assignment.id
    send(browse(scene.world.practitioner), scene, "Combien ?", f"ask-{number}")
    first, second = browse(scene.world.coordinator), browse(scene.world.colleague)
    send(first, scene, "Douze.", f"answer-{number}")
    send(second, scene, "Treize.", f"answer-{number}")
    assert draft_on(shown(second, scene)) == "Treize."
    assert [one.message for one in db.session.scalars(_answers())] == ["Douze."]


def _answers():
    return select(RequestEvent).where(RequestEvent.action == "answer")
