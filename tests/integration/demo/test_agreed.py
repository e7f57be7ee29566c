"""The demonstration shows dates from their plan to the word of the pole: each page has something to show."""

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Actor
from portal.accounts import queries as people
from portal.calendars.models import CalendarInvitation
from portal.calendars.rules import Answer
from portal.db import db
from portal.demo import accounts
from portal.demo.accounts import DemoAccount
from portal.documents.models import Document
from portal.interventions.confirmation import queries
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.confirmation.steps import AdjustmentState, ConfirmationState
from portal.interventions.corrections.models import Correction
from portal.interventions.documents.rules import INTERVENTION
from portal.interventions.drafts.models import LogDraft
from portal.interventions.models import Intervention, Practice
from portal.interventions.steps import InterventionState
from portal.proposals.models import DateProposal
from portal.proposals.steps import ProposalState
from portal.requests.models import Assignment, SupportRequest

pytestmark = pytest.mark.usefixtures("demonstration")


def actor(account: DemoAccount) -> Actor:
    person = people.by_email(account.email)
    assert person is not None
    return person.acting_for(person.memberships[0])


def test_dates_of_the_last_working_day_wait_to_be_told() -> None:
    who = actor(accounts.INTERVENTION)
    statement = (
        select(func.count())
        .select_from(Practice)
        .join(Intervention, Intervention.id == Practice.intervention_id)
        .where(
            Practice.person_id == who.person_id,
            Intervention.state == InterventionState.PLANNED,
            Intervention.on < clock.today(),
        )
    )
    assert (db.session.scalar(statement) or 0) >= 2


def test_one_of_them_is_half_told() -> None:
    drafts = db.session.scalars(
        select(LogDraft).where(LogDraft.person_id == actor(accounts.INTERVENTION).person_id)
    )
    assert [draft.typed["outcome"] for draft in drafts] == [["with_changes"]]


def test_dates_were_told_with_changes_and_with_the_pole_absent() -> None:
    told = select(Intervention.state, Intervention.as_planned).where(Intervention.told_at.is_not(None))
    rows = {tuple(row) for row in db.session.execute(told)}
    assert (InterventionState.DONE, False) in rows
    assert InterventionState.POLE_ABSENT in {state for state, _as_planned in rows}


def test_a_log_was_corrected_and_says_what_it_said() -> None:
    who = actor(accounts.INTERVENTION)
    ours = select(Correction.changes).where(Correction.by_id == who.person_id)
    (changes,) = db.session.scalars(ours).all()
    assert changes["minutes"] == [120, 150]
    assert "report" in changes


def test_the_cell_corrected_another_that_its_pole_never_heard_of() -> None:
    theirs = select(Correction.changes).where(Correction.by_id == actor(accounts.REGIONAL).person_id)
    (changes,) = db.session.scalars(theirs).all()
    assert changes.keys() == {"minutes"}


def test_a_document_is_on_it() -> None:
    statement = select(Document.parent_id).where(Document.kind == INTERVENTION)
    by = Correction.by_id == actor(accounts.INTERVENTION).person_id
    corrected = db.session.scalars(select(Correction.intervention_id).where(by)).all()
    assert db.session.scalars(statement).all() == corrected


def test_done_work_goes_beyond_what_its_partner_gives_in_a_year() -> None:
    who = actor(accounts.INTERVENTION)
    statement = select(Assignment.partner_id).join(Intervention, Intervention.assignment_id == Assignment.id)
    assert who.organisation_id in db.session.scalars(statement.where(Intervention.beyond_partner)).all()


def test_the_pole_has_dates_to_choose_from_and_another_asked_for_others() -> None:
    who = actor(accounts.COORDINATION)
    statement = select(DateProposal.state, SupportRequest.pole_id)
    statement = statement.join(DateProposal.assignment).join(Assignment.request)
    states = {(state, pole_id == who.organisation_id) for state, pole_id in db.session.execute(statement)}
    assert (ProposalState.OPEN, True) in states
    assert (ProposalState.OTHERS_ASKED, False) in states


def test_what_was_logged_stands_in_every_way() -> None:
    assert {*db.session.scalars(select(Confirmation.state))} == set(ConfirmationState)
    assert {*db.session.scalars(select(Adjustment.state))} == {
        AdjustmentState.MADE,
        AdjustmentState.PROPOSED,
    }


def test_most_of_the_year_is_confirmed_and_a_few_wait_for_the_pole() -> None:
    states = dict(
        db.session.execute(select(Confirmation.state, func.count()).group_by(Confirmation.state)).all()
    )
    assert states[ConfirmationState.CONFIRMED] > 3 * states[ConfirmationState.WAITING]
    own = queries.to_confirm(actor(accounts.COORDINATION), 20)
    assert 1 <= len(own) <= 6


def test_the_cell_decides_what_is_contested_and_what_is_to_be_adjusted() -> None:
    cell = actor(accounts.REGIONAL)
    assert len(db.session.scalars(queries.contested(cell)).all()) == 1
    assert len(queries.proposals(cell, 5)) == 1


def test_calendars_accepted_one_date_and_declined_another() -> None:
    pole = actor(accounts.COORDINATION)
    statement = select(CalendarInvitation.answer).where(CalendarInvitation.person_id == pole.person_id)
    assert {Answer.ACCEPTED, Answer.DECLINED} <= {*db.session.scalars(statement)}
