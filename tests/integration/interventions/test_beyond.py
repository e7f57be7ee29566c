"""What is logged beyond a limit of the year is never refused: it is flagged, by what limits themselves count."""

from datetime import date, timedelta

import pytest
from flask import Flask

from portal import clock
from portal.catalogue.limits import queries, service
from portal.catalogue.limits.rules import Measure
from portal.db import db, transaction
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.confirmation import service as confirmation
from portal.interventions.models import AlsoServed, Intervention
from portal.organisations.models import Partner
from portal.requests.models import Assignment
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.interventions.logged import Scene, build_scene, facts
from tests.integration.requests.steps import actor_of, page_of
from tests.races import all_at_once

DAY = 7 * 60


@pytest.fixture
def scene(make: Builder) -> Scene:
    return build_scene(make)


def limit_poles(days: int | None) -> None:
    with transaction():
        service.limit({Measure.DAYS: days})


def limit_partner(partner: Partner, days: int, service_id: int | None = None) -> None:
    with transaction():
        service.limit_partner(partner.id, Measure.DAYS, service_id, days)


def log(
    scene: Scene, minutes: int, once: str, on: date | None = None, assignment: Assignment | None = None
) -> Intervention:
    part = assignment or scene.assignment
    reference = part.request.reference if assignment else scene.request.reference
    with transaction():
        return interventions.add(
            actor_of(scene.practitioner),
            reference,
            part.id,
            visits.LOG,
            once,
            facts(on or clock.today(), minutes),
            [scene.practitioner.person_id],
            another=True,
        )


def flags(number: int) -> tuple[bool, bool]:
    act = db.session.get_one(Intervention, number, populate_existing=True)
    return act.beyond_pole, act.beyond_partner


def test_nothing_is_flagged_where_nothing_is_limited(scene: Scene) -> None:
    assert flags(log(scene, 24 * 60, "a").id) == (False, False)


def test_the_act_that_goes_beyond_the_limit_of_the_pole_is_flagged_and_none_before(
    scene: Scene, browse
) -> None:
    limit_poles(1)
    acts = [log(scene, minutes, str(minutes)) for minutes in (300, 120, 15, 30)]
    assert [flags(act.id)[0] for act in acts] == [False, False, True, True], "420 minutes are one day"
    page = page_of(scene.request)
    for who, reads in ((scene.practitioner, True), (scene.cell, True), (scene.coordinator, False)):
        text = browse(who).get(page).text
        assert (text.lower().count("au-delà de ce que le pôle") == 2) is reads


@pytest.mark.parametrize("of_service", [True, False])
def test_what_a_partner_gives_is_flagged_for_its_service_or_in_all(
    scene: Scene, make: Builder, browse, of_service: bool
) -> None:
    offered = make.service(scene.partner)
    with transaction() as session:
        session.merge(scene.request).service_id = offered.id
    limit_partner(scene.partner, 1, offered.id if of_service else None)
    within, beyond = (log(scene, minutes, str(minutes)) for minutes in (DAY, 15))
    assert flags(within.id) == (False, False)
    assert flags(beyond.id) == (False, True)
    assert "au-delà de ce que le partenaire" in browse(scene.cell).get(page_of(scene.request)).text.lower()


def test_the_limit_of_another_service_or_partner_flags_nothing(scene: Scene, make: Builder) -> None:
    limit_partner(scene.partner, 1, make.service(scene.partner).id)
    limit_partner(make.partner(), 1)
    assert flags(log(scene, 2 * DAY, "a").id) == (False, False)


def test_it_is_flagged_by_what_limits_count(scene: Scene) -> None:
    limit_partner(scene.partner, 1)
    for number, minutes in enumerate((180, 240, 15, 420)):
        act = log(scene, minutes, str(number))
        ((_limit, given),) = queries.of_partners()
        assert flags(act.id)[1] is (given.used > given.allowed * DAY)


def test_an_exception_gives_more(scene: Scene) -> None:
    limit_poles(1)
    with transaction():
        service.grant(scene.pole.id, Measure.DAYS, 1, clock.today() + timedelta(days=5), "Deux sites")
    assert flags(log(scene, 2 * DAY, "a").id) == (False, False)
    assert flags(log(scene, 15, "b").id) == (True, False)


def test_each_year_is_counted_apart(scene: Scene) -> None:
    limit_poles(1)
    today = clock.today()
    log(scene, DAY, "before", date(today.year - 1, 12, 31))
    assert flags(log(scene, DAY, "now", today).id) == (False, False)
    assert flags(log(scene, 15, "late", date(today.year - 1, 12, 31)).id) == (True, False)


def test_a_pole_that_joined_has_its_limit_too(scene: Scene, make: Builder) -> None:
    limit_poles(1)
    other = make.coordinator()
    request = make.raw_request(other)
    part = make.raw_assignment(request, scene.partner, AssignmentState.ACCEPTED)
    make.raw_intervention(part, scene.practitioner.person, minutes=DAY, on=clock.today())
    act = log(scene, 60, "a")
    assert flags(act.id) == (False, False)
    with transaction() as session:
        session.add(AlsoServed(intervention_id=act.id, pole_id=other.organisation_id))
    with transaction():
        people = [scene.practitioner.person_id]
        said = facts(clock.today(), 75)
        interventions.change(actor_of(scene.practitioner), act.id, visits.CORRECT, said, people, another=True)
    assert flags(act.id) == (True, False)


def test_what_is_corrected_or_adjusted_is_weighed_anew(scene: Scene, make: Builder) -> None:
    limit_poles(1)
    corrected, adjusted = log(scene, 2 * DAY, "a"), log(scene, 60, "b")
    assert flags(corrected.id)[0]
    assert flags(adjusted.id)[0]
    people = [scene.practitioner.person_id]
    with transaction():
        said = facts(clock.today(), 120)
        interventions.change(actor_of(scene.practitioner), corrected.id, visits.CORRECT, said, people)
    assert not flags(corrected.id)[0]
    with transaction():
        confirmation.confirm(actor_of(scene.coordinator), adjusted.id)
    with transaction():
        confirmation.adjust(actor_of(scene.cell), adjusted.id, 90, "Relu.")
    assert not flags(adjusted.id)[0]
    with transaction():
        confirmation.adjust(actor_of(scene.cell), adjusted.id, DAY, "Relu encore.")
    assert flags(adjusted.id)[0]


def test_what_is_corrected_without_another_length_stays_as_it_was(scene: Scene) -> None:
    limit_poles(1)
    first, second = log(scene, DAY, "a"), log(scene, 60, "b")
    with transaction():
        said = facts(clock.today(), DAY, "Autrement dit.")
        people = [scene.practitioner.person_id]
        interventions.change(actor_of(scene.practitioner), first.id, visits.CORRECT, said, people)
    assert [flags(act.id)[0] for act in (first, second)] == [False, True]


def test_of_two_logged_at_once_one_goes_beyond(app: Flask, scene: Scene, make: Builder) -> None:
    limit_poles(1)
    request = make.raw_request(scene.coordinator)
    other = make.raw_assignment(request, scene.partner, AssignmentState.ACCEPTED)
    parts = [(scene.request.reference, scene.assignment.id), (request.reference, other.id)]
    actor, person_id = actor_of(scene.practitioner), scene.practitioner.person_id

    def write(number: int, meet) -> int:
        meet()
        with app.app_context(), transaction():
            said = facts(clock.today(), 300)
            return interventions.add(actor, *parts[number], visits.LOG, f"k{number}", said, [person_id]).id

    numbers = all_at_once(2, write)
    assert sorted(flags(number)[0] for number in numbers) == [False, True]
