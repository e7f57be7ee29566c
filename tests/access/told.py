"""Doors of who hears of what: what exists behind them, and what their forms are filled with."""

from collections.abc import Callable
from typing import Any

from portal.conversation import service as conversation
from portal.conversation.service import Words
from portal.db import transaction
from portal.notifications.links import service as links
from portal.notifications.preferences import service as preferences
from portal.requests import page, steps
from portal.requests.by_mail import queries as reading
from portal.requests.by_mail import service as by_mail
from portal.requests.rules import Details
from portal.topics import TOPICS
from tests.integration.requests.steps import actor_of

Values = dict[str, Any]


def _stopped(world: Any) -> Values:
    """The coordinator was sent a link by which to hear less often of messages."""
    reader = world.coordinator
    kind = "conversation/message"
    return {"token": preferences.stop_token(kind, reader.person_id, reader.organisation_id)}


def mailed(ask: Callable[[Any], Values]) -> Callable[[Any], Values]:
    """The practitioner was sent a link by which to accept what their partner was asked."""

    def build(world: Any) -> Values:
        asked, reader = ask(world), world.make.practitioner(world.partner)
        about = "accept", asked["reference"], asked["assignment_id"]
        return {"token": links.to_act(reader.person_id, reader.organisation_id, about)}

    return build


def used(ask: Callable[[Any], Values]) -> Callable[[Any], Values]:
    """The same link, by which they have just accepted."""

    def build(world: Any) -> Values:
        link = mailed(ask)(world)
        ticket = by_mail.read(link["token"])
        assert ticket
        (actor,) = reading.actors(ticket.person_id, ticket.organisation_id, steps.ACCEPT.right)
        door = next(one for one in page.DOORS if one.step is steps.ACCEPT)
        with transaction():
            by_mail.act(actor, door, ticket, Details(referent_id=actor.person_id))
        return link

    return build


def written(ask: Callable[[Any], Values]) -> Callable[[Any], Values]:
    """The practitioner was sent a link by which to answer what the pole wrote."""

    def build(world: Any) -> Values:
        asked, reader = ask(world), world.make.practitioner(world.partner)
        to = Words(f"with-{reader.organisation_id}", "Quand venez-vous ?")
        with transaction():
            said = conversation.say(actor_of(world.coordinator), asked["reference"], asked["reference"], to)
        about = "reply", asked["reference"], said.id
        return {"token": links.to_act(reader.person_id, reader.organisation_id, about)}

    return build


def _hears(_world: Any, _persona: str) -> Values:
    """Whoever it is, of each topic once a day."""
    return {**{topic.name: "daily" for topic in TOPICS}, "digest": "9", "quiet_from": "", "quiet_until": ""}


def stages(ask: Callable[[Any], Values]) -> dict[str, Callable[[Any], Values]]:
    """What exists behind these doors. `ask`: a partner is asked."""
    return {"stopped": _stopped, "mailed": mailed(ask), "used": used(ask), "written": written(ask)}


FORMS: dict[str, Callable[[Any, str], Values]] = {
    "by_mail.act": lambda _world, _persona: {"choice": "no"},
    "reply_by_mail.say": lambda _world, _persona: {"choice": "no"},
    "by_mail.take_back": lambda _world, _persona: {},
    "notifications.less_often": lambda _world, _persona: {"rhythm": "weekly"},
    "news.preferences": _hears,
}
