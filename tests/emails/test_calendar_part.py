"""An e-mail with a date: in the part that Outlook and Gmail look for, and in a file; both in base64."""

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.notifications.claims import service as claims
from portal.notifications.claims.service import Claimed
from portal.notifications.delivery import service as delivery
from portal.notifications.emails import Message, Recipient
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox import service as outbox
from portal.notifications.outbox.service import Envelope
from portal.notifications.preferences import service as preferences
from portal.notifications.preferences.rules import Rhythm
from tests.builders import Builder

CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nSUMMARY:Été à Évreux\r\nEND:VCALENDAR\r\n"


def claimed(calendar: str) -> Claimed:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    common = {"id": 7, "kind": "interventions/plan_pole", "recipient": "a@b.test", "recipient_name": "Ana"}
    more = {"language": "fr", "subject": "Notez", "text": "Bonjour\n", "html": "<p>Bonjour</p>"}
    none = dict.fromkeys(("reply_to", "reply_to_name", "thread", "answers"))
    state = {"confidential": False, "created_at": now, "attempts": 0, "leased_until": now}
    return Claimed(**common, **more, **none, **state, message_id="<1@b.test>", calendar=calendar)


@pytest.mark.one_database
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_date_stands_in_the_last_alternative_and_in_a_file(database: None, method: str) -> None:
    calendar = CALENDAR.format(method=method)
    letter = message_from_bytes(delivery.letter(claimed(calendar)).as_bytes(), policy=policy.default)
    assert letter.get_content_type() == "multipart/mixed"
    body, file = letter.iter_parts()
    assert body.get_content_type() == "multipart/alternative"
    parts = list(body.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "text/calendar"]
    assert parts[-1].get_param("method") == method
    assert parts[-1].get_param("charset") == "utf-8"
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
    assert file.get_content_disposition() == "attachment"
    for part in (parts[-1], file):
        assert part["Content-Transfer-Encoding"] == "base64"
        assert part.get_payload(decode=True) == calendar.encode()


@pytest.mark.one_database
def test_without_a_date_it_is_as_before(database: None) -> None:
    assert delivery.letter(claimed("")).get_content_type() == "multipart/alternative"


@pytest.mark.one_database
def test_each_of_several_dates_has_a_file_and_the_first_the_part(database: None) -> None:
    dates = [CALENDAR.format(method=method) for method in ("CANCEL", "REQUEST", "CANCEL")]
    letter = message_from_bytes(delivery.letter(claimed("".join(dates))).as_bytes(), policy=policy.default)
    body, *files = letter.iter_parts()
    part = [*body.iter_parts()][-1]
    assert (part.get_param("method"), part.get_payload(decode=True)) == ("CANCEL", dates[0].encode())
    assert [(file.get_filename(), file.get_payload(decode=True)) for file in files] == [
        ("invite.ics", dates[0].encode()),
        ("invite-2.ics", dates[1].encode()),
        ("invite-3.ics", dates[2].encode()),
    ]


KIND, OWN = "accounts/account_closed", "calendars/taken_out"


def letter_with(dates: dict[int, str], kind: str = KIND, **more: Any) -> Envelope:
    context = {"several": 0, "on": date(2026, 3, 4), "pole": "P", "action_label": "Ouvrir", "why": "Voilà."}
    message = Message(action_url="https://portail.test/", context=context)
    return Envelope(kind, Recipient("ana@exemple.test", "Ana"), message, dates, **more)


def test_of_one_act_all_dates_come_in_one_e_mail_each_as_it_is_in_the_end(database: None) -> None:
    """Also where one of them had an e-mail of its own: the act tells."""
    asks, ends = (CALENDAR.format(method=method) for method in ("REQUEST", "CANCEL"))
    with transaction(), outbox.one_act():
        outbox.enqueue_all([letter_with({1: asks}, OWN, is_news=False), letter_with({2: asks})])
        outbox.enqueue_all([letter_with({1: ends})])
    (email,) = db.session.scalars(select(OutboxEmail))
    assert (email.kind, email.calendar) == (KIND, ends + asks)
    assert "2 dates pour votre agenda accompagnent ce message" in email.text


def test_what_brings_a_date_waits_for_no_digest(make: Builder) -> None:
    """Somebody might travel: whatever they chose for what else the e-mail says."""
    reader = make.coordinator()
    with transaction():
        preferences.choose(reader.person_id, reader.organisation_id, {"progress": Rhythm.WEEKLY})
    to = Recipient(reader.person.email, "Ana", "fr", None, reader.person_id, reader.organisation_id)
    for dates in ({}, {1: CALENDAR.format(method="CANCEL")}):
        with transaction():
            outbox.enqueue_all([letter_with(dates, "joint/lapse_pole")._replace(recipient=to)])
    waits, leaves = db.session.scalars(select(OutboxEmail).order_by(OutboxEmail.id))
    assert (waits.next_attempt_at, leaves.digest_at) == (None, None)
    assert waits.digest_at
    assert leaves.next_attempt_at


def test_a_worker_gets_the_date_and_it_is_forgotten_with_the_words(database: None) -> None:
    row = {"recipient": "a@b.test", "recipient_name": "", "language": "fr", "subject": "s", "text": "t"}
    more = {"kind": "k", "html": "h", "message_id": "<1@x>", "calendar": CALENDAR.format(method="CANCEL")}
    with transaction() as session:
        session.add(OutboxEmail(**row, **more))
    (one,) = claims.claim()
    assert one.calendar == more["calendar"]
    claims.sent(one, clock.now())
