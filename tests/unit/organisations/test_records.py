"""Who keeps which facts, numbers that are typed, absences, and what a record lacks."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from portal.access.roles import Actor, Role
from portal.organisations.facts.rules import facts_kept_by, missing
from portal.organisations.rules import (
    OrganisationKind,
    absent_until,
    keeps,
    typed_rna,
    typed_siret,
)


def actor(role: Role, organisation_id: int = 1, *regions: str) -> Actor:
    return Actor(1, "Zoé", "zoe@exemple.test", 1, role, organisation_id, "Une", frozenset(regions))


@dataclass
class Record:
    id: int = 1
    kind: OrganisationKind = OrganisationKind.POLE
    region_code: str | None = "28"
    merged_into_id: int | None = None
    stage: str | None = "emerging"
    lead_siret: str | None = "44229377500031"
    lead_rna: str | None = None
    public_summary: str | None = "Nous coopérons."
    coverages: list[object] = field(default_factory=list)


@dataclass(frozen=True)
class Away:
    starts_on: date
    ends_on: date


@pytest.mark.parametrize(
    "typed", ["44229377500031", "442 293 775 00031", " 442.293.775.00031 ", "4422937750003１"]
)
def test_a_siret_is_read_as_people_type_it(typed: str) -> None:
    assert typed_siret(typed) == "44229377500031"


@pytest.mark.parametrize("typed", ["", "44229377500032", "442293775", "abc", "0" * 300])
def test_what_is_no_siret_is_refused(typed: str) -> None:
    assert typed_siret(typed) is None


def test_the_post_office_counts_otherwise_and_is_known() -> None:
    assert typed_siret("35600000000048") == "35600000000048"
    assert typed_siret("35600000049837") == "35600000049837"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("w751234567", "W751234567"),
        ("W9G2 001 234", "W9G2001234"),
        ("751234567", None),
        ("W75123456", None),
        ("", None),
    ],
)
def test_an_association_is_known_by_w_and_nine_characters(typed: str, number: str | None) -> None:
    assert typed_rna(typed) == number


def test_cells_alone_name_poles_and_the_national_cell_alone_gives_regions() -> None:
    pole, cell = OrganisationKind.POLE, OrganisationKind.REGIONAL_CELL
    assert {"name", "published", "peer_mentor", "region"} & facts_kept_by(
        actor(Role.COORDINATOR), pole
    ) == set()
    assert {"name", "published", "peer_mentor", "region"} <= facts_kept_by(actor(Role.REGIONAL_ADMIN), pole)
    assert "regions" not in facts_kept_by(actor(Role.REGIONAL_ADMIN), cell)
    assert "regions" in facts_kept_by(actor(Role.NATIONAL_ADMIN), cell)
    assert "name" not in facts_kept_by(actor(Role.MANAGER), OrganisationKind.PARTNER)


@pytest.mark.parametrize(
    ("who", "record", "expected"),
    [
        (actor(Role.COORDINATOR), Record(), True),
        (actor(Role.COORDINATOR, 2), Record(), False),
        (actor(Role.REGIONAL_ADMIN, 9, "28"), Record(), True),
        (actor(Role.REGIONAL_ADMIN, 9, "11"), Record(), False),
        (actor(Role.REGIONAL_ADMIN, 9, "28"), Record(kind=OrganisationKind.PARTNER), False),
        (actor(Role.REGIONAL_ADMIN, 9, "28"), Record(region_code=None), False),
        (actor(Role.NATIONAL_ADMIN, 9), Record(kind=OrganisationKind.FUNDER), True),
        (actor(Role.NATIONAL_ADMIN, 9), Record(merged_into_id=4), False),
    ],
)
def test_one_keeps_ones_own_and_cells_their_poles(who: Actor, record: Record, expected: bool) -> None:
    assert keeps(who, record) is expected


def test_both_days_of_an_absence_are_in_it_and_absences_in_a_row_are_one() -> None:
    summer = Away(date(2026, 8, 3), date(2026, 8, 14))
    after = Away(date(2026, 8, 15), date(2026, 8, 21))
    assert absent_until([summer], date(2026, 8, 2)) is None
    assert absent_until([summer], date(2026, 8, 3)) == date(2026, 8, 14)
    assert absent_until([summer], date(2026, 8, 14)) == date(2026, 8, 14)
    assert absent_until([summer], date(2026, 8, 15)) is None
    assert absent_until([after, summer], date(2026, 8, 10)) == date(2026, 8, 21)
    assert absent_until([], date(2026, 8, 10)) is None


def test_a_record_says_what_it_lacks() -> None:
    assert missing(Record()) == []
    bare = Record(region_code=None, stage=None, lead_siret=None, public_summary="")
    assert missing(bare) == ["region", "stage", "lead", "public_summary"]
    assert missing(Record(lead_siret=None, lead_rna="W751234567")) == []
    assert missing(Record(kind=OrganisationKind.PARTNER)) == ["places"]
    assert missing(Record(kind=OrganisationKind.FUNDER)) == []
