"""Who stands in for whom, and who may keep the people of an organisation."""

from datetime import date
from types import SimpleNamespace

import pytest

from portal.access.roles import Actor, Role
from portal.organisations.rules import OrganisationKind
from portal.teams.rules import Away, addressees, can_stand_in, manages, replaced_by, stand_in

UNTIL = date(2027, 1, 3)


def away(*pairs: tuple[int, int | None]) -> dict[int, Away]:
    return {one: Away(one, f"P{one}", UNTIL, substitute) for one, substitute in pairs}


@pytest.mark.parametrize(
    ("absences", "expected"),
    [
        (away((1, 2)), 2),
        (away((1, None)), None),
        (away((1, 2), (2, 3)), 3),
        (away((1, 2), (2, 1)), None),
        (away((1, 2), (2, 3), (3, 2)), None),
        (away((1, 2), (2, None)), None),
        (away((1, 9)), None),
    ],
    ids=["named", "nobody", "chain", "each other", "cycle", "chain ends", "left the team"],
)
def test_the_substitute_of_an_absent_person(absences: dict[int, Away], expected: int | None) -> None:
    assert stand_in(1, absences, {1, 2, 3, 4}) == expected


def test_who_is_there_gets_their_own_mail() -> None:
    assert addressees([1, 2], [1, 2, 3], [1, 2, 3], {}) == {1: None, 2: None}


def test_the_substitute_gets_it_instead() -> None:
    assert addressees([1], [1, 2, 3], [1, 2, 3], away((1, 2))) == {2: 1}


def test_who_is_told_anyway_is_told_once_in_their_own_right() -> None:
    assert addressees([1, 2], [1, 2, 3], [1, 2, 3], away((1, 2))) == {2: None}


def test_without_a_substitute_the_team_gets_it_too() -> None:
    team = [1, 2, 3, 4]
    assert addressees([1], team, team, away((1, None), (4, None))) == {2: 1, 3: 1, 1: None}
    assert addressees([1], team, [1, 3], away((1, None))) == {3: 1, 1: None}


def test_for_whom_one_stands_in() -> None:
    absences = away((1, 2), (2, 3), (4, None))
    assert replaced_by(3, absences, {1, 2, 3, 4}) == {1, 2}
    assert replaced_by(2, absences, {1, 2, 3, 4}) == frozenset()


@pytest.mark.parametrize(
    ("absent", "other", "expected"),
    [
        (Role.COORDINATOR, Role.COORDINATOR, True),
        (Role.COORDINATOR, Role.MEMBER, False),
        (Role.MEMBER, Role.COORDINATOR, True),
        (Role.MANAGER, Role.PRACTITIONER, True),
        (Role.PRACTITIONER, Role.MANAGER, True),
        (Role.REGIONAL_ADMIN, Role.REGIONAL_ADMIN, True),
    ],
)
def test_a_substitute_can_do_the_daily_work(absent: Role, other: Role, expected: bool) -> None:
    assert can_stand_in(absent, other) is expected


def _actor(role: Role, regions: frozenset[str] = frozenset()) -> Actor:
    return Actor(1, "Zoé Martin", "zoe@exemple.test", 1, role, 7, "Ici", regions)


def _body(kind: OrganisationKind, number: int = 8, region: str | None = "28") -> SimpleNamespace:
    return SimpleNamespace(id=number, kind=kind, region_code=region)


@pytest.mark.parametrize(
    ("actor", "organisation", "expected"),
    [
        (_actor(Role.COORDINATOR), _body(OrganisationKind.POLE, 7), True),
        (_actor(Role.MEMBER), _body(OrganisationKind.POLE, 7), False),
        (_actor(Role.COORDINATOR), _body(OrganisationKind.POLE), False),
        (_actor(Role.PRACTITIONER), _body(OrganisationKind.PARTNER, 7), False),
        (_actor(Role.MANAGER), _body(OrganisationKind.PARTNER, 7), True),
        (_actor(Role.REGIONAL_ADMIN, frozenset({"28"})), _body(OrganisationKind.POLE), True),
        (_actor(Role.REGIONAL_ADMIN, frozenset({"28"})), _body(OrganisationKind.POLE, region=None), False),
        (_actor(Role.REGIONAL_ADMIN, frozenset({"11"})), _body(OrganisationKind.POLE), False),
        (_actor(Role.REGIONAL_ADMIN, frozenset({"28"})), _body(OrganisationKind.PARTNER), False),
        (_actor(Role.REGIONAL_ADMIN, frozenset({"28"})), _body(OrganisationKind.NATIONAL_CELL), False),
        (_actor(Role.NATIONAL_ADMIN), _body(OrganisationKind.FUNDER), True),
        (_actor(Role.OBSERVER), _body(OrganisationKind.FUNDER, 7), False),
    ],
)
def test_who_keeps_the_people(actor: Actor, organisation: SimpleNamespace, expected: bool) -> None:
    assert manages(actor, organisation) is expected
