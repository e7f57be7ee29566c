"""What every e-mail to a pole says: whom to call at its cell."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.notifications.emails import Message
from portal.organisations.models import Organisation, Pole
from portal.teams.calling import queries
from portal.teams.queries import Addressee
from portal.web import templating

_LABEL = _l("Your contact at the cell")


def contact(at_work: Sequence[queries.Cell]) -> list[tuple[Any, Any]]:
    """The fact to show; none where the cells have nobody."""
    addressee = queries.to_call(at_work)
    return [fact(addressee)] if addressee else []


def of_pole(message: Message, organisation: Organisation | None) -> Message:
    """The same for people of an organisation: of a pole, with whom to call."""
    if not isinstance(organisation, Pole):
        return message
    return replace(message, facts=[*message.facts, *contact(queries.cells(organisation.region_code))])


def of_person(person_id: int | None) -> list[tuple[Any, Any]]:
    """Whom somebody calls who belongs to a pole; none where they belong to none."""
    if person_id is None:
        return [EXAMPLE]
    organisations = [member.organisation for member in accounts.memberships_of(person_id)]
    pole = next((each for each in organisations if isinstance(each, Pole)), None)
    return contact(queries.cells(pole.region_code)) if pole else []


def kept(messages: Iterable[Message]) -> list[tuple[Any, Any]]:
    """Whom several say to call, for the one that is sent in their place."""
    facts = [(label, value) for message in messages for label, value in message.facts if label is _LABEL]
    return facts[:1]


def fact(who: Addressee) -> tuple[Any, Any]:
    """A name, how to reach them, and for whom they stand in."""
    return _LABEL, LazyString(_in_words, who)


def _in_words(who: Addressee) -> str:
    reached = f"{who.person.name}, {who.person.phone or who.person.email}"
    if who.instead_of is None:
        return reached
    return _(
        "%(who)s (in place of %(name)s, away until %(day)s)",
        who=reached,
        name=who.instead_of.person_name,
        day=templating.weekday(who.instead_of.until),
    )


def _in_example() -> str:
    """Nobody is made while modules are read: not every table is known by then."""
    return _in_words(Addressee(Person(given_name="Inès", family_name="Delorme", phone="02 35 00 00 01")))


EXAMPLE = _LABEL, LazyString(_in_example)
