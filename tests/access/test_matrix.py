"""The matrix, visited for real. What is only read, or refused, shares a world; what is done has a state of its own."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.db import db
from tests.access import world as worlds
from tests.access.matrix import PERSONAS, ROWS, Row
from tests.access.world import FORMS, STAGES, World
from tests.browser import Browser
from tests.builders import Builder

READS = [row for row in ROWS if row.method == "GET"]
UNSAFE = [row for row in ROWS if row.method != "GET"]
ACTIONS = [row for row in UNSAFE if row.endpoint.startswith("requests.") and row.endpoint != "writing.new"]
SIGN_IN_PAGES = "security."
REFUSED = {"in", "401", "403", "404"}


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


def address(app: Flask, row: Row, world: World) -> str:
    """The path of a row's door, where what its stage names has just been built."""
    rule = next(app.url_map.iter_rules(row.endpoint))
    values = {name: value for name, value in STAGES[row.stage](world).items() if name in rule.arguments}
    return app.url_map.bind("portal.test").build(row.endpoint, values, method=row.method)


def browser_of(app: Flask, world: World, persona: str) -> Browser:
    return Browser(app, world.people[persona])


def answer_of(response: TestResponse) -> str:
    """As the table writes it."""
    asked_to_sign_in = response.status_code == 302 and "/connexion?next=" in response.location
    return "in" if asked_to_sign_in else str(response.status_code)


def tried(row: Row) -> list[str]:
    """The personas who try a door: whom their role alone turns away asks nothing of the database, so tries one."""
    turned_away = row.who_gets("in", "401", "403") if db.engine.dialect.name != "sqlite" else []
    return [persona for persona in PERSONAS if persona not in turned_away]


def answers_to(app: Flask, row: Row, world: World) -> dict[str, str]:
    """What each persona is answered who sends a form. What was refused leaves its stage to the next."""
    answers, path = {}, ""
    for persona in tried(row):
        path = path or address(app, row, world)
        fields = FORMS[row.endpoint](world, persona)
        answers[persona] = answer_of(browser_of(app, world, persona).post(path, fields))
        if answers[persona] not in REFUSED:
            path = ""
    return answers


def different(row: Row, answers: dict[str, str]) -> dict[str, str]:
    return {
        f"{row} as {persona}": f"expected {row.answers[persona]}, got {answer}"
        for persona, answer in answers.items()
        if answer != row.answers[persona]
    }


@pytest.mark.parametrize("stage", sorted({row.stage for row in READS}))
def test_each_persona_reads_what_the_table_says(app: Flask, world: World, stage: str) -> None:
    browsers, wrong = {persona: browser_of(app, world, persona) for persona in PERSONAS}, {}
    for row in (one for one in READS if one.stage == stage):
        path, answers = address(app, row, world), {}
        for persona in tried(row):
            with browsers[persona].get(path) as response:
                answers[persona] = answer_of(response)
        wrong |= different(row, answers)
    assert not wrong, "either the rights changed by mistake, or the table must follow"


@pytest.mark.parametrize("row", UNSAFE, ids=str)
def test_each_persona_gets_the_answer_of_the_table(app: Flask, world: World, row: Row) -> None:
    wrong = different(row, answers_to(app, row, world))
    assert not wrong, "either the rights changed by mistake, or the table must follow"


@pytest.mark.one_database
@pytest.mark.parametrize("row", ACTIONS, ids=str)
def test_what_is_too_late_is_refused_to_those_who_may(app: Flask, world: World, row: Row) -> None:
    for persona in row.who_gets("302"):
        path = address(app, row, world)
        worlds.withdraw(path.split("/")[2])
        answer = answer_of(browser_of(app, world, persona).post(path, FORMS[row.endpoint](world, persona)))
        assert answer == "409", (
            f"{row} as {persona}: after the request is withdrawn, expected 409, got {answer}"
        )


@pytest.mark.one_database
def test_what_was_typed_is_kept_when_the_session_has_ended(app: Flask, world: World) -> None:
    for row in UNSAFE:
        if row.answers["visitor"] != "401":
            continue
        fields = FORMS[row.endpoint](world, "coordinator")
        page = browser_of(app, world, "visitor").post(address(app, row, world), fields).text
        for name, value in fields.items():
            kept = f'name="kept.{name}"' in page
            is_file = isinstance(value, tuple)  # which nobody can send for its owner
            assert kept == (bool(value) and not is_file and "password" not in name), f"{row}: {name}"


@pytest.mark.one_database
def test_a_forged_post_does_nothing(app: Flask, world: World) -> None:
    for row in UNSAFE:
        persona = next(one for one in row.who_gets("302", "200", "204", "422") if one != "visitor")
        browser, path = browser_of(app, world, persona), address(app, row, world)
        browser.token = "forged"
        response = browser.post(path, FORMS[row.endpoint](world, persona))
        if row.endpoint.startswith(SIGN_IN_PAGES):
            assert response.status_code == 302, "a sign-in page left open for too long is opened again"
            assert browser.get(response.location).status_code in {200, 302}
        elif row.endpoint == "people.stop_viewing":  # nobody is looked at here
            assert response.location == "/", "whoever has stopped already may press again, which does nothing"
        else:
            assert response.status_code == 400, f"{row} must refuse a post without a valid token"
