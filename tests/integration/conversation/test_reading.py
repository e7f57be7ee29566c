"""What is new is marked until it is read, on every page at once; whoever wrote sees which teams saw it, and when."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.conversation.models import Reading
from portal.db import db
from portal.web.templating import day
from tests.days import days_ago
from tests.integration.conversation.steps import Scene, say, shown
from tests.integration.people.test_viewing import look

NEW = "Nouveau</span>"


def news(page: str) -> int:
    return page.count(NEW)


def readings() -> int:
    return db.session.scalar(select(func.count()).select_from(Reading)) or 0


def test_it_is_new_until_it_is_read_and_never_to_its_author(scene: Scene, browse) -> None:
    say(scene.world.coordinator, scene, "Un", "with")
    author, colleague, cell = (browse(scene.people[one]) for one in ("pole", "pole colleague", "cell"))
    assert news(shown(author, scene)) == 0
    assert news(shown(colleague, scene)) == 1
    assert news(shown(colleague, scene)) == 0
    assert news(shown(cell, scene)) == 1
    say(scene.world.coordinator, scene, "Deux", "with")
    assert news(shown(colleague, scene)) == 1


@pytest.mark.parametrize("where", ["/demandes?dossier=toutes", "/demandes?dossier=en-cours"])
def test_lists_say_how_much_is_new_and_it_clears_everywhere_on_reading(
    scene: Scene, browse, where: str
) -> None:
    to = scene.with_(scene.assignment)
    for text in ("Un", "Deux"):
        say(scene.world.coordinator, scene, text, to)
    say(scene.world.practitioner, scene, "Entre nous", "note")
    author, partner, colleague = (
        browse(scene.people[one]) for one in ("pole", "partner", "partner colleague")
    )
    assert "nouveau" not in author.get(where).text
    assert "2 nouveaux messages" in partner.get(where).text
    assert "3 nouveaux messages" in colleague.get(where).text
    shown(colleague, scene)
    assert "nouveaux messages" not in colleague.get(where).text
    assert "2 nouveaux messages" in partner.get(where).text


def test_reading_twice_writes_once_and_nothing_new_writes_nothing(scene: Scene, browse) -> None:
    browser = browse(scene.world.cell)
    shown(browser, scene)
    assert readings() == 0
    say(scene.world.coordinator, scene, "Un", "with")
    shown(browser, scene)
    shown(browser, scene)
    assert readings() == 1


@pytest.mark.parametrize("how", ["ahead", "head"])
def test_what_is_only_fetched_is_not_read(scene: Scene, browse, how: str) -> None:
    say(scene.world.coordinator, scene, "Un", "with")
    browser = browse(scene.world.cell)
    if how == "ahead":
        browser.get(scene.path, headers={"Sec-Purpose": "prefetch;prerender"})
    else:
        with browser.app.app_context():
            browser.client.head(scene.path)
    assert readings() == 0


def test_a_note_is_new_to_its_side_alone(scene: Scene, browse) -> None:
    say(scene.world.practitioner, scene, "Entre nous", "note")
    assert news(shown(browse(scene.world.manager), scene)) == 1
    assert news(shown(browse(scene.world.coordinator), scene)) == 0
    assert news(shown(browse(scene.world.cell), scene)) == 0


def test_who_came_later_has_nothing_to_catch_up_with(make, scene: Scene, browse) -> None:
    with clock.travelling_to(days_ago(9)):
        say(scene.world.coordinator, scene, "Il y a longtemps", "with")
    newcomer = make.coordinator(scene.world.coordinator.organisation)
    page = shown(browse(newcomer), scene)
    assert "Il y a longtemps" in page
    assert news(page) == 0


def test_the_author_sees_which_teams_saw_it_first_and_when(scene: Scene, browse) -> None:
    everybody = scene.with_(scene.assignment, scene.beside)
    partner = scene.world.partner.name
    say(scene.world.coordinator, scene, "Un", everybody)
    assert "Vu par l’équipe" not in shown(browse(scene.world.coordinator), scene)
    first, later = clock.now() + timedelta(days=1), clock.now() + timedelta(days=5)
    with clock.travelling_to(first):
        shown(browse(scene.world.manager), scene)
    with clock.travelling_to(later):
        shown(browse(scene.world.practitioner), scene)
    page = shown(browse(scene.world.colleague), scene)
    place = scene.world.coordinator.organisation.place
    assert f"Vu par l’équipe de {partner} le {day(first, place)}" in page
    assert day(later, place) not in page
    assert scene.other.organisation.name not in page.partition("Vu par")[2].partition("</li>")[0]


def test_no_date_of_a_message_is_that_of_something_its_author_does_not_read(scene: Scene, browse) -> None:
    """What a team reads among itself, or with others, does not move what it saw before."""
    say(scene.world.coordinator, scene, "Un", scene.with_(scene.assignment))
    first, later = clock.now() + timedelta(days=1), clock.now() + timedelta(days=5)
    with clock.travelling_to(first):
        shown(browse(scene.world.manager), scene)
        say(scene.world.practitioner, scene, "Entre nous", "note")
    with clock.travelling_to(later):
        shown(browse(scene.world.manager), scene)
    page = shown(browse(scene.world.coordinator), scene)
    place = scene.world.coordinator.organisation.place
    assert day(first, place) in page
    assert day(later, place) not in page


def test_a_partner_hears_nothing_of_what_others_saw(scene: Scene, browse) -> None:
    say(scene.world.practitioner, scene, "Un", scene.with_(scene.assignment))
    for name in ("pole", "other partner", "cell"):
        shown(browse(scene.people[name]), scene)
    seen = shown(browse(scene.world.practitioner), scene)
    assert f"Vu par l’équipe de {scene.world.coordinator.organisation.name}" in seen
    assert f"Vu par l’équipe de {scene.other.organisation.name}" not in seen


def test_whoever_looks_as_somebody_else_reads_nothing_for_them(make, scene: Scene, browse) -> None:
    say(scene.world.coordinator, scene, "Un", scene.with_(scene.assignment))
    browser = browse(scene.world.national)
    look(browser, scene.world.practitioner)
    assert "Un" in shown(browser, scene)
    assert readings() == 0
    assert news(shown(browse(scene.world.practitioner), scene)) == 1
