"""Who may come: the roles, and the actor, a person acting for one organisation."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a membership lets a person do; see `permissions.ROLE_PERMISSIONS`."""

    COORDINATOR = "coordinator"
    MEMBER = "member"
    PRACTITIONER = "practitioner"
    MANAGER = "manager"
    REGIONAL_ADMIN = "regional_admin"
    NATIONAL_ADMIN = "national_admin"
    OBSERVER = "observer"


POLE_ROLES = frozenset({Role.COORDINATOR, Role.MEMBER})
PARTNER_ROLES = frozenset({Role.PRACTITIONER, Role.MANAGER})
CELL_ROLES = frozenset({Role.REGIONAL_ADMIN, Role.NATIONAL_ADMIN})
HEAD_ROLES = frozenset({Role.COORDINATOR, Role.MANAGER, Role.REGIONAL_ADMIN, Role.NATIONAL_ADMIN})
"""Who answers for an organisation and its people; a funder's are kept by the national cell."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person acting for one organisation in one role.

    `region_codes` are the regions a regional cell follows; empty for everybody else. `members_reviewed_at`: when the
    people of the organisation were last gone through. `viewed_by`: the number of the person of the national cell who
    only looks at the portal as this one; nothing may be changed then. `place`: the department whose clocks they read,
    where it is not Paris's.
    """

    person_id: int
    person_name: str
    email: str
    membership_id: int
    role: Role
    organisation_id: int
    organisation_name: str
    region_codes: frozenset[str] = frozenset()
    members_reviewed_at: datetime | None = None
    viewed_by: int | None = None
    place: str | None = None

    @property
    def signature(self) -> str:
        """How they are named beside what they wrote: Bertrand Noël, Agence Alliée."""
        return f"{self.person_name}, {self.organisation_name}"

    @property
    def is_pole(self) -> bool:
        return self.role in POLE_ROLES

    @property
    def is_partner(self) -> bool:
        return self.role in PARTNER_ROLES

    @property
    def is_cell(self) -> bool:
        return self.role in CELL_ROLES
