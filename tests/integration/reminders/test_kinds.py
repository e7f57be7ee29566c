"""The other ladders: each on its day, to whom it says, and no more once it has lost its use."""

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select, update

from portal.access.roles import Role
from portal.accounts.models import Invitation
from portal.applications.models import Application
from portal.applications.steps import State
from portal.catalogue.models import Service
from portal.db import db, transaction
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.models import AlsoServed, Intervention
from portal.interventions.steps import InterventionState
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Organisation
from portal.proposals.models import DateProposal
from portal.proposals.steps import ProposalState
from portal.reminders import queries
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.joint.steps import build_poles, leave, with_joined
from tests.integration.reminders.runs import MONDAY, asked, at, kinds, mails, run_on, working_day
from tests.integration.requests.steps import World
from tests.shares import raw_confirmation, raw_proposal


class Kind(NamedTuple):
    """`make`: something that waits since MONDAY; `comes`: the e-mails, by working day; `end`: it waits no more."""

    make: Callable[[Builder, World], Any]
    comes: dict[int, set[str]]
    end: Callable[[Any], Any]


def _set(model: Any, **values: Any) -> Callable[[Any], Any]:
    return lambda one: db.session.execute(update(model).where(model.id == one.id).values(**values))


def _question(make: Builder, world: World) -> Any:
    return asked(make, world, MONDAY - timedelta(days=3), state=AssignmentState.ON_HOLD, held_on=MONDAY)


def _accepted(make: Builder, world: World) -> Any:
    on = MONDAY - timedelta(days=28)
    return asked(make, world, on, state=AssignmentState.ACCEPTED, answered_on=on)


def _draft(make: Builder, world: World) -> Any:
    return make.raw_request(world.coordinator, RequestState.DRAFT, created_at=at(MONDAY))


def _planned(on: date) -> Callable[[Builder, World], Any]:
    def make_one(make: Builder, world: World) -> Any:
        since = MONDAY - timedelta(days=10)
        one = asked(make, world, since, state=AssignmentState.ACCEPTED, answered_on=since)
        return make.raw_intervention(
            one,
            world.practitioner.person,
            InterventionState.PLANNED,
            on=on,
            report="",
            created_at=at(since),
        )

    return make_one


def _invited(make: Builder, world: World) -> Any:
    return make._save(
        Invitation(
            organisation_id=world.coordinator.organisation_id,
            email="invitee@exemple.test",
            given_name="A",
            family_name="B",
            role=Role.MEMBER,
            token_hash="x",
            invited_by_id=world.coordinator.person_id,
            sent_at=at(MONDAY),
            expires_at=at(MONDAY + timedelta(days=30)),
        )
    )


def _unreviewed(make: Builder, world: World) -> Any:
    with transaction() as session:
        pole = session.get_one(Organisation, world.coordinator.organisation_id)
        pole.members_reviewed_at = at(MONDAY - timedelta(days=91))
    return pole


def _application(make: Builder, world: World) -> Any:
    return make.raw_application(due_on=MONDAY, submitted_at=at(MONDAY - timedelta(days=20)))


def _sheet(make: Builder, world: World) -> Any:
    return make.service(world.partner, checked_on=MONDAY - timedelta(days=180), check_due_on=MONDAY)


def _invited_pole(make: Builder, world: World) -> Any:
    request = asked(make, world, MONDAY).request_id
    about = {"request_id": request, "pole_id": make.coordinator().organisation_id, "times": 1}
    return make._save(
        JointPole(**about, state=JointState.INVITED, invited_at=at(MONDAY), due_on=working_day(10))
    )


def _proposed_dates(make: Builder, world: World) -> Any:
    part = asked(make, world, MONDAY)
    with transaction():
        part.state = AssignmentState.ACCEPTED
    return raw_proposal(make, part, created_at=at(MONDAY), days=[working_day(30)])


def _logged(make: Builder, world: World) -> Any:
    since = MONDAY - timedelta(days=10)
    one = asked(make, world, since, state=AssignmentState.ACCEPTED, answered_on=since)
    act = make.raw_intervention(one, world.practitioner.person, on=MONDAY)
    raw_confirmation(make, act, asked_at=at(MONDAY))
    return act


