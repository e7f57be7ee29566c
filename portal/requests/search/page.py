"""What the search finds of requests, and of what was said on them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from portal.access.roles import Actor
from portal.catalogue.models import Service
from portal.db import db
from portal.feature import Findable, Match, Word, features
from portal.organisations.models import Pole
from portal.requests import queries
from portal.requests.answers import words as answers
from portal.requests.events.queries import still_stands
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.page import shows_contact
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState
from portal.requests.words import service_asked, title


def _visible(actor: Actor | None) -> ColumnElement[bool]:
    return queries.is_visible_to(actor) if actor else false()


def _beside(actor: Actor | None, word: Word) -> Iterator[Select[Any]]:
    """The requests of a pole, or joined by one, for a service, that a partner has or somebody follows, of this name;
    those whose contact is called so, or has this number, where one may call."""
    people, request = word.named("person"), select(SupportRequest.id)
    yield request.where(SupportRequest.pole_id.in_(word.named("pole")))
    yield from (each.joined_by(word.named("pole")) for each in features() if each.joined_by)
    yield request.where(SupportRequest.service_id.in_(word.named("service")))
    part = select(Assignment.request_id).where(queries.owned_by(actor))
    yield part.where(Assignment.partner_id.in_(word.named("partner")))
    yield part.where(Assignment.state == AssignmentState.ACCEPTED, Assignment.referent_id.in_(people))
    yield request.where(SupportRequest.contact_id.in_(people), _shows_contact(actor))
    yield request.where(SupportRequest.id.in_(word.apart("request")), _shows_contact(actor))


def _shows_contact(actor: Actor | None) -> ColumnElement[bool]:
    """`page.shows_contact` in SQL."""
    if actor is None or not actor.is_partner:
        return true()
    states = (*LIVE_ASSIGNMENTS, AssignmentState.COMPLETED)
    own = select(Assignment.request_id).where(queries.owned_by(actor), Assignment.state.in_(states))
    return SupportRequest.id.in_(own)


def _shown(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    if actor is None:
        return {}
    joined = queries.poles_joined(numbers)
    return {request.id: _request(actor, request, joined.get(request.id, ())) for request in named(numbers)}


def named(numbers: Sequence[int]) -> Sequence[SupportRequest]:
    """Requests with the names that stand beside them."""
    statement = (
        select(SupportRequest)
        .where(SupportRequest.id.in_(numbers))
        .options(
            joinedload(SupportRequest.pole),
            joinedload(SupportRequest.service),
            joinedload(SupportRequest.contact),
            selectinload(SupportRequest.assignments).options(
                joinedload(Assignment.partner), joinedload(Assignment.referent)
            ),
        )
    )
    return db.session.scalars(statement).all()


def _request(actor: Actor, request: SupportRequest, joined: Sequence[Pole]) -> Match:
    own = queries.own_assignments(actor, request)
    follow = (assignment.referent for assignment in own if assignment.state is AssignmentState.ACCEPTED)
    beside = [pole.name for pole in joined]
    beside += [
        *(assignment.partner.name for assignment in own),
        *(person.name for person in follow if person),
    ]
    if request.contact and shows_contact(actor, request):
        beside += filter(None, (request.contact.name, request.phone))
    answered = answers.read(request)
    return Match(
        title(request),
        url_for("requests.show", reference=request.reference),
        facts=facts(request),
        texts=[request.need, answered, ", ".join(dict.fromkeys(beside)), *_names(request.service)],
        otherwise=answered,
    )


def _names(service: Service | None) -> list[str]:
    """In both languages: one may look for the other."""
    return [service.name, service.name_en] if service else []


def facts(request: SupportRequest) -> list[str]:
    """What stands beside the title of a request, and of what is on it."""
    service = [service_asked(request.service)] if request.subject else []
    return [request.reference, request.pole.name, *service]


def _said_visible(actor: Actor | None) -> ColumnElement[bool]:
    """`queries.events` in SQL, less the words of what was undone: a partner reads what concerns the request and itself,
    poles alone what is between them."""
    if actor is None:
        return false()
    there = and_(
        exists().where(SupportRequest.id == RequestEvent.request_id, queries.is_visible_to(actor)),
        still_stands(),
    )
    if actor.is_pole:
        return there
    of_all = RequestEvent.pole_id.is_(None)
    if not actor.is_partner:
        return and_(there, of_all)
    own = exists().where(Assignment.id == RequestEvent.assignment_id, queries.owned_by(actor))
    return and_(there, of_all, or_(RequestEvent.assignment_id.is_(None), own))


def _messages(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    events = db.session.scalars(select(RequestEvent).where(RequestEvent.id.in_(numbers))).all()
    requests = {request.id: request for request in named([event.request_id for event in events])}
    return {event.id: _message(event, requests[event.request_id]) for event in events}


def _message(event: RequestEvent, request: SupportRequest) -> Match:
    url = url_for("requests.show", reference=request.reference)
    return Match(title(request), url, facts(request), [event.message or ""])


FINDABLES = (
    Findable(
        "request",
        SupportRequest.id,
        titles=(SupportRequest.reference, SupportRequest.subject),
        texts=(SupportRequest.need, SupportRequest.answers_text),
        apart=(SupportRequest.phone,),
        label=_l("Requests"),
        visible=_visible,
        shown=_shown,
        beside=_beside,
        order=(SupportRequest.id.desc(),),
    ),
    Findable(
        "said",
        RequestEvent.id,
        texts=(RequestEvent.message,),
        label=_l("History of requests"),
        visible=_said_visible,
        shown=_messages,
        order=(RequestEvent.id.desc(),),
    ),
)
