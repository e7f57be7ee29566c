"""Looking at what is new, which then no longer is."""

from collections.abc import Collection

from portal import clock
from portal.access.roles import Actor
from portal.db import note
from portal.notifications.models import OutboxEmail
from portal.notifications.news import queries


def note_read(actor: Actor, thread: str) -> None:
    """They opened the page of a request: what was told of it is no longer new, wherever they heard of it."""
    if queries.count_here(actor):
        note(OutboxEmail, queries.unread_of(thread, actor), read_at=clock.now())
        queries.forget_count()


def note_listed(actor: Actor, ids: Collection[int]) -> None:
    """They read these in the list."""
    if ids:
        note(OutboxEmail, queries.unread(ids, actor), read_at=clock.now())
        queries.forget_count()
