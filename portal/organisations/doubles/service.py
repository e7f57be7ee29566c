"""Two records of one organisation made one, without losing history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.feature import features
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations import queries, service
from portal.organisations.facts.rules import DEDUCED, Value, columns_of, facts_of
from portal.organisations.handover import Move
from portal.organisations.history import service as history
from portal.organisations.models import Organisation, Pole
from portal.organisations.rules import OrganisationKind
from portal.refusals import Invalid, NotAllowed, NotFound

_UNREAD = frozenset({"commune_code", "longitude", "latitude"})
"""Of a town, people read its name, its department and its region."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen together, to be kept from one record or the other; what people read of each, by column."""

    name: str
    kept: Mapping[str, Any]
    double: Mapping[str, Any]

    @property
    def kept_is_empty(self) -> bool:
        return not any(self.kept.values())

    @property
    def differs(self) -> bool:
        """Does one record say what the other does not? A fact left empty and a no are the same."""
        return any((self.kept[column] or None) != (self.double[column] or None) for column in self.kept)


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging would do: how many rows of each sort follow, and the sentences that forbid it now."""

    moving: Sequence[tuple[Any, int]]
    obstacles: Sequence[Any]


def moves() -> list[Move]:
    """What follows an organisation, over all features: what stands on another goes first."""
    return [move for feature in reversed(features()) for move in feature.moves]


def groups_of(kind: OrganisationKind) -> Mapping[str, tuple[str, ...]]:
    """The columns that are chosen together, by the fact they are chosen as; what has rows of its own follows."""
    groups: dict[str, tuple[str, ...]] = {}
    for fact in facts_of(kind):
        if columns_of(fact) and fact.value is not Value.SOURCES:
            name = fact.chosen_with or fact.name
            groups[name] = (*groups.get(name, ()), *columns_of(fact))
    return groups


def choices(kept: Organisation, double: Organisation) -> list[Choice]:
    """What differs between two records of one kind and is to be chosen."""
    if kept.kind is not double.kind:
        return []
    groups = groups_of(kept.kind).items()
    both = [Choice(name, _read(kept, columns), _read(double, columns)) for name, columns in groups]
    return [choice for choice in both if choice.differs]


def _read(organisation: Organisation, columns: Sequence[str]) -> dict[str, Any]:
    return {column: getattr(organisation, column) for column in columns if column not in _UNREAD}


def preview(kept: Organisation, double: Organisation) -> Preview:
    """What would follow, and what stands in the way."""
    moving = [(move.label, move.count(double.id)) for move in moves()]
    return Preview([move for move in moving if move[1]], _obstacles(kept, double))


def _obstacles(kept: Organisation, double: Organisation) -> list[Any]:
    obstacles = [_why_not(kept, double)]
    obstacles += [move.obstacle(double.id, kept.id) for move in moves() if move.obstacle]
    return [sentence for sentence in obstacles if sentence]


def _why_not(kept: Organisation, double: Organisation) -> Any:
    if kept.id == double.id:
        return _l("This is one and the same record: choose another.")
    if kept.kind is not double.kind:
        return _l("These two are not of the same kind: only two records of one kind can be merged.")
    if kept.merged_into_id or double.merged_into_id:
        return _l("One of the two has already been merged into another record: open the one that was kept.")
    if not kept.active:
        return _l("The record to keep is inactive: keep the other, or make this one active first.")
    return None


def merge(actor: Actor, kept_id: int, double_id: int, from_double: Collection[str]) -> Organisation:
    """Everything of the double goes to the kept record, which takes the facts named in `from_double`.

    NotFound where one does not exist, Invalid("from_double") with a sentence where they cannot be merged,
    Invalid("name") where a third record has the name that is taken over.
    """
    require_transaction()
    if not allows(actor, Permission.ORGANISATION_MERGE):
        raise NotAllowed
    queries.lock_names()
    locked = {organisation.id: organisation for organisation in queries.locked([kept_id, double_id])}
    if {kept_id, double_id} - locked.keys():
        raise NotFound
    kept, double = locked[kept_id], locked[double_id]
    if obstacles := _obstacles(kept, double):
        raise Invalid("from_double", obstacles[0])
    if "name" in from_double and double.name_key != kept.name_key:
        service.require_free_name(kept.kind, double.name, but=double.id)
    before = service.snapshot(kept)
    for merged in (kept, double):
        if isinstance(merged, Pole):
            history.keep_unwritten_stage(merged)
    db.session.flush()
    moved = {str(move.label): move.run(double.id, kept.id) for move in moves()}
    _take(kept, double, from_double)
    double.merged_into_id, double.active = kept.id, False
    db.session.flush()
    locked = {organisation.id: organisation for organisation in queries.locked([kept_id, double_id])}
    kept, double = locked[kept_id], locked[double_id]
    if isinstance(kept, Pole) and isinstance(double, Pole):
        history.settle_stage(kept, otherwise=kept.stage or double.stage)
    _remember(kept, double, before, {label: count for label, count in moved.items() if count})
    return kept


def _take(kept: Organisation, double: Organisation, from_double: Collection[str]) -> None:
    marks: set[str] = set()
    for name, columns in groups_of(kept.kind).items():
        chosen = double if name in from_double or _knows_more(name, kept, double) else kept
        if isinstance(chosen, Pole):
            marks |= DEDUCED.get(name, frozenset()) & set((chosen.inferred or "").split())
        for column in columns:
            setattr(kept, column, getattr(chosen, column))
    if isinstance(kept, Pole) and isinstance(double, Pole):
        kept.inferred = " ".join(sorted(marks)) or None
        kept.source = " ".join(dict.fromkeys([*kept.sources, *double.sources])) or None


def _knows_more(name: str, kept: Organisation, double: Organisation) -> bool:
    """The same town, of which only the double's record says the commune."""
    if name != "town" or not isinstance(kept, Pole) or not isinstance(double, Pole):
        return False
    return kept.town == double.town and not kept.commune_code and bool(double.commune_code)


def _remember(
    kept: Organisation, double: Organisation, before: Mapping[str, Any], moved: Mapping[str, int]
) -> None:
    after = {**service.snapshot(kept), "merged": double.name, **moved}
    journal.record(Act.MERGED, Subject.ORGANISATION, kept.id, kept.name, before=before, after=after)
    journal.record(Act.MERGED, Subject.ORGANISATION, double.id, double.name, after={"merged_into": kept.name})
