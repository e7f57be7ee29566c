"""Every form of the portal sent by everybody around a request: what the answers say. Nothing of it is kept."""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal.requests.batch.page import ACTS
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.conversation import ways_out
from tests.integration.conversation.steps import Scene
from tests.integration.conversation.ways_out import Reader

_APPLICATION = "an application, which has no conversation"
_ACCOUNT = "an account, by a link or a number of its own"
_TOKEN = "a mailed link: those of guests and of e-mails are opened by whoever holds them"
_RECORD = "a line of the record of an organisation"
_TEAM = "a line about somebody of a team"
_ADJUSTMENT = "an adjustment of what was confirmed, with words of its own"
_NETWORK = "work for the network, which is of no request"
_DATES = "dates that a partner proposes: the page of their request is read"
_QUESTION = "a question of a service, without what was answered"
_FILE = "an imported file"
ELSEWHERE = {
    "alike.show": "a session of requests, with a note of the cells: nothing of a conversation stands in it",
    "needs.attach": "sessions that a cell may propose to requests, with their subjects alone",
    "needs.ask": "the same page, which asks a partner for a session",
    "applications.answer": _APPLICATION,
    "applications.detach": _APPLICATION,
    "applications.discard": _APPLICATION,
    "applications.documents": _APPLICATION,
    "applications.send": _APPLICATION,
    "applications.withdraw": _APPLICATION,
    "applications.write": _APPLICATION,
    "by_mail.act": _TOKEN,
    "confirmation.act_by_mail": _TOKEN,
    "confirmation.decide": _ADJUSTMENT,
    "confirmation.take_back_by_mail": _TOKEN,
    "by_mail.take_back": _TOKEN,
    "dates_by_mail.act": _TOKEN,
    "dates_by_mail.take_back": _TOKEN,
    "dispatch.write_again": "an e-mail that came back, shown at the addresses of the same console",
    "filters.remove": "a kept filter, which has a name alone",
    "guest_pages.say": _TOKEN,
    "presence.come": _TOKEN,
    "received.act_by_mail": _TOKEN,
    "received.take_back_by_mail": _TOKEN,
    "registrations.leave": _TOKEN,
    "registrations.take": _TOKEN,
    "guests.accept": _ACCOUNT,
    "guests.ask_again": _ACCOUNT,
    "limits.lift": "what one partner may give beyond a limit, with a reason of its own",
    "limits.withdraw": "what one pole may ask for beyond a limit, with a reason of its own",
    "mailbox.held": "an answer that came by e-mail, for its writer alone: its own tests try its door",
    "network.correct": _NETWORK,
    "network.delete": _NETWORK,
    "notifications.less_often": _TOKEN,
    "proposals.ask_other_dates": _DATES,
    "proposals.pick_date": _DATES,
    "proposals.take_back": _DATES,
    "questions.edit": _QUESTION,
    "questions.move": _QUESTION,
    "questions.remove": _QUESTION,
    "records.correct_stage": _RECORD,
    **dict.fromkeys(
        (
            *("sessions.edit", "sessions.publish", "sessions.cancel", "sessions.discard"),
            *("registrations.of_pole", "registrations.withdraw", "registrations.accept_for"),
            *("presence.close", "presence.walk_in", "presence.rectify_later"),
            *("received.confirm", "received.contest", "received.take_back", "received.settle"),
        ),
        "a session of a partner, which is of no request",
    ),
    "records.merge": "two records of organisations",
    "records.remove_absence": _RECORD,
    "records.remove_recognition": _RECORD,
    "records.remove_stage": _RECORD,
    "reply_by_mail.say": _TOKEN,
    "safety.confirm_address": _ACCOUNT,
    "safety.end_session": _ACCOUNT,
    "safety.remove_passkey": _ACCOUNT,
    "safety.stop_address": _ACCOUNT,
    "security.reset_password": _ACCOUNT,
    "teams.remove_absence": _TEAM,
    "teams.revoke": _TEAM,
    "teams.send_again": _TEAM,
    "transfers.apply": _FILE,
    "transfers.discard": _FILE,
    "transfers.download_report": _FILE,
}
"""What is sent to something that the table of ways out cannot know, and why that is enough."""
PERSONAS = {
    "pole": "coordinator",
    "pole colleague": "member",
    "partner": "practitioner",
    "partner colleague": "manager",
    "other partner": "other_partner",
    "cell": "regional",
    "national": "national",
    "another pole": "other_pole",
    "a visitor": "visitor",
}
"""What each is called by the table of access, which knows how each form is filled in."""
_BEHIND_A_LINK: tuple[Mapping[str, str], ...] = ({}, {"choice": "no"}, {"choice": "yes"})
_OF_THE_ACCOUNT = ("accounts.", "people.", "personal_data.", "safety.", "security.")
"""They may end the session, or change who acts in it: sent last."""


