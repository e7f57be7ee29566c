"""Whom a line of poles or partners is about, and which lines are about the same one."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from portal.organisations.rules import typed_rna, typed_siret
from portal.text import search_key
from portal.transfers.rules import Line
from portal.transfers.table.forms import CellRefused, read_number


class Index:
    """Organisations of a kind by what a file may call them; `known`: their keys."""

    def __init__(self, known: Sequence[Any]) -> None:
        self.names: dict[int, str] = {}
        self.merged: dict[int, int] = {}
        self.by_name: dict[str, list[int]] = {}
        self.by_number: dict[str, list[int]] = {}
        for organisation in known:
            self.names[organisation.id] = organisation.name
            if organisation.merged_into_id:
                self.merged[organisation.id] = organisation.merged_into_id
                continue
            self.by_name.setdefault(organisation.name_key, []).append(organisation.id)
            for number in filter(None, (organisation.lead_siret, organisation.lead_rna)):
                self.by_number.setdefault(number, []).append(organisation.id)

    def find(self, cells: Mapping[str, str]) -> int | None:
        """Whom a line is about: by its identifier, else by SIRET or RNA, else by name; None: somebody new.

        CellRefused where that is unknown or not sure.
        """
        if cells.get("identifiant"):
            return self._identified(cells["identifiant"])
        named = self.by_name.get(search_key(cells["nom"]), [])
        numbered = self._numbered(cells, named)
        if numbered is None:
            if len(named) > 1:
                raise CellRefused(
                    _("Several have this name: write the identifier of the one you mean, as the export does.")
                )
            return named[0] if named else None
        if named and numbered not in named:
            raise CellRefused(
                _(
                    "The number is that of “%(one)s”, the name that of “%(other)s”: write an identifier.",
                    one=self.names[numbered],
                    other=self.names[named[0]],
                )
            )
        return numbered

    def is_taken(self, name: str, target_id: int | None) -> bool:
        """Would the line give a record the name of another one? One that has the same name already keeps it."""
        key = search_key(name)
        if not key or target_id is None or search_key(self.names[target_id]) == key:
            return False
        return bool(self.by_name.get(key))

    def _identified(self, text: str) -> int:
        number = read_number(text)
        if number in self.merged:
            raise CellRefused(
                _("This record was merged into number %(id)d: write that identifier.", id=self.merged[number])
            )
        if number not in self.names:
            raise CellRefused(_("Nobody has this identifier: leave it empty to create a record."))
        return number

    def _numbered(self, cells: Mapping[str, str], named: Sequence[int]) -> int | None:
        """The one with this SIRET or this RNA; a lead organisation may carry several, told apart by name."""
        numbers: set[int] = set()
        for number in (typed_siret(cells.get("siret", "")), typed_rna(cells.get("rna", ""))):
            holders = self.by_number.get(number or "", [])
            if len(holders) > 1:
                holders = [holder for holder in holders if holder in named]
                if len(holders) != 1:
                    raise CellRefused(
                        _("Several have this SIRET or RNA: write the identifier of the one you mean.")
                    )
            numbers.update(holders)
        if len(numbers) > 1:
            raise CellRefused(_("The SIRET and the RNA are not of the same record: write an identifier."))
        return numbers.pop() if numbers else None


class Repeats:
    """Tells when two lines are about the same thing."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, object], tuple[int, bool]] = {}

    def note(self, line: Line, cells: Mapping[str, str]) -> None:
        new = line.target_id is None
        keys: list[tuple[str, object]] = [("name", search_key(cells["nom"]))]
        if new:
            keys += [
                ("number", typed_siret(cells.get("siret", ""))),
                ("number", typed_rna(cells.get("rna", ""))),
            ]
        else:
            keys.append(("id", line.target_id))
        for what, key in keys:
            if not key:
                continue
            first, first_is_new = self._seen.setdefault((what, key), (line.number, new))
            if first != line.number and (what != "name" or new or first_is_new):
                line.problems.append(
                    _("Line %(number)d is about the same one: keep one of the two lines.", number=first)
                )
                return
