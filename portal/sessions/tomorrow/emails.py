"""The day before: one e-mail to an address, whatever it has to do with the sessions of that day."""

from collections.abc import Mapping

from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.notifications.previews.service import Example
from portal.organisations.models import Pole
from portal.requests import emails as requests
from portal.requests.examples import emails as examples
from portal.sessions.registrations import emails as registrations
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import Standing
from portal.sessions.tomorrow.queries import Told
from portal.teams.calling.emails import contact
from portal.teams.calling.queries import cells

PARTICIPANT, POLE = "sessions/tomorrow_participant", "sessions/tomorrow_pole"


def write(address: str, told: Told, key: str) -> None:
    """To who answers for a pole, or to somebody who comes, with the link by which they act for themselves."""
    first = told.seats[0]
    if told.reader:
        call = contact(cells(first.pole.region_code))
        message = registrations.of_several_to_pole(told.seats, call)
        [letter] = requests.letters(POLE, ([told.reader], ()), message)
        enqueue(POLE, letter.recipient, letter.message, dedupe=key)
        return
    to = Recipient(address, "", first.language, place=first.session.department_code)
    of_one = len(told.seats) == 1
    own = registrations.of_one(first) if of_one else registrations.of_several(told.seats)
    enqueue(PARTICIPANT, to, own, dedupe=key, confidential=True)


def _example() -> tuple[Recipient, Message]:
    return registrations.example(Standing.SEATED)


def _example_of_pole() -> tuple[Recipient, Message]:
    session = registrations.session_of_example()
    people = [
        Registration(name=name, session_id=session.id, session=session, pole=Pole(name="Pôle"))
        for name in ("Anne Le Goff", "Driss Benali")
    ]
    return examples.READER, registrations.of_several_to_pole(people, [examples.CELL])


EXAMPLES_OF_TOMORROW: Mapping[str, Example] = {PARTICIPANT: _example, POLE: _example_of_pole}
