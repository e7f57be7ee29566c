"""No text of an internal note reaches the other side: not over random threads, by no way out."""

from collections.abc import Sequence
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from portal import clock
from portal.conversation import queries, service
from portal.conversation.guests import queries as guest_queries
from portal.conversation.guests.models import MessageGuest
from portal.conversation.guests.service import new_link
from portal.conversation.models import Message, MessageDraft, MessageMention, MessagePartner, Reading
from portal.conversation.service import Words, say_as_guest
from portal.db import db, transaction
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.interventions.models import Intervention, Practice
from portal.notifications.models import OutboxEmail
from portal.refusals import Invalid
from portal.requests import queries as requests
from tests.builders import Builder
from tests.integration.conversation import forms_sent, ways_out
from tests.integration.conversation.steps import Scene, say
from tests.integration.conversation.ways_out import MARK, Reader
from tests.integration.requests.steps import actor_of

NOTES = {
    "partner": ("partner", "partner colleague"),
    "partner colleague": ("partner", "partner colleague"),
    "other partner": ("other partner",),
    "cell": ("cell", "national"),
    "national": ("cell", "national"),
}
"""Who writes notes, and who may read them."""
PEOPLE = ("pole", "pole colleague", "partner", "partner colleague", "other partner", "cell", "national")
GUESTS = ("guest of the pole", "guest of the partner")
NOTE_OF_EACH = [(author, -1, set(readers) - {author}) for author, readers in NOTES.items()]
AND_SOME_WORDS = [("pole", 0, {"partner"}), ("guest of the partner", 0, set())]


def test_no_email_says_what_a_note_says_not_even_to_its_own_side(scene: Scene) -> None:
    say(scene.world.practitioner, scene, "Zorglub-interne", "note", scene.world.manager)
    sent = list(db.session.scalars(select(OutboxEmail)))
    assert {one.recipient for one in sent} == {scene.world.manager.person.email}
    assert not any("Zorglub-interne" in f"{one.subject} {one.text} {one.html}" for one in sent)


@pytest.mark.parametrize("named", ["pole", "cell", "other partner"])
def test_nobody_who_may_not_read_a_note_is_named_in_it(scene: Scene, named: str) -> None:
    with pytest.raises(Invalid):
        say(scene.world.practitioner, scene, "Zorglub-interne", "note", scene.people[named])
    assert db.session.scalars(select(OutboxEmail)).all() == []


def test_every_page_is_looked_at_or_says_why_not(app: Flask, scene: Scene) -> None:
    """A new page opens by what the table knows, or is explained in it."""
    assert ways_out.unknown(app, scene) == set()


TURN = st.tuples(
    st.sampled_from((*PEOPLE, *GUESTS)), st.integers(0, 5), st.sets(st.sampled_from(PEOPLE), max_size=2)
)


@pytest.mark.long
@pytest.mark.one_database
def test_the_whole_portal_says_of_a_thread_to_each_what_was_said_to_them(
    app: Flask, make: Builder, scene: Scene, browse: Any
) -> None:
    """Every page is opened and every form sent, by everybody, after a note of each author."""
    with app.app_context():  # what is rolled back touches nothing of the scene
        said, readers = _thread(app, make, scene, browse, [*NOTE_OF_EACH, *AND_SOME_WORDS])
        visitor = browse(None)
        for reader in readers:
            _look(app, scene, reader, said, visitor, far=True)
        _send_every_form(app, make, scene, readers, said, visitor)


