"""One act, one e-mail to a person: whoever leaves or is away, organisations that end, applications, with people of
several sides."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.applications import service as applications
from portal.applications.service import Details
from portal.applications.steps import (
    ADMIT,
    ADVISE,
    ANSWER,
    ASK,
    OF_APPLICATIONS,
    REFUSE,
    SUBMIT,
    WITHDRAW,
    State,
)
from portal.calendars.emails import INVITED, TAKEN_OUT
from portal.db import db, transaction
from portal.interventions.steps import InterventionState
from portal.notifications.models import OutboxEmail
from portal.organisations import handover
from portal.organisations.models import Organisation
from portal.organisations.rules import NOBODY
from portal.requests.models import SupportRequest
from portal.requests.steps import AssignmentState
from portal.steps import Step
from portal.teams import service as teams
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.calendars.steps import stand_in_calendars
from tests.integration.organisations.test_endings import WHY
from tests.integration.requests.steps import World, actor_of, build_world
from tests.integration.requests.test_one_email import WORLDS

pytestmark = pytest.mark.one_database

Overlap = Callable[[Builder, World], None]
Do = Callable[..., Any]


class Scene(NamedTuple):
    """Two requests of one pole: one that the practitioner follows, one where they only come; and who may follow."""

    world: World
    requests: list[SupportRequest]
    next_partner: Membership
    next_pole: Membership
    next_cell: Membership


def build_scene(make: Builder) -> Scene:
    world = build_world(make)
    requests = [make.raw_request(world.coordinator, service=world.service) for _ in range(2)]
    for request, referent in zip(requests, (world.practitioner, world.manager), strict=True):
        assignment = make.raw_assignment(
            request, world.partner, AssignmentState.ACCEPTED, referent_id=referent.person_id
        )
        make.raw_intervention(
            assignment,
            world.practitioner.person,
            InterventionState.PLANNED,
            on=clock.today() + timedelta(days=2),
            report="",
        )
    return Scene(
        world,
        requests,
        make.manager(make.partner(regions=("28",))),
        make.coordinator(),
        make.regional_admin("11"),
    )


def here(membership: Membership) -> Organisation:
    return db.session.get_one(Organisation, membership.organisation_id)


def leave(actor: Membership, who: Membership, to: Membership | None = None) -> None:
    teams.end(actor_of(actor), here(who), who.id, to.person_id if to else None)


def go_idle(who: Membership) -> None:
    """The portal closes the account of somebody who no longer comes."""
    who.person.last_seen_at = days_ago(800)
    who.person.idle_warned_at = days_ago(40)
    db.session.merge(who.person)
    db.session.flush()
    assert teams.close_idle(who.person_id, clock.today())


def be_away(actor: Membership, who: Membership, substitute: Membership) -> None:
    today = clock.today()
    days = teams.Days(today + timedelta(days=5), today + timedelta(days=9), substitute.person_id)
    teams.add_absence(actor_of(actor), here(who), who.id, days)


def end(scene: Scene, gone: Membership, successor: Membership | None) -> None:
    to = successor.organisation_id if successor else NOBODY
    handover.end(actor_of(scene.world.national), gone.organisation_id, WHY, to)


# Who acts (None: the portal) and what they do.
ACTS: dict[str, tuple[str | None, Callable[[Scene], Any]]] = {
    "a practitioner leaves": (
        "practitioner",
        lambda one: leave(one.world.practitioner, one.world.practitioner, one.world.manager),
    ),
    "a manager ends a practitioner and takes over": (
        "manager",
        lambda one: leave(one.world.manager, one.world.practitioner, one.world.manager),
    ),
    "a contact leaves": (
        "coordinator",
        lambda one: leave(one.world.coordinator, one.world.coordinator, one.world.colleague),
    ),
    "a contact is ended": (
        "colleague",
        lambda one: leave(one.world.colleague, one.world.coordinator, one.world.colleague),
    ),
    "an idle practitioner": (None, lambda one: go_idle(one.world.practitioner)),
    "an idle contact": (None, lambda one: go_idle(one.world.coordinator)),
    "another role": (
        "coordinator",
        lambda one: teams.change_role(
            actor_of(one.world.coordinator), here(one.world.colleague), one.world.colleague.id, Role.MEMBER
        ),
    ),
    "a manager announces an absence": (
        "manager",
        lambda one: be_away(one.world.manager, one.world.practitioner, one.world.manager),
    ),
    "an absence of one's own": (
        "practitioner",
        lambda one: be_away(one.world.practitioner, one.world.practitioner, one.world.manager),
    ),
    "a partner ends": ("national", lambda one: end(one, one.world.manager, None)),
    "a partner ends for another": ("national", lambda one: end(one, one.world.manager, one.next_partner)),
    "a pole ends": ("national", lambda one: end(one, one.world.coordinator, None)),
    "a pole ends for another": ("national", lambda one: end(one, one.world.coordinator, one.next_pole)),
    "a cell ends": ("national", lambda one: end(one, one.world.cell, None)),
    "a cell ends for another": ("national", lambda one: end(one, one.world.cell, one.next_cell)),
}


def written_by(act: Callable[[], Any]) -> list[tuple[str, str]]:
    """Kind and address of what an act writes."""
    stand_in_calendars()
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    with transaction():
        act()
    rows = db.session.execute(select(OutboxEmail.kind, OutboxEmail.recipient).order_by(OutboxEmail.id))
    return [(kind, address.lower()) for kind, address in rows]


def check_each_once(written: list[tuple[str, str]], actor: str | None) -> None:
    assert written, "somebody is told"
    twice = {to for to, count in Counter(to for _, to in written).items() if count > 1}
    assert not twice, [one for one in written if one[1] in twice]
    assert {kind for kind, to in written if to == actor} <= {INVITED, TAKEN_OUT}, "for their calendar alone"


@pytest.mark.parametrize("overlap", WORLDS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("name", ACTS)
def test_whoever_leaves_or_ends_writes_once_to_an_address(make: Builder, name: str, overlap: Overlap) -> None:
    who, act = ACTS[name]
    scene = build_scene(make)
    overlap(make, scene.world)
    written = written_by(lambda: act(scene))
    check_each_once(written, getattr(scene.world, who).person.email if who else None)


@pytest.mark.parametrize(
    "name", [name for name in ACTS if name.startswith(("a partner", "a pole")) or "practitioner" in name]
)
def test_it_names_all_the_requests_it_is_about(make: Builder, name: str) -> None:
    scene = build_scene(make)
    written_by(lambda: ACTS[name][1](scene))
    texts = {one.recipient: one.text for one in db.session.scalars(select(OutboxEmail))}
    reader = scene.world.colleague.person.email
    assert all(one.reference in texts[reader] for one in scene.requests), texts[reader]


# By what, from which state, and who does it (None: the applicant).
STEPS: dict[Step[State], tuple[Do, State, str | None]] = {
    SUBMIT: (applications.submit, State.DRAFT, None),
    ADVISE: (applications.advise, State.SUBMITTED, "cell"),
    ASK: (applications.ask, State.SUBMITTED, "cell"),
    ANSWER: (applications.answer, State.MORE_WANTED, None),
    ADMIT: (applications.admit, State.ADVISED, "national"),
    REFUSE: (applications.refuse, State.ADVISED, "national"),
    WITHDRAW: (applications.withdraw, State.SUBMITTED, None),
}
APPLICANTS = ("a stranger", "cell", "second", "national")


def test_every_step_is_walked() -> None:
    assert STEPS.keys() == set(OF_APPLICATIONS)


@pytest.mark.parametrize("contact", ["another", "the applicant", "cell", "second"])
@pytest.mark.parametrize(
    ("step", "applicant"),
    [(step, one) for step, (_, _, who) in STEPS.items() for one in APPLICANTS if one != who],
    ids=str,
)
def test_a_step_of_an_application_writes_once_to_an_address(
    make: Builder, step: Step[State], applicant: str, contact: str
) -> None:
    """Applicants and contacts may sit in the cells that read them."""
    cell, national = make.regional_admin("28"), make.national_admin()
    second = make.member(cell.organisation, Role.REGIONAL_ADMIN)
    make.member(national.organisation, Role.NATIONAL_ADMIN, second.person)
    people = {"cell": cell, "second": second, "national": national}
    do, state, who = STEPS[step]
    addresses = {name: one.person.email for name, one in people.items()}
    email = addresses.get(applicant, "porteuse@exemple.test")
    to = {"the applicant": email, "another": "contact@exemple.test"}.get(contact) or addresses[contact]
    application = make.raw_application(state, email=email, contact_email=to)
    said = Details(reason="favourable" if step is ADVISE else "too_early", message="Voici.", name="Lin")
    token = make.link(application)

    def act() -> None:
        if who:
            do(actor_of(people[who]), application.reference, said)
        else:
            do(token, said)

    written = written_by(act)
    acts = addresses[who] if who else email
    check_each_once(written, None if step is SUBMIT else acts)  # who sends has a receipt
