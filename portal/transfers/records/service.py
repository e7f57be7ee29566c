"""What the lines of a file would do with poles and partners, and the same lines written, in bulk."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert

from portal import clock
from portal.catalogue.models import Delivery
from portal.db import Model, db, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.journal.service import Noted
from portal.organisations import queries as organisations
from portal.organisations import service
from portal.organisations.facts.rules import FACT, plain_facts
from portal.organisations.history import service as history
from portal.organisations.models import (
    Organisation,
    Pole,
    PoleMember,
    PoleSector,
    Recognition,
    StageChange,
)
from portal.organisations.queries import lock_names
from portal.organisations.rules import OrganisationKind, Stage
from portal.organisations.service import NAME_TAKEN
from portal.territories import communes
from portal.territories.communes import Commune
from portal.territories.reference import DEPARTMENTS
from portal.transfers import queries
from portal.transfers.rules import Change, Line, Row, Sheet, TransferKind
from portal.transfers.table import forms as cells
from portal.transfers.table.forms import CellRefused, problem
from portal.transfers.table.queries import Index, Repeats
from portal.transfers.table.service import COLUMNS, Column, by_key, texts

KINDS = {TransferKind.POLES: OrganisationKind.POLE, TransferKind.PARTNERS: OrganisationKind.PARTNER}
_OF_POLES = ("region_code", "department_code", "stage", "stage_since")
"""What pages write by a town or one line at a time, and files in columns of their own."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All of the portal that what a file would do follows from: the keys of all, the facts of those it is about."""

    keys: Sequence[Any]
    facts: Mapping[int, Mapping[str, Any]]
    services: Mapping[str, int]
    on: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What the lines of a file would do, and what that follows from."""

    lines: list[Line]
    seen: Seen


def plan(kind: TransferKind, sheet: Sheet) -> Plan:
    """What each line would do."""
    keys = queries.keys_of(KINDS[kind])
    lines = _matched(Index(keys), sheet, example_of(kind))
    seen = _see(kind, keys, lines)
    towns = communes.labelled({row.cells.get("commune", "") for row in sheet.rows})
    for line, row in zip(lines, sheet.rows, strict=True):
        if not line.problems:
            _compare(kind, line, row, seen.facts.get(line.target_id or 0, {}), towns)
            _check_services(line, seen.services)
    return Plan(lines, seen)


def plan_again(kind: TransferKind, sheet: Sheet, before: Plan) -> list[Line]:
    """The same under lock, so that nobody changes those it is about meanwhile: worked out anew where anything of them
    is not as it was seen."""
    lock_names()
    queries.lock_organisations({line.target_id for line in before.lines if line.target_id})
    if _see(kind, queries.keys_of(KINDS[kind]), before.lines) == before.seen:
        return before.lines
    anew = plan(kind, sheet)
    queries.lock_organisations({line.target_id for line in anew.lines if line.target_id})
    return plan(kind, sheet).lines


def _see(kind: TransferKind, keys: Sequence[Any], lines: Sequence[Line]) -> Seen:
    facts: dict[int, Mapping[str, Any]] = {}
    for batch in queries.batches([line.target_id for line in lines if line.target_id]):
        facts |= _held(kind, batch)
    services = queries.services() if kind is TransferKind.PARTNERS else {}
    return Seen(keys, facts, services, clock.today())


def _matched(index: Index, sheet: Sheet, example: str) -> list[Line]:
    """The lines with whom each is about."""
    repeats, lines = Repeats(), []
    for row in sheet.rows:
        line = Line(row.number, row.cells["nom"][:200])
        if row.extra:
            line.problems.append(
                _("This line has more cells than there are columns: check its quotation marks.")
            )
        if row.cells["nom"] == example:
            line.problems.append(_("This is the example of the template: delete this line."))
        try:
            line.target_id = index.find(row.cells)
        except CellRefused as refused:
            line.problems.append(refused.message)
        else:
            repeats.note(line, row.cells)
            if index.is_taken(row.cells["nom"], line.target_id):
                line.problems.append(str(NAME_TAKEN))
        lines.append(line)
    return lines


def example_of(kind: TransferKind) -> str:
    """What the first required cell of the template holds."""
    return next(column.example for column in COLUMNS[kind] if column.required)


def _held(kind: TransferKind, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    return {values["id"]: values for values in facts_of(kind, queries.organisations(kind, ids))}


def facts_of(kind: TransferKind, organisations: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """What the portal holds of each, by the fields of the table of columns."""
    if kind is TransferKind.POLES:
        yield from (_facts_of_pole(organisation) for organisation in organisations)
        return
    delivered = queries.deliveries([organisation.id for organisation in organisations])
    for organisation in organisations:
        yield {
            **_values(organisation, plain_facts(OrganisationKind.PARTNER)),
            "coverages": frozenset(
                (place.region_code, place.department_code) for place in organisation.coverages
            ),
            "services": tuple(delivered.get(organisation.id, ())),
        }


def _values(organisation: Organisation, names: Sequence[str]) -> dict[str, Any]:
    return {"id": organisation.id, **{name: getattr(organisation, name) for name in names}}


def _facts_of_pole(pole: Pole) -> dict[str, Any]:
    known = pole.commune_code and f"{pole.town} ({pole.department_code})"
    earlier = sorted(change.since for change in pole.stage_changes)[:-1]
    return {
        **_values(pole, [*plain_facts(OrganisationKind.POLE), *_OF_POLES]),
        "town": known or pole.town,
        "sectors": frozenset(sector.sector for sector in pole.sectors),
        "members": tuple(member.name for member in pole.members),
        "recognitions": frozenset((recognition.kind, recognition.year) for recognition in pole.recognitions),
        "commune_code": pole.commune_code,
        "earlier_stage": earlier[-1] if earlier else None,
    }


def _compare(
    kind: TransferKind, line: Line, row: Row, facts: Mapping[str, Any], towns: Mapping[str, Commune]
) -> None:
    """Read the cells that differ from what the portal holds; the others are as it wrote them."""
    table, before = by_key(kind), texts(kind, facts)
    for key, text in row.cells.items():
        column = table[key]
        lacking = column.required and not text and not facts
        if column.field == "id" or (text == before.get(column.field, "") and not lacking):
            continue
        if column.field == "town" and text in towns:
            line.values["town"] = towns[text]
        elif column.field == "town":
            read = partial(cells.read_town, department_code=_department_beside(row, facts))
            _read(line, replace(column, read=read), text)
        else:
            _read(line, column, text)
    if kind is TransferKind.POLES and not line.problems:
        _settle_place(line, row.cells, facts)
        _settle_stage(line, facts)
    after = texts(kind, line.values)
    if not line.problems:
        line.changes = [
            Change(column.field, column.head, before.get(column.field, ""), after[column.field])
            for column in table.values()
            if column.field in after and after[column.field] != before.get(column.field, "")
        ]


def _department_beside(row: Row, facts: Mapping[str, Any]) -> str:
    """The department that tells towns of one name apart: of the line where it has the column, else the one known."""
    if "departement" not in row.cells:
        return facts.get("department_code") or ""
    try:
        return cells.read_department(row.cells["departement"])
    except CellRefused:
        return ""


def _read(line: Line, column: Column, text: str) -> None:
    if not text:
        if column.required:
            line.problems.append(_("%(head)s: fill this cell.", head=column.head))
        elif not column.kept:
            line.values[column.field] = None
        return
    try:
        line.values[column.field] = column.value(text)
    except CellRefused as refused:
        line.problems.append(problem(column.head, text, refused))


def _settle_place(line: Line, cells: Mapping[str, str], facts: Mapping[str, Any]) -> None:
    """A commune says its department, and a department its region; what is written must agree."""
    values = line.values
    if not values.keys() & {"town", "department_code", "region_code"}:
        return
    town = values.get("town")
    if isinstance(town, Commune):
        _agree(line, cells.get("departement"), facts, "department_code", town.department_code)
    elif "town" not in values and facts.get("commune_code"):
        _agree(line, cells.get("departement"), facts, "department_code", facts["department_code"])
    department = {**facts, **values}.get("department_code")
    if department and department in DEPARTMENTS:
        _agree(line, cells.get("region"), facts, "region_code", DEPARTMENTS[department].region_code)


def _agree(line: Line, written: str | None, facts: Mapping[str, Any], field: str, expected: Any) -> None:
    value = {**facts, **line.values}.get(field)
    if written and value != expected:
        line.problems.append(
            _(
                "The commune, the department and the region do not agree: correct them, or empty the department"
                " and the region, which are then found from the commune."
            )
        )
    elif value != expected:
        line.values[field] = expected


def _settle_stage(line: Line, facts: Mapping[str, Any]) -> None:
    """A stage has a day; the day follows that of the stage before."""
    values = line.values
    stage, since = values.get("stage"), values.get("stage_since")
    if stage is None and since is None:
        return
    if stage is None and facts.get("stage") is None:
        line.problems.append(_("Stade – write which stage began on this day."))
        return
    new = stage is not None and stage != facts.get("stage")
    if new and since is None:
        since = values["stage_since"] = clock.today()
    floor = facts.get("stage_since") if new else facts.get("earlier_stage")
    if floor and since and (since < floor if new else since <= floor):
        line.problems.append(
            _(
                "Stade depuis – the stage before began later: write a later day, or correct its history on its page."
            )
        )


def _check_services(line: Line, known: Mapping[str, int]) -> None:
    unknown = [slug for slug in line.values.get("services") or () if slug not in known]
    if unknown:
        line.problems.append(
            _(
                "Services – no service is called %(slug)s: write the last part of its address.",
                slug=unknown[0],
            )
        )
        line.changes = []


_BULK: tuple[tuple[type[Model], str, Callable[[Any], dict[str, Any]]], ...] = (
    (PoleSector, "sectors", lambda sector: {"sector": sector}),
    (PoleMember, "members", lambda name: {"name": name}),
    (Recognition, "recognitions", lambda pair: {"kind": pair[0], "year": pair[1]}),
)
_PARTS = frozenset(field for _model, field, _columns in _BULK)


def apply(kind: TransferKind, lines: Sequence[Line]) -> None:
    """Write what lines say of organisations that are locked since they were compared."""
    require_transaction()
    known = queries.services() if kind is TransferKind.PARTNERS else {}
    for batch in queries.batches(lines):
        ids = [line.target_id for line in batch if line.target_id]
        locked = {organisation.id: organisation for organisation in organisations.locked(ids)}
        written = [(line, _written(kind, locked.get(line.target_id or 0), line.values)) for line in batch]
        db.session.flush()
        _add_parts(
            [(organisation.id, line.values) for line, organisation in written if line.target_id is None]
        )
        for line, organisation in written:
            if "services" in line.values:
                _deliver(organisation.id, {known[slug] for slug in line.values["services"] or ()})
        db.session.flush()
        _remember(written)


def _written(kind: TransferKind, stored: Organisation | None, values: Mapping[str, Any]) -> Organisation:
    organisation = stored or queries.MODELS[kind]()
    facts = _facts(organisation, values)
    if stored is None:
        facts = {name: value for name, value in facts.items() if name not in _PARTS}
    service.rewrite(organisation, facts)
    if isinstance(organisation, Pole):
        for field in values.keys() & {"region_code", "department_code"}:
            setattr(organisation, field, values[field])
        if stored and "recognitions" in values:
            _recognise(organisation, values["recognitions"] or frozenset())
        if values.keys() & {"stage", "stage_since"}:
            _date_stage(organisation, values.get("stage"), values.get("stage_since"))
    db.session.add(organisation)
    return organisation


def _add_parts(created: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """What new poles have several of, some hundreds a statement."""
    for model, field, columns in _BULK:
        rows = [
            {"pole_id": pole_id, **columns(recognition)}
            for pole_id, values in created
            for recognition in values.get(field) or ()
        ]
        if rows:
            db.session.add_all(model(**row) for row in rows)


def _facts(organisation: Organisation, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of columns as the pages call them."""
    facts = {field: value for field, value in values.items() if field in FACT}
    if isinstance(organisation, Pole) and "members" in facts:
        numbers = {member.name: member.siret for member in organisation.members}
        facts["members"] = {name: numbers.get(name) for name in facts["members"] or ()}
    if "sectors" in facts:
        facts["sectors"] = facts["sectors"] or ()
    if "coverages" in values:
        places = values["coverages"]
        facts["everywhere"] = (None, None) in places
        facts["regions"] = [region for region, _department in places if region]
        facts["departments"] = [department for _region, department in places if department]
    return facts


