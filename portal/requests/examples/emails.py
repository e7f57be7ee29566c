"""An example of each e-mail about a request, from the same tables as the e-mails: invented people, fixed dates."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from portal.access.permissions import Permission
from portal.access.roles import Actor, Role
from portal.accounts.models import Person
from portal.catalogue.models import Service
from portal.catalogue.questions.rules import Question, QuestionKind
from portal.feature import words_of
from portal.notifications.emails import Message, Recipient
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner, Pole
from portal.requests import emails
from portal.requests.answers.rules import Answer, as_json
from portal.requests.by_mail.emails import NAMED_EXAMPLES
from portal.requests.drafts.emails import DRAFT_ENDS, end_message
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import (
    OF_ASSIGNMENTS,
    OF_REQUESTS,
    SET_REQUESTS,
    AssignmentState,
    EndReason,
    RequestState,
    derive_state,
)
from portal.steps import Audience, Step
from portal.teams.calling import emails as calling

READER = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")
CELL = calling.EXAMPLE
_BESIDE: Mapping[str, Any] = {"before": "Pôle de la Vallée"}
WORDS = "Bonjour,\n\nPouvons-nous en parler jeudi matin ?"
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


def _doer(step: Step[Any]) -> Actor | None:
    """Who does such a thing; None: the portal."""
    if step.right is Permission.SYSTEM_RUN:
        return None
    role, name = _DOERS.get(step.right, (Role.PRACTITIONER, "Bertrand Noël"))
    return Actor(1, name, "personne@exemple.test", 1, role, 1, _ORGANISATIONS[role])


def request(state: RequestState) -> SupportRequest:
    return SupportRequest(
        reference="2026-0147",
        pole=Pole(name="Pôle des Trois Rivières"),
        service=Service(name="Appui au modèle économique", name_en="Support for the business model"),
        subject="Partager trois ateliers",
        need="Nos trois ateliers partagent des locaux. Nous cherchons un modèle économique commun. Qui nous aide ?",
        wished_from=date(2026, 4, 1),
        wished_until=date(2026, 6, 30),
        service_id=_SERVICE_ID,
        answers=[as_json(answer) for answer in _ANSWERS],
        state=state,
    )


_SERVICE_ID = 7
_ANSWERS = (
    Answer(
        _SERVICE_ID,
        Question("aaaa", QuestionKind.NUMBER, "Combien de structures membres ?", "How many members?"),
        "1200.5",
    ),
    Answer(_SERVICE_ID, Question("bbbb", QuestionKind.YES_NO, "Avez-vous des statuts ?"), value=False),
)


def _assignment(request: SupportRequest, state: AssignmentState) -> Assignment:
    return Assignment(
        request=request,
        partner=Partner(name="Agence Alliée"),
        referent=Person(given_name="Bertrand", family_name="Noël"),
        state=state,
        due_on=date(2026, 3, 11),
    )


def example(
    step: Step[Any],
    audience: Audience,
    state: AssignmentState | None = AssignmentState.ACCEPTED,
    facts: Sequence[tuple[Any, Any]] = (),
    context: Mapping[str, Any] = MappingProxyType({}),
    details: str | None = None,
) -> tuple[Recipient, Message]:
    """The e-mail of a step to one of those it concerns. `state`: of the assignment it is about, just after it."""
    start = step.target if step.target in SET_REQUESTS else RequestState.TO_ROUTE
    asked = request(derive_state(start, [state] if state else []))
    chosen = (reason for reason in words_of(step.name).reasons if not isinstance(reason, EndReason))
    event = RequestEvent(
        action=step.name,
        request=asked,
        assignment=_assignment(asked, state) if state else None,
        reason=next(chosen, None),
        message=details,
        at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
    )
    cell = [CELL] if audience is Audience.POLE else []
    return READER, emails.message([event], _doer(step), audience, [*facts, *cell], context)


def _own_example(step: Step[Any], audience: Audience) -> tuple[Recipient, Message]:
    state = AssignmentState.PROPOSED if Audience.PARTNER in step.tells else None
    if step in OF_ASSIGNMENTS:
        state = step.target or AssignmentState.ACCEPTED
    without_a_word = step.right is Permission.SYSTEM_RUN or RequestState.DRAFT in step.sources
    return example(step, audience, state, context=_BESIDE, details=None if without_a_word else WORDS)


def _draft_ends() -> tuple[Recipient, Message]:
    return READER, end_message(request(RequestState.DRAFT), [CELL])


EXAMPLES: Mapping[str, Example] = {
    **{
        emails.kind_of("requests", step, audience): partial(_own_example, step, audience)
        for step in (*OF_REQUESTS, *OF_ASSIGNMENTS)
        for audience in sorted(step.tells)
    },
    **NAMED_EXAMPLES,
    DRAFT_ENDS: _draft_ends,
}
