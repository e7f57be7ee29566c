"""How rows follow when two records of one organisation become one: a `Move` for each column that points to it.

Each feature lists its own in its `merge` room; `portal.screens` gathers them, and a test compares the whole with
the foreign keys of the database, so that no table is forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Table, and_, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from portal.db import db, require_transaction
from portal.organisations.models import (
    Coverage,
    Organisation,
    OrganisationAbsence,
    PoleMember,
    PoleSector,
    Recognition,
    StageChange,
)


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
        found = self.count(from_id)
        if self.prepare:
            self.prepare(from_id, to_id)
        if self.unique:
            self._fold_twins(from_id, to_id)
        here = self.table.c[self.column.key]
        db.session.execute(update(self.table).where(here == from_id).values({here: to_id}))
        return found

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
