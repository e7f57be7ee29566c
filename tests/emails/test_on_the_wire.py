"""Every kind of e-mail, under any subject and between any names, read back by a reader that forgives nothing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.claims.service import Claimed
from portal.notifications.delivery import service as delivery
from portal.notifications.preferences import service as preferences
from portal.notifications.previews import service as previews
from portal.text import one_line, plain_address
from portal.web.addresses import is_email
from tests import strict_mail
from tests.emails.test_snapshots import KINDS
from tests.hostile import texts
from tests.strict_mail import Mailbox, NotStrict

INBOX = "portail@reponses.test"
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
WORDS = (
    *HOSTILE_NAMES,
    *"abcdeéèçœ’«»—–…!?.,;:<>@()[]\\\"'=_-/ ",
    *(" de la ", "日本", "=?", "\t", "🙂"),
    *(
        "Demande d’appui au modèle économique",
        " – ",
        "à venir\u202f: ",
        "«\u00a0Le Mée-sur-Seine\u00a0»",
        "œuvre",
        "Œ",
    ),
    *(
        "ÿ",
        "ﬁ",
        "e\u0301te\u0301",
        "СЕВЕР",
        "שלום עולם",
        "مرحبا بالعالم",
        "\u200f",
        "\u200d",
        "日本語",
        "ไทย",
    ),
    *("👩‍👩‍👧‍👦", "🇫🇷", "🏳️‍🌈", "𝔘𝔫𝔦", " ", "  ", "=?utf-8?q?", "?=", "é" * 40, "x" * 90),
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


def by_chance(chance: Random, most: int) -> str:
    """Letters and words of French and other alphabets, from right to left, signs above the first plane, hostile
    pieces."""
    return "".join(chance.choices(WORDS, k=chance.randrange(1, most)))


def test_a_thousand_names_and_subjects_are_read_back_exactly(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same ones each time, with addresses to answer and to stop."""
    monkeypatch.setitem(app.config, "MAIL_INBOX", INBOX)
    monkeypatch.setitem(app.config, "PORTAL_URL", "https://portal.test")
    chance = Random("a thousand")
    for number in range(1, 1001):
        name, subject = by_chance(chance, 40)[:170], by_chance(chance, 80)[:300]
        letter = row(subject, name, reply_to="noel@exemple.test")
        letter = letter._replace(id=number, answers="message-1", person_id=number, organisation_id=number)
        raw = delivery.letter(letter).as_bytes()
        found = strict_mail.headers(raw)
        answers_to = strict_mail.mailbox(found["reply-to"]).address
        check(raw, subject, name, "zoe@exemple.test", answers_to)
        assert addresses.read(INBOX, app.config["SECRET_KEY"], answers_to) == (Use.ANSWER, number)
        assert found["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
        stop = re.fullmatch(
            r"<https://portal\.test/courriels/moins-souvent/([!-;=?-~]+)>", found["list-unsubscribe"]
        )
        assert stop, found["list-unsubscribe"]
        assert preferences.stop_of(stop[1]) == (number, number, "progress")


@given(address=st.emails().map(plain_address).filter(is_email), name=names)
@example(address=f"0000@a0.{'a.' * 30}accountants", name="")
@anything
def test_any_address(address: str, name: str) -> None:
    raw = delivery.letter(row("Bonjour", name, address, reply_to=address)).as_bytes()
    check(raw, "Bonjour", name, address, address)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_between_hostile_names(kind: str, language: str) -> None:
    """Each between three of them, in turn."""
    rendered, turn = previews.rendered(kind, language), KINDS.index(kind)
    for name in HOSTILE_NAMES[turn % 5 :: 5]:
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
    if kind == "interventions/evening_practitioner":  # of all dates of a day
        return
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
