"""What is posted on requests under way in the demonstration: played through the very service of the page."""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access.roles import Actor
from portal.conversation import queries, service
from portal.conversation.guests import queries as guest_queries
from portal.conversation.guests import service as guests
from portal.conversation.guests.service import Asked
from portal.conversation.models import Message, Reading
from portal.conversation.rules import NOTE, Reach, with_guests
from portal.conversation.service import Words
from portal.db import db
from portal.demo import papers
from portal.demo.content import DATA
from portal.demo.people import FEATURED_PARTNER, FEATURED_POLE, People
from portal.demo.timeline import Timeline
from portal.documents.rules import Sender
from portal.notifications.outbox import service as outbox
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState, RequestState

Line = Mapping[str, Any]
_FIRST = time(10, 20)
_STAYS = timedelta(days=60)


def play(people: People, timeline: Timeline, mailed_days: int) -> None:
    """Play every conversation, each on a request of its own, those that one opens first before others."""
    with (DATA / "conversations.toml").open("rb") as file:
        talks = tomllib.load(file)["talks"]
    for number, (talk, assignment) in enumerate(zip(talks, _under_way(people), strict=False)):
        for place, line in enumerate(talk["lines"]):
            silence = outbox.silent() if line["ago"] > mailed_days else nullcontext()
            with clock.travelling_to(_moment(timeline, line["ago"], place)), silence:
                _do(people, assignment, line, f"demonstration-{number}-{place}")
                db.session.flush()


def _under_way(people: People) -> Sequence[Assignment]:
    """Requests that one partner has, accepted for a while: those of the accounts of the demonstration first."""
    partner_id = people.teams[FEATURED_PARTNER].manager.organisation_id
    statement = (
        select(Assignment)
        .join(Assignment.request)
        .where(Assignment.state == AssignmentState.ACCEPTED, SupportRequest.state == RequestState.ACCEPTED)
        .options(joinedload(Assignment.request).joinedload(SupportRequest.pole))
        .order_by(Assignment.id.desc())
    )
    ours = [home.coordinator.organisation_id for home in people.homes]
    assignments = [
        assignment for assignment in db.session.scalars(statement) if assignment.request.pole_id in ours
    ]
    return sorted(
        assignments,
        key=lambda assignment: (
            assignment.request.pole.name != FEATURED_POLE,
            assignment.partner_id != partner_id,
        ),
    )


def _do(people: People, assignment: Assignment, line: Line, once: str) -> None:
    request = assignment.request
    if line["who"] == "guest":
        guest = guest_queries.there(request.id)[0]
        message = service.say_as_guest(guests.new_link(guest), once, line["text"])
        _send(line, message, Sender(guest_id=guest.id))
    elif "invites" in line:
        until = clock.today() + _STAYS
        asked = Asked(**line["invites"], language="fr", until=until)
        guests.invite(_actor(people, assignment, line["who"]), request.reference, asked)
    else:
        _say(people, assignment, line, once)


def _say(people: People, assignment: Assignment, line: Line, once: str) -> None:
    request = assignment.request
    reaches = {"note": NOTE, "cell": Reach(), "all": Reach(frozenset({assignment.partner_id}))}
    named = [_actor(people, assignment, name).person_id for name in line.get("names", ())]
    there = [(guest.id, guest.side, guest.organisation_id) for guest in guest_queries.there(request.id)]
    words = Words(with_guests(reaches[line["to"]], there).value, line["text"], named)
    actor = _actor(people, assignment, line["who"])
    _read(actor, request)
    if line.get("draft"):
        service.keep_draft(actor, request.reference, once, words)
        return
    message = service.say(actor, request.reference, once, words)
    _send(line, message, Sender(actor.person_id))


def _send(line: Line, posted: Message | Assignment, sender: Sender) -> None:
    db.session.flush()
    for name in line.get("documents", ()):
        papers.add(name, queries.MESSAGE, posted.id, sender, clock.now())


def _read(actor: Actor, request: SupportRequest) -> None:
    """Whoever writes has read what was posted before."""
    heard, _more = queries.thread(actor, request.id)
    if heard:
        who = {"person_id": actor.person_id, "organisation_id": actor.organisation_id}
        db.session.add(Reading(**who, request_id=request.id, read_until=heard[-1].message.id, at=clock.now()))


def _actor(people: People, assignment: Assignment, who: str) -> Actor:
    request = assignment.request
    if who == "coordinator":
        return next(
            home.coordinator for home in people.homes if home.coordinator.organisation_id == request.pole_id
        )
    if who == "cell":
        return people.cell_of(request.region_code or "")
    team = next(
        team for team in people.teams.values() if team.manager.organisation_id == assignment.partner_id
    )
    if who == "manager":
        return team.manager
    held = (
        practitioner
        for practitioner in team.practitioners
        if practitioner.person_id == assignment.referent_id
    )
    return next(held, team.practitioners[0])


def _moment(timeline: Timeline, ago: int, place: int) -> datetime:
    """The lines of a day follow each other."""
    return datetime.combine(timeline.back(ago), _FIRST, clock.PARIS) + timedelta(minutes=25 * place)
