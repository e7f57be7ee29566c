"""A request as lists show it: what a row says, read as plain values. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.requests.steps import AssignmentState, RequestState
from portal.territories.reference import place_of


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something by name; of a service, in English too."""

    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """The pole of a row."""

    name: str
    town: str | None
    department_code: str | None
    region_code: str | None

    @property
    def place(self) -> str | None:
        """The department whose clocks it follows."""
        return place_of(self.department_code, self.region_code)


@dataclass(frozen=True, slots=True)
class Assigned:
    """One assignment of a row. `referent`: who of the partner's team has it."""

    partner: Named
    referent: Named | None
    id: int
    partner_id: int
    state: AssignmentState
    due_on: date
    proposed_at: datetime
    held_on: date | None
    held_days: int
    resumed_on: date | None
    answered_on: date | None
    chased_on: date | None
    reminded_on: date | None
    heard_on: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """What lists show of a request, named as in `SupportRequest`; to a partner, its own assignments alone."""

    pole: Asker
    service: Named | None
    assignments: Sequence[Assigned]
    id: int
    reference: str
    subject: str
    state: RequestState
    submitted_at: datetime | None
    region_code: str | None
    has_own_cell: bool
