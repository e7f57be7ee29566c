"""Who holds a request until when, and the state it is in, as each reader follows it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from portal.access.roles import Actor
from portal.requests import queries, steps, words
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rows.rules import Assigned, Row
from portal.requests.rules import earliest
from portal.requests.steps import AssignmentState, RequestState
from portal.territories.reference import region_name
from portal.web.doors import Holder
from portal.web.tags import Tag


def _own_part(actor: Actor, request: SupportRequest | Row) -> Assignment | Assigned | None:
    """What a partner holds of the request, or held last; None for whoever reads all of it."""
    if not actor.is_partner:
        return None
    own: Sequence[Assignment | Assigned] = [
        assignment for assignment in request.assignments if queries.is_own(actor, assignment)
    ]
    return max(
        own, key=lambda assignment: (assignment.state in steps.LIVE_ASSIGNMENTS, assignment.id), default=None
    )


def own_view(actor: Actor, request: SupportRequest | Row) -> tuple[Sequence[Any], RequestState]:
    """What its reader follows, and where that stands: for a partner, its own part of it."""
    own = _own_part(actor, request)
    if own is None:
        return request.assignments, request.state
    return [own], steps.derive_state(request.state, [own.state])


def is_over_for(actor: Actor, request: SupportRequest | Row) -> bool:
    """Has a partner nothing more to do, while the request may go on with others?"""
    own = _own_part(actor, request)
    ended = own is not None and own.state not in steps.LIVE_ASSIGNMENTS
    return ended and request.state not in steps.SET_REQUESTS


def holder(actor: Actor, request: SupportRequest | Row) -> Holder:
    """Who holds the request now; for a partner, its own part of it."""
    if is_over_for(actor, request):
        return Holder(_("Your organisation has nothing more to do"))
    shown, state = own_view(actor, request)
    match state:
        case RequestState.DRAFT:
            return Holder(_("%(pole)s is still writing it", pole=_pole(actor, request)))
        case RequestState.TO_ROUTE:
            return Holder(_cell(request))
        case RequestState.PROPOSED:
            return _waiting(actor, request, shown)
        case RequestState.ACCEPTED:
            return Holder(_referents(actor, shown))
        case _:
            return Holder(_("Request closed"))


def _cell(request: SupportRequest | Row) -> str:
    if request.has_own_cell:
        region = region_name(request.region_code)
        return _("The cell that follows %(region)s, which looks for a partner", region=region)
    return _("The national cell, which looks for a partner")


def _pole(actor: Actor, request: SupportRequest | Row) -> str:
    """Nobody reads the name of their own organisation."""
    return _("Your pole") if actor.is_pole else request.pole.name


def _waiting(actor: Actor, request: SupportRequest | Row, shown: Sequence[Assignment | Assigned]) -> Holder:
    proposed = [assignment for assignment in shown if assignment.state is AssignmentState.PROPOSED]
    if proposed:
        names = (
            _("Your team")
            if actor.is_partner
            else ", ".join(assignment.partner.name for assignment in proposed)
        )
        return Holder(
            _("%(partners)s, who must answer", partners=names),
            earliest([part.due_on for part in proposed]),
            request.pole.place,
        )
    return Holder(_("%(pole)s, who has a question to answer", pole=_pole(actor, request)))


def _referents(actor: Actor, shown: Sequence[Assignment | Assigned]) -> str:
    accepted = [assignment for assignment in shown if assignment.state is AssignmentState.ACCEPTED]
    if actor.is_partner:
        return ", ".join(part.referent.name if part.referent else _("Your team") for part in accepted)
    return ", ".join(
        f"{assignment.referent.name} ({assignment.partner.name})"
        if assignment.referent
        else assignment.partner.name
        for assignment in accepted
    )


def state_tag(actor: Actor, request: SupportRequest | Row, under_way: bool = False) -> Tag:
    """The state in words: rerouted when everybody said no, under way once something was done; to a partner, the
    state of its own part."""
    own = _own_part(actor, request)
    state = own.state if own else request.state
    if state in {RequestState.ACCEPTED, AssignmentState.ACCEPTED} and under_way:
        return words.UNDER_WAY
    if own and request.state not in steps.SET_REQUESTS:
        return words.ASSIGNMENT_STATES[own.state]
    if request.state is RequestState.TO_ROUTE and request.assignments:
        return words.TO_REROUTE
    return words.REQUEST_STATES[request.state]
