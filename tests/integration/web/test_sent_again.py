"""A form that makes one thing, sent again after going back: the same words make nothing more, others are not lost."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.conversation.forms import MessageForm
from portal.conversation.guests.forms import GuestMessageForm
from portal.conversation.models import Message
from portal.db import db
from portal.documents.models import Document
from portal.interventions.forms import PlanForm
from portal.interventions.models import Intervention
from portal.interventions.network.forms import NetworkForm
from portal.interventions.network.models import NetworkAct
from portal.proposals.forms import ProposeForm
from portal.proposals.models import DateProposal
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from portal.requests.writing.forms import StepForm
from portal.sessions.forms import SessionForm
from portal.sessions.models import CollectiveSession
from portal.sessions.presence.forms import WalkInForm
from portal.sessions.registrations.forms import RegisterForm
from portal.sessions.registrations.models import Registration
from portal.web.forms import OnceForm
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.conversation.steps import Scene, build_scene, say
from tests.integration.documents.sending import all_documents, file
from tests.integration.requests.steps import log_fields
from tests.sessions import ALL_DAY, fields_of, raw_session


class Sent(NamedTuple):
    """A form: by whom, where, with which words in which field, and what it makes. `sends`: what it made was only
    saved, and is sent now."""

    form: type[OnceForm]
    browser: Browser
    path: str
    typed: dict[str, Any]
    field: str
    makes: Any
    sends: Callable[[], object] = lambda: None


def _forms(make: Builder, scene: Scene, browse: Callable[..., Browser]) -> Iterator[Sent]:
    pole, partner = browse(scene.world.coordinator), browse(scene.world.practitioner)
    guest, token = make.raw_guest(scene.request, scene.world.coordinator)
    message = {"once": "a-key", "text": "Un", "to": f"with-g{guest.id}", "intent": "send"}
    yield Sent(MessageForm, pole, f"{scene.path}/conversation", message, "text", Message)
    typed = {"once": "b-key", "text": "Un"}
    yield Sent(GuestMessageForm, browse(None), f"/conversation/{token}", typed, "text", Message)
    wishes = {"once": "c-key", "need": "Un besoin.", "intent": "plus-tard"}
    new = "/demandes/nouvelle?etape=besoin"
    yield Sent(StepForm, pole, new, wishes, "need", SupportRequest, lambda: _send_drafts(pole))
    log = log_fields(scene.world.practitioner.person_id)
    path = f"{scene.path}/affectations/{scene.assignment.id}/intervention"
    yield Sent(PlanForm, partner, path, log, "report", Intervention)
    in_a_week = (clock.today() + timedelta(days=7)).isoformat()
    offer = {**log, "once": "g-key", "on_1": in_a_week, "starts_at_1": "09:30", "message": "À deux."}
    path = f"{scene.path}/affectations/{scene.assignment.id}/proposer-des-dates"
    yield Sent(ProposeForm, partner, path, offer, "message", DateProposal)
    meeting = {**log, "kind": "meeting", "once": "d-key"}
    yield Sent(NetworkForm, partner, "/travail-de-reseau/ajouter", meeting, "report", NetworkAct)
    session = fields_of(scene.world.service, once="e-key")
    new = "/sessions/les-notres/nouvelle"
    yield Sent(SessionForm, partner, new, session, "title", CollectiveSession)
    held = raw_session(make, scene.world.practitioner, scene.world.service)
    who = {"once": "f-key", "name": "Anne Le Goff", "language": "fr"}
    now = raw_session(make, scene.world.practitioner, scene.world.service, **ALL_DAY)
    came = {"once": "h-key", "name": "Anne Le Goff", "pole_id": str(scene.world.coordinator.organisation_id)}
    yield Sent(
        WalkInForm, partner, f"/sessions/les-notres/{now.id}/venu-sans-place", came, "name", Registration
    )
    yield Sent(RegisterForm, pole, f"/sessions/{held.id}/inscriptions", who, "name", Registration)


def test_the_same_words_make_nothing_more_and_others_are_asked_about(make: Builder, browse: Any) -> None:
    scene = build_scene(make)
    tried = list(_forms(make, scene, browse))
    assert {one.form for one in tried} == {one for one in _every(OnceForm) if OnceForm in one.__bases__}
    for sent in tried:
        before = _count(sent.makes)
        for _ in range(2):
            assert sent.browser.post(sent.path, sent.typed).status_code == 302, sent.form
        assert _count(sent.makes) == before + 1
        sent.sends()
        other = {**sent.typed, sent.field: "Il manquait un mot à cette phrase."}
        refused = sent.browser.post(sent.path, other)
        assert refused.status_code == 422, sent.form
        assert "déjà été envoyé" in refused.text
        assert "Il manquait un mot" in refused.text, "what was typed is there"
        assert _count(sent.makes) == before + 1
        again = {**other, "once": _key(refused.text), "another": "y"}
        assert sent.browser.post(sent.path, again).status_code == 302, sent.form
        assert _count(sent.makes) == before + 2


def _send_drafts(pole: Browser) -> None:
    drafts = select(SupportRequest.reference).where(SupportRequest.state == RequestState.DRAFT)
    for reference in db.session.scalars(drafts).all():
        assert pole.post(f"/demandes/{reference}/envoyer").status_code == 302


def _every(kind: type[OnceForm]) -> Iterator[type[OnceForm]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("portal."):
            yield one
            yield from _every(one)


def _count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _key(page: str) -> str:
    (key,) = set(re.findall(r'name="once"[^>]*value="([^"]+)"', page))
    return key


@pytest.mark.parametrize("to", ["note", "with"])
def test_the_key_of_somebody_else_adds_nothing_to_what_they_said(make: Builder, browse: Any, to: str) -> None:
    """The document that comes with it waits for its own sender."""
    scene = build_scene(make)
    say(scene.world.cell, scene, "Zorglub", to, once="their-key")
    _guest, token = make.raw_guest(scene.request, scene.world.coordinator)
    ways = {
        f"{scene.path}/conversation": (browse(scene.world.practitioner), scene.with_(scene.assignment)),
        f"/conversation/{token}": (browse(None), ""),
    }
    for path, (browser, reach) in ways.items():
        typed = {"once": "their-key", "text": "Zorglub", "to": reach, "intent": "send"}
        answer = browser.post(path, {**typed, "documents": [file()]})
        assert answer.status_code == 422, path
    assert [one.author_id for one in db.session.scalars(select(Message))] == [scene.world.cell.person_id]
    assert {one.kind for one in all_documents()} == {None}
    assert _count(Document) == 2


def test_the_same_words_to_other_readers_are_not_the_same(make: Builder, browse: Any) -> None:
    """Else whoever goes back to choose others would believe that these read it."""
    scene = build_scene(make)
    pole, path = browse(scene.world.coordinator), f"{scene.path}/conversation"
    typed = {"once": "a-key", "text": "Un mot", "to": "with", "intent": "send"}
    assert pole.post(path, typed).status_code == 302
    wider = {**typed, "to": f"with-{scene.world.partner.id}"}
    refused = pole.post(path, wider)
    assert refused.status_code == 422
    assert "déjà été envoyé" in refused.text
    assert "Un mot" in refused.text
    assert _count(Message) == 1
    assert pole.post(path, {**wider, "once": _key(refused.text), "another": "y"}).status_code == 302
    assert _count(Message) == len(("to the cell", "to the partner too"))