@pytest.mark.long
@pytest.mark.usefixtures("database")
class TestRandomThreads:
    @settings(
        max_examples=2,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(turns=st.lists(TURN, min_size=2, max_size=12))
    def test_each_gets_what_was_said_to_them_and_no_more(
        self, app: Flask, make: Builder, scene: Scene, browse: Any, turns: list[tuple[str, int, set[str]]]
    ) -> None:
        with app.app_context():  # what an example loads or rolls back touches no other
            _clear()
            said, readers = _thread(app, make, scene, browse, turns)
            visitor = browse(None)
            for reader in readers:
                _look(app, scene, reader, said, visitor, far=False)


def _thread(
    app: Flask, make: Builder, scene: Scene, browse: Any, turns: Sequence[tuple[str, int, set[str]]]
) -> tuple[dict[str, set[str]], list[Reader]]:
    """What was said, with who may read it, and everybody who could."""
    readers = _readers(make, scene, browse)
    tokens = {one.name: one.path.rpartition("/")[2] for one in readers}
    said: dict[str, set[str]] = {}
    for number, (author, choice, named) in enumerate(turns):
        mark = f"{MARK}-{number:02}-fin"  # no number begins another: words are found by how they begin
        if may_read := _speak(scene, author, tokens.get(author, ""), choice, named, mark):
            said[mark] = may_read
            _attach(make, mark)
    said |= _keep_drafts(scene)
    _plan_a_visit(app, scene, browse)
    ways_out.send_digests(app)
    assert MARK not in ways_out.journal()
    return said, readers


def _look(
    app: Flask, scene: Scene, reader: Reader, said: dict[str, set[str]], visitor: Any, *, far: bool
) -> None:
    may = {mark for mark, who in said.items() if reader.name in who}
    told = ways_out.told(app, scene, reader, visitor, far=far)
    for way, text in told.items():
        found = {mark for mark in said if mark in text}
        assert found <= may, f"{way}, for {reader.name}"
    drafts = {mark for mark in said if "brouillon" in mark}
    home = "page of the guest" if reader.path else scene.path if reader.name in PEOPLE else ""
    if home:
        assert {mark for mark in said if mark in told[home]} == may, f"the page of {reader.name}"
    if reader.who:
        assert {mark for mark in said if mark in told["messages one may read"]} == may - drafts
    readable = may - drafts if reader.who else set()
    assert ways_out.counted(reader) == 2 * len(readable), f"{reader.name} finds messages and their documents"


def _send_every_form(
    app: Flask, make: Builder, scene: Scene, readers: list[Reader], said: dict[str, set[str]], visitor: Any
) -> None:
    """The page shown again, the result of a batch, an export: whatever the answer is."""
    assert forms_sent.unknown(app, scene) == set(), "send it, or say why not"
    world = forms_sent.filled(make, scene, readers)
    for reader in readers:
        may, seen = {mark for mark, who in said.items() if reader.name in who}, set()
        for way, text in forms_sent.answers(app, scene, reader, visitor, world).items():
            found = {mark for mark in said if mark in text}
            assert found <= may, f"{way}, for {reader.name}"
            seen |= found
        if reader.path or reader.name in PEOPLE:
            assert seen >= {mark for mark in may if "brouillon" not in mark}, f"{reader.name}, shown again"


def _clear() -> None:
    with transaction() as session:
        for model in (
            *(MessageMention, MessagePartner, MessageGuest, Reading, MessageDraft, Message),
            *(OutboxEmail, Document, StoredFile, Practice, Intervention),
        ):
            session.execute(delete(model))


def _readers(make: Builder, scene: Scene, browse: Any) -> list[Reader]:
    """Everybody around, and those who have nothing to do with it."""
    hosts = zip(GUESTS, (scene.world.coordinator, scene.world.practitioner), strict=True)
    there = {one.role: one for one in guest_queries.there(scene.request.id)}
    ways_out.ask_for_digests(scene.people.values())
    guests = []
    for name, host in hosts:
        guest = there.get(name) or make.raw_guest(scene.request, host, role=name)[0]
        with transaction():
            token = new_link(guest)
        guests.append(Reader(name, browse(None), path=f"/conversation/{token}"))
    people = {**scene.people, "another pole": scene.stranger}
    return [
        *(Reader(name, browse(who), who) for name, who in people.items()),
        *guests,
        Reader("a visitor", browse(None)),
    ]


def _speak(scene: Scene, author: str, token: str, choice: int, named: set[str], mark: str) -> set[str]:
    """Say something to one of those whom the form offers; who should read it, or nobody where it is refused."""
    there = guest_queries.there(scene.request.id)
    names = {f"g{one.id}": one.role for one in there}
    if author in GUESTS:
        with transaction():
            say_as_guest(token, mark, mark)
        return _heard_of_guest(author)
    who = scene.people[author]
    request = requests.get(actor_of(who), scene.request.reference)
    assert request is not None
    offered = [one.value for one in service.reaches(actor_of(who), request, there)]
    to = offered[choice % len(offered)]
    try:
        say(who, scene, mark, to, *(scene.people[one] for one in named), once=mark)
    except Invalid:
        return set()
    return _heard(scene, author, to) | {names[one] for one in to.split("-") if one in names}


def _heard_of_guest(author: str) -> set[str]:
    if author == "guest of the partner":
        return {*PEOPLE, *GUESTS} - {"other partner"}
    return {*PEOPLE, *GUESTS}


def _heard(scene: Scene, author: str, to: str) -> set[str]:
    """As a person would say it, without the code of the portal."""
    if to == "note":
        return set(NOTES[author])
    partners = {"partner", "partner colleague"} if str(scene.world.partner.id) in to.split("-") else set()
    others = {"other partner"} if str(scene.other.organisation_id) in to.split("-") else set()
    return {"pole", "pole colleague", "cell", "national"} | partners | others


def _attach(make: Builder, mark: str) -> None:
    """A document whose name says the same."""
    message = db.session.scalars(select(Message).where(Message.text == mark)).one()
    by = {"sent_by_id": message.author_id, "guest_id": message.guest_id}
    make.document(queries.MESSAGE.kind, message.id, name=f"{mark}.pdf", **by)


def _keep_drafts(scene: Scene) -> dict[str, set[str]]:
    """Of a note, by everybody who may write some."""
    drafts = {f"{MARK}-brouillon-{number}-fin": author for number, author in enumerate(NOTES)}
    for mark, author in drafts.items():
        with transaction():
            service.keep_draft(
                actor_of(scene.people[author]), scene.request.reference, "k", Words("note", mark)
            )
    return {mark: {author} for mark, author in drafts.items()}


def _plan_a_visit(app: Flask, scene: Scene, browse: Any) -> None:
    """Whose e-mails bring a file for calendars."""
    values = {"reference": scene.request.reference, "assignment_id": scene.assignment.id}
    path = app.url_map.bind("portal.test").build("interventions.plan", values)
    typed = {
        "once": f"visit-{scene.assignment.id}",
        "on": (clock.today() + timedelta(days=3)).isoformat(),
        "minutes": "210",
        "place_kind": "on_site",
        "place": "Rouen",
        "practitioner_ids": [scene.world.practitioner.person_id],
    }
    answer = browse(scene.world.practitioner).post(path, typed)
    assert answer.status_code == 302, unescape(answer.text)