KINDS: dict[str, Kind] = {
    "dates_proposed": Kind(
        _proposed_dates,
        {3: {"proposals/reminder_pole"}, 6: {"proposals/unanswered_partner"}},
        _set(DateProposal, state=ProposalState.TAKEN_BACK),
    ),
    "poles_invited": Kind(
        _invited_pole, {6: {"joint/reminder_other_pole"}}, _set(JointPole, state=JointState.JOINED)
    ),
    "sheets_to_check": Kind(_sheet, {0: {"catalogue/check_due"}}, _set(Service, check_due_on=None)),
    "questions_unanswered": Kind(
        _question,
        {4: {"stuck/question_pole"}, 6: {"stuck/question_cell"}},
        _set(Assignment, state=AssignmentState.PROPOSED, due_on=date(2026, 6, 1), held_days=90),
    ),
    "accepted_silent": Kind(
        _accepted,
        {3: {"stuck/silent_partner"}, 17: {"stuck/silent_cell"}},
        _set(Assignment, state=AssignmentState.COMPLETED, completed_on=MONDAY),
    ),
    "drafts": Kind(
        _draft,
        {3: {"stuck/draft_pole"}},
        lambda one: db.session.delete(db.session.get(SupportRequest, one.id)),
    ),
    "interventions_tomorrow": Kind(
        _planned(working_day(5)),
        {4: {"interventions/tomorrow_practitioner", "interventions/tomorrow_pole"}},
        _set(Intervention, state=InterventionState.CALLED_OFF),
    ),
    "reports_missing": Kind(
        _planned(MONDAY),
        {3: {"interventions/report_practitioner"}, 9: {"interventions/report_manager"}},
        _set(Intervention, state=InterventionState.DONE, report="Atelier tenu."),
    ),
    "interventions_to_confirm": Kind(
        _logged,
        {4: {"interventions/confirm_pole"}},
        lambda _one: db.session.execute(update(Confirmation).values(state="confirmed")),
    ),
    "invitations": Kind(
        _invited, {8: {"teams/invitation_not_taken"}}, _set(Invitation, revoked_at=at(MONDAY))
    ),
    "reviews": Kind(
        _unreviewed, {6: {"teams/review_late"}}, _set(Organisation, members_reviewed_at=at(MONDAY))
    ),
    "applications": Kind(
        _application,
        {1: {"applications/late_cell"}, 6: {"applications/late_national"}},
        _set(Application, state=State.WITHDRAWN),
    ),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def test_every_ladder_is_tried(database: None) -> None:
    assert {one.kind for one in queries.ladders()} == {*KINDS, "requests_unanswered"}


@each_kind
def test_each_comes_on_its_day_once(make: Builder, world: World, kind: str) -> None:
    KINDS[kind].make(make, world)
    expected = KINDS[kind].comes
    found: dict[int, set[str]] = {}
    for count in range(max(expected) + 3):
        before = len(kinds())
        run_on(working_day(count))
        if new := set(kinds()[before:]) & set.union(*expected.values()):
            found[count] = new
    assert found == expected
    assert len(mails()) == len(set(mails()))


@each_kind
def test_it_ends_when_its_thing_no_longer_waits(make: Builder, world: World, kind: str) -> None:
    one = KINDS[kind].make(make, world)
    with transaction():
        KINDS[kind].end(one)
    expected = set.union(*KINDS[kind].comes.values())
    for count in sorted(KINDS[kind].comes):
        run_on(working_day(count))
    assert not expected & set(kinds())


@each_kind
def test_whom_it_tells_exists_in_its_words(database: None, kind: str) -> None:
    found = queries.ladder_of(kind)
    assert found is not None
    assert all(str(rung.label) and str(rung.to) for rung in found.rungs)
    days = [rung.bounds for rung in found.rungs]
    assert all(most < least for (_, most), (least, _) in itertools.pairwise(days)), "always in order"


def test_a_date_that_is_moved_is_announced_once(make: Builder, world: World) -> None:
    one = _planned(working_day(5))(make, world)
    run_on(working_day(4))
    count = len(mails())
    assert count
    with transaction():
        _set(Intervention, on=working_day(7))(one)
    run_on(working_day(6))
    assert len(mails()) == count


def test_monday_is_announced_on_friday(make: Builder, world: World) -> None:
    friday = MONDAY + timedelta(days=4)
    _planned(MONDAY + timedelta(days=7))(make, world)
    run_on(friday - timedelta(days=1))
    assert not mails()
    run_on(friday)
    assert mails("interventions/tomorrow_practitioner") == [
        ("interventions/tomorrow_practitioner", world.practitioner.person.email)
    ]


def test_an_invitation_sent_again_is_another_round(make: Builder, world: World) -> None:
    one = _invited(make, world)
    run_on(working_day(8))
    with transaction():
        _set(Invitation, sent_at=at(working_day(8)))(one)
    run_on(working_day(15))
    assert len(mails("teams/invitation_not_taken")) == 1
    run_on(working_day(16))
    assert len(mails("teams/invitation_not_taken")) == 2


def test_the_poles_that_a_date_is_for_as_well_hear_of_it_the_day_before(make: Builder) -> None:
    """Each once, with the page that is shared, as long as it takes part."""
    poles = build_poles(make)
    with_joined(poles, poles.first, poles.second, poles.third)
    served = [AlsoServed(pole_id=each.organisation_id) for each in (poles.first, poles.second)]
    make.raw_intervention(
        poles.assignment,
        poles.world.practitioner.person,
        InterventionState.PLANNED,
        on=working_day(5),
        report="",
        created_at=at(MONDAY - timedelta(days=10)),
        also_served=served,
    )
    leave(poles, poles.second)
    run_on(working_day(4))
    kind = "joint/tomorrow_other_pole"
    assert mails(kind) == [(kind, poles.first.person.email)]
    (letter,) = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == kind))
    assert poles.shared in letter.text
    assert poles.path not in letter.text
