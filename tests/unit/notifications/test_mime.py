"""An e-mail as bytes: read back by the standard library's parser, whatever people typed."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notifications.mime import Address, Letter, Unsendable, address_on_the_wire, compose, one_line

LETTER = Letter(
    sender=Address("Portail d’appui PTCE", "portail@portal.test"),
    recipient=Address("Zoé L’Hermitte", "zoe@exemple.test"),
    reply_to=Address("Noël, Bertrand (CRESS)", "bertrand@exemple.test"),
    subject="Répondez : une demande d’appui vous attend",
    text="Bonjour Zoé,\n\nVoici « l’appui ».\n",
    html="<p>Bonjour Zoé,</p>\n",
    language="fr",
    message_id="<0123456789abcdef@portal.test>",
    written_at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
)


def read(letter: Letter) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(compose(letter), policy=email.policy.default))


def bodies(message: EmailMessage) -> list[str]:
    parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
    return [part.get_content().replace("\r\n", "\n") for part in parts]


def test_headers_and_both_bodies_come_back_as_they_were_written() -> None:
    message = read(LETTER)
    assert (str(message["From"]), str(message["To"])) == (
        "Portail d’appui PTCE <portail@portal.test>",
        "Zoé L’Hermitte <zoe@exemple.test>",
    )
    reply_to = message["Reply-To"].addresses[0]
    assert (reply_to.display_name, reply_to.addr_spec) == ("Noël, Bertrand (CRESS)", "bertrand@exemple.test")
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == LETTER.message_id
    assert message["Date"].datetime == LETTER.written_at
    assert (message["Content-Language"], message["Auto-Submitted"]) == ("fr", "auto-generated")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert bodies(message) == [LETTER.text, LETTER.html]


def test_the_same_letter_is_the_same_bytes() -> None:
    assert compose(LETTER) == compose(LETTER)


def test_no_one_to_answer_means_no_such_header() -> None:
    assert read(replace(LETTER, reply_to=None))["Reply-To"] is None


def test_a_paragraph_of_five_thousand_characters_makes_no_line_a_server_refuses() -> None:
    content = compose(replace(LETTER, text="é" * 5000, html=f"<p>{'à' * 5000}</p>", subject="œ" * 300))
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert all(b"\n" not in line and b"\r" not in line for line in lines)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\x00"])
def test_a_name_cannot_add_a_header(end: str) -> None:
    nasty = f"Zoé{end}Bcc: victim@exemple.test"
    message = read(
        replace(
            LETTER,
            sender=replace(LETTER.sender, name=nasty),
            recipient=replace(LETTER.recipient, name=nasty),
            reply_to=Address(nasty, "b@exemple.test"),
            subject=f"Répondez{end}Bcc: victim@exemple.test",
        )
    )
    assert message["Bcc"] is None
    assert len(message["To"].addresses) == len(message["Reply-To"].addresses) == 1
    assert bodies(message) == [LETTER.text, LETTER.html]


@pytest.mark.parametrize(
    "address",
    ["", "zoe", "zoe@", "@exemple.test", "zoe@exemple.test\r\nRCPT TO:<b@x.test>", "zoe@a.test,b@x.test",
     "<zoe@exemple.test>", "zoé@exemple.test", "zoe @exemple.test", f"zoe@{'é' * 70}.test"],
)  # fmt: skip
def test_what_is_not_an_address_is_refused(address: str) -> None:
    with pytest.raises(Unsendable):
        address_on_the_wire(address)


def test_a_domain_with_accents_is_encoded() -> None:
    assert address_on_the_wire("l.o'neil+x@münchen.test") == "l.o'neil+x@xn--mnchen-3ya.test"


def test_a_header_never_pretends_to_be_encoded() -> None:
    assert read(replace(LETTER, subject="=?utf-8?b?w6k=?="))["Subject"] == "=?utf-8?b?w6k=?="


@given(subject=st.text(max_size=300), name=st.text(max_size=170), text=st.text(max_size=2000))
def test_anything_typed_makes_a_whole_message(subject: str, name: str, text: str) -> None:
    letter = replace(LETTER, subject=subject, recipient=Address(name, "zoe@exemple.test"), text=text)
    message = read(letter)
    assert not message.defects
    assert not [defect for part in message.walk() for defect in part.defects]
    shown = one_line(subject).encode("utf-8", "replace").decode()
    assert message["Subject"] == shown
    assert message["To"].addresses[0].addr_spec == "zoe@exemple.test"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    expected = "\n".join([*text.rstrip().splitlines(), ""]).encode("utf-8", "replace").decode()
    assert bodies(message)[0] == expected
