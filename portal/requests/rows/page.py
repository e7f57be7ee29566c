"""A request in a list, as each reader needs it: nobody reads their own name in each row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.organisations.words import whereabouts
from portal.requests import page, words
from portal.requests.holders import page as holders
from portal.requests.rows.rules import Assigned, Row
from portal.requests.rules import earliest
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState
from portal.text import in_a_row
from portal.web import deadlines, templating
from portal.web.tags import Tag


@dataclass(frozen=True, slots=True)
class Cell:
    """What one column says of a row: a text with another beneath, or a state. `kind`: how it is laid out."""

    label: Any
    text: Any = ""
    beneath: Any = ""
    tag: Tag | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is drawn. `news`: what of it is new to its reader."""

    reference: str
    title: str
    beneath: str
    url: str
    news: str
    cells: Sequence[Cell]


Column = tuple[Any, Callable[[Actor, Row], Cell]]
NOTHING = Cell("")


def columns(lines: Sequence[Line]) -> list[Any]:
    """What stands over the cells."""
    return [cell.label for cell in lines[0].cells] if lines else []


def lines(actor: Actor, rows: Sequence[Row], *, says_state: bool = True) -> list[Line]:
    """Rows in words, without the columns that say nothing of any; `says_state` False: the folder says it."""
    wanted = [(str(label), read) for label, read in _columns(actor) if says_state or read is not _state]
    cells = {label: [read(actor, row) for row in rows] for label, read in wanted}
    news = page.news(actor, rows)
    told = [
        (label, row_cells)
        for label, row_cells in cells.items()
        if any(cell is not NOTHING for cell in row_cells)
    ]
    return [
        Line(
            row.reference,
            words.title(row),
            _beneath(actor, row),
            url_for("requests.show", reference=row.reference),
            news.get(row.id, ""),
            [
                replace(row_cells[place], label=label, text=row_cells[place].text or "–")
                for label, row_cells in told
            ],
        )
        for place, row in enumerate(rows)
    ]


def _columns(actor: Actor) -> Sequence[Column]:
    if actor.is_pole:
        return _OF_POLES
    return _OF_PARTNERS if actor.is_partner else _OF_CELLS


def _beneath(actor: Actor, row: Row) -> str:
    service = words.service_asked(row.service) if row.subject else ""
    sent = "" if actor.is_partner else templating.day(row.submitted_at, row.pole.place)
    return in_a_row((service, row.reference, sent))


def _own(row: Row) -> Assigned | None:
    """What a partner has of it, or had last."""
    return max(
        row.assignments,
        key=lambda assignment: (assignment.state in LIVE_ASSIGNMENTS, assignment.id),
        default=None,
    )


def _pole(_actor: Actor, row: Row) -> Cell:
    return Cell("", row.pole.name, whereabouts(row.pole))


def _state(actor: Actor, row: Row) -> Cell:
    return Cell("", tag=holders.state_tag(actor, row), kind="state")


def _holder(actor: Actor, row: Row) -> Cell:
    return Cell("", holders.holder(actor, row).sentence)


def _received(_actor: Actor, row: Row) -> Cell:
    own = _own(row)
    return Cell("", templating.day(own.proposed_at, row.pole.place)) if own else NOTHING


def _due(_actor: Actor, row: Row) -> Cell:
    """Until when the partner must answer; of several, the first."""
    due = earliest(
        [assignment.due_on for assignment in row.assignments if assignment.state is AssignmentState.PROPOSED]
    )
    if due is None:
        return NOTHING
    told = deadlines.until(due, row.pole.place)
    return replace(Cell("", told.label) if told.tone == "neutral" else Cell("", tag=told), kind="until")


def _colleague(_actor: Actor, row: Row) -> Cell:
    own = _own(row)
    return Cell("", own.referent.name if own and own.referent else _("nobody yet"))


_POLE, _STATE, _DUE = (_l("Pole"), _pole), (_l("Where it stands"), _state), (_l("Answer due"), _due)
_HOLDER = (_l("Who holds it"), _holder)
_OF_POLES: Sequence[Column] = (_STATE, _HOLDER, _DUE)
_OF_PARTNERS: Sequence[Column] = (
    _POLE,
    (_l("Received on"), _received),
    _DUE,
    _STATE,
    (_l("Who has it"), _colleague),
)
_OF_CELLS: Sequence[Column] = (_POLE, _STATE, _HOLDER, _DUE)