def _recognise(pole: Pole, wanted: Collection[tuple[Any, int | None]]) -> None:
    """Those that stay keep their proof."""
    held = {(recognition.kind, recognition.year): recognition for recognition in pole.recognitions}
    pole.recognitions = [held.get(pair) or Recognition(kind=pair[0], year=pair[1]) for pair in wanted]


def _date_stage(pole: Pole, stage: Stage | None, since: date | None) -> None:
    """A new stage is a new line of the history; the day of the present one is corrected."""
    history.keep_unwritten_stage(pole, unless=since)
    last = max(pole.stage_changes, key=lambda change: change.since, default=None)
    new = stage is not None and stage != pole.stage
    if last is None or (new and last.since != since):
        last = StageChange()
        pole.stage_changes.append(last)
    last.stage = stage or pole.stage or last.stage
    last.since = since or last.since
    history.settle_stage(pole)


def _deliver(partner_id: int, wanted: Collection[int]) -> None:
    held = set(db.session.scalars(queries.delivered(partner_id)))
    if gone := held - set(wanted):
        db.session.execute(
            delete(Delivery).where(Delivery.partner_id == partner_id, Delivery.service_id.in_(gone))
        )
    if new := set(wanted) - held:
        db.session.execute(
            insert(Delivery), [{"partner_id": partner_id, "service_id": service_id} for service_id in new]
        )


def _remember(written: Sequence[tuple[Line, Organisation]]) -> None:
    for act in (Act.CHANGED, Act.CREATED):
        noted = [
            Noted(
                organisation.id,
                organisation.name,
                {change.field: change.before or None for change in line.changes},
                {change.field: change.after or None for change in line.changes},
            )
            for line, organisation in written
            if (act is Act.CHANGED) == bool(line.target_id)
        ]
        journal.record_all(act, Subject.ORGANISATION, noted)
