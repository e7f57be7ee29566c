"""What people are reminded of about requests: one function for each rung, and its example."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.ladder import Following, explained
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner, Pole
from portal.requests import emails as requests
from portal.requests import words
from portal.requests.examples.emails import CELL
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from portal.requests.telling.queries import heads, readers
from portal.steps import Audience
from portal.stuck.chasing import queries
from portal.teams import queries as teams
from portal.web.addresses import absolute_url

TEAM, MANAGER, CHASED, REROUTE = (
    "stuck/unanswered_team",
    "stuck/unanswered_manager",
    "stuck/unanswered_pole",
    "stuck/unanswered_cell",
)
QUESTION, QUESTION_CELL = "stuck/question_pole", "stuck/question_cell"
SILENT, SILENT_CELL = "stuck/silent_partner", "stuck/silent_cell"
DRAFT = "stuck/draft_pole"

WHY_UNANSWERED = _l(
    "You receive this message because this request has had no answer since it was sent to a partner."
)
WHY_QUESTION = _l("You receive this message because the question of a partner waits for its answer.")
WHY_SILENT = _l("You receive this message because nothing was heard of this request since it was accepted.")
WHY_DRAFT = _l("You receive this message because a request was begun for your pole and not sent.")


def unanswered_team(number: int) -> Sequence[Envelope]:
    """The partner's people, or whoever has it."""
    assignment = queries.assignment(number)
    return requests.letters(
        TEAM, readers(Audience.PARTNER, assignment.request, [assignment]), _of(assignment)
    )


def unanswered_manager(number: int) -> Sequence[Envelope]:
    """Who answers for the partner; and the pole hears that it is not forgotten."""
    assignment = queries.assignment(number)
    chased = requests.letters(MANAGER, (heads(assignment.partner_id), ()), _of(assignment))
    return [*chased, *requests.to_pole(CHASED, assignment.request, _of(assignment, with_partner=True))]


def unanswered_cell(number: int) -> Sequence[Envelope]:
    """The cell, with the page where one click asks another partner."""
    assignment = queries.assignment(number)
    cell = readers(Audience.CELL, assignment.request, [assignment])
    return requests.letters(REROUTE, cell, _of(assignment, with_partner=True, basket="sans-reponse"))


def question_pole(number: int) -> Sequence[Envelope]:
    """Who follows the request for the pole."""
    assignment = queries.assignment(number)
    return requests.to_pole(QUESTION, assignment.request, _of(assignment, with_partner=True))


def question_cell(number: int) -> Sequence[Envelope]:
    """The cell, which may ask another partner."""
    assignment = queries.assignment(number)
    cell = readers(Audience.CELL, assignment.request, [assignment])
    return requests.letters(QUESTION_CELL, cell, _of(assignment, with_partner=True, basket="en-attente"))


def silent_partner(number: int) -> Sequence[Envelope]:
    """Whoever has it at the partner."""
    assignment = queries.assignment(number)
    return requests.letters(
        SILENT, readers(Audience.PARTNER, assignment.request, [assignment]), _of(assignment)
    )


def silent_cell(number: int) -> Sequence[Envelope]:
    """The cell."""
    assignment = queries.assignment(number)
    cell = readers(Audience.CELL, assignment.request, [assignment])
    return requests.letters(SILENT_CELL, cell, _of(assignment, with_partner=True, basket="sans-nouvelles"))


def draft_pole(number: int) -> Sequence[Envelope]:
    """Who may send it, and is there."""
    request = queries.request(number)
    return requests.to_pole(
        DRAFT, request, _about(request), teams.away([request.pole_id]).get(request.pole_id, ())
    )


def _of(assignment: Assignment, *, with_partner: bool = False, basket: str = "") -> Message:
    place = assignment.request.pole.place
    facts: list[tuple[Any, Any]] = [(_l("Partner"), assignment.partner.name)] if with_partner else []
    match assignment.state:
        case AssignmentState.PROPOSED:
            facts += [
                (_l("Asked on"), clock.day_of(assignment.proposed_at, place)),
                (_l("Answer due by"), assignment.due_on),
            ]
        case AssignmentState.ON_HOLD:
            facts.append((_l("Asked on"), assignment.held_on))
        case _:
            facts.append((_l("Accepted on"), assignment.answered_on))
    return _about(
        assignment.request, facts, {"partner": assignment.partner.name, "due_on": assignment.due_on}, basket
    )


def _about(
    request: SupportRequest,
    facts: Sequence[tuple[Any, Any]] = (),
    context: Mapping[str, Any] | None = None,
    basket: str = "",
) -> Message:
    page = absolute_url("requests.show", reference=request.reference)
    return Message(
        action_url=absolute_url("stuck.index", panier=basket) if basket else page,
        facts=[
            (_l("Pole"), request.pole.name),
            (_l("Service"), LazyString(words.service_asked, request.service)),
            *facts,
        ],
        requests=[requests.link(request.reference)],
        thread=request.reference,
        about=request.subject,
        context={
            "request": request,
            "pole": request.pole.name,
            "action_label": _l("Open the console of what is late") if basket else _l("Open the request"),
            **(context or {}),
        },
    )


_READER = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")


def _example(
    why: Any,
    state: AssignmentState | None,
    following: Following | None = None,
    *,
    to_pole: bool = False,
    **shown: Any,
) -> Callable[[], tuple[Recipient, Message]]:
    def example() -> tuple[Recipient, Message]:
        request = SupportRequest(
            reference="2026-0147",
            pole=Pole(name="Pôle des Trois Rivières"),
            subject="Partager trois ateliers",
            state=RequestState.PROPOSED,
        )
        cell = [CELL] if to_pole else []
        if state is None:
            return _READER, explained(_about(request, cell), why, following)
        assignment = Assignment(
            request=request,
            partner=Partner(name="Agence Alliée"),
            state=state,
            proposed_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
            due_on=date(2026, 3, 9),
            held_on=date(2026, 3, 4),
            answered_on=date(2026, 3, 4),
        )
        told = _of(assignment, **shown)
        return _READER, explained(replace(told, facts=[*told.facts, *cell]), why, following)

    return example


_P, _H, _A = AssignmentState.PROPOSED, AssignmentState.ON_HOLD, AssignmentState.ACCEPTED
_THEN = Following(_l("the manager is reminded, and the pole told"), date(2026, 3, 10))
_TO_THE_CELL = Following(_l("the cell is told"), date(2026, 3, 17))
EXAMPLES: Mapping[str, Example] = {
    TEAM: _example(WHY_UNANSWERED, _P, _THEN),
    MANAGER: _example(WHY_UNANSWERED, _P, _TO_THE_CELL),
    CHASED: _example(WHY_UNANSWERED, _P, _TO_THE_CELL, with_partner=True, to_pole=True),
    REROUTE: _example(WHY_UNANSWERED, _P, with_partner=True, basket="sans-reponse"),
    QUESTION: _example(WHY_QUESTION, _H, _TO_THE_CELL, with_partner=True, to_pole=True),
    QUESTION_CELL: _example(WHY_QUESTION, _H, with_partner=True, basket="en-attente"),
    SILENT: _example(WHY_SILENT, _A, _TO_THE_CELL),
    SILENT_CELL: _example(WHY_SILENT, _A, with_partner=True, basket="sans-nouvelles"),
    DRAFT: _example(WHY_DRAFT, None, to_pole=True),
}
