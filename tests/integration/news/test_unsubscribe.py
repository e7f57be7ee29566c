"""One click in the mail program stops e-mails (RFC 8058): no sign-in, no cookie, no token of a page, no redirect."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.notifications.claims import service as claims
from portal.notifications.claims.service import Claimed
from portal.notifications.delivery.service import letter
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences import queries as chosen
from portal.notifications.preferences.models import EmailChoice
from portal.notifications.preferences.rules import Rhythm
from tests import strict_mail
from tests.integration.news.conftest import Told, accept, ask, choose, written
from tests.jobs import do

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def row_of(email: OutboxEmail) -> Claimed:
    return Claimed(**{name: getattr(email, name) for name in Claimed._fields})


def headers_of(email: OutboxEmail) -> dict[str, str]:
    return strict_mail.headers(letter(row_of(email)).as_bytes())


def path_in(headers: dict[str, str]) -> str:
    found = re.fullmatch(r"<https?://[^/>]+(/[^>]+)>", headers["list-unsubscribe"])
    assert found, headers
    return found[1]


@pytest.fixture
def safe_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PORTAL_URL", "https://portail.exemple.test")


def rhythm_of(told: Told) -> Rhythm | None:
    found = chosen.chosen([told.reader.person_id])
    return found.get((told.reader.person_id, told.reader.organisation_id, "progress"))


@pytest.mark.usefixtures("safe_address")
@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_stops_them_with_one_post(app: Flask, told: Told, form: str) -> None:
    accept(told)
    headers = headers_of(written(told.reader)[0])
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert headers["list-unsubscribe"].startswith("<https://portail.exemple.test/")
    answer = app.test_client().post(path_in(headers), data=ONE_CLICK, content_type=form)
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])
    assert "Location" not in answer.headers
    assert rhythm_of(told) is Rhythm.NEVER
    again = app.test_client().post(path_in(headers), data=ONE_CLICK)
    assert again.status_code == 200


@pytest.mark.usefixtures("safe_address")
def test_what_must_be_done_offers_no_such_header(told: Told) -> None:
    ask(told)
    assert not {"list-unsubscribe", "list-unsubscribe-post"} & headers_of(written(told.reader)[0]).keys()


def test_one_click_is_promised_for_a_safe_address_alone(told: Told) -> None:
    accept(told)
    assert "list-unsubscribe-post" not in headers_of(written(told.reader)[0])


def test_each_reader_has_a_link_of_their_own_in_the_footer(told: Told) -> None:
    accept(told)
    emails = db.session.scalars(select(OutboxEmail).where(OutboxEmail.person_id.is_not(None))).all()
    links = {tuple(re.findall(r"/courriels/moins-souvent/\S+", one.text)) for one in emails}
    assert len(links) == len(emails) > 1
    assert all(len(one) == 1 for one in links)
    assert not any("link-of-whoever" in one.text + one.html for one in emails)


def test_opening_the_link_changes_nothing_and_choosing_does(told: Told, browse) -> None:
    accept(told)
    path = path_in(headers_of(written(told.reader)[0]))
    visitor = browse(None)
    for read in (visitor.client.head, visitor.get):
        assert read(path).status_code == 200
    assert rhythm_of(told) is None
    assert visitor.client.post(path, data={"rhythm": "never"}).status_code == 400, (
        "without the token of the page"
    )
    assert rhythm_of(told) is None
    visitor.get(path)
    assert visitor.post(path, {"rhythm": "weekly"}).status_code == 302
    assert rhythm_of(told) is Rhythm.WEEKLY


def test_a_program_that_presses_the_button_of_the_page_changes_nothing(told: Told, browse) -> None:
    accept(told)
    path = path_in(headers_of(written(told.reader)[0]))
    robot = browse(None)
    page = robot.get(path).text.partition("<main")[2]
    assert "<script" not in page
    drawn = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"[^>]*checked', page))
    robot.post(path, drawn)
    assert rhythm_of(told) in {None, Rhythm.AT_ONCE}


@pytest.mark.parametrize("change", [lambda token: token[:-2], lambda token: "x" + token])
def test_a_forged_link_changes_nothing(app: Flask, told: Told, change: Any) -> None:
    accept(told)
    before, _, token = path_in(headers_of(written(told.reader)[0])).rpartition("/")
    answer = app.test_client().post(f"{before}/{change(token)}", data=ONE_CLICK)
    assert answer.status_code == 404
    assert db.session.scalars(select(EmailChoice)).all() == []


def test_what_is_written_claims_as_before(told: Told) -> None:
    accept(told)
    assert {one.kind for one in claims.claim()} >= {"requests/accept_pole"}


@pytest.mark.usefixtures("safe_address")
def test_one_click_on_a_digest_stops_what_was_in_it(app: Flask, told: Told) -> None:
    choose(told.reader, progress=Rhythm.DAILY)
    accept(told)
    with time_machine.travel(clock.now() + timedelta(days=7), tick=False):
        assert do("send digests") == 1
    digest = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == "news/digest")).one()
    path = path_in(headers_of(digest))
    assert app.test_client().get(path).status_code == 200
    assert app.test_client().post(path, data=ONE_CLICK).status_code == 200
    assert rhythm_of(told) is Rhythm.NEVER
