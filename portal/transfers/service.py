"""Imports in two steps, a look then the import itself, and exports."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import delete, insert

from portal import clock
from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.refusals import Conflict, Invalid, NotFound
from portal.text import one_line
from portal.transfers import queries, rules
from portal.transfers.models import Transfer, TransferLine
from portal.transfers.people import service as people
from portal.transfers.people.service import Letters
from portal.transfers.records import service as records
from portal.transfers.rules import RANKS, Line, Outcome, Sheet, TransferKind
from portal.transfers.table.service import COLUMNS, by_key, texts

_NAME_LENGTH = 300


class Result(StrEnum):
    """How an import ended."""

    DONE = "done"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that an import needs no lock for: the file as read, what it would do, and what the people it is about will
    read."""

    sheet: Sheet
    plan: people.Plan | records.Plan
    letters: Letters


def look(kind: TransferKind, content: bytes) -> list[Line]:
    """What a file would do, line by line; Unreadable where it cannot be read."""
    sheet = _read(kind, content)
    return _plan(kind, sheet).lines


def _plan(kind: TransferKind, sheet: Sheet) -> people.Plan | records.Plan:
    return people.plan(sheet) if kind is TransferKind.PEOPLE else records.plan(kind, sheet)


def _read(kind: TransferKind, content: bytes) -> Sheet:
    table = by_key(kind)
    known = {key: column.head for key, column in table.items()}
    needed = [key for key, column in table.items() if column.required and column.field != "coverages"]
    return rules.read(content, known, needed)


def keep(actor: Actor, kind: TransferKind, file_name: str, content: bytes, lines: Sequence[Line]) -> Transfer:
    """Keep a file that was looked at, for its owner to import within a day."""
    require_transaction()
    transfer = Transfer(
        kind=kind, owner_id=actor.person_id, file_name=one_line(file_name)[:200], content=content
    )
    _write_report(transfer, lines)
    return transfer


def prepare(actor: Actor, transfer_id: int) -> Prepared | None:
    """To be done before the transaction that imports a file; None: no file of theirs waits."""
    transfer = queries.mine(actor.person_id, transfer_id, whole=True)
    if transfer is None or transfer.applied_at:
        return None
    sheet = _read(transfer.kind, transfer.content)
    plan = _plan(transfer.kind, sheet)
    about_people = isinstance(plan, people.Plan)
    return Prepared(sheet, plan, people.letters(actor, plan.lines) if about_people else Letters({}, {}))


def apply(actor: Actor, transfer_id: int, seen: str, prepared: Prepared | None) -> Result:
    """Import a file, all of it or nothing. `seen`: the digest of the report that was shown.

    Everything is looked at again under lock: OUTDATED where the report is no longer that one; the new one is then
    kept. Conflict where lines are wrong, or somebody else changes the same things at this moment.
    """
    require_transaction()
    transfer = queries.locked(actor.person_id, transfer_id)
    if transfer is None or transfer.created_at < clock.days_ago(rules.KEPT):
        raise NotFound
    if transfer.applied_at:
        return Result.DONE
    if prepared is None:
        raise Conflict
    lines = _again(transfer.kind, prepared)
    if _digest(lines) != seen:
        _write_report(transfer, lines)
        return Result.OUTDATED
    if transfer.count(Outcome.ERROR):
        raise Conflict
    _import(actor, transfer, [line for line in lines if line.changes], prepared.letters)
    return Result.DONE


def _again(kind: TransferKind, prepared: Prepared) -> list[Line]:
    if isinstance(prepared.plan, people.Plan):
        return people.plan_again(prepared.sheet, prepared.plan)
    return records.plan_again(kind, prepared.sheet, prepared.plan)


def _import(actor: Actor, transfer: Transfer, lines: Sequence[Line], written: Letters) -> None:
    try:
        if transfer.kind is TransferKind.PEOPLE:
            people.apply(actor, lines, written)
        else:
            records.apply(transfer.kind, lines)
    except Invalid as refusal:
        raise Conflict from refusal
    transfer.applied_at, transfer.content = clock.now(), b""
    after: dict[str, str | int] = {"file_holds": transfer.kind.value}
    after |= {outcome.value: transfer.count(outcome) for outcome in Outcome if outcome is not Outcome.ERROR}
    journal.record(Act.IMPORTED, Subject.TRANSFER, transfer.id, transfer.file_name, after=after)


def discard(actor: Actor, transfer_id: int) -> None:
    """Forget a file."""
    require_transaction()
    mine = delete(Transfer).where(Transfer.id == transfer_id, Transfer.owner_id == actor.person_id)
    if not db.session.execute(mine.returning(Transfer.id)).all():
        raise NotFound


def _digest(lines: Sequence[Line]) -> str:
    """Changes when the report does."""
    digest = sha256()
    for line in lines:
        changed = [(change.field, change.before, change.after) for change in line.changes]
        digest.update(repr((line.number, line.target_id, line.outcome, changed, line.problems)).encode())
    return digest.hexdigest()


def _write_report(transfer: Transfer, lines: Sequence[Line]) -> None:
    """Write the report of a file, instead of the one there was."""
    transfer.digest = _digest(lines)
    transfer.counts = dict(Counter(line.outcome.value for line in lines))
    transfer.emptied = sum(
        bool(change.before and not change.after) for line in lines for change in line.changes
    )
    db.session.add(transfer)
    db.session.flush()
    db.session.execute(delete(TransferLine).where(TransferLine.transfer_id == transfer.id))
    for batch in queries.batches(lines):
        db.session.execute(insert(TransferLine), [_row(transfer.id, line) for line in batch])


def _row(transfer_id: int, line: Line) -> dict[str, object]:
    return {
        "transfer_id": transfer_id,
        "rank": RANKS[line.outcome],
        "number": line.number,
        "outcome": line.outcome,
        "name": one_line(line.name)[:_NAME_LENGTH],
        "changes": [[change.head, change.before, change.after] for change in line.changes],
        "problems": line.problems,
    }


def note_export(kind: TransferKind, region_code: str | None, file_name: str) -> None:
    """Write in the journal that somebody took data away."""
    after = {"file_holds": kind, "region": region_code}
    journal.record(Act.EXPORTED, Subject.TRANSFER, None, file_name, after=after)


def export(kind: TransferKind, region_code: str | None) -> Iterator[list[str]]:
    """The heads and the lines of an export, read as it is sent."""
    columns = COLUMNS[kind]
    yield [column.head for column in columns]
    for values in _exported(kind, region_code):
        written = texts(kind, values)
        yield [written[column.field] for column in columns]


def _exported(kind: TransferKind, region_code: str | None) -> Iterator[dict[str, object]]:
    if kind is TransferKind.PEOPLE:
        yield from (dict(row._mapping) for row in queries.exported_people(region_code))
        return
    for batch in queries.exported(kind, region_code):
        yield from records.facts_of(kind, batch)
