"""The facts of an e-mail about requests, for an audience."""

from collections.abc import Sequence
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.requests import rules, steps, words
from portal.requests.answers import emails as answers
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.pairs import rules as pairs
from portal.requests.steps import AssignmentState
from portal.steps import Audience

_OF_THE_PARTNER = frozenset({Audience.PARTNER, Audience.PARTNERS, Audience.PRACTITIONERS})
"""Who needs not be told their own name."""


def _wishes(request: SupportRequest) -> list[tuple[Any, Any]]:
    """What a partner decides on, all of which the page of the request shows it."""
    facts: list[tuple[Any, Any]] = [(_l("The need"), rules.beginning(request.need))]
    if request.wished_from:
        facts.append((_l("Wished from"), request.wished_from))
    if request.wished_until:
        facts.append((_l("Wished until"), request.wished_until))
    return [*facts, *answers.facts_of(request)]


def facts_of(
    requests: Sequence[SupportRequest], events: Sequence[RequestEvent], audience: Audience
) -> list[tuple[Any, Any]]:
    """Whose it is, for what, what a partner decides on, whom else it is of, and until when."""
    assignments = [event.assignment for event in events if event.assignment]
    facts: list[tuple[Any, Any]] = [
        (_l("Pole"), ", ".join(dict.fromkeys(request.pole.name for request in requests))),
    ]
    if len(requests) == 1:
        facts.append((_l("Service"), LazyString(words.service_asked, requests[0].service)))
    if audience is Audience.PARTNER and events[-1].action == steps.ROUTE.name:
        facts += _wishes(requests[0])
    partners = list(dict.fromkeys(assignment.partner.name for assignment in assignments))
    if partners and audience not in _OF_THE_PARTNER:
        facts.append((_l("Partner"), LazyString(list_of, partners)))
    facts += _shared(assignments[0]) if len(requests) == 1 and assignments else []
    proposed = [assignment for assignment in assignments if assignment.state is AssignmentState.PROPOSED]
    due = sorted({assignment.due_on for assignment in proposed})
    return [*facts, *((_l("Answer due by"), day) for day in due)]


def _shared(assignment: Assignment) -> list[tuple[Any, Any]]:
    """Who leads, and with whom, where partners support the pole together."""
    parts = assignment.request.assignments
    names = [part.partner.name for part in pairs.together(assignment, parts)]
    if not names:
        return []
    leading = pairs.lead_of(assignment, parts)
    return [
        (_l("Together"), LazyString(list_of, names)),
        *([(_l("Lead partner"), leading.partner.name)] if leading else []),
    ]


def list_of(names: Sequence[str]) -> str:
    """Names as a sentence says them: A, B and C."""
    return format_list(list(names), locale=str(get_locale()))
