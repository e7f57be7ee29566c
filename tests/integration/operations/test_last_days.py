"""A day counts once it is over: each limit in days, on the last second of its last day and on the first of the next.

By the clocks of the place: of Paris across both changes of the hour and around holidays, and of each overseas
department.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation
from portal.accounts.rules import token_hash
from portal.accounts.service import send_invitation
from portal.applications import queries as applications
from portal.applications import service as application_service
from portal.applications.steps import OpinionIsRegional, State
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.eligibility.rules import Rule
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from portal.notifications.models import OutboxEmail
from portal.personal_data import jobs
from portal.personal_data.rules import RULES, Kept
from portal.reminders.models import Reminder
from portal.reminders.rules import ReminderState
from portal.requests import queries, service, steps
from portal.requests.holders import page as holders
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, RequestState
from portal.safety import queries as safety
from portal.safety.models import EmailChange, SignInSession
from portal.teams import queries as teams
from portal.teams.models import Absence
from portal.transfers.models import Transfer
from tests.builders import Builder
from tests.integration.operations.dates import begun_log
from tests.integration.requests.steps import DO, actor_of, late_count
from tests.jobs import do
from tests.sessions import registered_on
from tests.shares import raw_network_act

Counts = Callable[[], bool]
A_SECOND = timedelta(seconds=1)
# Department: region and the name of its zone, written a second time.
PLACES = {
    "76": ("28", "Europe/Paris"),
    "67": ("44", "Europe/Paris"),
    "971": ("01", "America/Guadeloupe"),
    "972": ("02", "America/Martinique"),
    "973": ("03", "America/Cayenne"),
    "974": ("04", "Indian/Reunion"),
    "976": ("06", "Indian/Mayotte"),
}
# Before the summer hour, before the winter hour, before Easter, before the holidays of May, the end of a year.
BEGINNINGS = (date(2026, 3, 20), date(2026, 10, 16), date(2026, 3, 30), date(2026, 4, 29), date(2026, 12, 18))


def check(counts: Counts, last: date, zone: str) -> None:
    """It counts until the last second of the day, and no longer one second after."""
    end = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    with clock.travelling_to(end - A_SECOND):
        assert counts(), f"one second before the end of {last} it still counts"
    with clock.travelling_to(end + A_SECOND):
        assert not counts(), f"one second after the end of {last} it does not"


@pytest.fixture
def asked(make: Builder) -> Callable[..., tuple[SupportRequest, Any, Any]]:
    """A request of a pole somewhere, sent to a partner on a day at noon there."""

    def ask(department: str, day: date) -> tuple[SupportRequest, Any, Any]:
        region, zone = PLACES[department]
        coordinator = make.coordinator(make.pole(region_code=region, department_code=department))
        practitioner, admin = make.practitioner(make.partner()), make.national_admin()
        with clock.travelling_to(datetime.combine(day, time(12), ZoneInfo(zone))):
            request = make.raw_request(coordinator)
            routing = Details(partner_ids=[practitioner.organisation_id])
            with transaction():
                service.route(actor_of(admin), request.reference, routing)
        return request, actor_of(coordinator), actor_of(practitioner)

    return ask


def fresh(request: SupportRequest) -> tuple[SupportRequest, Assignment]:
    with transaction():
        found = queries.get_locked(None, request.reference)
        assert found
    return found, found.assignments[-1]


@pytest.mark.parametrize("day", BEGINNINGS, ids=str)
@pytest.mark.parametrize("department", PLACES)
def test_an_answer_is_due_until_its_day_is_over(make: Builder, asked, department: str, day: date) -> None:
    cell = actor_of(make.national_admin())
    request, _pole, partner = asked(department, day)
    last = clock.add_working_days(day, 5, department)

    def in_time() -> bool:
        found, _ = fresh(request)
        assert holders.holder(partner, found).is_late == bool(late_count(cell))
        return not late_count(cell)

    check(in_time, last, PLACES[department][1])


@pytest.mark.parametrize("day", BEGINNINGS, ids=str)
@pytest.mark.parametrize("department", PLACES)
def test_an_answer_is_awaited_until_the_fifteenth_working_day_is_over(
    asked, department: str, day: date
) -> None:
    request, _, _ = asked(department, day)

    def waits() -> bool:
        do("expire unanswered requests")
        return fresh(request)[1].state is AssignmentState.PROPOSED

    check(waits, clock.add_working_days(day, 15, department), PLACES[department][1])


@pytest.mark.parametrize("day", BEGINNINGS[:2], ids=str)
@pytest.mark.parametrize("department", PLACES)
def test_a_request_reopens_until_the_thirtieth_day_is_over(asked, department: str, day: date) -> None:
    request, _, partner = asked(department, day)
    _, assignment = fresh(request)
    with clock.travelling_to(datetime.combine(day, time(18), ZoneInfo(PLACES[department][1]))):
        for action in (steps.ACCEPT, steps.COMPLETE):
            with transaction():
                said = Details("helped", "Fait.", partner.person_id)
                DO[action](partner, request.reference, assignment.id, said)

    def reopens() -> bool:
        return service.why_not(steps.REOPEN, *fresh(request)) is None

    check(reopens, day + timedelta(days=30), PLACES[department][1])


@pytest.mark.parametrize("department", PLACES)
def test_what_is_late_is_late_where_it_is(make: Builder, department: str) -> None:
    """Applications: the list and the count."""
    region, zone = PLACES[department]
    make.raw_application(region_code=region, department_code=department, due_on=date(2026, 3, 29))
    admin = actor_of(make.national_admin())

    def in_time() -> bool:
        late = list(db.session.scalars(applications.listing(admin, applications.Filters(late=True))))
        assert len(late) == applications.waiting_for(admin).late
        return not late

    check(in_time, date(2026, 3, 29), zone)


@pytest.mark.parametrize("department", PLACES)
def test_an_opinion_is_regional_until_the_day_is_over_where_it_is(make: Builder, department: str) -> None:
    region, zone = PLACES[department]
    last = date(2026, 3, 29)
    application = make.raw_application(region_code=region, department_code=department, due_on=last)
    make.regional_admin(region)
    admin = actor_of(make.national_admin())
    opinion = application_service.Details(reason="favourable", message="Oui.")

    def is_regional() -> bool:
        try:
            with transaction():
                application_service.advise(admin, application.reference, opinion)
        except OpinionIsRegional:
            return True
        return False

    check(is_regional, last, zone)


@pytest.mark.parametrize("department", PLACES)
def test_links_open_until_their_last_day_is_over(make: Builder, department: str) -> None:
    region, zone = PLACES[department]
    pole = make.pole(region_code=region, department_code=department)
    application = make.raw_application(State.DRAFT, region_code=region, department_code=department)
    invitation = Invitation(
        organisation=pole, email="a@exemple.test", given_name="A", family_name="B", role=Role.MEMBER
    )
    with clock.travelling_to(datetime(2026, 3, 25, 9, 30, tzinfo=ZoneInfo(zone))), transaction() as session:
        session.add_all([pole, application])
        session.add(invitation)
        invitation.token_hash, invitation.expires_at = "x", clock.now()
        send_invitation(invitation)
        invitation.token_hash = token_hash("invited")
        applying = application_service.new_link(application)
    assert invitation.last_day == date(2026, 4, 1)
    check(lambda: teams.open_by_token("invited") is not None, date(2026, 4, 1), zone)
    check(lambda: applications.by_token(applying) is not None, date(2026, 6, 23), zone)


def test_a_change_of_address_can_be_stopped_for_seven_days(make: Builder) -> None:
    person = make.coordinator().person
    change = EmailChange(
        person_id=person.id, old_email=person.email, new_email="n@exemple.test",
        confirm_hash="c", stop_hash=token_hash("stop"),
        asked_at=datetime(2026, 3, 25, 9, 30, tzinfo=clock.PARIS),
    )  # fmt: skip
    with transaction() as session:
        session.add(change)
    check(lambda: safety.change_to_stop("stop") is not None, date(2026, 4, 1), "Europe/Paris")


def test_the_last_day_of_an_absence_is_one(make: Builder) -> None:
    member = make.practitioner()
    with transaction() as session:
        session.add(Absence(membership_id=member.id, starts_on=date(2026, 3, 20), ends_on=date(2026, 3, 29)))
    check(lambda: bool(teams.away([member.organisation_id])), date(2026, 3, 29), "Europe/Paris")


def _email(at: datetime, text: str, **values: Any) -> OutboxEmail:
    about = {"kind": "k", "recipient": "a@x.test", "recipient_name": "A", "language": "fr", "subject": "S"}
    return OutboxEmail(
        **about, text=text, html=text, message_id=str(values), next_attempt_at=None, created_at=at, **values
    )


def _reminder(make: Builder, at: datetime) -> Reminder:
    make.raw_reminder(ReminderState.SENT, at=at)
    return db.session.scalars(select(Reminder).order_by(Reminder.id.desc()).limit(1)).one()


def _session(make: Builder, at: datetime) -> SignInSession:
    where = {"key_hash": "k", "browser": "", "system": "", "address": ""}
    return SignInSession(
        person_id=make.coordinator().person_id, started_at=at, last_seen_at=at, **where
    )  # fmt: skip


def _import(make: Builder, at: datetime) -> Transfer:
    with clock.travelling_to(at):
        return make.transfer(make.national_admin())


def _entry(at: datetime) -> JournalEntry:
    what = {"act": Act.JOINED, "subject": Subject.PERSON, "subject_name": "A", "search_text": "a"}
    return JournalEntry(at=at, changes={}, **what)


def _invited(make: Builder, at: datetime) -> Invitation:
    who = {"email": "a@x.test", "given_name": "A", "family_name": "B", "role": Role.MEMBER}
    pole = make.pole()
    return Invitation(organisation_id=pole.id, token_hash="t", expires_at=clock.end_of(at.date()), **who)


def _blocked(make: Builder, at: datetime) -> BlockedDemand:
    about = {"service_id": make.service().id, "pole_id": make.pole().id, "rule": Rule.STAGE}
    return BlockedDemand(year=at.year, on=at.date(), **about)


def _request(make: Builder, at: datetime, state: RequestState) -> SupportRequest:
    closed = None if state in {RequestState.DRAFT, RequestState.TO_ROUTE} else at
    return make.raw_request(state=state, created_at=at, closed_at=closed)


# What is made at a moment, for each rule.
THINGS: Mapping[Kept, Callable[[Builder, datetime], Any]] = {
    Kept.DORMANT_REQUESTS: lambda make, at: _request(make, at, RequestState.TO_ROUTE),
    Kept.REQUESTS: lambda make, at: _request(make, at, RequestState.COMPLETED),
    Kept.DRAFTS: lambda make, at: _request(make, at, RequestState.DRAFT),
    Kept.LOG_DRAFTS: begun_log,
    Kept.APPLICATIONS: lambda make, at: make.raw_application(State.REFUSED, changed_at=at),
    Kept.APPLICATION_DRAFTS: lambda make, at: make.raw_application(State.DRAFT, changed_at=at),
    Kept.IDLE_ACCOUNTS: lambda make, at: make.person(last_seen_at=at),
    Kept.WARNED_ACCOUNTS: lambda make, at: make.person(idle_warned_at=at),
    Kept.INVITATIONS: _invited,
    Kept.JOURNAL: lambda _make, at: _entry(at),
    Kept.SESSIONS: _session,
    Kept.EMAIL_TEXTS: lambda _make, at: _email(at, "t", sent_at=at),
    Kept.EMAILS: lambda _make, at: _email(at, "", sent_at=at),
    Kept.REMINDERS: _reminder,
    Kept.IMPORTS: _import,
    Kept.BLOCKED_DEMAND: _blocked,
    Kept.NETWORK_WORK: lambda make, at: raw_network_act(make, make.practitioner(), on=at.date()),
    Kept.REGISTRATIONS: lambda make, at: registered_on(make, at.date()),
    Kept.DOCUMENTS: lambda make, at: make.document(sent_at=at),
}
SOONER = dict.fromkeys((Kept.APPLICATION_DRAFTS, Kept.DRAFTS), timedelta(days=14))
"""Who writes is warned first."""


def test_each_rule_in_days_is_walked() -> None:
    assert THINGS.keys() == {kept for kept, rule in RULES.items() if kept is not Kept.ATTEMPTS}


@pytest.mark.parametrize("hour", [0, 9, 23])
@pytest.mark.parametrize("kept", THINGS)
def test_everything_is_kept_until_its_last_day_is_over(make: Builder, kept: Kept, hour: int) -> None:
    day = date(2026, 3, 25)
    at = datetime.combine(day, time(hour, 30), clock.PARIS)
    thing = THINGS[kept](make, at)
    with transaction() as session:
        session.add(thing)
    last = day + RULES[kept].after - SOONER.get(kept, timedelta())
    check(lambda: jobs.DUTIES[kept].count() == 0, last, "Europe/Paris")


def test_a_secret_is_forgotten_after_a_whole_day(make: Builder) -> None:
    at = datetime(2026, 3, 28, 9, 30, tzinfo=clock.PARIS)
    with transaction() as session:
        session.add(_email(at, "t", given_up_at=at, confidential=True))
    check(lambda: jobs.DUTIES[Kept.EMAIL_TEXTS].count() == 0, date(2026, 3, 29), "Europe/Paris")


def test_a_file_looked_at_waits_until_tomorrow_is_over(make: Builder) -> None:
    with clock.travelling_to(datetime(2026, 3, 28, 9, 30, tzinfo=clock.PARIS)):
        transfer = make.transfer(make.national_admin())

    def waits() -> bool:
        return transfer.created_at >= clock.days_ago(RULES[Kept.IMPORTS].after)

    check(waits, date(2026, 3, 29), "Europe/Paris")
