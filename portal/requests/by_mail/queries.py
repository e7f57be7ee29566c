"""Who a link is for, and what it has done."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.accounts import queries as accounts
from portal.db import db
from portal.refusals import Invalid
from portal.requests import steps
from portal.requests.by_mail.rules import QUESTION, Ticket
from portal.requests.events.queries import still_stands
from portal.requests.models import RequestEvent
from portal.text import search_key


def actors(person_id: int | None, organisation_id: int, right: Permission) -> Sequence[Actor]:
    """Who may use a link now: its reader, or for a shared mailbox each of its people who has the right."""
    team = [] if person_id else accounts.people_of(organisation_id)
    people = accounts.by_numbers([person_id] if person_id else [membership.person_id for membership in team])
    possible = [
        person.acting_for(membership)
        for person in people
        for membership in person.memberships
        if membership.organisation_id == organisation_id
    ]
    return [actor for actor in possible if allows(actor, right)]


def named(actors: Sequence[Actor], typed: str) -> Actor:
    """Whoever of them says so in a shared mailbox; Invalid where that is nobody, or two of the same name."""
    same = [actor for actor in actors if search_key(actor.person_name) == search_key(typed)]
    if len(same) != 1:
        team = actors[0].organisation_name
        raise Invalid("name", _l("Nobody of that name may do this for %(team)s.", team=team))
    return same[0]


def done(key: str) -> RequestEvent | None:
    """What a link did, with who did it; None: it was not used."""
    statement = select(RequestEvent).where(RequestEvent.act == key, RequestEvent.action != steps.UNDO.name)
    return db.session.scalar(
        statement.options(joinedload(RequestEvent.actor), joinedload(RequestEvent.organisation))
        .order_by(RequestEvent.id)
        .limit(1)
    )


def is_undone(key: str) -> bool:
    """Was it taken back?"""
    undone = exists().where(RequestEvent.act == key, RequestEvent.action == steps.UNDO.name)
    return bool(db.session.scalar(select(undone)))


def asked_again(ticket: Ticket) -> bool:
    """Does another question wait now than when it was written?"""
    later = exists().where(
        RequestEvent.assignment_id == ticket.assignment_id,
        RequestEvent.action == QUESTION.name,
        RequestEvent.at > ticket.sent_at,
        still_stands(),
    )
    return bool(db.session.scalar(select(later)))


def question(ticket: Ticket) -> str | None:
    """What the partner asked last."""
    statement = select(RequestEvent.message).where(
        RequestEvent.assignment_id == ticket.assignment_id,
        RequestEvent.action == QUESTION.name,
        still_stands(),
    )
    return db.session.scalar(statement.order_by(RequestEvent.id.desc()).limit(1))
