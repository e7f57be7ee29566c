"""What a person leaves open in an organisation, and its way to a colleague.

Features above this one know the open work; each gives an `OpenWork`, all named in `portal/screens.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from portal.access.roles import Actor
from portal.accounts.models import Membership, Person
from portal.organisations.rules import Left

EXTENSION = "portal-open-work"


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody leaves; `actor` says so (None: the portal), `to` takes over (None: the team, nobody in particular)."""

    actor: Actor | None
    membership: Membership
    to: Person | None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """One kind of open work. `of`: the names of what a person (first) holds in an organisation (second), in order;
    `hand_over`: gives all of it to the colleague."""

    label: Any
    of: Callable[[int, int], Sequence[str]]
    hand_over: Callable[[Departure], None]


def open_work(membership: Membership) -> list[Left]:
    """What the person holds in that organisation; kinds without any are left out."""
    found = [Left(kind.label, kind.of(membership.person_id, membership.organisation_id)) for kind in _kinds()]
    return [one for one in found if one.names]


def hand_over(departure: Departure) -> None:
    """Give everything to the colleague, or to the team, in the transaction of the departure."""
    for kind in _kinds():
        kind.hand_over(departure)


def _kinds() -> Sequence[OpenWork]:
    kinds: Sequence[OpenWork] = current_app.extensions.get(EXTENSION, ())
    return kinds
