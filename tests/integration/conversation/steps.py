"""A request that two partners have, everybody around it, and what they say there."""

import re
from html import unescape
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.accounts.models import Membership
from portal.conversation import service
from portal.conversation.models import Message
from portal.conversation.service import Words
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, build_world


class Scene(NamedTuple):
    world: World
    other: Membership
    stranger: Membership
    request: SupportRequest
    assignment: Assignment
    beside: Assignment

    @property
    def path(self) -> str:
        return f"/demandes/{self.request.reference}"

    @property
    def people(self) -> dict[str, Membership]:
        """Who may open the request, by what they are to it."""
        world = self.world
        return {
            "pole": world.coordinator,
            "pole colleague": world.colleague,
            "partner": world.practitioner,
            "partner colleague": world.manager,
            "other partner": self.other,
            "cell": world.cell,
            "national": world.national,
        }

    def with_(self, *assignments: Assignment) -> str:
        """The choice of the form: the pole, the cell and these partners."""
        return "-".join(["with", *map(str, sorted(one.partner_id for one in assignments))])


def build_scene(make: Builder, state: AssignmentState = AssignmentState.ACCEPTED) -> Scene:
    world = build_world(make)
    other = make.practitioner()
    request = make.raw_request(world.coordinator, service=world.service)
    beside = make.raw_assignment(request, other.organisation, AssignmentState.ACCEPTED)
    assignment = make.raw_assignment(request, world.partner, state, referent_id=world.practitioner.person_id)
    return Scene(world, other, make.coordinator(), request, assignment, beside)


def say(who: Membership, scene: Scene, text: str, to: str, *mentioned: Membership, once: str = "") -> None:
    words = Words(to, text, [one.person_id for one in mentioned])
    with transaction():
        service.say(actor_of(who), scene.request.reference, once or f"once-{who.id}-{text}"[:40], words)


def send(browser: Browser, scene: Scene, text: str, to: str, **fields: Any) -> Any:
    """By the form of the page."""
    typed = {"once": f"key-{len(text)}", "text": text, "to": to, "intent": "send", **fields}
    return browser.post(f"{scene.path}/conversation", typed)


def shown(browser: Browser, scene: Scene) -> str:
    return unescape(browser.get(scene.path).text)


def messages() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def mails_with(text: str) -> set[str]:
    """Who got an e-mail with these words."""
    rows = db.session.scalars(select(OutboxEmail).order_by(OutboxEmail.id))
    return {one.recipient for one in rows if text in unescape(f"{one.subject} {one.text} {one.html}")}


def draft_on(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return unescape(found.group(1)).strip() if found else ""
