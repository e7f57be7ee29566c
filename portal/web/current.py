"""The actor of this request."""

from flask_login import current_user

from portal.access.roles import Actor
from portal.refusals import NotAllowed


def actor_or_none() -> Actor | None:
    """Who acts, or None for a visitor or a person of no organisation."""
    actor: Actor | None = getattr(current_user, "actor", None)
    return actor


def own_actor_or_none() -> Actor | None:
    """Who really acts, where `actor_or_none` may be the person they look at the portal as."""
    actor: Actor | None = getattr(current_user, "own_actor", None)
    return actor


def actor() -> Actor:
    """Who acts, where the guard has already let only actors in."""
    found = actor_or_none()
    if found is None:
        raise NotAllowed
    return found


def is_signed_in() -> bool:
    return bool(current_user.is_authenticated)


def is_viewing() -> bool:
    """Does whoever is signed in only look at the portal as somebody else?"""
    found = actor_or_none()
    return found is not None and found.viewed_by is not None
