"""The outbox is part of the caller's transaction, and knows each e-mail once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.db import WriteOutsideTransaction, transaction
from portal.notifications import emails
from portal.notifications.claims import service as claims
from portal.notifications.emails import Message, Recipient, Rendered
from portal.notifications.outbox import service as outbox
from portal.notifications.outbox.service import Envelope
from tests.days import days_ago
from tests.integration.notifications.conftest import Write, change, row, rows
from tests.jobs import do
from tests.races import at_once

HOME = Message("http://portal.test/")
ZOE = Recipient("zoe@exemple.test", "Zoé Martin")


def test_an_e_mail_is_written_in_the_readers_language(write: Write) -> None:
    write("fr@exemple.test")
    write("en@exemple.test", language="en")
    french, english = rows()
    assert (french.subject, english.subject) == ("Bonjour Zoé Martin", "Hello Zoé Martin")
    assert 'lang="fr"' in french.html
    assert 'lang="en"' in english.html
    assert "Une demande & « une réponse »." in french.text
    assert "Une demande & « une réponse »." in french.html  # the template's own words are its own HTML
    assert "http://portal.test/demandes" in french.text


def test_what_people_wrote_is_escaped_in_html_and_plain_in_text(write: Write) -> None:
    write(message=Message("http://portal.test/", quote="<b>A & B</b>", quoted_by="L’<i>équipe</i>"))
    assert "<b>A & B</b>" in row().text
    assert "<b>" not in row().html
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in row().html
    assert "<i>" not in row().html


def test_a_date_is_put_in_the_readers_words(write: Write) -> None:
    due = clock.now().date().replace(year=2026, month=3, day=4)
    message = Message("http://portal.test/", facts=[("Date", due)])
    write(message=message)
    write(message=message, language="en")
    assert ["4 mars 2026" in rows()[0].text, "4 March 2026" in rows()[1].text] == [True, True]


def test_a_rollback_leaves_no_e_mail(database: None) -> None:
    def write_and_fail() -> None:
        with transaction():
            outbox.enqueue("tests/hello", ZOE, HOME)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert rows() == []
    assert claims.claim() == []


def test_nothing_is_written_outside_a_transaction(database: None) -> None:
    with pytest.raises(WriteOutsideTransaction):
        outbox.enqueue("tests/hello", ZOE, HOME)


def test_a_dedupe_key_is_used_once(write: Write) -> None:
    write(dedupe="reminder:7:day-3")
    write(dedupe="reminder:7:day-3")
    write(dedupe="reminder:7:day-5")
    write()
    write()
    assert [one.dedupe for one in rows()] == ["reminder:7:day-3", "reminder:7:day-5", None, None]


def test_the_same_key_at_the_same_time_is_written_once_and_nobody_fails(app: Flask, database: None) -> None:
    remind = partial(outbox.enqueue, "tests/hello", ZOE, HOME, dedupe="slot")
    for round_number in range(10):
        at_once(app, remind, remind)
        assert len(rows()) == 1, round_number
        change(dedupe=f"used {round_number}", next_attempt_at=None)
        with transaction() as session:
            session.delete(row())


def test_names_and_subjects_cannot_overflow_or_break_lines(database: None) -> None:
    name, noel = "Zoé\r\nBcc: x@y.test " + "é" * 400, "Noël\n" + "à" * 400
    with transaction():
        outbox.enqueue(
            "tests/hello",
            Recipient("zoe@exemple.test", name),
            Message("http://portal.test/", reply_to=(noel, "noel@exemple.test"), context={"name": name}),
        )
    kept = row()
    for text in (kept.subject, kept.recipient_name, kept.reply_to_name or ""):
        assert text.isprintable()
    assert (len(kept.subject), len(kept.recipient_name)) == (300, 170)


def test_what_many_read_is_drawn_once_for_a_language(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def render(kind: str, language: str, message: Message, *of_reader: Any) -> Rendered:
        drawn.append(language)
        return emails.render(kind, language, message, *of_reader)

    monkeypatch.setattr(outbox, "render", render)
    readers = [Recipient(f"{n}@exemple.test", f"N° {n}", "en" if n % 3 else "fr") for n in range(6)]
    other = Message("http://portal.test/", quote="Autre chose")
    with transaction():
        outbox.enqueue_all([Envelope("tests/hello", one, HOME) for one in readers])
        outbox.enqueue_all([Envelope("tests/hello", readers[0], other)])
    assert sorted(drawn) == ["en", "fr", "fr"]
    *written, last = rows()
    assert [(one.recipient, one.recipient_name, one.language) for one in written] == [
        (one.email, one.name, one.language) for one in readers
    ]
    assert len({one.message_id for one in written}) == len(readers)
    assert len({(one.language, one.subject, one.text, one.html) for one in written}) == 2
    assert "Autre chose" in last.text


def test_two_claims_never_hold_the_same_e_mail(write: Write) -> None:
    write(*(f"a{number}@exemple.test" for number in range(5)))
    first, second = claims.claim(3), claims.claim(3)
    assert [one.recipient for one in (*first, *second)] == [f"a{number}@exemple.test" for number in range(5)]
    assert claims.claim() == []


def test_a_lease_that_ran_out_frees_the_e_mail(write: Write) -> None:
    write()
    (lost,) = claims.claim()
    change(leased_until=clock.now() - timedelta(seconds=1))
    (found,) = claims.claim()
    claims.not_taken(lost, "450 from the worker that came back from the dead", final=True)
    assert (row().given_up_at, row().leased_until) == (None, found.leased_until)
    claims.sent(lost, clock.now())
    assert row().sent_at is not None


def test_a_released_e_mail_is_due_again_and_blamed_for_nothing(write: Write) -> None:
    write()
    claims.release(claims.claim())
    assert (len(claims.claim()), row().attempts) == (1, 0)


def test_a_given_up_e_mail_gets_new_attempts(write: Write) -> None:
    write("a@exemple.test", "b@exemple.test")
    for claimed in claims.claim():
        claims.not_taken(claimed, "550 5.1.1 Unknown", final=True)
    assert claims.claim() == []
    first, _second = rows()
    with transaction():
        assert outbox.try_again(first.id)
        assert not outbox.try_again(first.id)
    assert [one.recipient for one in claims.claim()] == ["a@exemple.test"]
    with transaction():
        assert outbox.try_all_again() == 1


def test_a_secret_is_blank_once_sent(write: Write) -> None:
    write(confidential=True)
    claims.sent(claims.claim()[0], clock.now())
    assert (row().text, row().html) == ("", "")


def test_bodies_are_forgotten_after_a_month_and_e_mails_after_a_year(write: Write) -> None:
    ages = {"week": 7, "month": 31, "year": 366}
    for state in ("sent_at", "given_up_at"):
        for age in ages:
            write(f"{state}.{age}@exemple.test")
    for one in rows():
        state, age = one.recipient.partition("@")[0].split(".")
        with transaction() as session:
            one.next_attempt_at = None
            setattr(one, state, days_ago(ages[age]))
            session.add(one)
    write("waiting@exemple.test")
    do("blank e-mails")
    do("forget e-mails")
    assert {one.recipient.partition("@")[0]: bool(one.text and one.html) for one in rows()} == {
        "sent_at.week": True,
        "sent_at.month": False,
        "given_up_at.week": True,
        "given_up_at.month": False,
        "waiting": True,
    }


def test_a_secret_that_was_given_up_is_forgotten_after_a_day_and_never_sent_blank(write: Write) -> None:
    write(confidential=True)
    claims.not_taken(claims.claim()[0], "550 Unknown", final=True)
    change(given_up_at=clock.now() - timedelta(hours=49))
    do("blank e-mails")
    do("forget e-mails")
    assert row().text == ""
    with transaction():
        assert not outbox.try_again(row().id)
        assert outbox.try_all_again() == 0
