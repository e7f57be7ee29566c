"""Every e-mail that asks for something of which people are reminded says on which day, and that is the day."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, update

from portal import clock
from portal.access.roles import Role
from portal.accounts import service as accounts
from portal.accounts.crowd import service as crowd
from portal.accounts.models import Membership, Person
from portal.applications import service as applications
from portal.applications.models import Application
from portal.applications.rules import Opinion
from portal.applications.steps import State
from portal.db import db, transaction
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState, Place
from portal.joint import service as joint
from portal.notifications.models import OutboxEmail
from portal.notifications.previews import service as previews
from portal.organisations.models import Partner
from portal.proposals import service as proposals
from portal.reminders import queries as reminders
from portal.reminders.models import Reminder
from portal.requests import steps
from portal.requests.models import Assignment
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState
from portal.steps import Step
from portal.teams import service as teams
from portal.teams.rules import REVIEWED_EVERY
from portal.topics import TOPICS
from portal.web import templating
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.reminders.of_sessions import NOT_REMINDED
from tests.integration.reminders.runs import at, run
from tests.integration.requests.steps import DO, actor_of

SENTENCE = {
    "fr": re.compile(r"Si rien ne bouge\s: (.+?)\s: (.+)"),
    "en": re.compile(r"If nothing moves: (.+?): (.+)"),
}


@dataclass(frozen=True)
class Where:
    """A place, the language spoken there, and a moment after which not every weekday is worked."""

    region: str
    department: str | None
    language: str
    moment: datetime


PLACES = (
    Where("28", "76", "fr", datetime(2026, 4, 30, 23, 30, tzinfo=ZoneInfo("Europe/Paris"))),
    Where("44", "67", "en", datetime(2026, 3, 31, 10, tzinfo=ZoneInfo("Europe/Paris"))),
    Where("04", "974", "fr", datetime(2027, 12, 15, 23, 30, tzinfo=ZoneInfo("Europe/Paris"))),
)


@dataclass(frozen=True)
class Scene:
    """People of a place."""

    make: Builder
    where: Where
    coordinator: Membership
    colleague: Membership
    partner: Partner
    practitioner: Membership
    manager: Membership
    cell: Membership
    national: Membership

    @property
    def today(self) -> date:
        return clock.today(self.where.department)


@pytest.fixture(params=PLACES, ids=lambda where: where.department)
def scene(make: Builder, request: pytest.FixtureRequest) -> Scene:
    where = request.param
    pole = make.pole(region_code=where.region, department_code=where.department)
    partner = make.partner()
    scene = Scene(
        make,
        where,
        make.coordinator(pole),
        make.member(pole, Role.COORDINATOR),
        partner,
        make.practitioner(partner),
        make.manager(partner),
        make.regional_admin(where.region),
        make.national_admin(),
    )
    with transaction() as session:
        session.execute(update(Person).values(language=where.language))
    return scene


Act = Callable[[Scene], Any]


def _part(scene: Scene, state: AssignmentState, **values: Any) -> tuple[str, Assignment]:
    """The reference of a request, and what a partner has of it."""
    request = scene.make.raw_request(scene.coordinator)
    return request.reference, scene.make.raw_assignment(request, scene.partner, state, **values)


def _step(step: Step[Any], who: str, state: AssignmentState, before: int = 0) -> Act:
    """Something that is done to an assignment that has been where it is for some days."""

    def act(scene: Scene) -> None:
        day = scene.today - timedelta(days=before)
        since = {
            "proposed_at": days_ago(before),
            "due_on": clock.add_working_days(day, 5, scene.where.department),
        }
        if state is AssignmentState.ON_HOLD:
            since["held_on"] = day
        if state in {AssignmentState.ACCEPTED, AssignmentState.COMPLETED}:
            since |= {"answered_on": day, "referent_id": scene.manager.person_id}
        reference, part = _part(scene, state, **since)
        said = Details(message="Voici.", referent_id=scene.practitioner.person_id)
        with transaction():
            DO[step](actor_of(getattr(scene, who)), reference, part.id, said)

    return act


def _route(scene: Scene) -> None:
    request = scene.make.raw_request(scene.coordinator)
    said = Details(partner_ids=[scene.partner.id])
    with transaction():
        DO[steps.ROUTE](actor_of(scene.national), request.reference, said)


def _facts(on: date) -> interventions.Facts:
    return interventions.Facts(on, time(14), 210, Place.ON_SITE, "Rouen")


def _plan(days: int) -> Act:
    def act(scene: Scene) -> None:
        reference, part = _part(scene, AssignmentState.ACCEPTED, answered_on=scene.today)
        actor, people = actor_of(scene.practitioner), [scene.manager.person_id]
        facts = _facts(scene.today + timedelta(days=days))
        with transaction():
            interventions.add(actor, reference, part.id, visits.PLAN, "once", facts, people)

    return act


def _log(scene: Scene) -> None:
    reference, part = _part(scene, AssignmentState.ACCEPTED, answered_on=scene.today)
    facts = replace(_facts(scene.today), starts_at=None, report="Nous avons posé les rôles.")
    people = [scene.manager.person_id]
    with transaction():
        interventions.add(actor_of(scene.practitioner), reference, part.id, visits.LOG, "once", facts, people)


def _correct(scene: Scene) -> None:
    _reference, part = _part(scene, AssignmentState.ACCEPTED, answered_on=scene.today)
    planned: Intervention = scene.make.raw_intervention(
        part,
        scene.manager.person,
        InterventionState.PLANNED,
        on=scene.today + timedelta(days=40),
        report="",
        created_at=days_ago(2),
    )
    facts, people = _facts(scene.today + timedelta(days=13)), [scene.manager.person_id]
    with transaction():
        interventions.change(actor_of(scene.practitioner), planned.id, visits.CORRECT, facts, people)


def _application(state: State, act: Callable[[Scene, Application, str], Any]) -> Act:
    def do_it(scene: Scene) -> None:
        held = scene.today - timedelta(days=8)
        values: dict[str, Any] = {
            "department_code": scene.where.department,
            "region_code": scene.where.region,
        }
        values |= {"held_on": held, "due_on": held} if state is State.MORE_WANTED else {}
        application = scene.make.raw_application(state, **values)
        token = scene.make.link(application)
        with transaction():
            act(scene, application, token)

    return do_it


def _advise(scene: Scene, application: Application, _token: str) -> None:
    details = applications.Details(reason=Opinion.FAVOURABLE, message="Oui.")
    applications.advise(actor_of(scene.cell), application.reference, details)


def _invite(scene: Scene) -> None:
    with transaction():
        pole = scene.coordinator.organisation
        accounts.invite(
            db.session.merge(pole), "rose@exemple.test", "Rose", "Le Bihan", Role.MEMBER, scene.where.language
        )


def _import(scene: Scene) -> None:
    """The same for many at once, whose letters are written before there is an invitation."""
    pole, told = scene.coordinator.organisation, scene.where.language
    guests = [crowd.Guest(pole, f"{name}@exemple.test", name, "Le Bihan", Role.MEMBER, told) for name in "ab"]
    letters = crowd.letters(actor_of(scene.national), guests)
    with transaction():
        crowd.invite(actor_of(scene.national), guests, letters)


def _review(scene: Scene) -> None:
    with transaction() as session:
        pole = session.merge(scene.coordinator.organisation)
        pole.members_reviewed_at = days_ago(REVIEWED_EVERY.days + 1)
    with transaction():
        assert teams.ask_for_review(pole.id, scene.today)


A = AssignmentState


def _invite_pole(scene: Scene) -> None:
    where, request = scene.where, scene.make.raw_request(scene.coordinator)
    other = scene.make.person(language=where.language)
    pole = scene.make.pole(region_code=where.region, department_code=where.department)
    scene.make.member(pole, Role.COORDINATOR, other)
    with transaction():
        joint.invite(actor_of(scene.coordinator), request.reference, pole.id, "")


def _propose_dates(scene: Scene) -> None:
    request = scene.make.raw_request(scene.coordinator)
    part = scene.make.raw_assignment(request, scene.practitioner.organisation, A.ACCEPTED)
    dates = {1: (scene.today + timedelta(days=30), time(9))}
    with transaction():
        proposals.propose(
            actor_of(scene.practitioner),
            request.reference,
            part.id,
            "once",
            proposals.Offer(dates, 60, Place.ON_SITE, None),
            [scene.practitioner.person_id],
        )


ACTS: dict[str, Act] = {
    "proposals/propose_dates_pole": _propose_dates,
    "requests/route_partner": _route,
    "joint/invite_other_pole": _invite_pole,
    "requests/assign_partner": _step(steps.ASSIGN, "manager", A.PROPOSED),
    "requests/answer_partner": _step(steps.ANSWER, "coordinator", A.ON_HOLD, 6),
    "requests/chase_partner": _step(steps.CHASE, "national", A.PROPOSED, 12),
    "requests/remind_partner": _step(steps.REMIND, "coordinator", A.PROPOSED, 12),
    "requests/ask_pole": _step(steps.ASK, "practitioner", A.PROPOSED, 2),
    "requests/chase_answer_pole": _step(steps.CHASE_ANSWER, "national", A.ON_HOLD, 9),
    "requests/accept_partner": _step(steps.ACCEPT, "manager", A.PROPOSED, 3),
    "requests/change_referent_partner": _step(steps.CHANGE_REFERENT, "manager", A.ACCEPTED, 20),
    "requests/reopen_partner": _step(steps.REOPEN, "coordinator", A.COMPLETED, 60),
    "requests/ask_news_partner": _step(steps.ASK_NEWS, "national", A.ACCEPTED, 40),
    "interventions/plan_pole": _plan(20),
    "interventions/plan_practitioner": _plan(90),
    "interventions/correct_pole": _correct,
    "interventions/log_pole": _log,
    "interventions/correct_practitioner": _correct,
    "applications/submit_cell": _application(
        State.DRAFT, lambda _scene, _application, token: applications.submit(token)
    ),
    "applications/answer_cell": _application(
        State.MORE_WANTED,
        lambda _scene, _application, token: applications.answer(
            token, applications.Details(message="Voici.")
        ),
    ),
    "applications/advise_cell": _application(State.SUBMITTED, _advise),
    "accounts/invitation": _invite,
    "teams/review_due": _review,
}


CASES = (*ACTS.items(), ("accounts/invitation", _import))


def announced(kind: str) -> tuple[date, str]:
    """The day and the words that the e-mails of a kind say, all of them the same, as text and as HTML."""
    written = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == kind)).all()
    assert written
    sentences = set()
    for email in written:
        for text in (email.text, re.sub(r"<[^>]+>", "", email.html)):
            (sentence,) = SENTENCE[email.language].findall(text)
            sentences.add((email.language, *sentence))
    ((language, day, label),) = sentences
    return _day(language, day), label.strip()


def _day(language: str, words: str) -> date:
    with force_locale(language):
        days = (clock.today() + timedelta(days=number) for number in range(200))
        return next(day for day in days if templating.weekday(day) == words)


def climbed() -> set[tuple[str, str]]:
    return {(row.kind, row.rung) for row in db.session.execute(select(Reminder.kind, Reminder.rung))}


def test_every_kind_that_a_ladder_follows_is_tried(database: None) -> None:
    assert {kind for ladder in reminders.ladders() for kind in ladder.follows} == {*ACTS}
    assert {*ACTS} <= {*previews.kinds()}


@pytest.mark.parametrize(("kind", "act"), CASES)
def test_it_says_when_the_ladder_would_remind(app: Flask, scene: Scene, kind: str, act: Act) -> None:
    place, moment = scene.where.department, scene.where.moment
    with clock.travelling_to(moment):
        act(scene)
        day, label = announced(kind)
        now = clock.day_of(clock.now(), place)
    follows = [ladder for ladder in reminders.ladders() if kind in ladder.follows]
    before = climbed()
    if day - timedelta(days=1) > now:
        run(at(day - timedelta(days=1), time(17), place))
        assert not {known for known in climbed() - before if known[0] in {each.kind for each in follows}}
    run(at(day, time(17), place))
    with force_locale(scene.where.language):
        labels = {
            str(ladder.rung(rung).label)
            for ladder in follows
            for known, rung in climbed() - before
            if known == ladder.kind
        }
    assert label in labels


def test_what_is_planned_for_tomorrow_is_announced_by_this_e_mail_alone(scene: Scene) -> None:
    with clock.travelling_to(datetime(2026, 3, 3, 14, tzinfo=ZoneInfo("Europe/Paris"))):
        _plan(1)(scene)
        written = select(OutboxEmail).where(OutboxEmail.kind == "interventions/plan_pole")
        assert not any(SENTENCE[told.language].search(told.text) for told in db.session.scalars(written))
        assert announced("interventions/plan_practitioner")[0] > scene.today + timedelta(days=2)


def test_several_requests_are_looked_up_in_the_same_statements(
    make: Builder, database: None, queries: list[str]
) -> None:
    numbers = [_of_days_ago(make, number % 2) for number in range(6)]
    counts = []
    for many in (1, 6):
        queries.clear()
        assert len(reminders.comes_next("requests/route_partner", numbers[:many])) == many
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 2


def _of_days_ago(make: Builder, days: int) -> int:
    past = days_ago(days)
    return make.raw_assignment(make.raw_request(), make.partner(), proposed_at=past).id


NOT_FOLLOWED = {
    "requests/submit_cell": "what waits for a cell stands in its own console",
    **{f"requests/{verb}_cell": "the same" for verb in ("decline", "hand_back", "cancel", "expire")},
    "interventions/contest_cell": "the same",
    "interventions/propose_adjustment_cell": "the same",
    "interventions/contest_partner": "the cell decides where its partner corrects nothing",
    "interventions/correct_later_pole": "what is corrected is reminded of as what was logged",
    "teams/work_handed_over": "what is handed over is reminded of as before",
    "teams/work_left": "the same",
    "teams/open_work_taken_over": "the same",
    "teams/standing_in": "what a colleague is reminded of comes to who stands in",
    "teams/nobody_left": "told once",
    "proposals/ask_other_dates_partner": "a request that stays without a date has the ladder of what is accepted",
    "teams/invitation_wanted": "the invitation has a ladder, and has been climbed",
    "documents/infected": "told once",
    **NOT_REMINDED,
    "catalogue/ask_cell": "a sheet that waits to be published keeps nobody from asking for another service",
    "catalogue/waiting_partner": "opening more is theirs to decide, and it comes again once a week if more wait",
    "catalogue/room_pole": "it says until when the place is kept, and the next one is told then",
}
"""What asks for something of which nobody is reminded, and why."""


def test_what_waits_for_somebody_says_when_they_are_reminded(app: Flask) -> None:
    to_do = next(topic for topic in TOPICS if topic.name == "to_do")
    assert {kind for kind in to_do.kinds if kind not in ACTS} == {*NOT_FOLLOWED}
