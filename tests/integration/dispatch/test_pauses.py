"""A kind waits until it is let leave; what lets somebody in always leaves."""

import re
from contextlib import closing
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, transaction
from portal.dispatch import service
from portal.journal import service as journal
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from portal.notifications.delivery.service import Delivery
from portal.notifications.models import EmailPause, OutboxEmail
from portal.notifications.outbox import service as outbox
from portal.notifications.pauses.rules import ALL
from portal.notifications.personal import is_old_text
from portal.topics import TOPICS
from tests.browser import Browser
from tests.days import days_ago
from tests.integration.dispatch.outbox import KIND, SECURITY, row, sent, write
from tests.integration.requests.steps import World
from tests.jobs import do
from tests.races import together
from tests.smtp import MailServer

LEAVE = "let e-mails leave that are paused no more"


def press(browser: Browser, what: str = "", kind: str = KIND) -> int:
    return browser.post(f"/emails/pauses{what}", {"kind": kind}).status_code


def deliver() -> None:
    with closing(Delivery()) as delivery:
        delivery.deliver()


def notes() -> int:
    statement = select(func.count()).select_from(JournalEntry).where(JournalEntry.subject == Subject.SETTING)
    return db.session.scalar(statement) or 0


def test_a_paused_kind_is_held_and_leaves_when_it_may(national: Browser, server: MailServer) -> None:
    kept, other = write(), write(kind="requests/decline_pole")
    assert press(national) == 302
    deliver()
    assert (row(kept).sent_at, row(kept).next_attempt_at) == (None, None)
    assert row(kept).held_at
    assert row(other).sent_at
    assert do(LEAVE) == 0
    assert "Lisez ceci" in national.get("/emails?liste=retenus").text
    assert press(national, "/reprendre") == 302
    assert do(LEAVE) == 1
    deliver()
    assert (row(kept).held_at, bool(row(kept).sent_at)) == (None, True)
    assert len(server.messages) == 2


def test_a_pause_of_all_keeps_no_sign_in(national: Browser, server: MailServer) -> None:
    kept = write()
    always = [write(kind=kind) for topic in TOPICS if topic.at_any_hour for kind in topic.kinds]
    assert press(national, kind=ALL) == 302
    deliver()
    deliver()
    assert row(kept).held_at
    assert all(row(number).sent_at for number in always)


@pytest.mark.parametrize("kind", [SECURITY, "accounts/reset_instructions", "nothing/known", "", "\0"])
def test_what_no_pause_may_keep_is_not_paused(national: Browser, kind: str) -> None:
    assert press(national, kind=kind) == 404
    assert db.session.scalar(select(EmailPause.kind)) is None


def test_what_is_dropped_never_leaves_and_is_said(national: Browser, server: MailServer) -> None:
    kept = write()
    press(national)
    deliver()
    assert press(national, "/abandonner") == 302
    press(national, "/reprendre")
    assert do(LEAVE) == 0
    deliver()
    assert not server.messages
    assert row(kept).dropped_at
    assert "Lisez ceci" in national.get("/emails?liste=non-partis").text


def test_what_is_held_for_long_keeps_its_text(national: Browser) -> None:
    long_ago = days_ago(60)
    number = write(next_attempt_at=None, held_at=long_ago, created_at=long_ago)
    assert db.session.scalar(select(OutboxEmail.id).where(OutboxEmail.id == number, is_old_text())) is None


def test_what_is_held_can_still_be_undone(national: Browser) -> None:
    number = write(next_attempt_at=None, held_at=clock.now())
    with transaction():
        assert outbox.take_back([row(number).message_id])


def test_the_journal_says_who_paused_and_let_leave(national: Browser) -> None:
    press(national)
    press(national, "/reprendre")
    assert notes() == 2
    page = national.get("/journal").text
    assert "Réglage" in page
    assert "En pause" in page


def test_two_cells_press_at_once(app: Flask, national: Browser) -> None:
    def pause() -> None:
        with transaction():
            service.pause(KIND)

    together(app, pause, pause)
    assert notes() == 1

    def resume() -> None:
        with transaction():
            service.resume(KIND)

    together(app, resume, resume)
    assert notes() == 2
    assert db.session.scalar(select(EmailPause.kind)) is None


def test_two_cells_send_again_at_once(app: Flask, national: Browser) -> None:
    number = sent()
    done = []

    def again() -> None:
        with transaction():
            done.append(outbox.send_again(number))

    together(app, again, again)
    assert sorted(done) == [False, True]


def test_the_page_says_that_something_is_paused(national: Browser) -> None:
    assert "callout-warning" not in national.get("/emails").text
    press(national)
    assert "/emails/pauses" in national.get("/emails").text
    assert "Des courriels sont en pause" in national.get("/emails").text
    assert "En pause depuis" in national.get("/emails/pauses").text


def shown(browser: Browser, chosen: str) -> tuple[str, str]:
    """The page that asks, and the number up to which it counts."""
    page = browser.get(f"/emails/abandonner?liste={chosen}").text
    last = re.search(r'name="last" value="(\d+)"', page)
    return page, last[1] if last else ""


@pytest.mark.parametrize("chosen", ["attente", "retenus"])
def test_a_list_is_given_up_once_confirmed_but_for_what_always_leaves(
    national: Browser, server: MailServer, chosen: str
) -> None:
    held = {"next_attempt_at": None, "held_at": clock.now()} if chosen == "retenus" else {}
    gone = [write(**held), write(kind="requests/decline_pole", **held)]
    kept = [write(kind=SECURITY), write(kind="accounts/reset_instructions")]
    taken = write(leased_until=clock.now() + timedelta(minutes=2), **held)
    page, last = shown(national, chosen)
    assert "Renoncer à 3 courriels" in page
    assert not row(gone[0]).dropped_at, "a look changes nothing"
    later = write(**held)
    national.post("/emails/abandonner", {"liste": chosen, "last": last})
    assert [bool(row(number).dropped_at) for number in (*gone, *kept, taken, later)] == [
        *(True, True),
        *(False, False, False, False),
    ]
    assert not any(row(number).next_attempt_at or row(number).held_at for number in gone)


@pytest.mark.parametrize("chosen", ["partis", "abandonnes", "nothing"])
def test_only_what_waits_is_given_up(national: Browser, chosen: str) -> None:
    assert national.get(f"/emails/abandonner?liste={quote(chosen)}").status_code == 404
    assert national.post("/emails/abandonner", {"liste": chosen, "last": "9"}).status_code == 404


def test_the_journal_is_worded_for_whoever_reads(national: Browser, browse: Any, world: World) -> None:
    """What was paused in French is read in English."""
    press(national)
    write()
    national.post("/emails/abandonner", {"liste": "attente", "last": "99999999"})
    names = {
        *db.session.scalars(select(JournalEntry.subject_name).where(JournalEntry.subject == Subject.SETTING))
    }
    assert names == {KIND, "attente"}
    with transaction() as session:
        session.merge(world.national.person).language = "en"
    page = browse(world.national).get("/journal").text
    assert "For information: " in page
    assert "Waiting" in page


def test_an_entry_that_kept_words_is_read_in_those_words(national: Browser) -> None:
    """As entries of pauses did before they kept keys: nothing of the journal is written twice."""
    with transaction():
        after = {"paused": True}
        journal.record(Act.CHANGED, Subject.SETTING, None, "Lisez : Lise vous écrit", after=after)
    assert "Lisez : Lise vous écrit" in national.get("/journal").text
