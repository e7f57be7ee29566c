"""Who came, in words."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import clock
from portal.access.roles import Actor
from portal.interventions import rules as interventions
from portal.interventions.corrections import words as corrections
from portal.interventions.corrections.rules import Names
from portal.interventions.corrections.words import Known, Line
from portal.interventions.measures import words as measures
from portal.interventions.measures.words import Lines
from portal.interventions.words import PLACES
from portal.refusals import Conflict
from portal.sessions import words as sessions
from portal.sessions.presence import rules
from portal.sessions.presence.rules import NoCode, TooEarly, TooLate, TooMany
from portal.sessions.registrations.rules import Standing
from portal.sessions.registrations.words import STANDINGS
from portal.web import templating

Corrected = Sequence[tuple[str, str, list[Line]]]
WHO_CAME = _l("Who came")
WRONG_CODE = _l("This is not the code of this session: read it again on the screen, six signs.")
SAVED = _l("The list is saved. Nothing is counted until you close the session.")
ADDED = _l("This person is on the list, ticked as there.")
WELCOME = _l("It is noted: you are there.")


def named(registration: Any) -> str:
    """Somebody on the list, and their pole; where they stand, if they have no seat."""
    pole = registration.pole.name
    if registration.standing is Standing.SEATED:
        return f"{registration.name}, {pole}"
    label = str(STANDINGS[registration.standing].label)
    return _("%(name)s, %(pole)s (%(standing)s)", name=registration.name, pole=pole, standing=label.lower())


def meanwhile(names: Sequence[str]) -> str:
    """Said by the code, or by a colleague, since the list was read."""
    return _("Said since you opened the list, and kept: %(names)s.", names=", ".join(names))


def both(names: Sequence[str]) -> str:
    """Ticked as there and as excused."""
    return _("Ticked in both lists: %(names)s. Leave each in one.", names=", ".join(names))


def flags(session: Any, held: Any) -> list[str]:
    """What those who read a closed session should know of it."""
    place = session.department_code
    closed_on = clock.day_of(held.closed_at, place)
    late = interventions.is_late(session.on, closed_on)
    marks = [_("noted late, on %(day)s", day=templating.day(closed_on))] if late else []
    if held.corrected_at:
        day = templating.day(clock.day_of(held.corrected_at, place))
        marks.append(_("corrected on %(day)s", day=day))
    return marks


def measured(act: Any) -> Lines:
    """What one that was closed counts for."""
    return measures.of_gathering(act)


def corrected(act: Any, names: Names, reader: Actor, session: Any) -> Corrected:
    """What was corrected of it, first to last, with who came otherwise."""
    return corrections.corrected(act, reader, Known(names, session.department_code, PLACES))


class Turn(NamedTuple):
    """Whose it is to correct one that was closed. `line`: until when its partner does, for the cell."""

    is_ours: bool
    line: str


def turn(session: Any, held: Any) -> Turn:
    """For the cells that follow it."""
    closed = held.closed_at, session.department_code
    _partner, cell = rules.doer(*closed)
    until = templating.weekday(rules.last_day(*closed))
    line = _("Its partner corrects it until %(day)s; after that, you can.", day=until)
    return Turn(is_ours=cell is not None, line="" if cell else line)


def came(count: int) -> str:
    """How many."""
    if not count:
        return _("Nobody came")
    return ngettext("%(num)s person came", "%(num)s people came", count)


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why it cannot be said now."""
    if isinstance(refusal, TooLate):
        return _("This session was closed more than 30 days ago: the cell corrects it now. Write to it.")
    if isinstance(refusal, TooEarly):
        until = templating.weekday(refusal.until)
        return _(
            "Its partner corrects this session until %(day)s: write to it. After that, you can.", day=until
        )
    if isinstance(refusal, TooMany):
        return _("Too many codes were tried here. Tell who holds the session: they tick you on their list.")
    if isinstance(refusal, NoCode):
        return _(
            "The code works while the session is held, for who has a seat. Tell who holds the session: they tick you"
            " on their list."
        )
    return sessions.refusal_sentence(refusal)
