"""The people of the cells that answer for a region, as they are at work today, and whom a pole calls there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.access.roles import CELL_ROLES
from portal.accounts import queries as accounts
from portal.accounts.models import Membership
from portal.organisations.models import Organisation
from portal.teams.queries import Addressee, Teams, addressees_among, teams_of
from portal.teams.rules import Away


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A cell, its people by name, and who of them is away today."""

    organisation: Organisation
    people: Sequence[Membership]
    absent: Mapping[int, Away]

    def addressees(self, wanted: Sequence[Membership]) -> list[Addressee]:
        """Who gets what is meant for some of them."""
        numbers = [member.person_id for member in wanted]
        return addressees_among(self.organisation.id, self.people, numbers, CELL_ROLES, self.absent)


def cells(region_code: str | None) -> Sequence[Cell]:
    """Those that answer for a region today."""
    organisations = accounts.cells_of(region_code)
    return cells_among(organisations, teams_of([organisation.id for organisation in organisations]))


def cells_among(organisations: Sequence[Organisation], teams: Teams) -> Sequence[Cell]:
    """The same of organisations whose people were read already."""
    return [
        Cell(
            organisation,
            [member for member in teams.of(organisation.id) if member.role in CELL_ROLES],
            teams.absent.get(organisation.id, {}),
        )
        for organisation in organisations
    ]


def to_call(at_work: Sequence[Cell]) -> Addressee | None:
    """The first by name, with a telephone where somebody has one; who stands in for them while they are away."""
    for cell in at_work:
        if cell.people:
            first = min(cell.people, key=lambda member: not member.person.phone)
            addressees = cell.addressees([first])
            return next((addressee for addressee in addressees if addressee.instead_of), addressees[0])
    return None
