"""What the lines of a file would do with people: invite them, or change the role they hold; nobody is removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row as Record

from portal.access.roles import HEAD_ROLES, Actor, Role
from portal.accounts.attempts import service as attempts
from portal.accounts.crowd import service as crowd
from portal.accounts.crowd.service import Guest
from portal.accounts.rules import ROLES_OF
from portal.db import require_transaction
from portal.refusals import Conflict
from portal.teams.crowd import service as teams
from portal.teams.crowd.service import NewRole
from portal.text import search_key
from portal.transfers import queries
from portal.transfers.rules import Change, Line, Row, Sheet, TransferKind
from portal.transfers.table.forms import CellRefused, problem, read_number
from portal.transfers.table.service import PEOPLE, Column, by_key, texts
from portal.web.languages import DEFAULT

_KIND = TransferKind.PEOPLE
_ROLE = next(column for column in PEOPLE if column.field == "role")


class Directory:
    """Every organisation, by number and by name."""

    def __init__(self, organisations: Sequence[Record[Any]]) -> None:
        self.by_id = {organisation.id: organisation for organisation in organisations}
        self._by_name: dict[str, list[int]] = {}
        for row in self.by_id.values():
            if row.active and not row.merged_into_id:
                self._by_name.setdefault(row.name_key, []).append(row.id)

    def find(self, cells: Mapping[str, str]) -> Record[Any]:
        """The organisation of a line; CellRefused where that is unknown or not sure."""
        number, name = cells.get("identifiant de l organisation", ""), cells.get("organisation", "")
        if not number and not name:
            raise CellRefused(_("Organisation – fill this cell, or that of its identifier."))
        numbers = [read_number(number)] if number else self._by_name.get(search_key(name), [])
        if len(numbers) > 1:
            raise CellRefused(
                _("Organisation – several have this name: write the identifier of the one you mean.")
            )
        organisation = self.by_id.get(numbers[0]) if numbers else None
        if organisation is None or not organisation.active or organisation.merged_into_id:
            raise CellRefused(_("Organisation – none is called so, or it no longer uses the portal."))
        if name and organisation.name_key != search_key(name):
            raise CellRefused(
                _(
                    "Organisation – this identifier is that of “%(name)s”: correct one or the other.",
                    name=organisation.name,
                )
            )
        return organisation


@dataclass(slots=True)
class Place:
    """Someone's place in an organisation, as the portal holds it."""

    membership_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class Seen:
    """All of the portal that what a file would do follows from: every organisation, who answers for those of the file,
    and what is held of its addresses."""

    organisations: Sequence[Record[Any]]
    heads: Sequence[Record[Any]]
    names: Mapping[str, tuple[str, str]]
    places: Mapping[tuple[str, int], Place]
    invited: Mapping[tuple[str, int], Record[Any]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the lines of a file would do, and what that follows from."""

    lines: list[Line]
    seen: Seen


def plan(sheet: Sheet) -> Plan:
    """What each line would do."""
    organisations = queries.keys_of(None)
    directory = Directory(organisations)
    lines = [_begin(row, directory) for row in sheet.rows]
    _refuse_repeats(lines)
    seen = _see(organisations, lines)
    for line, row in zip(lines, sheet.rows, strict=True):
        if not line.problems:
            _compare(line, row, seen, directory)
    _keep_a_head(lines, seen, directory)
    return Plan(lines, seen)


def plan_again(sheet: Sheet, before: Plan) -> list[Line]:
    """The same under a lock of the organisations, so that nobody changes their people meanwhile: worked out anew where
    anything of them is not as it was seen."""
    queries.lock_organisations(_organisations_of(before.lines))
    if _see(queries.keys_of(None), before.lines) == before.seen:
        return before.lines
    queries.lock_organisations(_organisations_of(plan(sheet).lines))
    return plan(sheet).lines


def _organisations_of(lines: Sequence[Line]) -> set[int]:
    return {line.values["organisation_id"] for line in lines if "organisation_id" in line.values}


def _see(organisations: Sequence[Record[Any]], lines: Sequence[Line]) -> Seen:
    names: dict[str, tuple[str, str]] = {}
    places: dict[tuple[str, int], Place] = {}
    invited: dict[tuple[str, int], Record[Any]] = {}
    for emails in queries.batches({line.values["email"] for line in lines if "email" in line.values}):
        names |= {member.email: (member.given_name, member.family_name) for member in queries.people(emails)}
        places |= {
            (place.email, place.organisation_id): Place(place.id, place.role)
            for place in queries.places(emails)
        }
        invited |= {
            (invitation.email, invitation.organisation_id): invitation
            for invitation in queries.invited(emails)
        }
    heads = sorted(queries.heads(_organisations_of(lines)))
    return Seen(organisations, heads, names, places, invited)


def _begin(row: Row, directory: Directory) -> Line:
    """Who, where and as what."""
    line = Line(row.number, row.cells["adresse electronique"][:200])
    if row.extra:
        line.problems.append(_("This line has more cells than there are columns: check its quotation marks."))
    if row.cells["adresse electronique"] == PEOPLE[0].example:
        line.problems.append(_("This is the example of the template: delete this line."))
    try:
        organisation = directory.find(row.cells)
    except CellRefused as refused:
        line.problems.append(refused.message)
    else:
        line.values["organisation_id"] = organisation.id
    for key in ("adresse electronique", "role"):
        _read(line, by_key(_KIND)[key], row.cells[key])
    if not line.problems and line.values["role"] not in ROLES_OF[organisation.kind]:
        line.problems.append(
            _(
                "Rôle – %(name)s gives these: %(roles)s.",
                name=organisation.name,
                roles=", ".join(sorted(_ROLE.write(role) for role in ROLES_OF[organisation.kind])),
            )
        )
    return line


def _read(line: Line, column: Column, text: str) -> None:
    if not text and column.required:
        line.problems.append(_("%(head)s: fill this cell.", head=column.head))
    elif text:
        try:
            line.values[column.field] = column.value(text)
        except CellRefused as refused:
            line.problems.append(problem(column.head, text, refused))


def _refuse_repeats(lines: Sequence[Line]) -> None:
    seen: dict[tuple[object, object], int] = {}
    for line in lines:
        if line.problems:
            continue
        first = seen.setdefault((line.values["email"], line.values["organisation_id"]), line.number)
        if first != line.number:
            line.problems.append(
                _("Line %(number)d is about the same person there: keep one of the two lines.", number=first)
            )


def _compare(line: Line, row: Row, seen: Seen, directory: Directory) -> None:
    key, role = (line.values["email"], line.values["organisation_id"]), line.values["role"]
    if place := seen.places.get(key):
        line.target_id = place.membership_id
        if place.role != role:
            line.changes = [Change("role", _ROLE.head, _ROLE.write(place.role), _ROLE.write(role))]
    elif invitation := seen.invited.get(key):
        line.target_id = invitation.id
        if invitation.role != role:
            line.problems.append(
                _(
                    "Invited already, as %(role)s: withdraw that invitation first.",
                    role=_ROLE.write(invitation.role),
                )
            )
    else:
        _invite(line, row, seen.names.get(key[0]), directory.by_id[key[1]].name)


def _invite(line: Line, row: Row, names: tuple[str, str] | None, organisation: str) -> None:
    """Read what an invitation needs; who has an account keeps the name they gave."""
    table = by_key(_KIND)
    for key, text in row.cells.items():
        if table[key].field in {"given_name", "family_name", "language"}:
            _read(line, table[key], text)
    line.values.setdefault("language", DEFAULT)
    if names:
        line.values["given_name"], line.values["family_name"] = names
    for column in table.values():
        if column.field in {"given_name", "family_name"} and not line.values.get(column.field):
            line.problems.append(_("%(head)s: fill this cell.", head=column.head))
    if not line.problems:
        written = texts(_KIND, {**line.values, "organisation": organisation})
        line.changes = [
            Change(column.field, column.head, "", written[column.field])
            for column in table.values()
            if written.get(column.field)
        ]


def _keep_a_head(lines: Sequence[Line], seen: Seen, directory: Directory) -> None:
    """No organisation may be left without anybody who answers for it."""
    changed = [line for line in lines if line.target_id and line.changes and not line.problems]
    losing = [line for line in changed if line.values["role"] not in HEAD_ROLES]
    heads: dict[int, set[int]] = {}
    for head in seen.heads:
        heads.setdefault(head.organisation_id, set()).add(head.id)
    for line in changed:
        left = heads.get(line.values["organisation_id"], set())
        if line.target_id and line.values["role"] in HEAD_ROLES:
            left.add(line.target_id)
    for line in losing:
        organisation_id = line.values["organisation_id"]
        left = heads.get(organisation_id, set())
        if line.target_id not in left:
            continue
        left.discard(line.target_id)
        if not left:
            line.problems.append(
                _(
                    "Nobody would answer for %(name)s any more: give that role to somebody else first.",
                    name=directory.by_id[organisation_id].name,
                )
            )


@dataclass(frozen=True, slots=True)
class Letters:
    """What those who are invited, and those who get another role, will read."""

    invited: crowd.Letters
    changed: teams.Letters


def letters(actor: Actor, lines: Sequence[Line]) -> Letters:
    """What those whom lines concern will read, written while nothing is locked."""
    return Letters(crowd.letters(actor, _guests(lines)), teams.letters(actor, _new_roles(lines)))


def _new_roles(lines: Sequence[Line]) -> list[NewRole]:
    held = [line for line in lines if line.changes and line.target_id]
    organisations = queries.organisations_by_id({line.values["organisation_id"] for line in held})
    return [
        NewRole(line.target_id or 0, organisations[line.values["organisation_id"]], line.values["role"])
        for line in held
    ]


def _guests(lines: Sequence[Line]) -> list[Guest]:
    invited = [line.values for line in lines if line.changes and not line.target_id]
    organisations = queries.organisations_by_id({invitation["organisation_id"] for invitation in invited})
    return [
        Guest(
            organisations[invitation["organisation_id"]],
            invitation["email"],
            invitation["given_name"],
            invitation["family_name"],
            invitation["role"],
            invitation["language"],
        )
        for invitation in invited
    ]


def apply(actor: Actor, lines: Sequence[Line], written: Letters) -> None:
    """Invite, and change roles; the organisations are locked since the lines were compared."""
    require_transaction()
    wanted = _new_roles(lines)
    for batch in queries.batches(wanted):
        teams.change_roles(actor, batch, written.changed)
    losing = {role.organisation.id: role.organisation for role in wanted if role.role not in HEAD_ROLES}
    for some in queries.batches(losing.values()):
        teams.require_heads(some)
    guests = _guests(lines)
    if not attempts.may_write_to_all([guest.email for guest in guests]):
        raise Conflict
    for batch in queries.batches(guests):
        crowd.invite(actor, batch, written.invited)
