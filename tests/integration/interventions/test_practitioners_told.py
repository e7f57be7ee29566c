"""Whoever is expected at an intervention: one e-mail of each act, never of their own, with the hour, whose it is, and
where."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.accounts.models import Membership, Person
from portal.calendars.emails import INVITED, TAKEN_OUT
from portal.db import db, transaction
from portal.interventions import service
from portal.interventions import steps as visits
from portal.interventions.models import Intervention, Practice
from portal.interventions.steps import InterventionState, Place
from portal.notifications.models import OutboxEmail
from portal.organisations import handover
from portal.organisations.models import Organisation
from portal.organisations.rules import NOBODY
from portal.requests import steps
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, Planned
from portal.steps import Step
from portal.teams import service as teams
from tests.builders import Builder
from tests.integration.calendars.steps import stand_in_calendars
from tests.integration.requests.steps import DO, actor_of

REUNION = ZoneInfo("Indian/Reunion")
NOW = datetime(2026, 9, 8, 11, 0, tzinfo=REUNION)
HOUR, WHERE = "16 h 30, heure de La Réunion", "Maison des associations, Saint-Denis"


class Scene(NamedTuple):
    coordinator: Membership
    cell: Membership
    national: Membership
    doer: Membership
    expected: Membership
    other: Membership
    request: SupportRequest
    assignment: Assignment
    intervention: Intervention


def build(make: Builder) -> Scene:
    """The doer follows a request of a pole of La Réunion, and goes there tomorrow with somebody expected."""
    coordinator = make.coordinator(make.pole(region_code="04", department_code="974"))
    doer = make.manager(make.partner(regions=("04",)))
    expected, other = (make.practitioner(doer.organisation) for _ in range(2))
    request = make.raw_request(coordinator)
    assignment = make.raw_assignment(
        request, doer.organisation, AssignmentState.ACCEPTED, referent_id=doer.person_id
    )
    intervention = make.raw_intervention(
        assignment,
        doer.person,
        InterventionState.PLANNED,
        on=date(2026, 9, 9),
        starts_at=time(16, 30),
        place=WHERE,
        report="",
    )
    with transaction() as session:
        session.add(
            Practice(
                intervention_id=intervention.id,
                person_id=expected.person_id,
                assignment_id=intervention.assignment_id,
            )
        )
    cell, national = make.regional_admin("04"), make.national_admin()
    return Scene(coordinator, cell, national, doer, expected, other, request, assignment, intervention)


def facts(on: date = date(2026, 9, 9)) -> service.Facts:
    return service.Facts(on, time(16, 30), 210, Place.ON_SITE, WHERE)


def change(scene: Scene, by: Membership, people: list[Membership], on: date = date(2026, 9, 9)) -> None:
    people_ids = [one.person_id for one in people]
    service.change(actor_of(by), scene.intervention.id, visits.CORRECT, facts(on), people_ids)


def plan(scene: Scene, on: date = date(2026, 9, 10)) -> None:
    people_ids = [scene.doer.person_id, scene.expected.person_id]
    at = scene.request.reference, scene.assignment.id
    service.add(actor_of(scene.doer), *at, visits.PLAN, "k", facts(on), people_ids)


def decide(scene: Scene, by: Membership, step: Step[Any]) -> None:
    said = Details("helped" if step is steps.COMPLETE else "other", "Voici.", planned=Planned.CALLED_OFF)
    DO[step](actor_of(by), scene.request.reference, scene.assignment.id, said)


def close(scene: Scene, by: Membership, step: Step[Any]) -> None:
    DO[step](actor_of(by), scene.request.reference, Details("other", "Voici."))


def leave(scene: Scene, who: Membership) -> None:
    here = db.session.get_one(Organisation, who.organisation_id)
    teams.end(actor_of(scene.doer), here, who.id, scene.other.person_id)


def end_partner(scene: Scene) -> None:
    handover.end(actor_of(scene.national), scene.doer.organisation_id, "Voici.", NOBODY)


NAMED, MOVED, OFF = (f"interventions/{one}_practitioner" for one in ("plan", "correct", "call_off"))
TODAY, LATER = date(2026, 9, 8), date(2026, 9, 15)
ACTS: dict[str, tuple[Callable[[Scene], Any], dict[str, str]]] = {
    "named": (plan, {"expected": NAMED}),
    "named for today": (lambda one: plan(one, TODAY), {"expected": NAMED}),
    "moved": (lambda one: change(one, one.doer, [one.doer, one.expected], LATER), {"expected": MOVED}),
    "moved to today": (
        lambda one: change(one, one.doer, [one.doer, one.expected], TODAY),
        {"expected": MOVED},
    ),
    "moved by who is expected": (
        lambda one: change(one, one.expected, [one.doer, one.expected], LATER),
        {"doer": MOVED},
    ),
    "moved by somebody else": (
        lambda one: change(one, one.other, [one.doer, one.expected], LATER),
        {"doer": MOVED, "expected": MOVED},
    ),
    "replaced": (lambda one: change(one, one.doer, [one.doer, one.other]), {"expected": OFF, "other": NAMED}),
    "replaced by oneself": (lambda one: change(one, one.other, [one.doer, one.other]), {"expected": OFF}),
    "replaced and moved": (
        lambda one: change(one, one.expected, [one.doer, one.other], LATER),
        {"doer": MOVED, "other": NAMED},
    ),
    "freed": (lambda one: change(one, one.doer, [one.doer]), {"expected": OFF}),
    "cancelled": (
        lambda one: service.change(
            actor_of(one.doer), one.intervention.id, visits.CALL_OFF, message="Voici."
        ),
        {"expected": OFF},
    ),
    "request withdrawn": (
        lambda one: close(one, one.coordinator, steps.WITHDRAW),
        {"doer": "requests/withdraw_partner", "expected": OFF},
    ),
    "request dropped": (
        lambda one: close(one, one.cell, steps.DROP),
        {"doer": "requests/drop_partner", "expected": OFF},
    ),
    "finished": (lambda one: decide(one, one.doer, steps.COMPLETE), {"expected": OFF}),
    "handed back": (lambda one: decide(one, one.doer, steps.HAND_BACK), {"expected": OFF}),
    "taken back": (
        lambda one: decide(one, one.cell, steps.CANCEL),
        {"doer": "requests/cancel_partner", "expected": OFF},
    ),
    "who is expected leaves": (
        lambda one: leave(one, one.expected),
        {"expected": "teams/membership_ended", "other": "teams/work_handed_over"},
    ),
    "the partner leaves": (
        end_partner,
        {
            "doer": "teams/organisation_ended",
            "expected": "teams/organisation_ended",
            "other": "teams/organisation_ended",
        },
    ),
}
SAYS_NO_HOUR = {("who is expected leaves", "expected"), ("the partner leaves", "other")}
"""Whoever is no longer of the team, and a colleague who was not to come."""


@pytest.mark.parametrize("name", ACTS)
def test_who_comes_reads_once_of_each_act_of_others(make: Builder, name: str) -> None:
    act, wanted = ACTS[name]
    with clock.travelling_to(NOW):
        scene = build(make)
        stand_in_calendars()
        with transaction() as session:
            session.execute(delete(OutboxEmail))
        with transaction():
            act(scene)
    team = {one: getattr(scene, one).person.email for one in ("doer", "expected", "other")}
    emails = list(db.session.scalars(select(OutboxEmail).where(OutboxEmail.recipient.in_(team.values()))))
    for_calendars = [one for one in emails if one.kind in {INVITED, TAKEN_OUT}]
    acted = select(Person.email).join(RequestEvent, RequestEvent.actor_id == Person.id)
    assert {one.recipient for one in for_calendars} <= set(db.session.scalars(acted)), (
        "their own, and no other"
    )
    emails = [one for one in emails if one not in for_calendars]
    assert {(one.kind, one.recipient) for one in emails} == {(wanted[one], team[one]) for one in wanted}
    assert len(emails) == len(wanted)
    by_address = {one.recipient: one for one in emails}
    for who in wanted:
        email = by_address[team[who]]
        if (name, who) not in SAYS_NO_HOUR:
            assert HOUR in email.text.replace("\u00a0", " "), email.text
            assert WHERE in email.text, email.text
        assert email.next_attempt_at == NOW, "it leaves at once, whatever the hour"


def test_a_pole_reads_when_and_where_of_each_date_to_which_somebody_else_comes(make: Builder) -> None:
    with clock.travelling_to(NOW):
        scene = build(make)
        make.raw_intervention(
            scene.assignment,
            scene.expected.person,
            state=InterventionState.PLANNED,
            on=date(2026, 9, 21),
            starts_at=time(14),
            place=WHERE,
        )
        with transaction() as session:
            session.execute(delete(OutboxEmail))
        with transaction():
            leave(scene, scene.expected)
    told = select(OutboxEmail).where(OutboxEmail.recipient == scene.coordinator.person.email)
    (email,) = db.session.scalars(told)
    text = email.text.replace("\u00a0", " ")
    assert "interventions" in email.subject
    assert "ces interventions" in text
    for when in ("mercredi 9 septembre 2026, 16 h 30, heure de La Réunion", "lundi 21 septembre 2026, 14 h"):
        assert f"{when}" in text, text
    assert text.count(WHERE) == 2
    assert text.count(scene.other.person.name) >= 2, "who comes instead"
