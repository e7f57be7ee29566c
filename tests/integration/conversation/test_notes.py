"""No text of an internal note reaches the other side: not over random threads, by no way out."""

import itertools
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from portal.accounts.models import Membership, Person
from portal.conversation import queries, service
from portal.conversation.models import Message, MessageDraft, MessageMention, MessagePartner, Reading
from portal.conversation.service import Words
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.notifications.models import OutboxEmail
from portal.personal_data.service import everything_about
from portal.refusals import Invalid
from portal.requests import queries as requests
from tests.browser import Browser
from tests.integration.conversation.steps import Scene, say
from tests.integration.requests.steps import actor_of

NOTES = {
    "partner": ("partner", "partner colleague"),
    "partner colleague": ("partner", "partner colleague"),
    "other partner": ("other partner",),
    "cell": ("cell", "national"),
    "national": ("cell", "national"),
}
"""Who writes notes, and who may read them."""
MARK = "Zorglub"
_LEFT_OUT = {"static"}
PEOPLE = ("pole", "pole colleague", "partner", "partner colleague", "other partner", "cell", "national")


def ways_out(app: Flask, scene: Scene) -> list[str]:
    """Every page and file of the portal about this request, about its organisations, or about nothing in particular."""
    pole, partner = scene.request.pole_id, scene.world.partner.id
    known = {
        "reference": [scene.request.reference],
        "assignment_id": [scene.assignment.id],
        "organisation_id": [pole, partner],
        "breakdown": ["mois"],
        "path": ["poles", "partenaires", "personnes"],
    }
    adapter, found = app.url_map.bind("portal.test"), []
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments <= known.keys() and rule.endpoint not in _LEFT_OUT:
            values = itertools.product(*(known[one] for one in sorted(rule.arguments)))
            names = sorted(rule.arguments)
            found += [adapter.build(rule.endpoint, dict(zip(names, one, strict=True))) for one in values]
    return [*found, f"/demandes?dossier=toutes&recherche={MARK}", f"/recherche?q={MARK}"]


def read_everywhere(app: Flask, browser: Browser, scene: Scene) -> dict[str, str]:
    """What somebody reads on all of these."""
    found = {}
    for path in ways_out(app, scene):
        with browser.app.app_context(), browser.client.get(path) as answer:
            assert answer.status_code < 500, path
            found[path] = unescape(answer.text)
    return found


def mails_to(person: Person) -> str:
    rows = db.session.scalars(select(OutboxEmail).where(OutboxEmail.recipient == person.email))
    return "\n".join(unescape(f"{one.subject} {one.text} {one.html}") for one in rows)


def journal() -> str:
    return "\n".join(
        f"{one.changes} {one.search_text} {one.subject_name}"
        for one in db.session.scalars(select(JournalEntry))
    )


def told_elsewhere(who: Membership) -> dict[str, str]:
    """What leaves the portal for somebody without a page, and what search may find for them."""
    person = db.session.get(Person, who.person_id)
    assert person is not None
    found = db.session.scalars(queries.readable(actor_of(who)))
    return {
        "e-mails": mails_to(person),
        "copy of personal data": everything_about(person),
        "journal": journal(),
        "search": "\n".join(one.text for one in found),
    }


def test_no_text_of_a_note_reaches_the_other_side(app: Flask, scene: Scene, browse) -> None:
    marks = {author: f"{MARK}-{number}-interne" for number, author in enumerate(NOTES)}
    for author, mark in marks.items():
        who = scene.people[author]
        say(who, scene, mark, "note", *(scene.people[one] for one in NOTES[author] if one != author))
        with transaction():
            draft = Words("note", f"{mark} brouillon")
            service.keep_draft(actor_of(who), scene.request.reference, "k", draft)
    for name, who in {**scene.people, "another pole": scene.stranger}.items():
        told = {**read_everywhere(app, browse(who), scene), **told_elsewhere(who)}
        for author, mark in marks.items():
            if name in NOTES[author]:
                assert mark in told[scene.path], f"{name} reads what {author} noted"
                continue
            assert not [where for where, text in told.items() if mark in text], f"{name} reads {author}"


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


TURN = st.tuples(st.sampled_from(PEOPLE), st.integers(0, 5), st.sets(st.sampled_from(PEOPLE), max_size=2))


@pytest.mark.usefixtures("database")
class TestRandomThreads:
    @settings(
        max_examples=12,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(turns=st.lists(TURN, min_size=1, max_size=8))
    def test_each_reads_what_was_said_to_them_and_no_more(
        self, app: Flask, scene: Scene, browse, turns: list[tuple[str, int, set[str]]]
    ) -> None:
        _clear()
        said: dict[str, set[str]] = {}
        for number, (author, choice, named) in enumerate(turns):
            mark = f"Zorglub-{number}-fin"
            readers = _speak(scene, author, choice, named, mark)
            if readers:
                said[mark] = readers
        for name, who in scene.people.items():
            expected = {mark for mark, readers in said.items() if name in readers}
            page = unescape(browse(who).get(scene.path).text)
            assert {mark for mark in said if mark in page} == expected, f"the page of {name}"
            elsewhere = told_elsewhere(who)
            assert {mark for mark in said if mark in elsewhere["search"]} == expected
            for where in ("e-mails", "journal", "copy of personal data"):
                found = {mark for mark in said if mark in elsewhere[where]}
                assert found <= expected, f"{where} of {name}"


def _clear() -> None:
    with transaction() as session:
        for model in (MessageMention, MessagePartner, Reading, MessageDraft, Message, OutboxEmail):
            session.execute(delete(model))


def _speak(scene: Scene, author: str, choice: int, named: set[str], mark: str) -> set[str]:
    """Say something to one of those whom the form offers; who should read it, or nobody where it is refused."""
    who: Any = scene.people[author]
    request = requests.get(actor_of(who), scene.request.reference)
    assert request is not None
    offered = [one.value for one in service.reaches(actor_of(who), request, [])]
    to = offered[choice % len(offered)]
    try:
        say(who, scene, mark, to, *(scene.people[one] for one in named), once=mark)
    except Invalid:
        return set()
    return _readers(scene, author, to)


def _readers(scene: Scene, author: str, to: str) -> set[str]:
    """As a person would say it, without the code of the portal."""
    if to == "note":
        return set(NOTES[author])
    partners = {"partner", "partner colleague"} if str(scene.world.partner.id) in to.split("-") else set()
    others = {"other partner"} if str(scene.other.organisation_id) in to.split("-") else set()
    return {"pole", "pole colleague", "cell", "national"} | partners | others
