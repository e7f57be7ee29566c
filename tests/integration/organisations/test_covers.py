"""Whether somebody works in a place has one answer: in Python, when routing, in the catalogue, for direct services."""

import random

import pytest
from sqlalchemy import select

from portal.access.roles import Actor, Role
from portal.catalogue import queries as catalogue
from portal.catalogue.rules import ServiceFilters
from portal.db import db
from portal.organisations import queries, rules
from portal.organisations.models import Coverage, Partner
from portal.requests import queries as requests
from portal.requests.routing import queries as routing
from portal.territories.reference import DEPARTMENTS, REGIONS
from tests.builders import Builder

Place = tuple[str | None, str | None]
NATIONAL = Actor(1, "Inès Delorme", "ines@exemple.test", 1, Role.NATIONAL_ADMIN, 0, "Cellule nationale")


def _places(dice: random.Random) -> list[Place]:
    """What an organisation says of where it works: nothing, the country, regions, departments, or both."""
    if dice.random() < 0.2:
        return [(None, None)]
    regions: list[Place] = [(code, None) for code in dice.sample(sorted(REGIONS), dice.randint(0, 2))]
    return regions + [(None, code) for code in dice.sample(sorted(DEPARTMENTS), dice.randint(0, 4))]


def _asked(dice: random.Random, places: list[Place]) -> list[Place]:
    """Places as poles have them: whole, without a department, without anything; some that are surely covered."""
    departments = dice.sample(sorted(DEPARTMENTS), 6) + [code for _region, code in places if code][:6]
    regions = dice.sample(sorted(REGIONS), 4) + [code for code, _department in places if code][:4]
    whole: list[Place] = [(DEPARTMENTS[code].region_code, code) for code in departments]
    return [
        *whole,
        *((code, None) for code in regions),
        *((None, code) for code in departments[:3]),
        (None, None),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_every_way_to_ask_who_covers_a_place_answers_the_same(seed: int, make: Builder) -> None:
    dice = random.Random(seed)
    said = [_places(dice) for _number in range(12)]
    partners = []
    for places in said:
        partner = make._save(
            Partner(
                name=f"Partenaire {len(partners)}",
                coverages=[Coverage(region_code=region, department_code=code) for region, code in places],
            )
        )
        partners.append(partner)
    service = make.service(*partners)
    for region, department in _asked(dice, [place for places in said for place in places]):
        expected = {one.id for one in partners if rules.covers(one.coverages, region, department)}
        pole = make.pole(region_code=region, department_code=department, town=None)
        reference = make.raw_request(make.coordinator(pole), service=service).reference
        request = requests.get(NATIONAL, reference)
        assert request is not None
        rows = select(Coverage.organisation_id).where(queries.covering(region, department))
        place = (region, department)
        assert set(db.session.scalars(rows)) == expected, place
        assert {one.partner_id for one in routing.advice(request).candidates if one.covers} == expected, place
        assert {one.id for one in catalogue.covering_partners(service.id, *place)} == expected, place
        if region and department:
            found = catalogue.listed(ServiceFilters(region_code=region, department_code=department))
            assert bool(found) is bool(expected), place


@pytest.mark.parametrize("seed", range(2))
def test_who_reaches_a_region_is_the_same_in_the_directory_and_in_exports(seed: int, make: Builder) -> None:
    dice = random.Random(seed + 100)
    partners = [
        make._save(
            Partner(
                name=f"P {n}",
                coverages=[Coverage(region_code=r, department_code=d) for r, d in _places(dice)],
            )
        )
        for n in range(12)
    ]
    for code in REGIONS:
        expected = {one.id for one in partners if rules.reaches(one.coverages, code)}
        actor = Actor(1, "Inès", "ines@exemple.test", 1, Role.REGIONAL_ADMIN, 0, "Cellule", frozenset({code}))
        assert {one.id for one in db.session.scalars(queries.visible_to(actor))} == expected, code
