"""Documents of guests: read with the messages addressed to them, sent by their link, and by nobody without it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from portal import clock
from portal.accounts import rules as limits
from portal.conversation import personal
from portal.conversation.guests.models import Guest, MessageGuest
from portal.conversation.models import Message
from portal.db import db, transaction
from portal.files import jobs
from portal.files.rules import FileState
from portal.notifications.models import OutboxEmail
from portal.personal_data.service import everything_about
from portal.requests.documents.rules import REQUEST
from tests.browser import Browser
from tests.builders import PDF, Builder
from tests.integration.conversation.steps import Scene, build_scene, say
from tests.integration.documents.sending import OTHER_PDF, all_documents, file, offered, on, saved
from tests.integration.files.test_scan import clamd  # noqa: F401 (a fixture)
from tests.jobs import do
from tests.scanner import VIRUS


class Visit(NamedTuple):
    """A guest of the pole, before their page."""

    guest: Guest
    browser: Browser
    path: str


@pytest.fixture
def scene(make: Builder) -> Scene:
    return build_scene(make)


@pytest.fixture
def visit(make: Builder, scene: Scene, browse: Callable[..., Browser]) -> Visit:
    guest, token = make.raw_guest(scene.request, scene.world.coordinator)
    return Visit(guest, browse(None), f"/conversation/{token}")


def write(visit: Visit, *files: Any, text: str = "Voici mon avis.", **fields: Any) -> TestResponse:
    return visit.browser.post(visit.path, {"once": "a-key", "text": text, "documents": list(files), **fields})


def told(scene: Scene, visit: Visit) -> str:
    """The choice by which the guest reads, with every partner."""
    return f"{scene.with_(scene.assignment, scene.beside)}-g{visit.guest.id}"


def document_of(make: Builder, scene: Scene, author: Any, to: str, **values: Any) -> int:
    """The number of a document on something just said."""
    say(author, scene, f"Voici {to}", to)
    said = db.session.scalars(db.select(Message.id).order_by(Message.id.desc())).first()
    return make.document("message", said, sent_by_id=author.person_id, **values).id


def links(page: str) -> list[str]:
    return re.findall(r'href="(/conversation/[\w-]+/documents/\d+)"', page)


def test_a_guest_reads_the_documents_of_what_is_written_to_them(
    make: Builder, scene: Scene, visit: Visit
) -> None:
    number = document_of(make, scene, scene.world.coordinator, told(scene, visit))
    page = visit.browser.get(visit.path).text
    assert links(page) == [f"{visit.path}/documents/{number}"]
    assert scene.world.coordinator.person.name in page
    with visit.browser.get(links(page)[0]) as answer:
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"] == "attachment; filename=devis.pdf"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]


def test_what_a_guest_sends_is_read_by_whoever_reads_them(scene: Scene, visit: Visit, browse: Any) -> None:
    assert write(visit, file("Avis.pdf"), file("Comptes.pdf", OTHER_PDF)).status_code == 302
    page = visit.browser.get(visit.path).text
    assert [saved(visit.browser, path) for path in links(page)] == [PDF, OTHER_PDF]
    first, _second = all_documents()
    assert (first.sent_by_id, first.guest_id) == (None, visit.guest.id)
    for name, who in scene.people.items():
        page = browse(who).get(scene.path).text
        assert f'href="/documents/{first.id}"' in page, name
        assert f"{visit.guest.name}, {visit.guest.role}" in page, name
        assert saved(browse(who), f"/documents/{first.id}") == PDF, name
    assert browse(scene.stranger).get(f"/documents/{first.id}").status_code == 404


def test_a_guest_of_a_partner_sends_to_that_partner_alone(make: Builder, scene: Scene, browse: Any) -> None:
    guest, token = make.raw_guest(scene.request, scene.world.practitioner)
    assert write(Visit(guest, browse(None), f"/conversation/{token}"), file()).status_code == 302
    [sent] = all_documents()
    assert saved(browse(scene.world.manager), f"/documents/{sent.id}") == PDF
    assert browse(scene.other).get(f"/documents/{sent.id}").status_code == 404
    assert f"/documents/{sent.id}" not in browse(scene.other).get(scene.path).text


def not_theirs(make: Builder, scene: Scene, visit: Visit) -> dict[str, int]:
    """Documents of the same request that this guest was not sent, by what they are."""
    world = scene.world
    partners_guest, _token = make.raw_guest(scene.request, world.practitioner)
    elsewhere = make.raw_request(make.coordinator())
    other, _token = make.raw_guest(elsewhere, world.national)
    to_one = f"{scene.with_(scene.assignment)}-g{visit.guest.id}-g{partners_guest.id}"
    read = document_of(make, scene, world.coordinator, to_one, name="lu.pdf")
    with transaction() as session:  # as if it had been written before they came
        session.execute(db.delete(MessageGuest).where(MessageGuest.guest_id == visit.guest.id))
    return {
        "what only another guest was written": read,
        "a note": document_of(make, scene, world.practitioner, "note"),
        "a note of the cell": document_of(make, scene, world.cell, "note"),
        "the request": make.document(REQUEST, scene.request.id).id,
        "a part": make.document("assignment", scene.assignment.id).id,
        "one with the number of a message, of another kind": make.document(REQUEST, read).id,
        "kept for a form of somebody": make.document(sent_by_id=world.coordinator.person_id).id,
        "kept for a form of another guest": make.document(
            sent_by_id=None, guest_id=other.id, form="/conversation/<token>"
        ).id,
        "kept for their own form": make.document(
            sent_by_id=None, guest_id=visit.guest.id, form="/conversation/<token>"
        ).id,
        "nothing": 999_999,
    }


def test_a_number_that_is_guessed_opens_nothing(make: Builder, scene: Scene, visit: Visit) -> None:
    page = visit.browser.get(visit.path).text
    for what, number in not_theirs(make, scene, visit).items():
        assert visit.browser.get(f"{visit.path}/documents/{number}").status_code == 404, what
    assert links(page) == []
    assert links(visit.browser.get(visit.path).text) == []


def test_the_doors_of_people_open_nothing_to_a_guest(make: Builder, scene: Scene, visit: Visit) -> None:
    number = document_of(make, scene, scene.world.coordinator, told(scene, visit))
    assert visit.browser.get(f"/documents/{number}").status_code == 302, "to sign in"
    assert visit.browser.get(f"/conversation/{'x' * 43}/documents/{number}").status_code == 404


def end_by_hand(scene: Scene, visit: Visit, browse: Any) -> None:
    path = f"{scene.path}/conversation/invites/{visit.guest.id}/fin"
    assert browse(scene.world.colleague).post(path).status_code == 302


def end_by_date(_scene: Scene, visit: Visit, _browse: Any) -> None:
    with transaction() as session:
        visit.guest.expires_at = clock.now()
        session.add(visit.guest)


def end_by_host(scene: Scene, _visit: Visit, _browse: Any) -> None:
    with transaction() as session:
        scene.world.coordinator.organisation.active = False
        session.add(scene.world.coordinator.organisation)


@pytest.mark.parametrize("end", [end_by_hand, end_by_date, end_by_host])
def test_an_ended_link_saves_and_sends_nothing(
    make: Builder, scene: Scene, visit: Visit, browse: Any, end: Any
) -> None:
    number = document_of(make, scene, scene.world.coordinator, told(scene, visit))
    visit.browser.get(visit.path)
    end(scene, visit, browse)
    assert visit.browser.get(f"{visit.path}/documents/{number}").status_code == 404
    assert write(visit, file("autre.pdf")).status_code == 404
    assert [one.id for one in all_documents()] == [number]


def test_a_refused_form_keeps_them_for_the_guest_alone(
    make: Builder, scene: Scene, visit: Visit, browse: Any
) -> None:
    answer = write(visit, file(), text="")
    assert answer.status_code == 422
    kept = offered(answer.text)
    assert len(kept) == 1
    token = visit.path.rpartition("/")[2]
    assert [token in str(one.form) for one in all_documents()] == [False], "no link is stored"
    beside, other_token = make.raw_guest(scene.request, scene.world.coordinator)
    other = Visit(beside, browse(None), f"/conversation/{other_token}")
    assert offered(other.browser.get(other.path).text) == []
    assert write(other, kept_document_ids=kept, once="b").status_code == 422
    person = browse(scene.world.coordinator)
    assert offered(person.get(scene.path).text) == []
    typed = {"once": "c", "text": "Oui", "to": "with", "intent": "send", "kept_document_ids": kept}
    assert person.post(f"{scene.path}/conversation", typed).status_code == 422
    assert offered(visit.browser.get(visit.path).text) == kept
    assert write(visit, kept_document_ids=kept).status_code == 302
    assert [kind for kind, _number in on()] == ["message"]


def test_what_somebody_signed_in_keeps_is_not_taken_by_a_guest(
    make: Builder, scene: Scene, visit: Visit
) -> None:
    theirs = make.document(sent_by_id=scene.world.coordinator.person_id)
    assert write(visit, kept_document_ids=[theirs.id]).status_code == 422
    assert on() == [(None, None)]


def test_who_is_signed_in_and_holds_a_link_sends_as_the_guest(
    scene: Scene, visit: Visit, browse: Any
) -> None:
    signed_in = Visit(visit.guest, browse(scene.world.coordinator), visit.path)
    assert write(signed_in, file()).status_code == 302
    [sent] = all_documents()
    assert (sent.sent_by_id, sent.guest_id) == (None, visit.guest.id)


def test_the_same_form_sent_twice_leaves_it_once(visit: Visit) -> None:
    for _ in range(2):
        assert write(visit, file()).status_code == 302
    assert len(all_documents()) == 1


def test_a_forged_post_keeps_nothing(visit: Visit) -> None:
    visit.browser.token = "forged"
    assert write(visit, file()).status_code == 400
    assert all_documents() == []


@pytest.mark.parametrize("name", ["page.html", "budget.pdf.exe", "dessin.svg"])
def test_what_is_not_taken_is_said(visit: Visit, name: str) -> None:
    answer = write(visit, file(name, b"<html><script>alert(1)</script>"))
    assert answer.status_code == 422
    assert name in answer.text
    assert all_documents() == []


def post_large(visit: Visit, path: str) -> TestResponse:
    visit.browser.get(visit.path)
    content = PDF + b"0" * 9 * 1024 * 1024
    fields = {
        "once": "a-key",
        "text": "Voici",
        "csrf_token": visit.browser.token,
        "documents": FileStorage(file("gros.pdf", content)[0], "gros.pdf"),
    }
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return visit.browser.client.post(
        path, data=body, content_type=kind, headers={"Sec-Fetch-Site": "same-origin"}
    )


def test_only_a_link_that_opens_lets_much_in(visit: Visit) -> None:
    assert post_large(visit, f"/conversation/{'x' * 43}").status_code == 413
    assert post_large(visit, visit.path).status_code == 302


def test_a_guest_sends_no_more_than_enough(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GUEST_DOCUMENTS", replace(limits.GUEST_DOCUMENTS, free=2, most=2))
    files = [file(f"{number}.pdf", PDF + bytes([number])) for number in range(3)]
    answer = write(visit, *files)
    assert answer.status_code == 422
    assert "demain" in answer.text
    assert len(all_documents()) == 2


def mails(kind: str) -> list[OutboxEmail]:
    return list(db.session.scalars(db.select(OutboxEmail).where(OutboxEmail.kind == kind)))


@pytest.mark.usefixtures("clamd")
def test_a_guest_is_told_of_a_virus_by_a_link_and_nobody_gets_it(
    scene: Scene, visit: Visit, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAUSE_SECONDS", 0.0)
    assert write(visit, file("facture.pdf", VIRUS)).status_code == 302
    [sent] = all_documents()
    door = f"{visit.path}/documents/{sent.id}"
    assert "En cours de vérification" in visit.browser.get(visit.path).text
    assert visit.browser.get(door).status_code == 409
    assert do("check files for viruses") == 1
    assert "il contenait un virus" in visit.browser.get(visit.path).text
    assert visit.browser.get(door).status_code == 404
    assert browse(scene.world.coordinator).get(f"/documents/{sent.id}").status_code == 404
    [mail] = mails("conversation/guest_infected")
    assert mails("documents/infected") == []
    assert (mail.recipient, mail.confidential) == (visit.guest.email, True)
    assert "facture" not in f"{mail.subject} {mail.text} {mail.html}", "whoever has the link chose that name"
    [link] = set(re.findall(r"http://portal\.test(/conversation/[\w-]+)", mail.text))
    assert browse(None).get(link).status_code == 200


@pytest.mark.usefixtures("clamd")
def test_a_guest_who_may_not_come_any_more_is_not_written_to(
    scene: Scene, visit: Visit, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAUSE_SECONDS", 0.0)
    write(visit, file("facture.pdf", VIRUS))
    end_by_hand(scene, visit, browse)
    assert do("check files for viruses") == 1
    assert mails("conversation/guest_infected") == []


def test_what_waits_goes_with_the_invitation(scene: Scene, visit: Visit, browse: Any) -> None:
    write(visit, file("envoyé.pdf"))
    write(visit, file("gardé.pdf", OTHER_PDF), text="", once="b")
    assert sorted(str(kind) for kind, _number in on()) == ["None", "message"]
    end_by_hand(scene, visit, browse)
    assert [kind for kind, _number in on()] == ["message"], "what was said stays"


def test_a_document_goes_with_the_conversation(scene: Scene, visit: Visit) -> None:
    write(visit, file())
    with transaction():
        personal.anonymise([scene.request.id])
    assert all_documents() == []


def test_the_copy_of_a_person_holds_what_they_sent_as_a_guest(
    make: Builder, scene: Scene, visit: Visit
) -> None:
    write(visit, file("Avis.pdf"))
    person = make.person(email=visit.guest.email)
    assert "Avis.pdf" in everything_about(person)
    assert "Avis.pdf" not in everything_about(scene.world.coordinator.person)


def test_one_being_checked_is_no_link(make: Builder, scene: Scene, visit: Visit) -> None:
    to = told(scene, visit)
    document_of(make, scene, scene.world.coordinator, to, state=FileState.BEING_CHECKED)
    page = visit.browser.get(visit.path).text
    assert links(page) == []
    assert "devis.pdf" in page


def test_the_page_of_a_guest_costs_one_statement_more_however_many_there_are(
    app: Flask, make: Builder, scene: Scene, visit: Visit, queries: list[str]
) -> None:
    costs = []
    for _ in range(3):
        document_of(make, scene, scene.world.coordinator, told(scene, visit))
        visit.browser.get(visit.path)
        queries.clear()
        visit.browser.get(visit.path)
        costs.append(len(queries))
    assert len(set(costs)) == 1


def test_each_refused_file_is_a_line_of_its_own_and_counts(visit: Visit) -> None:
    page = write(visit, file("page.html", b"<html>"), file("budget.pdf.exe"), text="").text
    assert "Il y a 3 points à corriger" in page
    (refused,) = re.findall(r'id="documents-error".*?</p>', page, re.S)
    assert refused.count("d-block") == 2
