"""What a partner gives in a year: what is counted, what routing and poles read, what the national cell grants."""

import html
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import Rule, Weight
from portal.catalogue.limits import queries
from portal.catalogue.limits import service as limits
from portal.catalogue.limits.models import LimitException, PartnerLimit
from portal.catalogue.limits.rules import Measure
from portal.catalogue.models import Service
from portal.catalogue.room import service as rooms
from portal.catalogue.room.rules import Unit
from portal.db import db, transaction
from portal.interventions.steps import InterventionState
from portal.organisations.models import Partner
from portal.refusals import Invalid
from portal.requests import queries as requests
from portal.requests import service
from portal.requests.models import Assignment, SupportRequest
from portal.requests.routing import queries as routing
from portal.requests.rules import Candidate, Details
from portal.requests.steps import AssignmentState, RequestState
from portal.requests.used.queries import GIVEN
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, page_of
from tests.races import at_once


def limit(
    partner: Partner, maximum: int | None, measure: Measure = Measure.REQUESTS, of: Service | None = None
):
    with transaction():
        limits.limit_partner(partner.id, measure, of.id if of else None, maximum)


def asked(make: Builder, partner: Partner, state: AssignmentState = AssignmentState.ACCEPTED, **values: Any):
    request = make.raw_request(make.coordinator(), service=values.pop("service", None))
    return make.raw_assignment(request, partner, state, **values)


def used(partner: Partner) -> list[tuple[int, int]]:
    return [(each.allowed, each.used) for row, each in queries.of_partners() if row.partner_id == partner.id]


def route(world: World, request: SupportRequest, partner: Partner) -> None:
    with transaction():
        service.route(actor_of(world.cell), request.reference, Details(partner_ids=[partner.id]))


def ranked(world: World, request: SupportRequest) -> list[Candidate]:
    """The partners that could be asked, as the cell reads them."""
    found = requests.get(actor_of(world.cell), request.reference)
    assert found is not None
    return routing.advice(found).candidates


def against(world: World, offered: Service) -> list[Rule]:
    pole = world.coordinator.organisation
    said = eligibility.of(pole.id, pole.place, [offered.id])[offered.id]
    return [reason.rule for reason in said.of_weight(Weight.AGAINST)]


@pytest.mark.parametrize("state", AssignmentState)
def test_requests_are_counted_by_what_the_partner_does(
    make: Builder, world: World, state: AssignmentState
) -> None:
    limit(world.partner, 40)
    asked(make, world.partner, state)
    assert used(world.partner) == [(40, int(state in GIVEN))]


def test_a_limit_for_one_service_counts_that_service_alone(make: Builder, world: World) -> None:
    limit(world.partner, 5, of=world.service)
    limit(world.partner, 9)
    asked(make, world.partner, service=world.service)
    asked(make, world.partner, service=make.service(world.partner))
    assert sorted(used(world.partner)) == [(5, 1), (9, 2)]


def test_what_was_asked_last_year_is_not_counted(make: Builder, world: World) -> None:
    limit(world.partner, 5)
    last_year = clock.now().replace(year=clock.today().year - 1, month=6, day=1)
    asked(make, world.partner, proposed_at=last_year)
    assert used(world.partner) == [(5, 0)]


def test_days_are_those_held(make: Builder, world: World) -> None:
    limit(world.partner, 2, Measure.DAYS)
    part = asked(make, world.partner)
    make.raw_intervention(
        part, world.practitioner.person, InterventionState.DONE, minutes=420, on=clock.today()
    )
    make.raw_intervention(part, world.practitioner.person, InterventionState.PLANNED, minutes=420)
    before = date(clock.today().year - 1, 12, 31)
    make.raw_intervention(part, world.practitioner.person, InterventionState.DONE, minutes=420, on=before)
    assert used(world.partner) == [(2, 420)]
    assert not queries.of_partners()[0][1].is_spent
    make.raw_intervention(
        part, world.practitioner.person, InterventionState.DONE, minutes=420, on=clock.today()
    )
    assert queries.of_partners()[0][1].is_spent


def test_the_cell_reads_what_is_left_and_a_partner_at_its_limit_stands_last(
    make: Builder, world: World, browse
) -> None:
    other = make.partner(regions=("28",), name="Zèbre coopératif")
    make._save(PartnerLimit(partner_id=other.id, measure=Measure.REQUESTS, maximum=40))
    request = make.raw_request(world.coordinator, service=world.service)
    asked(make, other)
    assert ranked(world, request)[0].partner_id == world.partner.id
    assert "demandes de l’année : il en reste 39 sur 40" in _said(browse, world, request)
    limit(world.partner, 1)
    asked(make, world.partner)
    assert ranked(world, request)[-1].partner_id == world.partner.id
    assert "a donné tout ce qu’il peut cette année" in _said(browse, world, request).lower()


def _said(browse: Any, world: World, request: SupportRequest) -> str:
    page = browse(world.cell).get(page_of(request)).text
    return html.unescape(page).replace("\N{NO-BREAK SPACE}", " ")


def test_nobody_is_asked_beyond_the_limit_until_the_national_cell_grants_more(
    make: Builder, world: World
) -> None:
    limit(world.partner, 1)
    asked(make, world.partner)
    request = make.raw_request(world.coordinator, service=make.service(world.partner, make.partner()))
    with pytest.raises(Invalid) as refused:
        route(world, request, world.partner)
    assert refused.value.field == "partner_ids"
    with transaction():
        until = clock.today() + timedelta(days=9)
        granted = limits.grant(world.partner.id, Measure.REQUESTS, 1, until, "Un renfort")
    route(world, request, world.partner)
    another = make.raw_request(world.coordinator)
    with pytest.raises(Invalid):
        route(world, another, world.partner)
    with transaction():
        limits.withdraw(granted.id)
    assert used(world.partner) == [(1, 2)], "what was asked by it stays asked"
    limit(world.partner, None)
    route(world, another, world.partner)


