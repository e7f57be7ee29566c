"""What a conversation does not hold is not asked for."""

from collections.abc import Callable

import pytest

from tests.browser import Browser
from tests.builders import Builder
from tests.integration.conversation.steps import Scene, messages, say, shown
from tests.plans import plans_while


@pytest.fixture
def talk(scene: Scene) -> Scene:
    say(scene.world.coordinator, scene, "Un", scene.with_(scene.assignment))
    return scene


def asked_for(browser: Browser, scene: Scene, table: str) -> bool:
    statements = plans_while(lambda: browser.get(scene.path))
    return any(sql.startswith(f"SELECT {table}.") for sql in statements)


def test_people_are_asked_for_where_a_message_names_some(talk: Scene, browse: Callable[..., Browser]) -> None:
    browser = browse(talk.world.practitioner)
    assert not asked_for(browser, talk, "message_mention")
    say(talk.world.coordinator, talk, "Deux", talk.with_(talk.assignment), talk.world.practitioner)
    assert talk.world.practitioner.person.name in shown(browser, talk)
    assert asked_for(browser, talk, "message_mention")


def test_documents_are_asked_for_where_a_message_has_some(
    talk: Scene, browse: Callable[..., Browser], make: Builder
) -> None:
    browser = browse(talk.world.practitioner)
    assert not asked_for(browser, talk, "document")
    make.document("message", messages()[-1].id, sent_by_id=talk.world.coordinator.person_id, name="plan.pdf")
    assert "plan.pdf" in shown(browser, talk)
    assert asked_for(browser, talk, "document")
