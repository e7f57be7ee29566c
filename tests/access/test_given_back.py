"""What was typed is given back at every door that refuses it, to whoever typed it in a page of ours."""

import html
import re
from typing import Any

import pytest
from flask import Flask

from tests.access import world as worlds
from tests.access.matrix import ROWS
from tests.access.test_matrix import ACTIONS, address
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import Builder

pytestmark = pytest.mark.one_database

TYPED = "Ce que j’avais <b>écrit</b> & pensé"
POSTS = [row for row in ROWS if row.method == "POST"]


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


def is_given_back(browser: Browser, path: str, fields: dict[str, Any], status: str) -> bool:
    answer = browser.post(path, {**fields, "typed_here": TYPED})
    if answer.location:
        return str(answer.status_code) == status
    main = answer.text.partition("<main")[2]
    assert TYPED not in main
    return str(answer.status_code) == status and html.escape(TYPED, quote=False) in main


@pytest.mark.parametrize("answer", ["403", "404"])
def test_at_every_door_that_is_shut(app: Flask, world: World, answer: str) -> None:
    lost = []
    for row in (one for one in POSTS if one.who_gets(answer)):
        path = address(app, row, world)
        for persona in row.who_gets(answer)[:2]:
            fields = FORMS[row.endpoint](world, persona)
            if not is_given_back(Browser(app, world.people[persona]), path, fields, answer):
                lost.append(f"{row} as {persona}")
    assert not [one for one in lost if "safety." not in one], (
        "a door of one’s own security is typed nothing into"
    )


def test_when_it_is_too_late(app: Flask, world: World) -> None:
    lost = []
    for row in ACTIONS:
        persona = next(iter(row.who_gets("302")))
        path = address(app, row, world)
        worlds.withdraw(path.split("/")[2])
        fields = {**FORMS[row.endpoint](world, persona), "typed_here": TYPED}
        answer = Browser(app, world.people[persona]).post(path, fields)
        if answer.status_code != 409 or html.escape(TYPED, quote=False) not in answer.text:
            lost.append(str(row))
        said = re.findall(r'<div class="said"><p[^>]*>(.*?)</p></div>', answer.text, re.S)
        lost += [f"{row} shows the code {one}" for one in said if re.fullmatch("[a-z_]+", one)]
    assert not lost


def test_when_the_link_of_an_application_is_dead(app: Flask, world: World) -> None:
    answer = Browser(app, None).post(f"/candidater/suivi/{'a' * 43}/partie/contact", {"given_name": TYPED})
    assert answer.status_code == 404
    assert html.escape(TYPED, quote=False) in answer.text


def test_when_a_door_fails(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails, the text is on the page, in a form that sends it again as it was."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fails(**_values: object) -> str:
        raise RuntimeError("secret-word")

    for row in POSTS:
        persona = next((one for one in row.who_gets("302", "200") if one not in {"visitor", "nobody"}), None)
        if persona is None or row.endpoint.startswith(("security.", "safety.")):
            continue
        path, fields = address(app, row, world), FORMS[row.endpoint](world, persona)
        browser = Browser(app, world.people[persona])
        browser.get("/donnees-personnelles")
        monkeypatch.setitem(app.view_functions, row.endpoint, fails)
        sent = {**fields, "typed_here": TYPED, "csrf_token": browser.token}
        with app.app_context():
            answer = browser.client.post(path, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        monkeypatch.undo()
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        assert answer.status_code == 500, row
        assert html.escape(TYPED) in answer.text, row
        assert f'value="{html.escape(TYPED)}"' in answer.text, row
        assert "secret-word" not in answer.text