def test_a_pole_reads_that_the_one_partner_of_a_service_has_given_all(
    make: Builder, world: World, browse
) -> None:
    limit(world.partner, 1)
    asked(make, world.partner)
    assert against(world, world.service) == [Rule.PARTNER]
    page = html.unescape(browse(world.coordinator).get(f"/services/{world.service.slug}").text)
    assert "a donné tout ce qu’il donne cette année" in page
    shared = make.service(world.partner, make.partner())
    assert against(world, shared) == [], "another can be asked"
    make._save(
        LimitException(
            organisation_id=world.partner.id,
            measure=Measure.REQUESTS,
            more=1,
            granted_on=clock.today(),
            until=clock.today(),
            reason="Un renfort",
        )
    )
    assert against(world, world.service) == []


def test_a_partner_that_ended_leaves_the_other_one_alone(make: Builder, world: World) -> None:
    ended = make.partner(active=False)
    offered = make.service(world.partner, ended)
    limit(world.partner, 1)
    asked(make, world.partner)
    assert against(world, offered) == [Rule.PARTNER]


def test_two_cells_ask_a_partner_for_the_last_time_that_it_gives(
    make: Builder, world: World, app: Flask
) -> None:
    partner = make.partner(regions=("28",))
    for number in range(1, 5):
        limit(partner, number)
        waiting = [make.raw_request(world.coordinator) for _each in range(2)]
        details = Details(partner_ids=[partner.id])
        answers = at_once(
            app,
            *(
                lambda one=one, details=details: service.route(actor_of(world.cell), one.reference, details)
                for one in waiting
            ),
        )
        assert sum(isinstance(answer, Invalid) for answer in answers) == 1, answers
        count = db.session.scalars(select(Assignment.id).where(Assignment.partner_id == partner.id)).all()
        assert len(count) == number


def test_a_direct_service_goes_straight_while_its_partner_gives(make: Builder, world: World) -> None:
    direct = make.service(world.partner, make.partner(regions=("11",)), direct=True)
    limit(world.partner, 1)
    sent = []
    for _time in range(2):
        draft = make.raw_request(world.coordinator, RequestState.DRAFT, direct)
        with transaction():
            sent.append(service.submit(actor_of(world.coordinator), draft.reference).state)
    assert sent == [RequestState.PROPOSED, RequestState.TO_ROUTE]


def test_the_national_cell_sets_and_lifts_limits_of_partners(make: Builder, world: World, browse) -> None:
    browser, path = browse(world.national), "/regles-du-bouquet/partenaires"
    typed = {"partner_id": world.partner.id, "service_id": "", "measure": "requests", "maximum": "40"}
    assert browser.post(path, typed).status_code == 302
    assert browser.post(path, {**typed, "maximum": "30"}).status_code == 302
    asked(make, world.partner)
    page = html.unescape(browser.get(path).text).replace("\N{NO-BREAK SPACE}", " ")
    assert "il en reste 29 sur 30" in page
    assert world.partner.name in html.unescape(browser.get("/regles-du-bouquet").text), (
        "it may be granted more"
    )
    for wrong in (
        {"partner_id": "0"},
        {"maximum": "0"},
        {"maximum": ""},
        {"measure": "x"},
        {"service_id": "9999"},
    ):
        assert browser.post(path, {**typed, **wrong}).status_code == 422, wrong
    number = db.session.scalars(select(PartnerLimit.id)).one()
    for _time in range(2):
        assert browser.post(f"{path}/{number}/lever").status_code == 302
    assert not queries.of_partners()


def test_places_left_are_told_and_whoever_has_none_stands_after_the_others(
    make: Builder, world: World
) -> None:
    other = make.partner(regions=("28",), name="Zèbre coopératif")
    offered = make.service(world.partner, other)
    manager = make.manager(other)
    for partner, person, maximum in ((world.partner, world.manager, 1), (other, manager, 3)):
        with transaction():
            rooms.state(actor_of(person), partner.id, {offered.id: (maximum, Unit.SUPPORT)})
    asked(make, world.partner, AssignmentState.COMPLETED, service=offered)
    asked(make, other, service=offered)
    first, second = ranked(world, make.raw_request(world.coordinator, service=offered))[:2]
    assert (first.partner_id, first.places_left) == (other.id, 2)
    assert (second.partner_id, second.places_left) == (world.partner.id, 0)


def test_the_batch_ranks_and_says_the_same_for_all_of_its_requests(
    make: Builder, world: World, browse
) -> None:
    second, other = make.service(world.partner), make.partner(regions=("28",), name="Zèbre coopératif")
    make._save(PartnerLimit(partner_id=other.id, measure=Measure.REQUESTS, maximum=40))
    both = [make.raw_request(world.coordinator, service=each) for each in (world.service, second)]
    chosen = "&".join(f"demande={one.reference}" for one in both)

    def offered() -> str:
        page = browse(world.cell).get(f"/demandes/lot?acte=orienter&{chosen}").text
        return html.unescape(page).replace("\N{NO-BREAK SPACE}", " ")

    page = offered()
    assert page.index(world.partner.name) < page.index(other.name)
    assert "Assure tous ces services, couvre tous ces lieux" in page
    assert "demandes de l’année : il en reste 40 sur 40" in page
    limit(world.partner, 1)
    asked(make, world.partner)
    page = offered()
    assert page.index(world.partner.name) > page.index(other.name)
