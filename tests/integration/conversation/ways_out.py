"""Every way by which what is said on a request could leave the portal, in one place, and what comes out of each."""

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from html import unescape
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Membership, Person
from portal.conversation import queries
from portal.conversation.guests.models import Guest
from portal.db import db, transaction
from portal.documents.models import Document
from portal.interventions.models import Intervention
from portal.journal.models import JournalEntry
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences import service as preferences
from portal.notifications.preferences.rules import Rhythm
from portal.personal_data.service import everything_about
from portal.requests.batch.page import ACTS
from portal.requests.writing.rules import FormStep
from portal.search import queries as search
from portal.search import rules as search_rules
from portal.topics import TOPICS
from tests.browser import Browser
from tests.integration.conversation.steps import Scene
from tests.integration.search.conftest import actor_of
from tests.jobs import do

MARK = "Zorglub"
"""Every text of a thread begins with it."""
NEAR = frozenset(
    {
        "agenda",
        "alike",
        "batch",
        "calendars",
        "confirmation",
        "conversation",
        "dispatch",
        "documents",
        "home",
        "interventions",
        "joint",
        "news",
        "proposals",
        "requests",
        "search",
        "stuck",
        "writing",
    }
)
"""What shows requests is read after each thread; the rest of the portal once, after one of them."""
_TOKEN = "a mailed link: those of guests and of e-mails are opened below"
_APPLICATION = "an application, which has no conversation"
_NETWORK = "work for the network, which is of no request"
_QUESTION = "a question of a service, without what was answered"
_ACCOUNT = "an account, by a link of its own"
ELSEWHERE = {
    "alike.show": "a session of requests, with a note of the cells: nothing of a conversation stands in it",
    "needs.attach": "sessions that a cell may propose to requests, with their subjects alone",
    "applications.documents": _APPLICATION,
    "applications.follow": _APPLICATION,
    "applications.own_document": _APPLICATION,
    "applications.send": _APPLICATION,
    "applications.write": _APPLICATION,
    "by_mail.show": _TOKEN,
    "calendars.feed": "dates that programs read, without a word that anybody typed",
    "confirmation.by_mail": _TOKEN,
    "dates_by_mail.show": _TOKEN,
    "confirmation.decide": "an adjustment of what was confirmed, with words of its own",
    "guest_pages.document": _TOKEN,
    "guest_pages.show": _TOKEN,
    "registrations.own": _TOKEN,
    "presence.come": _TOKEN,
    "received.by_mail": _TOKEN,
    "reply_by_mail.show": _TOKEN,
    "notifications.less_often": _TOKEN,
    "guests.accept": _ACCOUNT,
    "safety.confirm_address": _ACCOUNT,
    "safety.stop_address": _ACCOUNT,
    "security.reset_password": _ACCOUNT,
    "mailbox.held": "an answer that came by e-mail, for its writer alone: its own tests try its door",
    "notifications.preview": "examples, which are of nobody",
    "records.correct_stage": "a line of the record of an organisation",
    **dict.fromkeys(
        (
            *(
                "sessions.show",
                "sessions.manage",
                "sessions.edit",
                "sessions.cancel",
                "registrations.of_pole",
            ),
            *("presence.close", "presence.walk_in", "presence.code", "presence.certificates"),
            *("presence.counted", "presence.rectify_later"),
            *("received.show", "received.contest", "received.settle"),
        ),
        "a session of a partner, which is of no request",
    ),
    "records.merge": "two records of organisations",
    "transfers.report": "an imported file",
    "network.correct": _NETWORK,
    "network.delete": _NETWORK,
    "questions.edit": _QUESTION,
    "questions.remove": _QUESTION,
    "static": "files of the portal itself",
}
"""What is opened by something that the table below cannot know, and why that is enough."""


ALIKE = frozenset({"pole colleague", "partner colleague", "national"})
"""After most threads, their pages are asked as those of somebody else here."""


class Reader(NamedTuple):
    """Somebody who looks everywhere. `path`: the page of a guest."""

    name: str
    browser: Browser
    who: Membership | None = None
    path: str = ""


def values(scene: Scene) -> Mapping[str, Sequence[Any]]:
    """What each argument of an address is tried with."""
    people = list(scene.people.values())
    return {
        "reference": [scene.request.reference],
        "assignment_id": [scene.assignment.id],
        "organisation_id": [scene.request.pole_id, scene.world.partner.id],
        "pole_id": [scene.request.pole_id],
        "person_id": [one.person_id for one in people[:3:2]],
        "membership_id": [people[2].id],
        "document_id": list(db.session.scalars(select(Document.id))),
        "intervention_id": list(db.session.scalars(select(Intervention.id))),
        "slug": [scene.world.service.slug],
        "service_id": [scene.world.service.id],
        "verb": ["suspend"],
        "step": [step.value for step in FormStep],
        "breakdown": ["mois"],
        "path": ["poles", "partenaires", "personnes"],
        "guest_id": list(db.session.scalars(select(Guest.id))),
        "email_id": list(db.session.scalars(select(OutboxEmail.id).where(OutboxEmail.text.contains(MARK)))),
        "scope": ["region"],
        "which": [scene.request.pole.region_code],
    }


