"""Who is told what happened to a request: everyone it concerns, never the one who did it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import CELL_ROLES, PARTNER_ROLES, Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.catalogue.models import Service
from portal.catalogue.words import service_name
from portal.notifications.message import Message, Recipient
from portal.notifications.outbox import enqueue, is_silent
from portal.organisations.models import Organisation
from portal.requests import words
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.workflow import TRANSITIONS, AssignmentState, Audience
from portal.teams import queries as teams
from portal.teams.queries import Addressee
from portal.teams.rules import Away
from portal.web.addresses import absolute_url

_TEMPLATE = {
    Audience.POLE: "pole",
    Audience.CELL: "cell",
    Audience.PARTNER: "partner",
    Audience.PARTNERS: "partner",
}
_WHY = {
    Audience.POLE: _l("You receive this message because you follow this request for your pole."),
    Audience.CELL: _l("You receive this message because your cell follows this pole."),
    Audience.PARTNER: _l("You receive this message because this request concerns your organisation."),
    Audience.PARTNERS: _l("You receive this message because this request concerned your organisation."),
}


def tell(
    event: RequestEvent,
    actor: Actor | None,
    *,
    assignments: Sequence[Assignment] = (),
    without: Collection[Audience] = (),
    feature: str = "requests",
    facts: Sequence[tuple[Any, Any]] = (),
    context: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Write the e-mails of an event. `assignments`: the live ones it ended, for the audience PARTNERS."""
    if is_silent():
        return
    told = {actor.person_id} if actor else set()
    for audience in sorted(TRANSITIONS[event.action].tells - set(without)):
        for one in _people(audience, event, assignments):
            if one.person.id not in told:
                told.add(one.person.id)
                enqueue(
                    f"{feature}/{event.action}_{_TEMPLATE[audience]}",
                    recipient(one.person),
                    message(event, actor, audience, [*_in_place_of(one.instead_of), *facts], context),
                )
        for team in _teams(audience, event, assignments):
            if team.shared_mailbox and not (actor and actor.organisation_id == team.id):
                enqueue(
                    f"{feature}/{event.action}_{_TEMPLATE[audience]}",
                    Recipient(team.shared_mailbox, team.name),
                    message(event, actor, audience, facts, context),
                )


def _in_place_of(away: Away | None) -> list[tuple[Any, Any]]:
    """For whom somebody reads this meanwhile."""
    if away is None:
        return []
    return [(_l("In place of"), away.person_name), (_l("Away until"), away.until)]


def _people(audience: Audience, event: RequestEvent, ended: Sequence[Assignment]) -> Iterable[Addressee]:
    """The only place that says who reads about a request; who is away today has others read for them."""
    request = event.request
    match audience:
        case Audience.POLE:
            return _followers(request)
        case Audience.CELL:
            return _cells(request)
        case Audience.PARTNER:
            return _staff([event.assignment] if event.assignment else [])
        case Audience.PARTNERS:
            return _staff(ended)


def _teams(audience: Audience, event: RequestEvent, ended: Sequence[Assignment]) -> Iterable[Organisation]:
    """The organisations told as a whole, in their shared mailbox; a partner with a referent is not."""
    match audience:
        case Audience.POLE:
            told: Iterable[Organisation] = [event.request.pole]
        case Audience.CELL:
            told = accounts.cells_of(event.request.region_code)
        case Audience.PARTNER:
            told = [one.partner for one in (event.assignment,) if one and one.referent is None]
        case Audience.PARTNERS:
            told = [one.partner for one in ended if one.referent is None]
    return [one for one in told if one.active]


def _followers(request: SupportRequest) -> Iterable[Addressee]:
    """The coordinators of the pole, and the contact while they are of the pole."""
    people = accounts.people_of(request.pole_id) if request.pole.active else []
    wanted = [
        one.person_id for one in people if one.role is Role.COORDINATOR or one.person_id == request.contact_id
    ]
    return teams.addressees(request.pole_id, people, wanted, {Role.COORDINATOR})


def _cells(request: SupportRequest) -> Iterable[Addressee]:
    """The people of the cells that answer for the region."""
    for cell in accounts.cells_of(request.region_code):
        people = [one for one in accounts.people_of(cell.id) if one.role in CELL_ROLES]
        yield from teams.addressees(cell.id, people, [one.person_id for one in people], CELL_ROLES)


def _staff(assignments: Sequence[Assignment]) -> Iterable[Addressee]:
    """The referents; the whole team of a partner that has none, or whose referent has left."""
    for assignment in assignments:
        if not assignment.partner.active:
            continue
        partner_id = assignment.partner.id
        team = [one for one in accounts.people_of(partner_id) if one.role in PARTNER_ROLES]
        everybody = [one.person_id for one in team]
        referent = [one.person_id for one in team if one.person is assignment.referent]
        yield from teams.addressees(partner_id, team, referent or everybody, PARTNER_ROLES)


def message(
    event: RequestEvent,
    actor: Actor | None,
    audience: Audience,
    facts: Sequence[tuple[Any, Any]] = (),
    context: Mapping[str, Any] = MappingProxyType({}),
) -> Message:
    """What every e-mail about a request says: the facts, the words said, the link, whom to answer."""
    request = event.request
    return Message(
        action_url=absolute_url("requests.show", reference=request.reference),
        facts=[*_facts(request, event.assignment), *facts],
        quote=event.message,
        quoted_by=actor.person_name if actor and event.message else None,
        reply_to=(actor.person_name, actor.email) if actor else None,
        context={
            "event": event,
            "request": request,
            "assignment": event.assignment,
            "actor": actor,
            "reason": words.reason_label(event.reason),
            "action_label": _l("Open the request"),
            "why": _WHY[audience],
            **context,
        },
    )


def _service_name(service: Service | None) -> str:
    return service_name(service) if service else str(_l("Guide me"))


def _facts(request: SupportRequest, assignment: Assignment | None) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [
        (_l("Request"), request.reference),
        (_l("Pole"), request.pole.name),
        (_l("Service"), LazyString(_service_name, request.service)),
    ]
    if assignment is not None:
        facts.append((_l("Partner"), assignment.partner.name))
        if assignment.state is AssignmentState.PROPOSED:
            facts.append((_l("Answer due by"), assignment.due_on))
    return facts
