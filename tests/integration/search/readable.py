"""What one may read, asked of the queries behind the pages, one thing at a time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.accounts.models import Person
from portal.accounts.queries import people_of
from portal.catalogue import queries as catalogue
from portal.catalogue.models import Service
from portal.conversation import queries as conversation
from portal.db import db
from portal.documents import queries as documents
from portal.documents.models import Document
from portal.joint import queries as joint
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.organisations import queries as organisations
from portal.organisations.models import Organisation, Partner, Pole
from portal.register import queries as register
from portal.requests import queries as requests
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.page import shows_contact
from portal.requests.steps import AssignmentState
from portal.sessions import queries as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.steps import SessionState
from portal.teams import queries as teams

Texts = Mapping[int, Sequence[str | None]]


def reads_record(actor: Actor | None, organisation_id: int) -> bool:
    """The page of an organisation, as `organisations.detail` opens it."""
    if actor is None or not allows(actor, Permission.PEOPLE_READ):
        return False
    return organisations.readable(actor, organisation_id, also=requests.poles_asking(actor)) is not None


def readable_requests(actor: Actor | None) -> Iterator[SupportRequest]:
    for reference in db.session.scalars(select(SupportRequest.reference)):
        if actor and (request := requests.get(actor, reference)):
            yield request


def of_requests(actor: Actor | None) -> Texts:
    return {one.id: list(_of_request(actor, one)) for one in readable_requests(actor)}


def _of_request(actor: Any, request: SupportRequest) -> Iterator[str | None]:
    yield from (*_named(request), request.need)
    yield from (each.pole.name for each in joint.of_request(request.id, [JointState.JOINED]))
    for part in requests.own_assignments(actor, request):
        yield part.partner.name
        if part.referent and part.state is AssignmentState.ACCEPTED:
            yield part.referent.name
    if request.contact and shows_contact(actor, request):
        yield from (request.contact.name, request.phone)


def shared(actor: Actor | None) -> Iterator[JointPole]:
    for reference in db.session.scalars(select(SupportRequest.reference)):
        if actor and (found := joint.get(actor, reference)):
            yield found


def of_joint(actor: Actor | None) -> Texts:
    return {one.id: list(_named(one.request)) for one in shared(actor)}


def _named(request: SupportRequest) -> Iterator[str | None]:
    yield from (request.reference, request.subject, request.pole.name)
    if request.service:
        yield from (request.service.name, request.service.name_en)


def of_events(actor: Actor | None) -> Texts:
    numbers = {
        message: number
        for number, message in db.session.execute(select(RequestEvent.id, RequestEvent.message))
    }
    said = [
        event.message
        for one in readable_requests(actor)
        for event in requests.events(one, actor)
        if event.message
    ]
    return {numbers[message]: [message] for message in said}


def of_messages(actor: Actor | None) -> Texts:
    messages = db.session.scalars(conversation.readable(actor)).all() if actor else ()
    return {one.id: [one.text] for one in messages}


def of_documents(actor: Actor | None) -> Texts:
    found = (
        [documents.get(actor, number) for number in db.session.scalars(select(Document.id))] if actor else []
    )
    return {one.file_id: [one.file.name] for one in found if one}


def of_poles(actor: Actor | None) -> Texts:
    poles = db.session.scalars(select(Pole).options(selectinload(Pole.members))).all()
    return {
        one.id: [one.name, one.town, one.public_summary, *(member.name for member in one.members)]
        for one in poles
        if register.published_pole(one.id) or reads_record(actor, one.id)
    }


def of_services(_actor: Actor | None) -> Texts:
    found = [catalogue.by_slug(slug) for slug in db.session.scalars(select(Service.slug))]
    return {
        one.id: [
            one.name,
            one.name_en,
            one.rules,
            *(each.partner.name for each in one.deliveries if each.partner.active),
        ]
        for one in found
        if one
    }


def of_partners(actor: Actor | None) -> Texts:
    found: dict[int, list[str | None]] = {}
    for partner in db.session.scalars(select(Partner)):
        delivered = catalogue.delivered_by(partner.id)
        if delivered or reads_record(actor, partner.id):
            names = [name for one in delivered for name in (one.name, one.name_en)]
            found[partner.id] = [partner.name, *names]
    return found


def of_people(actor: Actor | None) -> Texts:
    people: list[Person] = []
    if actor and allows(actor, Permission.PERSON_READ):
        people = list(db.session.scalars(select(Person)))
    elif actor and allows(actor, Permission.PEOPLE_READ):
        for number in db.session.scalars(select(Organisation.id)):
            if teams.organisation(actor, number):
                people += [one.person for one in people_of(number)]
    return {one.id: [one.name, one.email, one.phone] for one in people}


def of_sessions(actor: Actor | None) -> Texts:
    ours = actor.organisation_id if actor and actor.is_partner else None
    found = [sessions.published(number) for number in db.session.scalars(select(CollectiveSession.id))]
    coming = [each for each in found if each and each.state is SessionState.OPEN and not each.is_over]
    kept = db.session.scalars(sessions.kept_by(actor)).all() if actor and ours else ()
    return {
        one.id: [
            *(one.title, one.about, one.audience, one.place),
            *(one.partner.name, one.service.name, one.service.name_en),
        ]
        for one in (*coming, *kept)
    }


READ = {
    "request": of_requests,
    "joint": of_joint,
    "said": of_events,
    "message": of_messages,
    "document": of_documents,
    "pole": of_poles,
    "service": of_services,
    "session": of_sessions,
    "partner": of_partners,
    "person": of_people,
}
