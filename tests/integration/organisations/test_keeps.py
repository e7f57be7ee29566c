"""Whose record it is to keep has one answer: in Python, on a page, and in SQL, in lists and under lock."""

import random

import pytest

from portal.access.roles import Actor
from portal.db import db, transaction
from portal.organisations import queries, rules
from portal.organisations.models import Organisation
from portal.territories.reference import REGIONS
from tests.builders import Builder
from tests.integration.teams.steps import actor_of


def _actors(make: Builder) -> list[Actor]:
    """One of each role."""
    pole, partner = make.pole(region_code="28"), make.partner(regions=("28",))
    members = [
        make.coordinator(pole),
        make.practitioner(partner),
        make.manager(partner),
        make.regional_admin("28"),
        make.regional_admin("11", "84"),
        make.national_admin(),
        make.observer(),
    ]
    return [actor_of(one) for one in members]


@pytest.mark.parametrize("seed", range(3))
def test_the_records_one_keeps_are_those_one_may_edit(seed: int, make: Builder) -> None:
    dice = random.Random(seed)
    actors = _actors(make)
    for _number in range(8):
        code = dice.choice([*REGIONS, "28", "28", "11", None])
        make.pole(region_code=code, department_code=None, town=None)
        make.partner(regions=(dice.choice(sorted(REGIONS)),))
    records = db.session.query(Organisation).all()
    kept = records[0]
    with transaction() as session:
        for one in dice.sample(records[1:], 4):
            session.merge(one).merged_into_id = kept.id
    for actor in actors:
        editable = {one.id for one in db.session.scalars(queries.editable_by(actor))}
        assert editable == {one.id for one in records if rules.keeps(actor, one)}, actor.role
        for one in records[:4]:
            assert queries.is_editable(actor, one.id) is rules.keeps(actor, one)
