"""Doors of who hears of what: what exists behind them, and what their forms are filled with."""

from collections.abc import Callable
from typing import Any

from portal.notifications.preferences import service as preferences
from portal.topics import TOPICS

Values = dict[str, Any]


def _stopped(world: Any) -> Values:
    """The coordinator was sent a link by which to hear less often of messages."""
    reader = world.coordinator
    kind = "conversation/message"
    return {"token": preferences.stop_token(kind, reader.person_id, reader.organisation_id)}


def _hears(_world: Any, _persona: str) -> Values:
    """Whoever it is, of each topic once a day."""
    return {**{topic.name: "daily" for topic in TOPICS}, "digest": "9", "quiet_from": "", "quiet_until": ""}


STAGES: dict[str, Callable[[Any], Values]] = {"stopped": _stopped}
FORMS: dict[str, Callable[[Any, str], Values]] = {
    "notifications.less_often": lambda _world, _persona: {"rhythm": "weekly"},
    "news.preferences": _hears,
}
