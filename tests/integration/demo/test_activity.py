"""The demonstration holds what it promises, and nothing of it touches a real body."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Actor
from portal.accounts import queries as people
from portal.accounts.models import Membership
from portal.applications import queries as applications
from portal.applications.models import Application, ApplicationEvent
from portal.applications.queries import Waiting
from portal.applications.steps import State
from portal.catalogue import queries as catalogue
from portal.catalogue.blocked import queries as blocked
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import Rule, Weight
from portal.catalogue.limits import queries as limits
from portal.catalogue.models import Delivery, Service
from portal.catalogue.room import queries as room
from portal.catalogue.rules import SHOWN_STATES, ServiceState
from portal.conversation.models import Message, MessageDraft, MessageMention
from portal.db import db, transaction
from portal.demo import accounts, load
from portal.demo.accounts import DemoAccount
from portal.demo.load import Loaded
from portal.documents.models import Document
from portal.feature import features
from portal.interventions import words as interventions
from portal.interventions.confirmation.steps import REFUSE
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.joint import steps as joint
from portal.joint.models import JointPole
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.mailbox.models import ReceivedEmail
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.pauses import queries as pauses
from portal.notifications.preferences.models import EmailChoice
from portal.organisations import seed
from portal.organisations.models import Funder, Organisation, Partner, Pole, RegionalCell
from portal.proposals import steps as proposals
from portal.reminders import queries as reminders
from portal.requests import jobs, steps
from portal.requests import words as requests
from portal.requests.inbox import queries as inbox
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, DeclineReason, Outcome, RequestState
from portal.search import queries as search
from portal.search import rules
from portal.search.index import service as index
from portal.sessions.needs.steps import ATTACH
from portal.stuck import queries as stuck
from portal.stuck.rules import Basket
from portal.territories.reference import REGIONS
from tests.browser import Browser
from tests.days import days_ago
from tests.emails.test_words import OF_A_POLE
from tests.integration.demo.papers import on_messages, readers_of
from tests.jobs import do

pytestmark = [pytest.mark.usefixtures("demonstration"), pytest.mark.long]


def count(column, *which) -> int:
    return db.session.scalar(select(func.count(column)).where(*which)) or 0


def counts(column) -> dict:
    return dict(db.session.execute(select(column, func.count()).group_by(column)).all())


def actor(account: DemoAccount) -> Actor:
    person = people.by_email(account.email)
    assert person is not None
    return person.acting_for(person.memberships[0])


def waiting(account: DemoAccount) -> dict[str, int]:
    """What the counters of an account's inbox say."""
    who = actor(account)
    return dict(inbox.counts(who, inbox.folders(who)))


def test_it_holds_as_much_as_promised(demonstration: Loaded) -> None:
    alike = 3  # beside the stories, to be brought together
    agreed = 4 + 3 + 2  # told or to be told, logged, answered by calendars
    beyond, sessions = 2, 2  # more than its partner gives in a year; held for people of several poles
    held = (demonstration.poles, demonstration.requests, demonstration.interventions)
    assert held == (40, 300 + alike, 500 + agreed + beyond + sessions)
    assert count(Partner.id) == 12
    assert count(Pole.id, Pole.published.is_(True)) == 62
    assert count(Service.id, Service.stored_state.in_(SHOWN_STATES)) == 8
    assert count(Funder.id) == 1
    assert 0 < count(RegionalCell.id) < len(REGIONS), "some regions are left to the national cell"


def test_every_state_and_every_act_can_be_seen() -> None:
    assert counts(SupportRequest.state).keys() == set(RequestState)
    assert counts(Assignment.state).keys() == set(AssignmentState)
    assert counts(Intervention.state).keys() == set(InterventionState)
    # No pole ends in the invented year, no adjustment is refused, and silence confirms before a cell corrects.
    rare = {steps.MOVE.name, REFUSE.name}
    of_poles = {step.name for step in (joint.INVITE, joint.JOIN, joint.REFUSE, joint.LEAVE)}
    of_dates = {proposals.PROPOSE.name, proposals.ASK_OTHERS.name}
    assert (
        counts(RequestEvent.action).keys()
        == {*requests.STEPS, *interventions.STEPS, *of_poles, *of_dates, ATTACH.name} - rare
    )
    assert counts(Assignment.outcome).keys() - {None} == set(Outcome)
    declined = select(RequestEvent.reason).where(RequestEvent.action == steps.DECLINE.name).distinct()
    assert set(db.session.scalars(declined)) == set(DeclineReason)


