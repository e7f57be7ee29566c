"""What features above add to the page of a request."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from portal.access.roles import Actor
from portal.requests import page
from portal.requests.forms import AskForm
from portal.requests.models import SupportRequest
from portal.web.doors import Part
from portal.web.forms import PortalForm
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, page_of

pytestmark = pytest.mark.one_database

TEMPLATE = "requests/_added.html"
Draw = Callable[[Actor, SupportRequest, PortalForm | None], Part | None]


@pytest.fixture
def add(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Draw], str]:
    """Let the last feature add a section; return its name."""

    def declare(draw: Draw) -> str:
        *below, last = app.extensions["portal-features"]
        others = [replace(one, request_part=None) for one in below]
        monkeypatch.setitem(app.extensions, "portal-features", (*others, replace(last, request_part=draw)))
        added = DictLoader({TEMPLATE: "<section>{{ part.values.said }}</section>"})
        monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([added, app.jinja_env.loader]))
        return last.name

    return declare


def for_poles(actor: Actor, request: SupportRequest, _happened: Any, _form: PortalForm | None) -> Part | None:
    return Part(TEMPLATE, {"said": f"<{request.reference}>"}) if actor.is_pole else None


def test_a_section_is_drawn_for_whom_there_is_one(make: Builder, world: World, browse: Any, add: Any) -> None:
    add(for_poles)
    request = make.raw_request(world.coordinator, service=world.service)
    read = browse(world.coordinator).get(page_of(request)).text
    assert f"<section>&lt;{request.reference}&gt;</section>" in read
    assert f"&lt;{request.reference}&gt;" not in browse(world.cell).get(page_of(request)).text


def test_a_section_gets_its_own_form_back(app: Flask, make: Builder, world: World, add: Any) -> None:
    name = add(
        lambda _actor, _request, _happened, form: (
            Part(TEMPLATE, {"said": form.message.data}) if form else None
        )
    )
    request = make.raw_request(world.coordinator, service=world.service)
    with app.test_request_context(method="POST", data={"message": "Bonjour"}):
        form = AskForm()
        actor = actor_of(world.coordinator)
        assert [one.values["said"] for one in page.parts(actor, request, (), {name: form})] == ["Bonjour"]
        assert not page.parts(actor, request, (), {"another": form})
