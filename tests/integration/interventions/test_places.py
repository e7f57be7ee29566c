"""Where an intervention takes place: an address, or a link that opens; its hour by the clocks of its pole."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.access.roles import Role
from portal.db import transaction
from portal.interventions import emails, service, steps
from portal.interventions.models import AlsoServed, Intervention
from portal.interventions.rules import is_link
from portal.interventions.steps import InterventionState, Place
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.notifications.emails import Rendered, render
from portal.refusals import Invalid
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, check_refused, log_fields, page_of

LINK = "https://visio.exemple.fr/salle-de-la-cooperation"


@pytest.fixture
def request_(make: Builder, world: World) -> SupportRequest:
    return make.raw_request(world.coordinator, service=world.service)


@pytest.fixture
def assignment(make: Builder, world: World, request_: SupportRequest) -> Assignment:
    return make.raw_assignment(request_, world.partner, AssignmentState.ACCEPTED)


@pytest.mark.parametrize(
    ("place_kind", "place", "opens"),
    [
        (Place.REMOTE, LINK, True),
        (Place.REMOTE, "http://visio.exemple.fr/salle", False),
        (Place.REMOTE, "javascript:alert(1)", False),
        (Place.REMOTE, "https://", False),
        (Place.REMOTE, "https://visio.exemple.fr/deux mots", False),
        (Place.REMOTE, "https://banque.exemple.fr@voleur.exemple.org/", False),
        (Place.REMOTE, "Visioconférence", False),
        (Place.REMOTE, None, False),
        (Place.ON_SITE, LINK, False),
    ],
)
def test_only_a_remote_place_that_opens_is_a_link(place_kind: Place, place: str | None, opens: bool) -> None:
    assert is_link(place_kind, place) is opens


def test_what_is_planned_remotely_has_a_link_or_none_yet(
    world: World, request_: SupportRequest, assignment: Assignment, browse: Any
) -> None:
    partner: Browser = browse(world.practitioner)
    typed = log_fields(world.practitioner.person_id)
    path, remote = page_of(request_, assignment, "planifier"), {**typed, "place_kind": Place.REMOTE.value}
    check_refused(partner.post(path, {**remote, "place": "voir courriel"}), "place")
    assert partner.post(path, {**remote, "place": LINK}).status_code == 302
    shown = partner.get(f"/demandes/{request_.reference}").text
    assert f'href="{LINK}"' in shown
    assert "visio.exemple.fr" in shown


@pytest.mark.parametrize("state", InterventionState)
def test_nobody_joins_what_is_over(
    make: Builder, world: World, assignment: Assignment, browse: Any, state: InterventionState
) -> None:
    values = {"on": clock.today(), "place_kind": Place.REMOTE, "place": LINK}
    make.raw_intervention(assignment, world.practitioner.person, state, **values)
    shown = browse(world.practitioner).get(f"/demandes/{assignment.request.reference}").text
    assert (f'href="{LINK}"' in shown) is (state is InterventionState.PLANNED)


def test_what_took_place_is_told_as_it_was_and_an_old_word_stays(
    make: Builder, world: World, assignment: Assignment
) -> None:
    planned = make.raw_intervention(
        assignment,
        world.practitioner.person,
        InterventionState.PLANNED,
        on=clock.today(),
        place_kind=Place.REMOTE,
        place="Au téléphone",
    )
    who, people = actor_of(world.practitioner), [world.practitioner.person_id]
    facts = service.Facts(clock.today(), None, 60, Place.REMOTE, "Au téléphone")
    with transaction():
        service.change(who, planned.id, steps.CORRECT, facts, people)
    other = service.Facts(clock.today(), None, 60, Place.REMOTE, "Par visio")
    with pytest.raises(Invalid), transaction():
        service.change(who, planned.id, steps.CORRECT, other, people)
    with transaction():
        done = service.Facts(clock.today(), None, 60, Place.REMOTE, "Par visio", report="Un point.")
        service.change(who, planned.id, steps.LOG, done, people)


def test_an_e_mail_opens_the_link_and_shows_where_it_leads(app: Flask) -> None:
    with app.app_context():
        rendered = _rendered()
    assert f'<a href="{LINK}"' in rendered.html
    assert f"visio.exemple.fr – {LINK}" in rendered.text


def _rendered() -> Rendered:
    intervention = Intervention(
        on=date(2026, 3, 18), starts_at=time(9, 30), minutes=60, place_kind=Place.REMOTE, place=LINK
    )
    _reader, message = emails.EXAMPLES["interventions/plan_pole"]()
    return render("interventions/plan_pole", "fr", replace(message, facts=emails.facts(intervention, None)))


def test_a_pole_overseas_that_joined_reads_the_hour_by_the_clocks_of_the_pole_that_asks(
    make: Builder, world: World, request_: SupportRequest, assignment: Assignment, browse: Any
) -> None:
    away = make.member(make.pole(region_code="04", department_code="974"), Role.COORDINATOR)
    planned = make.raw_intervention(
        assignment,
        world.practitioner.person,
        InterventionState.PLANNED,
        on=clock.today(),
        starts_at=time(9, 30),
    )
    with transaction() as session:
        session.add(
            JointPole(
                request_id=request_.id,
                pole_id=away.organisation_id,
                state=JointState.JOINED,
                due_on=clock.today(),
            )
        )
        session.add(AlsoServed(intervention_id=planned.id, pole_id=away.organisation_id))
    shown = browse(away).get(f"/demandes-communes/{request_.reference}").text
    assert "9\u00a0h\u00a030, heure de Paris" in shown
    assert "heure de La Réunion" not in shown


def test_a_pole_without_department_has_the_clocks_of_its_region_on_its_home(
    make: Builder, world: World, browse: Any
) -> None:
    away = make.coordinator(make.pole(region_code="04", department_code=None))
    request = make.raw_request(away)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    make.raw_intervention(
        assignment,
        world.practitioner.person,
        InterventionState.PLANNED,
        on=clock.today("974"),
        starts_at=time(23, 30),
    )
    assert "23\u00a0h\u00a030, heure de La Réunion" in browse(away).get("/").text
