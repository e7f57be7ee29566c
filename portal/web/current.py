"""The actor of this request."""

from collections.abc import Sequence

from flask import request, session
from flask_login import current_user

from portal.access.roles import Actor
from portal.refusals import NotAllowed

ACTING_FOR = "acting_for"
"""Where the session keeps the number of the membership chosen in it."""
REQUEST_ID = "portal.request_id"


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
    signed_in = actor_or_none()
    if signed_in is None:
        raise NotAllowed
    return signed_in


def choices() -> Sequence[Actor]:
    """Oneself acting through each of one's memberships; empty while one looks as somebody else."""
    actors: Sequence[Actor] = getattr(current_user, "choices", ())
    return actors


def act_for(membership_id: int | None) -> bool:
    """Act through another of one's memberships from now on; False: it is not, or no more, one's own."""
    chosen = next((choice for choice in choices() if choice.membership_id == membership_id), None)
    if chosen is None:
        return False
    session[ACTING_FOR] = chosen.membership_id
    current_user.act_as(chosen)
    return True


def look_through(actor: Actor) -> None:
    """Read as one of one's `choices` would, until said otherwise in this request."""
    current_user.act_as(actor)


def is_signed_in() -> bool:
    return bool(current_user.is_authenticated)


def is_viewing() -> bool:
    """Does whoever is signed in only look at the portal as somebody else?"""
    signed_in = actor_or_none()
    return signed_in is not None and signed_in.viewed_by is not None


def request_id() -> str:
    """The name of this request in the logs, for whoever asks for help."""
    name: str = request.environ.get(REQUEST_ID, "-")
    return name