def unknown(app: Flask, scene: Scene) -> set[str]:
    """The forms that are neither sent nor explained."""
    sent = {rule.endpoint for rule, _path in _doors(app, scene)}
    every = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    return (every - sent) ^ ELSEWHERE.keys()


def _doors(app: Flask, scene: Scene) -> Iterator[tuple[Rule, str]]:
    adapter, known = app.url_map.bind("portal.test"), ways_out.values(scene)
    for rule in app.url_map.iter_rules():
        names = sorted(rule.arguments)
        if "POST" not in (rule.methods or ()) or not rule.arguments <= known.keys():
            continue
        for some in itertools.product(*(known[name] for name in names)):
            path = adapter.build(rule.endpoint, dict(zip(names, some, strict=True)), method="POST")
            yield rule, path


def filled(make: Builder, scene: Scene, people: Iterable[Reader]) -> World:
    """What forms are filled in with, around the request of a scene."""
    personas = {PERSONAS[one.name]: one.who for one in people if one.name in PERSONAS}
    return World(make, {**personas, "nobody": make.person()}, scene.world.partner, scene.world.service)


def answers(app: Flask, scene: Scene, reader: Reader, visitor: Browser, world: World) -> dict[str, str]:
    """What somebody is answered to each form, by where it was sent: wrong, and as it should be."""
    with nothing_kept():
        if reader.path:
            forms = [(reader.path, form) for form in ({}, {"once": "k", "text": "Merci."})]
            return dict(_send(visitor, forms))
        forms = _behind_links(reader, visitor) if reader.who else []
        return dict(_send(visitor, forms)) | dict(_send(reader.browser, _of_pages(app, scene, reader, world)))


def _of_pages(
    app: Flask, scene: Scene, reader: Reader, world: World
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    doors = sorted(_doors(app, scene), key=lambda door: door[0].endpoint.startswith(_OF_THE_ACCOUNT))
    for act in ACTS:
        ticked = {"acte": act.door.path, "demande": [scene.request.reference]}
        yield "/demandes/lot", ticked
        yield "/demandes/lot", {**ticked, **FORMS[f"requests.{act.door.step.name}"](world, "practitioner")}
    for kind in ("poles", "partenaires", "personnes"):
        yield "/transferts/export.csv", {"contenu": kind}
    for rule, path in doors:
        yield path, {}
        if rule.endpoint.partition(".")[0] in ways_out.NEAR | {"guest_pages"}:
            yield path, FORMS[rule.endpoint](world, PERSONAS[reader.name])


def _behind_links(reader: Reader, visitor: Browser) -> list[tuple[str, Mapping[str, Any]]]:
    assert reader.who is not None
    links = ways_out.links_of(reader.who)
    return [(path, {**form, "text": "Merci."}) for path in links for form in _BEHIND_A_LINK]


def _send(browser: Browser, forms: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    if browser.token is None:
        browser.get("/accessibilite")
    for number, (path, form) in enumerate(forms):
        sent = {"csrf_token": browser.token, **form}
        with (
            browser.app.app_context(),
            browser.client.post(path, data=sent, headers={"Sec-Fetch-Site": "same-origin"}) as answer,
        ):
            assert answer.status_code < 500, path
            refused = answer.status_code == 400 and not _may_end(browser.app, path)
            assert not refused, f"{path}: the token of the form is not taken"
            told = answer.headers.get("Content-Disposition", ""), answer.headers.get("Location", "")
            yield f"{number} {path} {sorted(form)}", unescape(f"{told} {_said(browser)} {answer.text}")


def _may_end(app: Flask, path: str) -> bool:
    endpoint, _values = app.url_map.bind("portal.test").match(path, method="POST")
    return str(endpoint).startswith(_OF_THE_ACCOUNT)


def _said(browser: Browser) -> str:
    """What the next page would say of it."""
    with browser.client.session_transaction() as session:
        return json.dumps(session.pop("_flashes", ()), ensure_ascii=False, default=str)


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Everything is done and answered, and then it was not."""
    commit = Session.commit

    def undone(session: Session) -> None:
        if not session.info.get("writable"):
            return commit(session)
        session.flush()
        session.expunge_all()
        return session.rollback()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "commit", undone)
        yield
