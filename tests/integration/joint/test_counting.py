"""One request, n poles: what counts once, and what counts for each."""

import re
from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import Rule
from portal.db import db
from portal.interventions.models import AlsoServed
from portal.interventions.steps import InterventionState
from portal.usage import queries as usage
from portal.usage.rules import Dimension, Filters, Tally, default_period
from portal.usage.words import POLES_SUPPORTED, REQUESTS, SUPPORT_DAYS
from portal.web import templating
from tests.integration.joint.steps import Poles, invite, leave, with_joined
from tests.integration.requests.steps import actor_of, log_fields


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


def _received(poles: Poles) -> float | None:
    filters = Filters(default_period(clock.today()))
    total = Tally()
    for tally in usage.tallies(actor_of(poles.world.national), filters)[Dimension.REGION].values():
        total.add(tally)
    return SUPPORT_DAYS.compute(total)


def test_a_session_is_for_all_that_joined_unless_it_is_said_otherwise(poles: Poles, browse) -> None:
    with_joined(poles, poles.first, poles.second)
    path = f"{poles.path}/affectations/{poles.assignment.id}/intervention"
    browser, day = browse(poles.world.practitioner), templating.weekday(clock.today())
    text = browser.get(path).text
    for other in (poles.first, poles.second):
        assert re.search(
            rf'value="{other.organisation_id}" checked|checked[^>]*value="{other.organisation_id}"', text
        )
    fields = {**log_fields(poles.world.practitioner.person_id), "minutes": str(7 * 60)}
    assert browser.post(path, {**fields, "pole_ids": [poles.third.organisation_id]}).status_code == 422
    assert browser.post(path, {**fields, "pole_ids": [poles.first.organisation_id]}).status_code == 302
    assert _received(poles) == 2, "a day of the pole that asked, and one of another"
    assert day in browse(poles.first).get(poles.shared).text
    assert day not in browse(poles.second).get(poles.shared).text


def test_no_other_pole_is_asked_about_where_none_joined(poles: Poles, browse) -> None:
    invite(poles, poles.first)
    path = f"{poles.path}/affectations/{poles.assignment.id}/intervention"
    browser = browse(poles.world.practitioner)
    assert "pole_ids" not in browser.get(path).text
    fields = log_fields(poles.world.practitioner.person_id)
    assert browser.post(path, {**fields, "pole_ids": [poles.first.organisation_id]}).status_code == 302
    assert db.session.scalars(select(AlsoServed)).first() is None


def test_a_date_that_is_for_it_stands_in_the_week_of_a_pole_that_joined(make, poles: Poles, browse) -> None:
    """With whose request it is and the page that is shared; once it has left, and for who is not concerned: nothing."""
    with_joined(poles, poles.first, poles.second)
    make.raw_intervention(
        poles.assignment,
        poles.world.practitioner.person,
        InterventionState.PLANNED,
        on=clock.today() + timedelta(days=2),
        report="",
        also_served=[AlsoServed(pole_id=poles.first.organisation_id)],
    )

    def weeks() -> list[list[str]]:
        readers = (poles.world.coordinator, poles.first, poles.second)
        pages = [browse(who).get("/").text for who in readers]
        return [[path for path in (poles.path, poles.shared) if f'href="{path}"' in page] for page in pages]

    assert weeks() == [[poles.path], [poles.shared], []]
    assert poles.request.pole.name in browse(poles.first).get("/").text
    leave(poles, poles.first)
    assert weeks() == [[poles.path], [], []]
