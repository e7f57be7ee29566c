"""Every kind of e-mail, under any subject and between any names, read back by a reader that forgives nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.notifications.claims.service import Claimed
from portal.notifications.delivery import service as delivery
from portal.notifications.previews import service as previews
from portal.text import one_line, plain_address
from portal.web.addresses import is_email
from tests import strict_mail
from tests.emails.test_snapshots import KINDS
from tests.hostile import texts
from tests.strict_mail import Mailbox, NotStrict

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
HOSTILE_NAMES = (
    "Emplois, Solidarites et Cie",
    "Association Le Relais, service insertion, formation, logement et mobilité des jeunes",
    "x, attacker@evil.example",
    'Le "Lieu" <a@b.example>',
    "Dupont; (Jean): \\",
    "=?utf-8?q?Banque?= <a@b.example>",
    "J. R. R. T.",
    "é",
    "Ünï" * 50,
    "x" * 170,
    "a " * 80,
    "a\r\nBcc: b@c.example",
    "\u202e",
    "",
)
names = texts | st.text(max_size=170) | st.text(alphabet='ab ,;:<>@"\\()[].=?_é', max_size=170)
subjects = texts | st.text(max_size=300) | st.text(alphabet="ab  =?_-éè’", max_size=300)
anything = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _in_the_portal(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def row(subject: str, name: str, address: str = "zoe@exemple.test", reply_to: str | None = None) -> Claimed:
    """An e-mail in a worker's hands."""
    return Claimed(
        id=1,
        kind="requests/accept_pole",
        recipient=address,
        recipient_name=name,
        reply_to=reply_to,
        reply_to_name=name,
        language="fr",
        subject=subject,
        text="Texte « écrit ».\n" + "x" * 3000 + "\n",
        html="<p>Texte « écrit ».</p>",
        message_id="<abc@portal.test>",
        thread="1234-5674",
        answers=None,
        confidential=False,
        created_at=NOW,
        attempts=0,
        leased_until=NOW,
    )


def check(raw: bytes, subject: str, name: str, address: str, reply_to: str | None) -> None:
    """Read strictly, it says what was written."""
    strict_mail.body_lines(raw)
    found = strict_mail.headers(raw)
    assert strict_mail.subject(found["subject"]) == one_line(subject)
    assert strict_mail.mailbox(found["to"]) == Mailbox(one_line(name), address)
    assert strict_mail.mailbox(found["from"]) == Mailbox("Portail d’appui PTCE", "portail@portal.test")
    assert found["x-auto-response-suppress"] == "OOF, AutoReply"
    assert found["auto-submitted"] == "auto-generated"
    assert found["list-id"] == "<requests.portal.test>"
    assert found["in-reply-to"] == found["references"] == "<1234-5674@portal.test>"
    assert found["content-type"].startswith("multipart/alternative;")
    if reply_to is None:
        assert "reply-to" not in found
    else:
        assert strict_mail.mailbox(found["reply-to"]) == Mailbox(one_line(name), reply_to)


@given(subject=subjects, name=names)
@example(subject="=?utf-8?q?a?=", name="=?utf-8?b?YQ==?=")
@anything
def test_any_subject_and_any_name(subject: str, name: str) -> None:
    for reply_to in (None, "noel@exemple.test"):
        raw = delivery.letter(row(subject, name, reply_to=reply_to)).as_bytes()
        check(raw, subject, name, "zoe@exemple.test", reply_to)


def test_a_thousand_names_and_subjects_are_read_back_exactly() -> None:
    """The same ones each time: letters, accents, signs and hostile pieces, of every length, by chance."""
    chance = Random("a thousand")
    pieces = [
        *HOSTILE_NAMES,
        *"abcdeéèçœ’«»—–…!?.,;:<>@()[]\\\"'=_-/ ",
        " ",
        " de la ",
        "日本",
        "=?",
        "?=",
        "\t",
        "🙂",
    ]
    for _ in range(1000):
        name = "".join(chance.choices(pieces, k=chance.randrange(1, 40)))[:170]
        subject = "".join(chance.choices(pieces, k=chance.randrange(1, 80)))[:300]
        raw = delivery.letter(row(subject, name, reply_to="noel@exemple.test")).as_bytes()
        check(raw, subject, name, "zoe@exemple.test", "noel@exemple.test")


@given(address=st.emails().map(plain_address).filter(is_email), name=names)
@example(address=f"0000@a0.{'a.' * 30}accountants", name="")
@anything
def test_any_address(address: str, name: str) -> None:
    raw = delivery.letter(row("Bonjour", name, address, reply_to=address)).as_bytes()
    check(raw, "Bonjour", name, address, address)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_between_hostile_names(kind: str, language: str) -> None:
    rendered = previews.rendered(kind, language)
    for name in HOSTILE_NAMES:
        letter = row(f"{rendered.subject} {name}", name, reply_to="noel@exemple.test")
        letter = letter._replace(text=rendered.text, html=rendered.html, language=language)
        message = delivery.letter(letter)
        check(message.as_bytes(), letter.subject, name, letter.recipient, "noel@exemple.test")
        parts = [part.get_content().splitlines() for part in message.iter_parts()]
        assert parts == [rendered.text.splitlines(), rendered.html.splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_of_one_request_or_application_is_one_thread(kind: str) -> None:
    _recipient, message = previews.example(kind, "fr")
    if kind == "applications/contact_named":
        expected = message.facts[0][1]
    else:
        about = message.context.get("request") or message.context.get("application")
        expected = about.reference if about else None
    if kind in {"applications/link", "applications/draft_expires", "applications/infected"}:
        expected = message.facts[0][1]
    assert message.thread == expected
    if kind.startswith(("requests/", "interventions/", "applications/")):
        assert message.thread


@pytest.mark.parametrize(
    "reply_to", ["zoé@exemple.test", "a@b", "a@b.fr, c@d.fr", '"a b"@c.fr', "a@b.fr\r\nBcc: c@d.fr"]
)
def test_a_reply_to_that_cannot_be_written_is_left_out(reply_to: str) -> None:
    raw = delivery.letter(row("Bonjour", "Zoé", reply_to=reply_to)).as_bytes()
    check(raw, "Bonjour", "Zoé", "zoe@exemple.test", None)


@pytest.mark.parametrize(
    "broken",
    [
        "Subject: portail d=?utf-8?q?=E2=80=99appui?= aux PTCE",
        "Subject: =?utf-8?q?un mot?=",
        f"Subject: =?utf-8?b?{'YWFh' * 20}?=",
        f"Subject: {'mot ' * 30}fin",
        "Subject: caf\u00e9",
        "Subject: =?utf-8?b?w6?=",
        "To: Emplois, Solidarites et Cie <a@b.example>",
        "To: a@b.example, c@d.example",
        "To: zo\u00e9@b.example",
        "To: J. Dupont <a@b.example>",
        "To: <a@b.example>, x <c@d.example>",
        "To: a@b.example\r\nTo: c@d.example",
    ],
)
def test_the_reader_is_strict(broken: str) -> None:
    usual = {
        "Date": "x",
        "From": "a@b.example",
        "To": "a@b.example",
        "Subject": "x",
        "Message-ID": "<x@y>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain",
    }
    head = [f"{name}: {value}" for name, value in usual.items() if not broken.startswith(f"{name}:")]
    raw = "\r\n".join([*head, broken, "", ""]).encode()
    with pytest.raises((NotStrict, ValueError)):
        read(raw)


def read(raw: bytes) -> None:
    found = strict_mail.headers(raw)
    strict_mail.subject(found["subject"])
    strict_mail.mailbox(found["to"])