def unknown(app: Flask, scene: Scene) -> set[str]:
    """The pages that the table can neither open nor explain."""
    known = values(scene).keys()
    rules = [one for one in app.url_map.iter_rules() if "GET" in (one.methods or ())]
    return {one.endpoint for one in rules if not one.arguments <= known} ^ ELSEWHERE.keys()


def addresses(app: Flask, scene: Scene, *, far: bool) -> Iterator[str]:
    """Every page and file that is not behind a mailed link."""
    adapter, known = app.url_map.bind("portal.test"), values(scene)
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        if (
            "GET" not in (rule.methods or ())
            or rule.endpoint in ELSEWHERE
            or (blueprint not in NEAR and not far)
        ):
            continue
        names = sorted(rule.arguments)
        for one in itertools.product(*(known[name] for name in names)):
            yield adapter.build(rule.endpoint, dict(zip(names, one, strict=True)))
    yield f"/demandes?dossier=toutes&recherche={MARK}"
    yield f"/recherche?q={MARK}"
    yield f"/recherche?q={MARK}&genre=message"
    yield f"/recherche?q={MARK}&genre=document"
    for act in ACTS if far else ACTS[:1]:
        yield f"/demandes/lot?acte={act.door.path}&demande={scene.request.reference}"


def read(browser: Browser, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        with browser.app.app_context(), browser.client.get(path) as answer:
            assert answer.status_code < 500, path
            names = answer.headers.get("Content-Disposition", "")
            yield path, f"{names} {unescape(answer.text)}"


def emails_to(who: Membership) -> str:
    """Every column of them: calendars and names too."""
    person = db.session.get(Person, who.person_id)
    assert person is not None
    return _whole(OutboxEmail.recipient == person.email)


def _whole(which: Any) -> str:
    columns = OutboxEmail.__table__.columns
    rows = db.session.execute(select(*columns).where(which))
    return unescape("\n".join(str(value) for row in rows for value in row))


def journal() -> str:
    return "\n".join(
        f"{one.changes} {one.search_text} {one.subject_name}"
        for one in db.session.scalars(select(JournalEntry))
    )


def _copy(who: Membership) -> str:
    person = db.session.get(Person, who.person_id)
    assert person is not None
    return everything_about(person)


def _question(who: Membership) -> str:
    return "\n".join(one.text for one in db.session.scalars(queries.readable(actor_of(who))))


_LINK = re.compile(r"http://portal\.test(/(?:repondre-par-courriel|par-courriel|courriels)/\S+)")


def links_of(who: Membership) -> list[str]:
    """The pages that whoever holds their e-mails opens without signing in."""
    return sorted(set(_LINK.findall(emails_to(who))))


def _behind_links(who: Membership, visitor: Browser) -> str:
    return "\n".join(text for _path, text in read(visitor, links_of(who)))


OF_PEOPLE: Mapping[str, Callable[[Membership], str]] = {
    "e-mails, digests and calendar files": emails_to,
    "copy of personal data": _copy,
    "messages one may read": _question,
}
"""What leaves for somebody with an account without a page."""


def told(app: Flask, scene: Scene, reader: Reader, visitor: Browser, *, far: bool) -> dict[str, str]:
    """What somebody gets, by the way it comes out."""
    paths = [scene.path] if reader.name in ALIKE and not far else addresses(app, scene, far=far)
    found = dict(read(reader.browser, paths))
    if reader.path:
        found["page of the guest"] = dict(read(reader.browser, [reader.path]))[reader.path]
        doors = [f"{reader.path}/documents/{one}" for one in values(scene)["document_id"]]
        found.update(read(reader.browser, doors))
    if reader.who is not None:
        found.update({way: get(reader.who) for way, get in OF_PEOPLE.items()})
        found["links of e-mails"] = _behind_links(reader.who, visitor)
    return found


def counted(reader: Reader, words: str = MARK) -> int:
    """How much the search says there is of a thread, or of other words."""
    actor = actor_of(reader.who) if reader.who else None
    return sum(hits.count for hits in search.firsts(actor, search_rules.asked(words), 1).values())


def ask_for_digests(people: Collection[Membership]) -> None:
    """Everything that may wait for a digest does."""
    rhythms = {topic.name: Rhythm.DAILY for topic in TOPICS if not topic.required}
    with transaction():
        for who in people:
            preferences.choose(who.person_id, who.organisation_id, rhythms)


def send_digests(app: Flask) -> None:
    with app.app_context(), clock.travelling_to(clock.now() + timedelta(days=4)):
        do("send digests")