def test_every_reason_to_be_stuck_waits_for_the_regional_cell() -> None:
    held = stuck.counts(actor(accounts.REGIONAL), [*Basket])
    assert all(held.values()), held
    assert stuck.put_off(actor(accounts.REGIONAL), 5)
    assert stuck.counts(actor(accounts.INTERVENTION), [Basket.SILENT])[Basket.SILENT]


@pytest.mark.parametrize("account", [accounts.COORDINATION, accounts.INTERVENTION, accounts.REGIONAL])
def test_something_comes_this_week(app: Flask, account: DemoAccount) -> None:
    browser = Browser(app, None)
    browser.get("/connexion")
    browser.post("/connexion", {"email": account.email, "password": accounts.PASSPHRASE})
    assert 'id="this-week"' in browser.get("/").text


def test_there_is_work_that_is_late_shared_or_to_be_found_another_partner() -> None:
    late = (Assignment.state == AssignmentState.PROPOSED, Assignment.due_on < clock.today())
    assert count(Assignment.id, *late) >= 5
    asked = select(Assignment.request_id, func.count(Assignment.partner_id.distinct()))
    several = [
        one for one, partners in db.session.execute(asked.group_by(Assignment.request_id)) if partners > 1
    ]
    assert len(several) >= 15
    lost = select(SupportRequest.id).join(SupportRequest.assignments)
    reroute = lost.where(SupportRequest.state == RequestState.TO_ROUTE).distinct()
    assert len(db.session.scalars(reroute).all()) >= 5


def test_stored_states_are_the_derived_ones_and_nothing_is_left_for_tonight() -> None:
    assert not jobs.wrong_states()
    assert do("expire unanswered requests") == 0


def test_it_spans_a_year_that_ends_before_today() -> None:
    first, last = db.session.execute(select(func.min(RequestEvent.at), func.max(RequestEvent.at))).one()
    assert days_ago(400) < first < days_ago(300)
    assert days_ago(6) < last < clock.now()
    done = select(func.max(Intervention.on)).where(Intervention.state == InterventionState.DONE)
    assert db.session.scalar(done) <= clock.today()
    assert count(Intervention.id, Intervention.on > clock.today()) >= 15


def test_acts_take_place_on_working_days_in_office_hours() -> None:
    for moment in db.session.scalars(select(RequestEvent.at)):
        here = clock.local(moment)
        assert clock.is_working_day(here.date(), None)
        assert 8 <= here.hour <= 18


def test_nothing_invented_is_attached_to_a_real_pole() -> None:
    real = select(Pole.id).where(Pole.published.is_(True))
    assert count(SupportRequest.id, SupportRequest.pole_id.in_(real)) == 0
    assert count(Membership.id, Membership.organisation_id.in_(real)) == 0
    names = set(db.session.scalars(select(Pole.name_key).where(Pole.published.is_(True))))
    assert names.isdisjoint(db.session.scalars(select(Pole.name_key).where(Pole.published.is_(False))))


def test_no_real_partner_is_there_to_receive_an_invented_request() -> None:
    keys = set(db.session.scalars(select(Organisation.name_key)))
    with transaction() as session:
        real = {partner.name_key for partner in seed.load_partners().values()}
        session.rollback()
    assert keys.isdisjoint(real)
    delivered = set(db.session.scalars(select(Delivery.service_id)))
    assert delivered == set(db.session.scalars(select(Service.id)))


def test_only_the_last_days_are_still_news() -> None:
    emails = db.session.scalars(select(OutboxEmail)).all()
    assert 20 <= len(emails) <= 200
    assert all(email.recipient.endswith("@demo.example") for email in emails)
    assert all(email.created_at > days_ago(8) for email in emails)
    assert {account.email for account in accounts.ACCOUNTS} & {email.recipient for email in emails}


def test_some_people_chose_how_they_hear_of_things() -> None:
    assert count(EmailChoice.topic) >= 5
    assert count(OutboxEmail.id, OutboxEmail.digest_at.is_not(None)) >= 1, "something waits for a digest"
    assert count(OutboxEmail.id, OutboxEmail.person_id.is_not(None), OutboxEmail.read_at.is_(None)) >= 20


def test_loading_again_changes_nothing(demonstration: Loaded) -> None:
    with transaction():
        assert load.load() is None
    assert count(SupportRequest.id) == demonstration.requests


@pytest.mark.parametrize("account", accounts.ACCOUNTS, ids=lambda account: account.email.split("@")[0])
def test_each_account_signs_in_and_finds_something_to_do(app: Flask, account: DemoAccount) -> None:
    browser = Browser(app, None)
    browser.get("/connexion")
    answer = browser.post("/connexion", {"email": account.email, "password": accounts.PASSPHRASE})
    assert answer.status_code == 302
    home = browser.get("/")
    assert home.status_code == 200
    assert actor(account).organisation_name in home.text


