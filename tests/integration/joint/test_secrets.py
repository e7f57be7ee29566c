"""Who joins a request reads what is shared of it, by no way more: not what the pole that asks says to its partner and
its cell, and nothing of the other poles."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from portal.access.roles import Role
from portal.accounts.models import Membership, Person
from portal.conversation.queries import MESSAGE
from portal.db import transaction
from portal.joint import service
from portal.requests.assignments import service as assignments
from portal.requests.documents.rules import ASSIGNMENT, REQUEST
from portal.requests.following import service as following
from portal.requests.models import SupportRequest
from portal.requests.rules import Details
from tests.builders import Builder
from tests.integration.conversation import forms_sent, ways_out
from tests.integration.conversation.steps import Scene, build_scene, say
from tests.integration.conversation.ways_out import MARK, Reader
from tests.integration.requests.steps import actor_of

SHARED = "Fourchambault"
"""In the need: whoever joined reads it."""


class Around:
    """The request of a scene with secrets everywhere, one pole that joined, one that is invited, and two that are gone.

    Every secret begins with MARK and says whose it is.
    """

    def __init__(self, make: Builder) -> None:
        self.make, self.scene = make, build_scene(make)
        self.joined, self.also = self._pole("joined"), self._pole("also")
        self.invited, self.left, self.refused = (self._pole(name) for name in ("invited", "left", "refused"))
        self.colleague = make.member(self.joined.organisation, Role.MEMBER)
        self._write()
        for who in (self.joined, self.also, self.invited, self.left, self.refused):
            self._invite(who)
        for who in (self.joined, self.also, self.left):
            self._answer(service.join, who)
        self._answer(service.leave, self.left)
        self._answer(service.refuse, self.refused)
        self._go_on()

    def _pole(self, name: str) -> Membership:
        pole = self.make.pole(name=f"{MARK}-pole-{name}")
        person = self.make.person(
            given_name=f"{MARK}-prenom-{name}", email=f"{MARK}-{name}@exemple.test".lower()
        )
        return self.make.member(pole, Role.COORDINATOR, person)

    def _write(self) -> None:
        """What the pole that asks has for itself."""
        contact = self.scene.world.colleague.person_id
        about = {"need": f"{SHARED} cherche un modèle.", "subject": SHARED, "phone": f"{MARK}-tel"}
        known = {"family_name": f"{MARK}-contact", "phone": f"{MARK}-portable"}
        with transaction() as session:
            session.execute(update(SupportRequest).values(**about, contact_id=contact))
            session.execute(update(Person).where(Person.id == contact).values(known))

    def _invite(self, who: Membership) -> None:
        word = f"{MARK}-mot-a-{who.organisation.name.rpartition('-')[2]}"
        with transaction():
            service.invite(self._asks, self.scene.request.reference, who.organisation_id, word)

    @property
    def _asks(self) -> Any:
        return actor_of(self.scene.world.coordinator)

    def _answer(self, do: Any, who: Membership) -> None:
        answer = f"{MARK}-reponse-{who.organisation.name.rpartition('-')[2]}"
        with transaction():
            do(actor_of(who), self.scene.request.reference, answer)

    def _go_on(self) -> None:
        """What happens once they are there: words, notes, documents, questions, a report."""
        world, scene, part = self.scene.world, self.scene, self.scene.assignment
        say(world.coordinator, scene, f"{MARK}-message", scene.with_(part))
        say(world.practitioner, scene, f"{MARK}-note", "note")
        for kind, number in ((REQUEST, scene.request.id), (ASSIGNMENT, part.id), (MESSAGE.kind, 1)):
            self.make.document(kind, number, name=f"{MARK}-document.pdf")
        with transaction():
            following.add_information(
                self._asks, scene.request.reference, Details(message=f"{MARK}-information")
            )
        with transaction():
            details = Details(message=f"{MARK}-bilan", reason="helped")
            assignments.hand_back(actor_of(world.practitioner), scene.request.reference, part.id, details)
        self.make.raw_intervention(part, world.practitioner.person, report=f"{MARK}-compte-rendu")

    def reader(self, browse: Any, who: Membership) -> Reader:
        return Reader("another pole", browse(who), who)


@pytest.fixture
def around(make: Builder) -> Around:
    return Around(make)


def _secrets(text: str, *own: str) -> Iterator[str]:
    """What somebody reads that they should not."""
    for part in text.replace(MARK.lower(), MARK).split(f"{MARK}-")[1:]:
        if not any(part.startswith(each) for each in own):
            yield part[:60]


def _of(name: str) -> tuple[str, ...]:
    return (f"pole-{name}", f"prenom-{name}", f"mot-a-{name}", f"reponse-{name}", f"{name}@")


def _look(app: Flask, scene: Scene, reader: Reader, visitor: Any, name: str, *, far: bool) -> str:
    told = ways_out.told(app, scene, reader, visitor, far=far)
    for way, text in told.items():
        assert not [*_secrets(text, *_of(name))], f"{way}, for the pole that {name}"
    return "\n".join(told.values())


def test_who_joined_finds_no_secret_by_any_page_or_form(app: Flask, around: Around, browse: Any) -> None:
    reader, visitor = around.reader(browse, around.joined), browse(None)
    assert SHARED in _look(app, around.scene, reader, visitor, "joined", far=True)
    assert ways_out.counted(reader, SHARED) == 1, "the search finds what is shared, once"
    everybody = [*(Reader(name, reader.browser, who) for name, who in around.scene.people.items()), reader]
    world = forms_sent.filled(around.make, around.scene, everybody)
    for way, text in forms_sent.answers(app, around.scene, reader, visitor, world).items():
        assert not [*_secrets(text, *_of("joined"))], way


def test_a_colleague_and_who_is_invited_find_none_either(app: Flask, around: Around, browse: Any) -> None:
    visitor = browse(None)
    for who, name in ((around.colleague, "joined"), (around.invited, "invited")):
        assert SHARED in _look(app, around.scene, around.reader(browse, who), visitor, name, far=False)


def test_who_left_or_refused_reads_nothing_of_it(app: Flask, around: Around, browse: Any) -> None:
    visitor = browse(None)
    for who, name in ((around.left, "left"), (around.refused, "refused")):
        reader = around.reader(browse, who)
        told = ways_out.told(app, around.scene, reader, visitor, far=False)
        kept = {*ways_out.OF_PEOPLE, "links of e-mails", "/mon-compte/quoi-de-neuf"}  # what they were sent
        for way, text in told.items():
            assert not [*_secrets(text, *_of(name))], f"{way}, for the pole that {name}"
            assert way in kept or SHARED not in text, way
        assert ways_out.counted(reader, SHARED) == 0


def test_what_poles_say_to_each_other_is_for_those_two(app: Flask, around: Around, browse: Any) -> None:
    """Partners and cells know who joined and what these need; not who was asked, refused or left, nor any word to
    them."""
    scene, visitor = around.scene, browse(None)
    hidden = ("mot-a-", "reponse-refused", "pole-refused", "pole-invited", "prenom-refused")
    for name in ("partner", "cell", "national"):
        who = scene.people[name]
        told = ways_out.told(app, scene, Reader(name, browse(who), who), visitor, far=False)
        request_page = told[scene.path]
        assert f"{MARK}-pole-joined" in request_page
        assert f"{MARK}-reponse-joined" in request_page
        for way, text in told.items():
            if way.startswith(scene.path) or way in ways_out.OF_PEOPLE:
                assert not [each for each in hidden if f"{MARK}-{each}" in text], f"{way}, for the {name}"
