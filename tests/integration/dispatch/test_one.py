"""An e-mail as its reader sees it: without keys, and only to who may read what it is of."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from portal.db import db
from portal.dispatch.page import HIDDEN, without_keys
from portal.news.digests.emails import DIGEST
from portal.notifications.models import OutboxEmail
from portal.notifications.previews import service as previews
from portal.reminders.emails import SUMMARY
from portal.requests.steps import AssignmentState, RequestState
from tests.access.matrix import PUBLIC
from tests.browser import Browser
from tests.builders import Builder
from tests.emails.test_snapshots import KINDS, LANGUAGES
from tests.integration.dispatch.outbox import sent
from tests.integration.requests.steps import World

KEY = "Zm9yIG9uZSByZWFkZXI.aB3-_x"
ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def endpoints(app: Flask) -> Iterator[str]:
    """Every page that is opened by a key in its address."""
    return (rule.endpoint for rule in app.url_map.iter_rules() if "token" in rule.arguments)


def test_no_page_that_opens_by_a_key_shows_it(app: Flask) -> None:
    with app.test_request_context():
        for endpoint in set(endpoints(app)):
            rule = next(app.url_map.iter_rules(endpoint))
            path = re.sub(r"<int:\w+>", "1", rule.rule)
            path = re.sub(r"<(\w+:)?\w+>", KEY, path)
            for base in (app.config["PORTAL_URL"], "http://ailleurs.test"):
                shown = without_keys(f"Voir {base}{path}?suite={KEY}#{KEY} et la suite")
                assert KEY not in shown, endpoint
                assert HIDDEN in shown


@pytest.mark.one_database
def test_no_kind_of_e_mail_shows_a_key(app: Flask) -> None:
    """In every address that a visitor could open, whatever follows what its page is called is gone."""
    with app.test_request_context():
        for kind, language in product(KINDS, LANGUAGES):
            rendered = previews.rendered(kind, language)
            for text in (rendered.text, rendered.html):
                for before, after in zip(
                    ADDRESS.findall(text), ADDRESS.findall(without_keys(text)), strict=True
                ):
                    said = f"{kind} in {language}: {before}"
                    endpoint, values = app.url_map.bind("").match(urlsplit(before).path or "/")
                    if endpoint in PUBLIC and values:
                        assert after.endswith(HIDDEN), said
                        assert not any(str(value) in after for value in values.values()), said
                    else:
                        assert after == before, said


@pytest.mark.parametrize(
    "address",
    ["/demandes/1203-4078#conversation", "/demandes?dossier=en-cours", "/connexion", "", "/"],
)
def test_pages_that_ask_who_one_is_keep_their_address(app: Flask, address: str) -> None:
    with app.test_request_context():
        text = f"Voir {app.config['PORTAL_URL']}{address} ."
        assert without_keys(text) == text


@pytest.mark.parametrize(
    "path", [f"/inconnu/{KEY}", f"/par-courriel/{KEY}/plus/loin", f"/par-courriel/{KEY}/"]
)
def test_what_is_no_page_of_ours_is_hidden(app: Flask, path: str) -> None:
    with app.test_request_context():
        assert KEY not in without_keys(f"{app.config['PORTAL_URL']}{path}")


def test_it_is_shown_without_its_keys_as_text_and_as_mail(app: Flask, national: Browser) -> None:
    with app.test_request_context():
        link = app.config["PORTAL_URL"] + url_for("by_mail.show", token=KEY)
    number = sent(text=f"Acceptez : {link}", html=f'<a href="{link}">Accepter</a>')
    for path in (f"/emails/{number}", f"/emails/{number}?format=html"):
        page = national.client.get(path)
        assert page.status_code == 200
        assert KEY not in page.text
        assert HIDDEN in page.text
    assert "Acceptez" in national.get(f"/emails/{number}").text


def last() -> OutboxEmail:
    return db.session.scalars(select(OutboxEmail).order_by(OutboxEmail.id.desc()).limit(1)).one()


def _note(make: Builder, world: World) -> dict[str, Any]:
    request = make.raw_request(world.coordinator)
    make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    said = make.raw_message(request, world.practitioner, note=True)
    return {"thread": request.reference, "answers": f"message-{said.id}", "kind": "conversation/note"}


def _draft(make: Builder, world: World) -> dict[str, Any]:
    request = make.raw_request(world.coordinator, RequestState.DRAFT)
    return {"thread": request.reference, "kind": "stuck/draft_pole"}


def _digest(_make: Builder, _world: World) -> dict[str, Any]:
    return {"kind": DIGEST}


def _summary(_make: Builder, _world: World) -> dict[str, Any]:
    return {"kind": SUMMARY}


@pytest.mark.parametrize("of", [_note, _draft, _digest, _summary])
def test_what_is_between_others_is_not_read_here(make: Builder, world: World, national: Browser, of) -> None:
    number = sent(
        subject="Sujet réservé", text="Mots réservés", html="<p>Mots réservés</p>", **of(make, world)
    )
    for path in ("/emails?liste=partis", f"/emails/{number}"):
        page = national.get(path)
        assert page.status_code == 200
        assert "réservé" not in page.text
    assert national.get(f"/emails/{number}?format=html").status_code == 404


def test_a_message_that_the_cell_may_read_is_shown(make: Builder, world: World, national: Browser) -> None:
    request = make.raw_request(world.coordinator)
    said = make.raw_message(request, world.coordinator)
    number = sent(thread=request.reference, answers=f"message-{said.id}", kind="conversation/message")
    assert "Bonjour Zoé" in national.get(f"/emails/{number}").text


@pytest.mark.parametrize("answers", ["part-1", "question-1", None])
def test_what_tells_of_no_message_is_shown(
    make: Builder, world: World, national: Browser, answers: str | None
) -> None:
    """Also where a note of somebody else has that number."""
    note = _note(make, world)
    number = sent(thread=note["thread"], answers=answers)
    assert "Bonjour Zoé" in national.get(f"/emails/{number}").text
