"""An e-mail with a date: in the part that Outlook and Gmail look for, and in a file; both in base64."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

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


def test_of_one_act_each_date_comes_in_an_e_mail_of_its_own(database: None) -> None:
    """A mail program takes one date of an e-mail: gathered, the others would stay where they were."""
    message = Message(action_url="https://portail.test/")
    to = Recipient("ana@exemple.test", "Ana")
    dates = [CALENDAR.format(method=method) for method in ("CANCEL", "CANCEL", "REQUEST")]
    with transaction(), outbox.one_act():
        outbox.enqueue_all([Envelope("accounts/account_closed", to, message, date) for date in dates])
    stored = db.session.scalars(select(OutboxEmail.calendar).order_by(OutboxEmail.id)).all()
    assert stored == dates


def test_a_worker_gets_the_date_and_it_is_forgotten_with_the_words(database: None) -> None:
    row = {"recipient": "a@b.test", "recipient_name": "", "language": "fr", "subject": "s", "text": "t"}
    more = {"kind": "k", "html": "h", "message_id": "<1@x>", "calendar": CALENDAR.format(method="CANCEL")}
    with transaction() as session:
        session.add(OutboxEmail(**row, **more))
    (one,) = claims.claim()
    assert one.calendar == more["calendar"]
    claims.sent(one, clock.now())
