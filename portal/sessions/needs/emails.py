"""What poles hear of a session that is proposed to them, and a partner of one that is wanted of it: how many poles need
it, and not which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import PARTNER_ROLES, Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.catalogue.models import Service
from portal.catalogue.words import service_name
from portal.interventions.steps import Place
from portal.joint import emails as joint
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner, Pole
from portal.organisations.queries import place_of
from portal.requests import emails as requests
from portal.requests.emails import News, kind_of
from portal.requests.examples import emails as examples
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import OPEN_REQUESTS, RequestState
from portal.sessions import words as session_words
from portal.sessions.models import CollectiveSession
from portal.sessions.needs import queries, steps, words
from portal.sessions.registrations import queries as seats
from portal.sessions.registrations import words as standings
from portal.sessions.registrations.models import Registration
from portal.sessions.steps import SessionState
from portal.steps import Audience, Step
from portal.web.addresses import absolute_url
from portal.web.links import Link

LOST, WANTED = "sessions/lost_pole", "sessions/wanted_partner"
SHARED = kind_of("sessions", steps.ATTACH, Audience.OTHER_POLE)


def news(
    step: Step[RequestState], event: RequestEvent, actor: Actor, session: CollectiveSession
) -> list[News]:
    """What there is to tell the pole that asked."""
    counts = seats.counts([session.id])[session.id] if step is steps.ATTACH else None
    left = LazyString(standings.left, session, counts) if counts is not None else ""
    return requests.news(
        step,
        event,
        actor,
        feature="sessions",
        facts=_facts(session, left),
        context=_context(session),
    )


def tell_joined(told: Sequence[News]) -> list[Envelope]:
    """The same to the poles that joined these requests: each reads who asks, and of no other."""
    letters: list[Envelope] = []
    for step, kind, context in _TO_JOINED:
        ours = [each for each in told if each.audience is Audience.POLE and each.event.action == step.name]
        if ours:
            first, about = ours[0], [each.event.request for each in ours]
            both = {**first.context, **context}
            letters += joint.of_what_is_shared(kind, about, first.by, first.facts, both)
    return letters


_TO_JOINED: Sequence[tuple[Step[RequestState], str, Mapping[str, Any]]] = (
    (steps.ATTACH, SHARED, {}),
    (steps.DETACH, joint.CHANGED, {"what": words.UNPROPOSED}),
)


def _context(session: CollectiveSession) -> Mapping[str, Any]:
    return {"session": session.title, "organisation": session.partner.name, "closes_on": session.closes_on}


def _facts(session: CollectiveSession, left: Any) -> joint.Facts:
    """What it is; where seats are told, the page where one takes them."""
    page = absolute_url("sessions.show", session_id=session.id)
    to_register = [
        (_l("Seats"), left),
        (_l("Last day to register"), session.closes_on),
        (_l("To register your people"), (Link(session.title, page),)),
    ]
    return [
        (_l("Collective session"), session.title),
        (_l("When"), LazyString(session_words.moment, session)),
        (_l("Where"), LazyString(session_words.where, session)),
        (_l("Organised by"), session.partner.name),
        *(to_register if left else ()),
    ]


def lose(session: CollectiveSession, there: Collection[Registration], without: Collection[str]) -> None:
    """A session that was proposed is cancelled: to the poles that have registered nobody, and so hear nothing else."""
    known = {each.pole_id for each in there}
    still_open = [each for each in queries.requests_of(session.id) if each.state in OPEN_REQUESTS]
    letters: list[Envelope] = []
    for request in still_open:
        if request.pole_id not in known:
            known.add(request.pole_id)
            letters += requests.to_pole(LOST, request, _lost(session, request))
    facts = [*_facts(session, ""), (_l("Why"), session.reason)]
    shared = joint.of_what_is_shared(joint.CHANGED, still_open, None, facts, {"what": words.LOST})
    letters += [letter for letter in shared if letter.recipient.organisation_id not in known]
    enqueue_all([letter for letter in letters if letter.recipient.email not in without])


def _lost(session: CollectiveSession, request: SupportRequest) -> Message:
    return Message(
        action_url=absolute_url("requests.show", reference=request.reference),
        facts=[(_l("Pole"), request.pole.name), *_facts(session, ""), (_l("Why"), session.reason)],
        requests=[requests.link(request.reference)],
        thread=request.reference,
        about=request.subject,
        context={
            **_context(session),
            "request": request,
            "action_label": _l("Open the request"),
            "why": _l("You receive this message because you follow this request for your pole."),
        },
    )


def ask(partner_id: int, service: Service, poles: int, actor: Actor) -> None:
    """Those who answer for a partner, or its team where nobody does."""
    people = accounts.members([partner_id], {Role.MANAGER}) or accounts.members([partner_id], PARTNER_ROLES)
    message, place = _wanted(service, poles, actor), place_of(partner_id)
    enqueue_all([Envelope(WANTED, recipient(each, place, partner_id), message) for each in people])


def _wanted(service: Service, poles: int, actor: Actor) -> Message:
    return Message(
        action_url=absolute_url("sessions.create", service=service.id),
        facts=[
            (_l("Service"), LazyString(service_name, service)),
            (_l("Poles that need it"), str(poles)),
            (_l("Asked by"), actor.signature),
        ],
        reply_to=(actor.person_name, actor.email),
        context={
            "service": LazyString(service_name, service),
            "poles": poles,
            "organisation": actor.organisation_name,
            "action_label": _l("Prepare the session"),
            "why": _l("You receive this message because your organisation delivers this service."),
        },
    )


_SESSION = CollectiveSession(
    id=7,
    title="Tenir une gouvernance partagée",
    on=date(2026, 4, 2),
    starts_at=time(9, 30),
    place_kind=Place.ON_SITE,
    place="Halle aux Toiles, Rouen",
    seats=12,
    closes_on=date(2026, 4, 1),
    reason="La salle n’est plus libre.",
    state=SessionState.OPEN,
    partner=Partner(name="Agence Alliée"),
)


def _example(step: Step[RequestState]) -> tuple[Recipient, Message]:
    left = LazyString(standings.left, _SESSION, {}) if step is steps.ATTACH else ""
    facts = _facts(_SESSION, left)
    return examples.example(step, Audience.POLE, None, facts=facts, context=_context(_SESSION))


def _example_shared() -> tuple[Recipient, Message]:
    request = examples.request(RequestState.TO_ROUTE)
    other = JointPole(request=request, pole=Pole(name="Pôle de la Vallée"), state=JointState.JOINED)
    facts = [*_facts(_SESSION, LazyString(standings.left, _SESSION, {})), examples.CELL]
    return examples.READER, joint.of_thing(other, request, None, facts, _context(_SESSION))


def _example_lost() -> tuple[Recipient, Message]:
    told = _lost(_SESSION, examples.request(RequestState.TO_ROUTE))
    return examples.READER, replace(told, facts=[*told.facts, examples.CELL])


def _example_wanted() -> tuple[Recipient, Message]:
    service = Service(id=7, slug="formation", name="Formation", name_en="Training")
    cell = Actor(1, "Inès Delorme", "ines@exemple.test", 1, Role.REGIONAL_ADMIN, 1, "Cellule régionale")
    return Recipient("bertrand@exemple.test", "Bertrand Noël"), _wanted(service, 3, cell)


NEEDS_EXAMPLES: Mapping[str, Example] = {
    **{kind_of("sessions", step, Audience.POLE): partial(_example, step) for step in steps.OF_NEEDS},
    SHARED: _example_shared,
    LOST: _example_lost,
    WANTED: _example_wanted,
}
