"""The day before: one e-mail to an address, whatever it has to do with the sessions of that day."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from portal.access.roles import Role
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue, enqueue_all
from portal.notifications.previews.service import Example
from portal.organisations.models import Pole
from portal.requests import emails as requests
from portal.requests.examples import emails as examples
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import emails as registrations
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import Standing
from portal.teams import queries as teams
from portal.teams.calling.emails import contact
from portal.teams.calling.queries import cells
from portal.teams.queries import Addressee

PARTICIPANT, POLE = "sessions/tomorrow_participant", "sessions/tomorrow_pole"
Seats = Sequence[Registration]
Facts = Sequence[tuple[Any, Any]]


def tell_all(sessions: Sequence[CollectiveSession], people: Seats) -> None:
    """To who registered people, and to these. Who does both hears of their own seat there."""
    known = {each.id: each for each in sessions}
    for each in people:
        each.session = known[each.session_id]
    told = _registrars(people)
    for reader, theirs in told.values():
        own = [each for each in people if each.email == reader.person.email and each not in theirs]
        enqueue_all(
            requests.letters(
                POLE, ([reader], ()), registrations.of_several_to_pole([*theirs, *own], _call(theirs))
            )
        )
    rest = [each for each in people if each.email and each.email not in told]
    by_address: dict[str, list[Registration]] = {}
    for each in rest:
        by_address.setdefault(each.email, []).append(each)
    alone = [seats[0] for seats in by_address.values() if len(seats) == 1]
    for session_id, seats in groupby(sorted(alone, key=lambda each: each.session_id), _session):
        registrations.tell(PARTICIPANT, known[session_id], seats)
    for address, several in by_address.items():
        if len(several) > 1:
            to = Recipient(address, "", several[0].language, place=several[0].session.department_code)
            enqueue(PARTICIPANT, to, registrations.of_several(several), confidential=True)


def _session(registration: Registration) -> int:
    return registration.session_id


def _registrars(people: Seats) -> dict[str, tuple[Addressee, list[Registration]]]:
    """Who registered some, or answers for their pole today, by address, with these."""
    bodies = teams.teams_of({each.pole_id for each in people})
    told: dict[str, tuple[Addressee, list[Registration]]] = {}
    for each in people:
        members = bodies.of(each.pole_id)
        coordinators = [member.person_id for member in members if member.role is Role.COORDINATOR]
        wanted = [number for number in coordinators if number == each.registered_by_id] or coordinators
        for reader in bodies.addressees(each.pole_id, members, wanted, {Role.COORDINATOR}):
            told.setdefault(reader.person.email, (reader, []))[1].append(each)
    return told


def _call(people: Seats) -> Facts:
    return contact(cells(people[0].pole.region_code))


def _example() -> tuple[Recipient, Message]:
    return registrations.example(Standing.SEATED)


def _example_of_pole() -> tuple[Recipient, Message]:
    session = registrations.SESSION
    people = [
        Registration(name=name, session_id=session.id, session=session, pole=Pole(name="Pôle"))
        for name in ("Anne Le Goff", "Driss Benali")
    ]
    return examples.READER, registrations.of_several_to_pole(people, [examples.CELL])


EXAMPLES_OF_TOMORROW: Mapping[str, Example] = {PARTICIPANT: _example, POLE: _example_of_pole}
