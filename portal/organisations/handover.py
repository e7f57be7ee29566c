"""What becomes of an organisation that ends or becomes one with another: what it leaves open, what follows it.

`LeftOpen` is a kind of work that an organisation leaves; `Move` says how a column that points to it follows.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Table, and_, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.feature import features
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.notifications.outbox import service as outbox
from portal.organisations import queries
from portal.organisations.models import (
    Coverage,
    Organisation,
    OrganisationAbsence,
    PoleMember,
    PoleSector,
    Recognition,
    StageChange,
)
from portal.organisations.rules import Left, OrganisationKind
from portal.refusals import Conflict, Invalid, NotAllowed, NotFound
from portal.web.links import Link


@dataclass(frozen=True, slots=True)
class Ending:
    """What is decided: why, and who takes over what is `left` (None: nobody of its kind)."""

    actor: Actor
    organisation: Organisation
    successor: Organisation | None
    reason: str
    left: Sequence[Left]


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """One kind of open work of organisations of some kinds. `of`: all of it, in order; `settle`: cancels all of it or
    gives it to the successor, while the organisation is still active and its people are still written to.

    `asks`: somebody must choose what becomes of it; the rest simply ends.
    """

    label: Any
    kinds: Collection[OrganisationKind]
    of: Callable[[Organisation], Sequence[Link]]
    settle: Callable[[Ending], None]
    asks: bool = True


def _left_open() -> list[LeftOpen]:
    """Of all features, in the order in which it is settled: what stands on another goes first."""
    return [kind for feature in reversed(features()) for kind in feature.left_open]


def open_work(organisation: Organisation) -> list[Left]:
    """What an organisation has open; kinds without any are left out."""
    mine = (kind for kind in _left_open() if organisation.kind in kind.kinds)
    links = (Left(kind.label, kind.of(organisation), kind.asks) for kind in mine)
    return [left for left in links if left.links]


def end(actor: Actor, organisation_id: int, reason: str, to: int | None) -> Organisation:
    """End an organisation's use of the portal, with all it has open. `to`: a successor, NOBODY, or None: not chosen.

    Invalid on the field of what is missing. Its number is locked before its requests are, as everywhere.
    """
    require_transaction()
    if not allows(actor, Permission.ORGANISATION_CREATE):
        raise NotAllowed
    locked = {
        organisation.id: organisation
        for organisation in queries.locked({organisation_id, to or organisation_id}, shared_key=True)
    }
    organisation = locked.get(organisation_id)
    if organisation is None or organisation.merged_into_id:
        raise NotFound
    if not organisation.active:
        raise Conflict
    if organisation.id == actor.organisation_id:
        raise Invalid("reason", _l("You act for this organisation: you would lock yourself out."))
    left = open_work(organisation)
    successor = _successor(organisation, locked.get(to or 0))
    if to is None and any(kind.asks for kind in left):
        raise Invalid("successor_id", _l("Choose what becomes of the open work."))
    if to and successor is None:
        raise Invalid("successor_id", _l("Choose an organisation from the list."))
    with outbox.one_act():
        _end(Ending(actor, organisation, successor, reason, left))
    return organisation


def _successor(organisation: Organisation, other: Organisation | None) -> Organisation | None:
    """Another active one of the same kind."""
    fits = other is not None and other.active and other.kind is organisation.kind
    return other if fits and other is not organisation else None


def _end(ending: Ending) -> None:
    organisation, successor = ending.organisation, ending.successor
    for left_open in _left_open():
        if organisation.kind in left_open.kinds:
            left_open.settle(ending)
    db.session.flush()
    queries.locked({organisation.id, (successor or organisation).id}, shared_key=True)  # whole again
    today = clock.today()
    organisation.absences = [absence for absence in organisation.absences if absence.ends_on < today]
    if organisation.kind is OrganisationKind.REGIONAL_CELL and successor is not None:
        for code in sorted(organisation.region_codes - successor.region_codes):
            successor.coverages.append(Coverage(region_code=code))
    organisation.active = False
    db.session.flush()
    journal.record(
        Act.CLOSED,
        Subject.ORGANISATION,
        organisation.id,
        organisation.name,
        before={"active": True},
        after={
            "active": False,
            "reason": ending.reason,
            "successor": successor.name if successor else None,
            **{str(kind.label): len(kind.links) for kind in ending.left},
        },
    )
    for feature in features():
        if feature.tells_ending:
            feature.tells_ending(ending)


@dataclass(frozen=True, slots=True)
class Move:
    """The rows of one column: what they are called, and how they go from the double to the kept record.

    `unique`: the columns that, together with this one, may be there once (nulls are equal); where both records have
    such a row, the kept one's stays and takes what it lacks of `fills`. `prepare`: done before,
    even where no row moves.
    `obstacle`: a sentence that says why these two cannot become one yet, or None.
    """

    label: Any
    column: InstrumentedAttribute[Any]
    unique: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    prepare: Callable[[int, int], None] | None = None
    obstacle: Callable[[int, int], Any] | None = None

    @property
    def table(self) -> Table:
        table: Table = self.column.property.columns[0].table
        return table

    def count(self, from_id: int) -> int:
        """How many rows would move."""
        here = self.table.c[self.column.key] == from_id
        return db.session.scalar(select(func.count()).select_from(self.table).where(here)) or 0

    def run(self, from_id: int, to_id: int) -> int:
        """Move the rows, and return how many there were."""
        require_transaction()
        count = self.count(from_id)
        if self.prepare:
            self.prepare(from_id, to_id)
        if self.unique:
            self._fold_twins(from_id, to_id)
        here = self.table.c[self.column.key]
        db.session.execute(update(self.table).where(here == from_id).values({here: to_id}))
        return count

    def _fold_twins(self, from_id: int, to_id: int) -> None:
        """Where both records have the same row, one is left, with all that is known."""
        table, kept = self.table, self.table.alias("kept")
        own = self.column.key
        same = [table.c[name].is_not_distinct_from(kept.c[name]) for name in self.unique]
        pairs = select(table, kept).where(table.c[own] == from_id, kept.c[own] == to_id, *same)
        width = len(table.c)
        for row in db.session.execute(pairs).all():
            double = dict(zip(table.c.keys(), row[:width], strict=True))
            twin = dict(zip(table.c.keys(), row[width:], strict=True))
            known = {name: double[name] for name in self.fills if twin[name] is None}
            if any(value is not None for value in known.values()):
                db.session.execute(update(table).where(_is_row(table, twin)).values(known))
            db.session.execute(delete(table).where(_is_row(table, double)))


def _is_row(table: Table, row: dict[str, Any]) -> ColumnElement[bool]:
    return and_(*(column == row[column.key] for column in table.primary_key.columns))


MOVES = (
    Move(_l("Places where it works"), Coverage.organisation_id, unique=("region_code", "department_code")),
    Move(_l("Recognitions"), Recognition.pole_id, unique=("kind", "year"), fills=("proof",)),
    Move(_l("Stages reached"), StageChange.pole_id, unique=("since",)),
    Move(_l("Sectors"), PoleSector.pole_id, unique=("sector",)),
    Move(_l("Members of the PTCE"), PoleMember.pole_id, unique=("name",), fills=("siret",)),
    Move(_l("Absences"), OrganisationAbsence.organisation_id),
    Move(_l("Records merged before"), Organisation.merged_into_id),
)
