"""What is read of an e-mail that came in: who wrote it, whether a program did, and what is with it."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mailbox.letters.rules import Received, read

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 2000


def letter(text: str = "Oui, jeudi.", **headers: str) -> EmailMessage:
    message = EmailMessage()
    usual = {"From": "Lise <Lise@exemple.test>", "Subject": "Re: Bonjour", "Message-ID": "<1@exemple.test>"}
    for name, value in {
        **usual,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        message[name] = value
    message.set_content(text)
    return message


def received(message: EmailMessage, sender: str | None = "lise@exemple.test") -> Received:
    return read(sender, message.as_bytes())


def test_an_answer_of_a_person() -> None:
    found = received(letter())
    assert (found.sender, found.automatic, found.text) == ("lise@exemple.test", False, "Oui, jeudi.")
    assert found.key == received(letter("autre chose")).key, "the same e-mail, however it comes"
    assert found.key != received(letter(Message_ID="<2@exemple.test>")).key


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; type=x"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<liste.exemple.test>"},
        {"List_Unsubscribe": "<https://exemple.test/x>"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": ""},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Loop": "x"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@exemple.test"},
        {"From": "no-reply@exemple.test"},
        {"From": "noreply@exemple.test"},
        {"From": "ne-pas-repondre@exemple.test"},
        {"From": ""},
        {"Subject": "Réponse automatique : Bonjour"},
        {"Subject": "Automatic reply: Bonjour"},
        {"Subject": "Absence du bureau : Bonjour"},
        {"Subject": "Out of office"},
        {"Subject": "Accusé de réception : Bonjour"},
    ],
    ids=str,
)
def test_what_a_program_or_a_list_sends_is_known(headers: dict[str, str]) -> None:
    assert received(letter(**headers)).automatic


@pytest.mark.parametrize("sender", ["", "<>"])
def test_what_answers_nobody_is_automatic(sender: str) -> None:
    assert received(letter(), sender).automatic


def test_a_pipe_that_says_nothing_of_the_sender_makes_nothing_automatic() -> None:
    assert not received(letter(), None).automatic


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "no"}, {"Subject": "Absences à prévoir"}, {"Subject": "Lu et approuvé"}],
    ids=str,
)
def test_what_a_person_sends_is_no_programs(headers: dict[str, str]) -> None:
    assert not received(letter(**headers)).automatic


def test_a_broken_reply_to_or_subject_never_costs_the_e_mail() -> None:
    raw = b'From: Lise <lise@exemple.test>\r\nReply-To: <"a@b@c" <<>, ;:\r\nSubject: =?x?b?!!?= \xff\r\n\r\nOui.\r\n'
    found = read(None, raw)
    assert (found.sender, found.text) == ("lise@exemple.test", "Oui.")


def test_documents_are_kept_and_pictures_of_a_signature_are_not() -> None:
    message = letter()
    message.add_alternative('<p>Oui, jeudi.</p><img src="cid:logo">', subtype="html")
    (html,) = (part for part in message.iter_parts() if part.get_content_type() == "text/html")
    html.add_related(PNG, "image", "png", cid="<logo>", filename="nous.png", disposition="inline")
    message.make_mixed()
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="statuts à jour.pdf")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="image001.png")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="photo.png")
    found = received(message)
    assert [one.name for one in found.attached] == ["statuts à jour.pdf", "photo.png"]
    assert found.text == "Oui, jeudi."


def test_an_e_mail_that_is_attached_is_not_looked_into() -> None:
    message, inner = letter(), letter("autre")
    inner.add_attachment(b"x", maintype="application", subtype="pdf", filename="dedans.pdf")
    message.add_attachment(inner)
    found = received(message)
    assert (found.text, [one.name for one in found.attached]) == ("Oui, jeudi.", [])


def test_html_alone_is_read() -> None:
    message = letter()
    message.set_content("<p>Oui,&nbsp;jeudi.</p>", subtype="html")
    assert received(message).text == "Oui, jeudi."


def test_a_charset_that_nobody_knows_is_read_as_well_as_can_be() -> None:
    raw = b"From: a@b.test\r\nContent-Type: text/plain; charset=klingon\r\n\r\nd\xc3\xa9j\xc3\xa0\r\n"
    assert read(None, raw).text == "déjà"
    assert read(None, raw.replace(b"\xc3\xa9", b"\xe9")).text


@given(st.binary(max_size=600))
def test_no_bytes_stop_it(raw: bytes) -> None:
    read(None, raw)
    read("a@b.test", b"Content-Type: multipart/mixed; boundary=b\r\nFrom: " + raw + b"\r\n\r\n--b\r\n" + raw)
