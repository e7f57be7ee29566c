"""The seam to sign-in: who is signed in becomes, in this request, who they look at the portal as."""

from dataclasses import replace

from flask import Flask, current_app, g, request, session
from flask_login import current_user

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.accounts.models import Person
from portal.accounts.sign_in.service import session_ending
from portal.people import queries, rules, service
from portal.people.models import Viewing
from portal.web import current
from portal.web.blueprint import declare, declared, said_while_viewing

_VIEWING = "viewing"


def remember(viewing: Viewing) -> None:
    """From the next request on."""
    session[_VIEWING] = viewing.key
    _refuse_forms_opened_before()


def forget() -> None:
    """Oneself again, from the next request on."""
    session.pop(_VIEWING, None)
    _refuse_forms_opened_before()


def _refuse_forms_opened_before() -> None:
    """What was opened in one name is not sent in another: pages get another token against forged posts."""
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def look(person: Person) -> None:
    """Called for whoever is signed in: they see what they look at, as long as they may."""
    key = session.get(_VIEWING)
    if key is None or session.get("_user_id") != person.fs_uniquifier:
        return
    seen = _seen_by(person, key)
    if seen is not None:
        person.look_as(seen)
        return
    g.viewing_ended = True
    if request.method != "POST" or not said_while_viewing(current_app).get(request.endpoint or ""):
        forget()  # else at the next request: the token of this post has still to be checked


def _seen_by(viewer: Person, key: str) -> Actor | None:
    """Who the viewer looks at, None when it is over; all that allowed it is asked again each time."""
    if not allows(viewer.own_actor, Permission.PERSON_VIEW_AS):
        return None
    viewing = queries.going_on(viewer.id, key)
    if viewing is None or rules.is_over(viewing.started_at, clock.now()):
        return None
    membership = queries.viewable(viewing.membership_id)
    if membership is None or membership.person_id == viewer.id:
        return None
    return replace(membership.person.acting_for(membership), viewed_by=viewer.id)


def _end_with_the_session(app: Flask) -> None:
    """Signing out ends it."""
    if current.own_actor_or_none() is not None:
        service.end(current_user.id)


def init_app(app: Flask) -> None:
    declare(app, "security.logout", declared(app)["security.logout"], while_viewing=True)
    session_ending.connect(_end_with_the_session, app)
