"""What lines write on poles and partners, in bulk, through the same functions as their pages."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert

from portal.catalogue.models import Delivery
from portal.db import Model, db, require_transaction
from portal.journal import service as journal
from portal.journal.kinds import Act, Subject
from portal.organisations import history, service
from portal.organisations import queries as organisations
from portal.organisations.kinds import Stage
from portal.organisations.models import (
    Organisation,
    Pole,
    PoleMember,
    PoleSector,
    Recognition,
    StageChange,
)
from portal.transfers import queries
from portal.transfers.kinds import Line, TransferKind

_OWN = frozenset(
    {"stage", "stage_since", "recognitions", "coverages", "services", "region_code", "department_code"}
)
"""What the pages call otherwise, or write one line at a time; the other columns bear the names of their facts."""
_BULK: tuple[tuple[type[Model], str, Callable[[Any], dict[str, Any]]], ...] = (
    (PoleSector, "sectors", lambda sector: {"sector": sector}),
    (PoleMember, "members", lambda name: {"name": name}),
    (Recognition, "recognitions", lambda one: {"kind": one[0], "year": one[1]}),
)
_PARTS = frozenset(field for _model, field, _columns in _BULK)


def apply(kind: TransferKind, lines: Sequence[Line]) -> None:
    """Write what lines say of organisations that are locked since they were compared."""
    require_transaction()
    known = queries.services() if kind is TransferKind.PARTNERS else {}
    for batch in queries.batches(lines):
        ids = [line.target_id for line in batch if line.target_id]
        found = {one.id: one for one in organisations.locked(ids)}
        written = [(line, _written(kind, found.get(line.target_id or 0), line.values)) for line in batch]
        db.session.flush()
        _add_parts([(one.id, line.values) for line, one in written if line.target_id is None])
        for line, organisation in written:
            _remember(line, organisation)
            if "services" in line.values:
                _deliver(organisation.id, {known[slug] for slug in line.values["services"] or ()})
        db.session.flush()


def _written(kind: TransferKind, found: Organisation | None, values: Mapping[str, Any]) -> Organisation:
    organisation = found or queries.MODELS[kind]()
    facts = _facts(organisation, values)
    if found is None:
        facts = {name: value for name, value in facts.items() if name not in _PARTS}
    service.rewrite(organisation, facts)
    if isinstance(organisation, Pole):
        for field in values.keys() & {"region_code", "department_code"}:
            setattr(organisation, field, values[field])
        if found and "recognitions" in values:
            _recognise(organisation, values["recognitions"] or frozenset())
        if values.keys() & {"stage", "stage_since"}:
            _date_stage(organisation, values.get("stage"), values.get("stage_since"))
    db.session.add(organisation)
    return organisation


def _add_parts(created: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """What new poles have several of, in one statement each: one object for each would take most of the time."""
    for model, field, columns in _BULK:
        rows = [
            {"pole_id": pole_id, **columns(one)}
            for pole_id, values in created
            for one in values.get(field) or ()
        ]
        if rows:
            db.session.execute(insert(model), rows)


def _facts(organisation: Organisation, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of columns as the pages call them."""
    facts = {field: value for field, value in values.items() if field not in _OWN}
    if isinstance(organisation, Pole) and "members" in facts:
        numbers = {one.name: one.siret for one in organisation.members}
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
    held = {(one.kind, one.year): one for one in pole.recognitions}
    pole.recognitions = [held.get(one) or Recognition(kind=one[0], year=one[1]) for one in wanted]


def _date_stage(pole: Pole, stage: Stage | None, since: date | None) -> None:
    """A new stage is a new line of the history; the day of the present one is corrected."""
    history.keep_unwritten_stage(pole, unless=since)
    last = max(pole.stage_changes, key=lambda one: one.since, default=None)
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
        db.session.execute(insert(Delivery), [{"partner_id": partner_id, "service_id": one} for one in new])


def _remember(line: Line, organisation: Organisation) -> None:
    journal.record(
        Act.CHANGED if line.target_id else Act.CREATED,
        Subject.ORGANISATION,
        organisation.id,
        organisation.name,
        before={one.field: one.before or None for one in line.changes},
        after={one.field: one.after or None for one in line.changes},
    )
