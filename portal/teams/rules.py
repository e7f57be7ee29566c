"""Who keeps the people of an organisation, and who stands in for whom. Pure: no Flask, no database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal import clock
from portal.access.permissions import ROLE_PERMISSIONS, Permission, allows
from portal.access.roles import Actor, Role
from portal.organisations.rules import looks_after
from portal.refusals import Conflict

MOST_INVITED_A_DAY = 50
INVITATIONS_KEPT = timedelta(days=30)
WORKING_DAYS_TO_REVIEW = 5
REVIEWED_EVERY = timedelta(days=91)
REVIEW_OVERDUE_AFTER = timedelta(days=14)
_WORK = ("request:", "assignment:", "intervention:")


class TooOften(Conflict):
    """It was done often enough for today."""


class LinkSpent(Conflict):
    """The link of an invitation was used, withdrawn or grew too old meanwhile."""


def manages(actor: Actor, organisation: Any) -> bool:
    """May the actor change who belongs to it? Its heads may; so may the cells that look after it."""
    return allows(actor, Permission.PEOPLE_MANAGE) and looks_after(actor, organisation)


def can_stand_in(absent: Role, other: Role) -> bool:
    """May somebody of the other role do the daily work of the absent one?"""
    return _work_of(absent) <= _work_of(other)


def _work_of(role: Role) -> set[Permission]:
    return {right for right in ROLE_PERMISSIONS[role] if right.startswith(_WORK)}


@dataclass(frozen=True, slots=True)
class Away:
    """An absence of today: until when (that day included), and who was named to stand in."""

    person_id: int
    person_name: str
    until: date
    substitute_id: int | None = None
    substitute_name: str | None = None


def stand_in(person_id: int, away: Mapping[int, Away], present: Collection[int]) -> int | None:
    """Who gets what would go to an absent person: their substitute, or the substitute's own when away too.

    `present`: who belongs to the organisation now, away or not. None: nobody, as where two stand in for each other.
    """
    seen = {person_id}
    substitute = away[person_id].substitute_id
    while substitute is not None and substitute in present and substitute not in seen:
        if substitute not in away:
            return substitute
        seen.add(substitute)
        substitute = away[substitute].substitute_id
    return None


def addressees(
    wanted: Iterable[int], present: Collection[int], rest: Collection[int], away: Mapping[int, Away]
) -> dict[int, int | None]:
    """Who gets an e-mail meant for some people, and for whom (None: for themselves).

    Where nobody `present` stands in for an absent person, they get it, and so does the `rest` of the team.
    """
    stand_ins: dict[int, int | None] = {}
    instead: dict[int, int] = {}
    for person_id in wanted:
        if person_id not in away:
            stand_ins[person_id] = None
            continue
        substitute = stand_in(person_id, away, present)
        if substitute is not None:
            instead.setdefault(substitute, person_id)
            continue
        stand_ins[person_id] = None
        for other in rest:
            if other not in away:
                instead.setdefault(other, person_id)
    return {**instead, **stand_ins}


def replaced_by(person_id: int, away: Mapping[int, Away], present: Collection[int]) -> frozenset[int]:
    """The absent people for whom a person stands in today."""
    return frozenset(person for person in away if stand_in(person, away, present) == person_id)


def review_due_on(reviewed_at: datetime | None) -> date | None:
    """The day on which the members are gone through again; None where nobody ever belonged."""
    return clock.day_of(reviewed_at) + REVIEWED_EVERY if reviewed_at else None


def is_review_due(reviewed_at: datetime | None, today: date) -> bool:
    due_on = review_due_on(reviewed_at)
    return due_on is not None and today >= due_on


def is_review_overdue(reviewed_at: datetime | None, today: date) -> bool:
    """Has it been due for so long that the national cell should know?"""
    due_on = review_due_on(reviewed_at)
    return due_on is not None and today > due_on + REVIEW_OVERDUE_AFTER
