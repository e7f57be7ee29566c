"""What is found once things changed: numbers, count and words in context say the same, of what is there now."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from portal.accounts.models import Membership
from portal.catalogue.models import Service
from portal.conversation import personal as conversations
from portal.conversation.guests import service as guests
from portal.conversation.guests.models import MessageGuest
from portal.conversation.models import Message, MessagePartner
from portal.conversation.queries import MESSAGE
from portal.conversation.rules import Side
from portal.db import db, transaction
from portal.documents import service as documents
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.files.rules import FileState
from portal.organisations.doubles import service as doubles
from portal.organisations.models import Partner, Pole
from portal.personal_data import service as accounts
from portal.requests import personal as requests
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState
from portal.search import queries
from portal.search.rules import asked
from portal.text import search_key
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import page_of
from tests.integration.search.conftest import actor_of
from tests.integration.search.test_page import page

Found = dict[str, int]


class Scene(NamedTuple):
    """A request that a partner has, and what is said on it; each thing has a word of its own."""

    pole: Membership
    partner: Membership
    national: Membership
    request: SupportRequest
    message: Message
    document: Document
    guest_id: int


@pytest.fixture
def scene(make: Builder) -> Scene:
    pole = make.coordinator(make.pole(name="Filière Amadou"))
    partner = make.practitioner(make.partner(name="Atelier Bergamote"))
    service = make.service(partner.organisation, name="Conseil Cardamome")
    request = make.raw_request(pole, service=service, subject="Distillerie", need="Une eau de vie.")
    make.raw_assignment(
        request, partner.organisation, AssignmentState.ACCEPTED, referent_id=partner.person_id
    )
    guest, _token = make.raw_guest(request, pole, name="Lise Fenouil")
    said = {"request_id": request.id, "organisation_id": pole.organisation_id, "note": False}
    with transaction() as session:
        pole.person.family_name, partner.person.family_name = "Garance", "Houblon"
        pole.person.phone = "06 11 22 33 44"
        first = Message(**said, once="a", author_id=pole.person_id, side=Side.POLE, text="Le pressoir.")
        second = Message(**said, once="b", guest_id=guest.id, side=Side.GUEST, text="Le tamis.")
        session.add_all([first, second])
        session.flush()
        for one in (first, second):
            session.add(MessagePartner(message_id=one.id, partner_id=partner.organisation_id))
            session.add(MessageGuest(message_id=one.id, guest_id=guest.id))
    document = make.document(MESSAGE.kind, first.id, name="Escourgeon.pdf", sent_by_id=pole.person_id)
    national = make.national_admin()
    return Scene(pole, partner, national, request, first, document, guest.id)


@pytest.fixture
def look(scene: Scene, browse: Callable[..., Browser]) -> Callable[[Membership, str], Found]:
    """How many of each kind somebody finds, which the page says in the same words, and marks."""

    browsers = {who.id: browse(who) for who in (scene.pole, scene.partner, scene.national)}

    def by_kind(who: Membership, words: str) -> Found:
        browser = browsers.get(who.id) or browsers.setdefault(who.id, browse(who))
        hits = queries.firsts(actor_of(who), asked(words), 5)
        html = page(browser, words)
        results = re.findall(r'<ol class="results">(.*?)</ol>', html, re.S)
        assert sum(len(hit.numbers) for hit in hits.values()) == "".join(results).count("<li>")
        assert all(hit.count == len(hit.numbers) for hit in hits.values())
        marks = "".join(re.findall(r"<mark>(.*?)</mark>", html))
        found = search_key(words).replace(" ", "") in search_key(marks).replace(" ", "")
        assert found == bool(hits), "shown in context"
        return {kind: hit.count for kind, hit in hits.items()}

    return by_kind


NAMES: dict[str, tuple[str, Callable[[Scene], Any], str, Found]] = {
    "pole": ("amadou", lambda scene: scene.pole.organisation, "name", {"pole": 1, "request": 1}),
    "partner": (
        "bergamote",
        lambda scene: scene.partner.organisation,
        "name",
        {"partner": 1, "request": 1, "service": 1},
    ),
    "service": (
        "cardamome",
        lambda scene: db.session.get(Service, scene.request.service_id),
        "name",
        {"service": 1, "request": 1, "partner": 1},
    ),
    "contact": ("garance", lambda scene: scene.pole.person, "family_name", {"person": 1, "request": 1}),
    "referent": ("houblon", lambda scene: scene.partner.person, "family_name", {"person": 1, "request": 1}),
    "subject": ("distillerie", lambda scene: scene.request, "subject", {"request": 1}),
    "message": ("pressoir", lambda scene: scene.message, "text", {"message": 1}),
    "document": (
        "escourgeon",
        lambda scene: db.session.get(StoredFile, scene.document.file_id),
        "name",
        {"document": 1},
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_new_name_is_found_instead_of_the_old(scene: Scene, look: Any, name: str) -> None:
    word, thing, column, expected = NAMES[name]
    assert look(scene.national, word) == expected
    with transaction() as session:
        session.add(row := thing(scene))
        setattr(row, column, "Ypréau.pdf" if name == "document" else "Ypréau")
    assert look(scene.national, word) == {}
    assert look(scene.national, "ypreau") == expected


def test_two_poles_that_become_one_are_found_by_the_name_that_stays(
    make: Builder, scene: Scene, look: Any
) -> None:
    kept = make.coordinator(make.pole(name="Filière Ypréau"))
    assert look(kept, "pressoir") == {}
    kept_id, double_id = kept.organisation_id, scene.pole.organisation_id
    with transaction():
        doubles.merge(
            actor_of(scene.national), kept_id, double_id, doubles.groups_of(Pole.kind).keys() - {"name"}
        )
    assert look(scene.national, "amadou") == {}
    assert look(scene.national, "ypreau") == {"pole": 1, "request": 1}
    for reader in (scene.national, kept, scene.partner):
        assert look(reader, "distillerie") == {"request": 1}
        assert look(reader, "pressoir") == {"message": 1}
        assert look(reader, "escourgeon") == {"document": 1}


def test_two_partners_that_become_one_are_found_by_the_name_that_stays(
    make: Builder, scene: Scene, look: Any
) -> None:
    kept = make.practitioner(make.partner(name="Atelier Ypréau"))
    assert look(kept, "pressoir") == {}
    chosen = doubles.groups_of(Partner.kind).keys() - {"name"}
    with transaction():
        doubles.merge(actor_of(scene.national), kept.organisation_id, scene.partner.organisation_id, chosen)
    assert look(scene.national, "bergamote") == {}
    assert look(scene.national, "ypreau") == {"partner": 1, "request": 1, "service": 1}
    for reader in (scene.national, scene.pole, kept):
        assert look(reader, "pressoir") == {"message": 1}
        assert look(reader, "escourgeon") == {"document": 1}


def test_who_is_forgotten_is_found_nowhere_and_what_they_wrote_still_is(
    make: Builder, scene: Scene, look: Any
) -> None:
    make.coordinator(scene.pole.organisation)
    address = scene.pole.person.email
    assert look(scene.national, "0611223344") == {"person": 1}
    with transaction():
        accounts.forget(scene.pole.person)
    for word in ("garance", "0611223344", address):
        assert look(scene.national, word).get("request", 0) == 0
        assert look(scene.partner, word) == {}
    assert look(scene.national, "garance") == {}
    assert look(scene.partner, "pressoir") == {"message": 1}
    assert look(scene.partner, "escourgeon") == {"document": 1}
    assert look(scene.partner, "distillerie") == {"request": 1}


def test_an_anonymised_request_keeps_no_word(scene: Scene, look: Any) -> None:
    with transaction():
        conversations.anonymise([scene.request.id])
        requests.anonymise([scene.request.id])
    for word in ("distillerie", "pressoir", "tamis", "escourgeon", "fenouil"):
        assert look(scene.national, word) == {}, word
    assert look(scene.national, scene.request.reference) == {"request": 1}


def _removed(scene: Scene) -> None:
    documents.remove(MESSAGE, scene.message.id, scene.document.id)


def _infected(scene: Scene) -> None:
    file = db.session.get(StoredFile, scene.document.file_id)
    assert file is not None
    file.state = FileState.INFECTED


@pytest.mark.parametrize("goes", [_removed, _infected])
def test_a_document_that_goes_is_not_found_and_its_message_is(scene: Scene, look: Any, goes: Any) -> None:
    with transaction():
        goes(scene)
    for reader in (scene.pole, scene.partner, scene.national):
        assert look(reader, "escourgeon") == {}
        assert look(reader, "pressoir") == {"message": 1}


def test_what_waits_for_a_form_is_never_found(make: Builder, scene: Scene, look: Any) -> None:
    form = f"/demandes/{scene.request.reference}/conversation"
    make.document(name="Ypréau.pdf", sent_by_id=scene.pole.person_id, form=form)
    make.document(name="Ypréau.pdf", sent_by_id=None, guest_id=scene.guest_id, form="/conversation/<token>")
    for reader in (scene.pole, scene.partner, scene.national):
        assert look(reader, "ypreau") == {}


def test_what_a_guest_said_is_found_after_they_left_and_they_never_are(scene: Scene, look: Any) -> None:
    for gone in (False, True):
        for reader in (scene.pole, scene.partner, scene.national):
            assert look(reader, "tamis") == {"message": 1}
            assert look(reader, "fenouil") == {}
        if not gone:
            with transaction():
                guests.end(actor_of(scene.pole), scene.request.reference, scene.guest_id)


def test_the_words_of_what_was_undone_are_found_by_nobody(
    scene: Scene, look: Callable[[Membership, str], Found], browse: Callable[..., Browser]
) -> None:
    partner = browse(scene.partner)
    assignment = db.session.scalars(select(Assignment).filter_by(request_id=scene.request.id)).one()
    review = {"reason": "helped", "message": "Un alambic tout neuf."}
    for _again in range(2):
        answer = partner.post(page_of(scene.request, assignment, "terminer"), review)
        assert answer.status_code == 302
        assert all(look(who, "alambic") == {"said": 1} for who in (scene.pole, scene.partner, scene.national))
        assert partner.post(page_of(scene.request, None, "annuler"), {}).status_code == 302
        assert all(look(who, "alambic") == {} for who in (scene.pole, scene.partner, scene.national))
