"""Who stands in for whom has one answer: for whoever writes e-mails, and for whoever draws an inbox."""

import random

import pytest

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.teams import queries, rules
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.teams.steps import actor_of


def _absences(dice: random.Random, team: list[Membership], elsewhere: Membership) -> list[Absence]:
    """Some of a team away today, and who was named to stand in: also people away, gone or of elsewhere, and nobody."""
    today = clock.today()
    named = {
        one.id: dice.choice([*(other for other in team if other is not one), elsewhere, None]) for one in team
    }
    return [
        Absence(
            membership_id=number,
            starts_on=today,
            ends_on=today,
            substitute_id=substitute.person_id if substitute else None,
        )
        for number, substitute in named.items()
        if dice.random() < 0.6
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_inbox_of_who_is_there_holds_what_they_are_written_about(seed: int, make: Builder) -> None:
    dice = random.Random(seed)
    partner = make.partner()
    team = [make.practitioner(partner) for _number in range(7)]
    elsewhere = make.practitioner()
    with transaction() as session:
        session.add_all(_absences(dice, team, elsewhere))
        session.merge(team[6]).ended_at = clock.now()
    present = {one.person_id for one in team[:6]}
    away = queries.away([partner.id]).get(partner.id, {})
    for one in team[:6]:
        if one.person_id in away:
            continue
        found = set(db.session.scalars(queries.replaced_by(actor_of(one))))
        assert found == rules.replaced_by(one.person_id, away, present), (seed, one.person_id)
