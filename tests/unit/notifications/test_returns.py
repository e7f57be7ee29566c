"""What tells of an e-mail that was not delivered, from mail servers of several makes; and addresses of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notifications.addresses.rules import Use, read, written
from portal.notifications.returns.rules import why_returned
from portal.notifications.rules import Trouble, trouble

INBOX, SECRET = "portail@exemple.test", "a long secret of the tests"

POSTFIX = """\
From: MAILER-DAEMON@relais.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: portail+r1@exemple.test
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.test
X-Postfix-Sender: rfc822; portail+r1@exemple.test

Final-Recipient: rfc822; zoe@exemple.test
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b
Content-Type: text/rfc822-headers

Subject: Bonjour

--b--
"""
QMAIL = """\
From: MAILER-DAEMON@ancien.test
Subject: failure notice
To: portail+r1@exemple.test

Hi. This is the qmail-send program at ancien.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<zoe@exemple.test>:
{reason}

--- Below this line is a copy of the message.

Subject: Bonjour
"""


def report(status: str, diagnostic: str, action: str = "failed") -> bytes:
    return POSTFIX.format(action=action, status=status, diagnostic=diagnostic).encode()


@pytest.mark.parametrize(
    ("status", "diagnostic", "meaning", "error"),
    [
        ("5.1.1", "smtp; 550 5.1.1 <zoe@exemple.test>: unknown", Trouble.UNKNOWN_ADDRESS, "550 5.1.1 <zoe@"),
        ("5.0.0", "smtp; 550 No such user", Trouble.UNKNOWN_ADDRESS, "550 5.0.0 No such user"),
        ("5.1.1", "", Trouble.UNKNOWN_ADDRESS, "550 5.1.1"),
        ("5.7.1", "smtp; 550 5.7.1 Blocked by our policy", Trouble.UNWANTED, "550 5.7.1 Blocked"),
        ("5.1.1", "smtp; 550 5.7.1 Blocked by our policy", Trouble.UNWANTED, "550 5.7.1 Blocked"),
        ("5.7.26", "smtp; 550-5.7.26 Unauthenticated", Trouble.UNWANTED, "550 5.7.26 Unauthenticated"),
        ("5.2.2", "smtp; 552 5.2.2 Over quota", Trouble.MAILBOX_FULL, "552 5.2.2 Over quota"),
        ("4.2.2", "smtp; 452 4.2.2 Over quota", Trouble.MAILBOX_FULL, "452 4.2.2 Over quota"),
        ("4.4.7", "X-Postfix; delivery temporarily suspended", Trouble.LATER, "450 4.4.7 delivery"),
        ("5.0.0", "X-Unix; mystery", Trouble.REFUSED, "554 5.0.0 mystery"),
    ],
)
def test_a_report_says_why_as_the_mail_server_answered(
    status: str, diagnostic: str, meaning: Trouble, error: str
) -> None:
    said = why_returned(report(status, diagnostic)) or ""
    assert said.startswith(error)
    assert trouble(said) is meaning


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        ("Sorry, no mailbox here by that name. (#5.1.1)", Trouble.UNKNOWN_ADDRESS),
        ("10.0.0.1 does not like recipient.\nRemote host said: 550 5.7.1 Spam", Trouble.UNWANTED),
        ("It went wrong.", Trouble.REFUSED),
    ],
)
def test_other_forms_are_read_as_well(reason: str, meaning: Trouble) -> None:
    said = why_returned(QMAIL.format(reason=reason).encode())
    assert said is not None
    assert trouble(said) is meaning


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_only_late_or_arrived_did_not_come_back(action: str) -> None:
    assert why_returned(report("4.4.7", "smtp; 450 4.4.7 Still trying", action)) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: Absence\r\nAuto-Submitted: auto-replied\r\n\r\nJe suis absente.\r\n",
        b"Subject: Re: Bonjour\r\n\r\nMerci, 550 euros me conviennent.\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nnothing",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n\xff\xfe",
    ],
)
def test_what_is_no_report_says_nothing(raw: bytes) -> None:
    assert why_returned(raw) is None


@given(st.binary(max_size=400))
def test_no_bytes_stop_it(raw: bytes) -> None:
    why_returned(b"Content-Type: message/delivery-status\r\n\r\n" + raw)
    why_returned(raw)


@given(st.integers(1, 10**12), st.sampled_from(Use))
def test_an_address_of_ours_is_read_again_in_any_case(number: int, use: Use) -> None:
    address = written(INBOX, SECRET, use, number)
    assert read(INBOX, SECRET, address) == read(INBOX, SECRET, address.upper()) == (use, number)
    assert len(address.partition("@")[0]) <= 64
    assert read(INBOX, "another secret", address) is None
    other = Use.RETURN if use is Use.ANSWER else Use.ANSWER
    assert read(INBOX, SECRET, address.replace(f"+{use.value}", f"+{other.value}")) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "portail@exemple.test",
        "portail+@exemple.test",
        "portail+r1-aaaaaaaaaaaaaaaa@exemple.test",
        "portail+r0-aaaaaaaaaaaaaaaa@exemple.test",
        written(INBOX, SECRET, Use.RETURN, 12).replace("r12", "r13"),
        written(INBOX, SECRET, Use.RETURN, 12).replace("@exemple", "@autre"),
        written(INBOX, SECRET, Use.RETURN, 12).replace("portail+", "autre+"),
        written(INBOX, SECRET, Use.RETURN, 12) + ".org",
    ],
)
def test_an_address_that_we_did_not_write_is_none(address: str) -> None:
    assert read(INBOX, SECRET, address) is None