def test_the_accounts_meet_in_the_same_requests() -> None:
    pole, practitioner, manager = (
        actor(one) for one in (accounts.COORDINATION, accounts.INTERVENTION, accounts.PARTNERSHIP)
    )
    assert practitioner.organisation_id == manager.organisation_id
    shared = select(func.count(Assignment.id)).join(Assignment.request)
    shared = shared.where(
        SupportRequest.pole_id == pole.organisation_id,
        Assignment.partner_id == practitioner.organisation_id,
        Assignment.state == AssignmentState.ACCEPTED,
    )
    assert db.session.scalar(shared)
    assert count(Assignment.id, Assignment.referent_id == practitioner.person_id) >= 3


def test_inboxes_of_the_accounts_are_not_empty() -> None:
    pole = waiting(accounts.COORDINATION)
    assert min(pole["brouillons"], pole["a-repondre"], pole["en-cours"]) >= 1
    partner = waiting(accounts.PARTNERSHIP)
    assert min(partner["a-traiter"], partner["en-cours"], partner["en-attente"]) >= 1
    for cell in (accounts.REGIONAL, accounts.NATIONAL):
        assert min(waiting(cell)["a-orienter"], waiting(cell)["en-retard"], waiting(cell)["en-cours"]) >= 1


def test_some_people_choose_whom_they_act_for() -> None:
    several = select(Membership.person_id).group_by(Membership.person_id).having(func.count() > 1)
    assert len(db.session.scalars(several).all()) >= 3


def test_poles_apply_in_several_states() -> None:
    assert counts(Application.state) == {
        State.SUBMITTED: 2,
        State.ADVISED: 1,
        State.MORE_WANTED: 1,
        State.REFUSED: 1,
    }
    assert applications.waiting_for(actor(accounts.REGIONAL)) == Waiting(count=2, late=1)
    assert applications.waiting_for(actor(accounts.NATIONAL)).count == 1


def test_no_two_dates_contradict_each_other() -> None:
    for application in db.session.scalars(select(Application)):
        moments = list(
            db.session.scalars(
                select(ApplicationEvent.at)
                .where(ApplicationEvent.application_id == application.id)
                .order_by(ApplicationEvent.id)
            )
        )
        assert moments[:1] == ([application.submitted_at] if application.submitted_at else [])
        assert [application.created_at, *moments] == sorted([application.created_at, *moments])
        assert application.closed_at in (None, moments[-1])
    for request in db.session.scalars(select(SupportRequest)):
        acts = db.session.execute(
            select(RequestEvent.action, RequestEvent.at)
            .where(RequestEvent.request_id == request.id)
            .order_by(RequestEvent.id)
        ).all()
        moments = [request.created_at, *(at for _action, at in acts)]
        assert moments == sorted(moments), request.reference
        sent = [at for action, at in acts if action == "submit"]
        assert sent[:1] == ([request.submitted_at] if request.submitted_at else []), request.reference


def test_the_journal_names_who_did_what_when_it_was_done() -> None:
    decided = select(ApplicationEvent.at).where(ApplicationEvent.actor_id.is_not(None))
    known = set(db.session.scalars(decided))
    for entry in db.session.scalars(select(JournalEntry)):
        assert entry.actor_name, entry.subject_name
        assert entry.act != Act.DECIDED or entry.at in known, entry.subject_name


@pytest.mark.parametrize("event", [RequestEvent, ApplicationEvent], ids=lambda event: event.__name__)
def test_whatever_happened_is_stored_as_the_name_of_a_step(event: Any) -> None:
    stored = set(db.session.scalars(select(event.action).distinct()))
    assert stored
    assert stored <= {step for feature in features() for step in feature.steps}


def test_everything_invented_is_found_by_its_own_words() -> None:
    """Whoever looks."""
    assert [findable.kind for findable, _ in index.astray()] == []
    found = {
        kind
        for account in accounts.ACCOUNTS
        for words in ("gouvernance", "rives communes", "rousselin", "commune")
        for kind in search.firsts(actor(account), rules.asked(words), most=3)
    }
    assert {"request", "service", "pole", "person"} <= found


def test_a_pole_at_its_limit_has_an_exception_and_poles_met_rules(demonstration: Loaded) -> None:
    exception = limits.exceptions()[0]
    assert limits.holds(exception)
    service = db.session.scalars(select(Service).where(catalogue.is_open())).first()
    said = eligibility.of(exception.organisation_id, exception.organisation.place, [service.id])[service.id]
    use = said.about(Rule.REQUESTS).use
    assert use.maximum == max(use.used, 1) < use.allowed
    own = actor(accounts.COORDINATION)
    said = eligibility.of(own.organisation_id, own.place, [service.id])[service.id]
    assert said.about(Rule.REQUESTS).weight is Weight.FOR, "the account that everybody may use can ask"
    refused = blocked.counts(clock.today().year)
    assert {count.rule for count in refused} >= {Rule.STAGE, Rule.RECOGNITION}


