"""Sessions count as any other act: what poles received and a partner spent is the same whoever counts it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, null, select

from portal import clock
from portal.catalogue.limits.rules import year_of
from portal.catalogue.rules import Beside
from portal.db import db, transaction
from portal.interventions.measures.queries import received_by
from portal.interventions.used.queries import minutes_given
from portal.sessions.presence import queries, service
from portal.sessions.presence.rules import Told
from portal.usage import queries as usage
from portal.usage.rules import Dimension, Filters, Month, Period
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.sessions import raw_registration, raw_session

CLOSINGS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sets(st.integers(0, 3)),
        st.integers(1, 30).map(lambda quarters: 15 * quarters),
        st.sets(st.integers(0, 1), min_size=1),
        st.integers(0, 8).map(lambda quarters: 15 * quarters),
    ),
    min_size=1,
    max_size=5,
)


class Limit:
    """What a limit asks for."""

    def __init__(self, partner_id: int, service_id: Any) -> None:
        self.partner_id, self.service_id = partner_id, service_id


@settings(
    max_examples=8,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(closings=CLOSINGS)
def test_poles_partner_limits_and_figures_never_disagree(
    make: Builder, closings: Sequence[tuple[Any, ...]]
) -> None:
    partner = make.partner()
    team = [make.practitioner(partner) for _ in range(2)]
    service_of = make.service(partner, time_counted=[Beside.TRAVEL])
    poles = [make.coordinator(make.pole(region_code=code)) for code in ("28", "11", "28")]
    day = clock.today() - timedelta(days=1)
    held = [raw_session(make, team[0], service_of, on=day, closes_on=day) for _ in range(2)]
    people = [
        [raw_registration(make, each, poles[number % 3], name=f"Anne {number}").id for number in range(4)]
        for each in held
    ]
    known: dict[int, tuple[Any, ...]] = {}
    for which, came, minutes, gave, travel in closings:
        told = Told(
            [people[which][number] for number in came],
            (),
            minutes,
            [team[number].person_id for number in gave],
            {Beside.TRAVEL: travel, Beside.WRITE_UP: 60},
        )
        with transaction():
            service.close(actor_of(team[0]), held[which].id, told)
        known[which] = came, minutes, gave, travel
    received = [
        sum(minutes for came, minutes, *_rest in known.values() if {n % 3 for n in came} & {pole})
        for pole in range(3)
    ]
    spent = sum(minutes * len(gave) + travel for _came, minutes, gave, travel in known.values())
    year = year_of(day, None)
    for pole, minutes in zip(poles, received, strict=True):
        asked = select(received_by(pole.organisation_id, year.first, year.after))
        assert db.session.scalar(asked) == minutes
    for service_id in (literal(service_of.id), null()):
        given_in_it = minutes_given(Limit(partner.id, service_id), year)
        assert db.session.scalar(select(given_in_it)) == spent
    month = Month.of(day)
    filters = Filters(Period(month.plus(-1), month.plus(1)), service_id=service_of.id)
    counted = usage.tallies(actor_of(make.national_admin()), filters)
    for dimension in (Dimension.MONTH, Dimension.SERVICE, Dimension.REGION, Dimension.PARTNER):
        tallies = counted[dimension].values()
        assert sum(tally.received for tally in tallies) == sum(received), dimension
        assert sum(tally.spent for tally in tallies) == spent, dimension
    assert counted[Dimension.REGION]["11"].received == received[1]
    for each, number in zip(held, range(2), strict=True):
        came = known.get(number, ((), 0))[0]
        assert len(queries.who_came(each.id)) == len(came)
