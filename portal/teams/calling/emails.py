"""What every e-mail to a pole says: whom to call at its cell."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.teams.calling import queries
from portal.teams.queries import Addressee
from portal.web import templating


def contact(at_work: Sequence[queries.Cell]) -> list[tuple[Any, Any]]:
    """The fact to show; none where the cells have nobody."""
    addressee = queries.to_call(at_work)
    return [fact(addressee)] if addressee else []


def fact(who: Addressee) -> tuple[Any, Any]:
    """A name, how to reach them, and for whom they stand in."""
    return _l("Your contact at the cell"), LazyString(_in_words, who)


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