def test_partners_have_limits_one_of_them_spent(demonstration: Loaded) -> None:
    given = [each for _row, each in limits.of_partners()]
    assert sorted(each.is_spent for each in given) == [False, True]
    assert {each.left for each in given} == {0, 3}


def test_a_service_is_full_and_two_poles_wait(demonstration: Loaded) -> None:
    service = db.session.scalars(select(Service).where(Service.slug == "visite-apprenante")).one()
    assert room.waiting([service.id]) == {service.id: 2}
    own = actor(accounts.COORDINATION)
    said = eligibility.of(own.organisation_id, own.place, [service.id])[service.id]
    assert Rule.ROOM in {reason.rule for reason in said.of_weight(Weight.AGAINST)}


def test_three_poles_ask_together_and_others_have_not_answered_refused_or_left(demonstration: Loaded) -> None:
    rows = db.session.execute(select(JointPole.request_id, JointPole.state)).all()
    of_each = {row.request_id: sorted(each.state for each in rows if each[0] == row[0]) for row in rows}
    ours = [*("invited", "joined", "joined", "left", "refused")]
    assert sorted(of_each.values()) == [["invited"], ours, ["joined", "joined"]]


def test_reminders_are_held_and_a_kind_is_paused(demonstration: Loaded) -> None:
    assert reminders.held()
    assert pauses.since()
    assert reminders.choices().days


def test_every_e_mail_to_somebody_of_a_pole_names_whom_to_call() -> None:
    of_poles = select(Membership.person_id).join(Membership.organisation.of_type(Pole))
    told = select(OutboxEmail.kind, OutboxEmail.text).where(
        OutboxEmail.person_id.in_(of_poles), OutboxEmail.kind.in_(OF_A_POLE)
    )
    rows = db.session.execute(told).all()
    assert len({kind for kind, _text in rows}) > len(("messages", "requests", "dates"))
    contact = re.compile("Votre contact à la cellule|Your contact at the cell")
    assert {kind for kind, text in rows if not contact.search(text)} == set()


def test_the_console_has_something_to_see_in_its_lists(app: Flask) -> None:
    """What is held, what was given up, what no server took, what came back, what waits for a digest."""
    assert count(OutboxEmail.id, OutboxEmail.held_at.is_not(None))
    assert count(OutboxEmail.id, OutboxEmail.dropped_at.is_not(None))
    assert count(OutboxEmail.id, OutboxEmail.given_up_at.is_not(None))
    assert count(MailFailure.id)
    assert count(OutboxEmail.id, OutboxEmail.digest_at.is_not(None))
    assert count(ReceivedEmail.id, ReceivedEmail.text.is_not(None)), "an answer that waits for its author"
    browser = Browser(app, None)
    browser.get("/connexion")
    browser.post("/connexion", {"email": accounts.NATIONAL.email, "password": accounts.PASSPHRASE})
    assert 'name="last"' in browser.get("/emails/abandonner?liste=retenus").text


def test_documents_are_on_messages_and_those_of_notes_stay_on_their_side() -> None:
    everybody, inside = readers_of(on_messages(note=False)), readers_of(on_messages(note=True))
    assert len(everybody) >= 3
    assert inside
    assert inside < everybody


def test_somebody_is_named_and_something_is_half_written() -> None:
    assert db.session.scalars(select(MessageMention)).first() is not None
    assert db.session.scalars(select(MessageDraft)).first() is not None
    assert db.session.scalar(select(Message).where(Message.guest_id.is_not(None))) is not None
    assert db.session.scalar(select(Document).where(Document.guest_id.is_not(None))) is not None


def test_the_bundle_shows_a_sheet_in_each_state() -> None:
    services = db.session.scalars(select(Service)).all()
    assert {service.state for service in services} == {*ServiceState}
    assert [service for service in services if service.asked_at], "a draft waits for the national cell"
    assert [service for service in services if service.notice]
    assert [service for service in services if service.check_due_on and service.check_due_on <= clock.today()]
    archived = [service.id for service in services if service.state is ServiceState.ARCHIVED]
    open_ones = SupportRequest.state.in_(steps.OPEN_REQUESTS)
    assert count(SupportRequest.id, SupportRequest.service_id.in_(archived), open_ones) > 0
