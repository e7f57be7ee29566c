"""One request, n poles: what counts once, and what counts for each."""

from portal import clock
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import Rule
from portal.usage import queries as usage
from portal.usage.rules import Dimension, Filters, Tally, default_period
from portal.usage.words import POLES_SUPPORTED, REQUESTS
from tests.integration.joint.steps import Poles, invite, leave, with_joined
from tests.integration.requests.steps import actor_of


def _counted(poles: Poles, partner_id: int | None = None) -> tuple[float | None, float | None]:
    filters = Filters(default_period(clock.today()), partner_id=partner_id)
    total = Tally()
    for tally in usage.tallies(actor_of(poles.world.national), filters)[Dimension.REGION].values():
        total.add(tally)
    return REQUESTS.compute(total), POLES_SUPPORTED.compute(total)


def test_a_request_of_three_poles_is_one_request_and_three_poles(poles: Poles) -> None:
    with_joined(poles, poles.first, poles.second)
    invite(poles, poles.third)
    assert _counted(poles) == (1, 3)
    assert _counted(poles, poles.world.partner.id) == (1, 3)
    leave(poles, poles.first)
    assert _counted(poles) == (1, 2)


def test_joining_uses_nothing_of_what_a_pole_may_ask_for(poles: Poles) -> None:
    with_joined(poles, poles.first)
    service_id = poles.world.service.id
    for who, used in ((poles.world.coordinator, 1), (poles.first, 0)):
        place = who.organisation.place
        ruling = eligibility.of(who.organisation_id, place, [service_id])[service_id]
        counts = [each.use.used for each in ruling.reasons if each.rule is Rule.REQUESTS and each.use]
        assert counts in ([used], []), "no limit, or what was used of it"
