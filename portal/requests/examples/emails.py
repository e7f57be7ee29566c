"""An example of each e-mail about a request, from the same table as the e-mails: invented people, fixed dates."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from portal.access.permissions import Permission
from portal.access.roles import Actor, Role
from portal.accounts.models import Person
from portal.catalogue.models import Service
from portal.notifications.emails import Message, Recipient
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner, Pole
from portal.requests import emails
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import (
    TRANSITIONS,
    Action,
    AssignmentState,
    Audience,
    CloseReason,
    DeclineReason,
    Outcome,
    RequestState,
    Transition,
)

_READER = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")
_REASONS = {
    Action.DECLINE: DeclineReason.NO_CAPACITY,
    Action.HAND_BACK: DeclineReason.NO_CAPACITY,
    Action.WITHDRAW: CloseReason.SOLVED,
    Action.DROP: CloseReason.NO_PARTNER,
    Action.CANCEL: CloseReason.NEED_CHANGED,
    Action.COMPLETE: Outcome.HELPED,
}
_BESIDE: Mapping[Action, Mapping[str, Any]] = {Action.MOVE: {"before": "Pôle de la Vallée"}}
_SAID = frozenset(
    {
        Action.ROUTE,
        Action.DECLINE,
        Action.ASK,
        Action.ANSWER,
        Action.HAND_BACK,
        Action.COMPLETE,
        Action.REOPEN,
    }
)
_NOBODY_LEFT = frozenset({Action.DECLINE, Action.HAND_BACK, Action.EXPIRE, Action.CANCEL, Action.SUBMIT})
_DOERS = {
    Permission.REQUEST_SUBMIT: (Role.COORDINATOR, "Maël Kerdoncuff"),
    Permission.REQUEST_ANSWER: (Role.COORDINATOR, "Maël Kerdoncuff"),
    Permission.REQUEST_WITHDRAW: (Role.COORDINATOR, "Maël Kerdoncuff"),
    Permission.REQUEST_REOPEN: (Role.COORDINATOR, "Maël Kerdoncuff"),
    Permission.REQUEST_ROUTE: (Role.REGIONAL_ADMIN, "Inès Delorme"),
    Permission.ORGANISATION_CREATE: (Role.NATIONAL_ADMIN, "Nora Vasseur"),
    Permission.REQUEST_DROP: (Role.REGIONAL_ADMIN, "Inès Delorme"),
}


_ORGANISATIONS = {
    Role.COORDINATOR: "Pôle des Trois Rivières",
    Role.REGIONAL_ADMIN: "Cellule régionale",
    Role.NATIONAL_ADMIN: "Cellule nationale",
    Role.PRACTITIONER: "Agence Alliée",
}


def actor_of(action: Action) -> Actor | None:
    """Who does such a thing; None: the portal."""
    permission = TRANSITIONS[action].permission
    if permission is Permission.SYSTEM_RUN:
        return None
    role, name = _DOERS.get(permission, (Role.PRACTITIONER, "Bertrand Noël"))
    return Actor(1, name, "personne@exemple.test", 1, role, 1, _ORGANISATIONS[role])


def event_of(action: Action) -> RequestEvent:
    """The event of an action, as it is just after it."""
    move = TRANSITIONS[action]
    state = move.target if isinstance(move.target, RequestState) else RequestState.ACCEPTED
    request = SupportRequest(
        reference="2026-0147",
        pole=Pole(name="Pôle des Trois Rivières"),
        service=Service(name="Appui au modèle économique", name_en="Support for the business model"),
        need="Nos trois ateliers partagent des locaux. Nous cherchons un modèle économique commun. Qui nous aide ?",
        wished_from=date(2026, 4, 1),
        wished_until=date(2026, 6, 30),
        state=RequestState.TO_ROUTE if action in _NOBODY_LEFT else state,
    )
    return RequestEvent(
        action=action,
        request=request,
        assignment=_assignment(request, move) if Audience.PARTNER in move.tells or move.assignments else None,
        reason=_REASONS.get(action),
        message="Bonjour,\n\nPouvons-nous en parler jeudi matin ?" if action in _SAID else None,
        at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
    )


def _assignment(request: SupportRequest, move: Transition) -> Assignment:
    asked = AssignmentState.ACCEPTED if move.assignments else AssignmentState.PROPOSED
    return Assignment(
        request=request,
        partner=Partner(name="Agence Alliée"),
        referent=Person(given_name="Bertrand", family_name="Noël"),
        state=move.target if isinstance(move.target, AssignmentState) else asked,
        due_on=date(2026, 3, 11),
    )


def example(
    action: Action,
    audience: Audience,
    facts: Sequence[tuple[Any, Any]] = (),
    context: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Recipient, Message]:
    """The e-mail of an action to one of those it concerns."""
    said = {**_BESIDE.get(action, {}), **context}
    return _READER, emails.message([event_of(action)], actor_of(action), audience, facts, said)


EXAMPLES: Mapping[str, Example] = {
    emails.kind_of("requests", action, audience): partial(example, action, audience)
    for action, move in TRANSITIONS.items()
    if move.permission is not Permission.INTERVENTION_LOG
    for audience in sorted(move.tells)
}
