"""Did it take place? Three taps, each of the four outcomes, once, whatever became of the request since."""

import html
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions import service, steps
from portal.interventions.measures import words as measures
from portal.interventions.models import Intervention
from portal.interventions.service import Facts
from portal.interventions.steps import InterventionState, Place
from portal.interventions.told import emails, queries
from portal.interventions.told.emails import EVENING
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Pole
from portal.refusals import Conflict
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, actor_of, log_fields, page_of
from tests.races import at_once

A, S = AssignmentState, InterventionState


class Date:
    """A date of yesterday, of which nothing is written."""

    def __init__(self, make: Builder, world: World) -> None:
        long_ago = days_ago(900)
        self.make, self.world = make, world
        self.request = make.raw_request(
            world.coordinator, subject="Partager l’atelier", submitted_at=long_ago
        )
        answered = clock.today() - timedelta(days=880)
        self.assignment = make.raw_assignment(self.request, world.partner, A.ACCEPTED, answered_on=answered)
        self.act = make.raw_intervention(
            self.assignment, world.practitioner.person, S.PLANNED, report="", participants=None
        )
        self.path = f"/interventions/{self.act.id}/a-t-elle-eu-lieu"

    @property
    def now(self) -> Intervention:
        return db.session.scalars(select(Intervention).execution_options(populate_existing=True)).one()


@pytest.fixture
def date_(make: Builder, world: World) -> Date:
    return Date(make, world)


def events(name: str) -> int:
    statement = select(func.count()).select_from(RequestEvent).where(RequestEvent.action == name)
    return db.session.scalar(statement) or 0


def test_it_stands_at_home_and_three_taps_write_the_log(date_: Date, browse: Any) -> None:
    """Open it, say that it took place, send: what was planned is what was done, and the report says no more."""
    browser = browse(date_.world.practitioner)
    assert date_.path in browser.get("/").text
    page = browser.get(date_.path).text.replace("\u00a0", " ")
    assert "3 h 30" in page
    assert date_.now.state is S.PLANNED, "looking changes nothing"
    answer = browser.post(date_.path, {"outcome": "as_planned", "length": "210"})
    assert answer.location == page_of(date_.request)
    now = date_.now
    assert (now.state, now.minutes, now.as_planned, now.on) == (S.DONE, 210, True, date_.act.on)
    assert (
        now.report == "Noté en bref\u00a0: elle a eu lieu comme prévu, sur «\u00a0Partager l’atelier\u00a0»."
    )
    assert date_.path not in browser.get("/").text


def test_what_changed_is_said_on_the_same_screen(date_: Date, browse: Any) -> None:
    before = (date_.act.on - timedelta(days=1)).isoformat()
    sent = {
        "outcome": "with_changes",
        "length": "210",
        "minutes": "1,5",
        "on": before,
        "worked_on": ["stock", "next"],
        "report": "À deux seulement.",
    }
    browser = browse(date_.world.practitioner)
    assert browser.post(date_.path, sent).status_code == 302
    now = date_.now
    assert (now.state, now.minutes, now.as_planned, now.on.isoformat()) == (S.DONE, 90, False, before)
    assert now.report.splitlines()[-1] == "À deux seulement."
    assert len(now.report.splitlines()) == 3
    assert "Avec des changements" in browser.get(page_of(date_.request)).text


def test_the_pole_was_absent_is_its_own(date_: Date, browse: Any) -> None:
    """It is not called off, and counts as no support; the pole is told and may say otherwise."""
    browser = browse(date_.world.practitioner)
    assert browser.post(date_.path, {"outcome": "pole_absent"}).status_code == 302
    assert date_.now.state is S.POLE_ABSENT
    assert "Pôle absent" in browser.get(page_of(date_.request)).text
    assert not measures.of_act(date_.now, actor_of(date_.world.practitioner))
    kinds = {
        kind for kind in db.session.scalars(select(OutboxEmail.kind)) if kind.startswith("interventions/")
    }
    assert kinds == {"interventions/miss_pole"}
    assert browser.post(f"/interventions/{date_.act.id}/annuler", {"message": "Erreur."}).status_code == 302


def test_called_off_says_by_whom(date_: Date, browse: Any) -> None:
    browser = browse(date_.world.practitioner)
    assert browser.post(date_.path, {"outcome": "called_off"}).status_code == 422
    assert browser.post(date_.path, {"outcome": "called_off", "why": "pole"}).status_code == 302
    assert date_.now.state is S.CALLED_OFF
    said = select(RequestEvent.message).where(RequestEvent.action == steps.CALL_OFF.name)
    assert db.session.scalars(said).all() == ["Annulée par le pôle."]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"outcome": "peut-être"},
        {"outcome": "as_planned", "minutes": "1h20"},
        {"outcome": "as_planned", "length": "7"},
        {"outcome": "with_changes", "on": "2020-01-02", "report": "Gardé."},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    date_: Date, browse: Any, wrong: dict[str, str]
) -> None:
    answer = browse(date_.world.practitioner).post(date_.path, wrong)
    assert answer.status_code == 422
    assert wrong.get("report", "") in answer.text, "what was typed is kept"
    assert date_.now.state is S.PLANNED


def test_sent_twice_it_is_logged_once(date_: Date, browse: Any) -> None:
    browser = browse(date_.world.practitioner)
    answers = [browser.post(date_.path, {"outcome": "as_planned"}).status_code for _ in range(2)]
    assert answers == [302, 409]
    assert events("log") == 1


def test_two_practitioners_at_the_same_second_tell_it_once(app: Flask, date_: Date, make: Builder) -> None:
    """Whatever each says of it."""
    act = date_.act
    facts = Facts(act.on, None, 210, Place.ON_SITE, None, report="Fait.")
    people = [actor_of(each) for each in (date_.world.practitioner, make.practitioner(date_.world.partner))]
    answers = at_once(
        app,
        lambda: service.change(people[0], act.id, steps.LOG, facts, [people[0].person_id]),
        lambda: service.change(people[1], act.id, steps.MISS),
    )
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    assert events("log") + events("miss") == 1


def test_the_last_log_is_copied_into_a_new_one(date_: Date, make: Builder, browse: Any) -> None:
    """All that it says but its day; it is another one, and nobody has to type it again."""
    of_another = make.raw_assignment(date_.request, make.partner(), A.ACCEPTED)
    about = {"report": "Budget relu.", "next_step": "Écrire au maire", "minutes": 105, "participants": 4}
    last = make.raw_intervention(date_.assignment, date_.world.practitioner.person, **about)
    browser = browse(date_.world.practitioner)
    copy = page_of(date_.request, date_.assignment, f"intervention?comme={last.id}")
    assert f'href="{copy}"' in browser.get(page_of(date_.request)).text
    form = browser.get(copy).text.replace("\u00a0", " ")
    for held in ('value="1 h 45"', "Budget relu.", "Écrire au maire", 'value="4"'):
        assert held in form
    assert last.on.isoformat() not in form
    on = (clock.today() - timedelta(days=2)).isoformat()
    fields = log_fields(date_.world.practitioner.person_id, on=on)
    assert browser.post(copy, fields).status_code == 302
    assert events("log") == 1, "it is another one"
    theirs = make.raw_intervention(of_another, date_.world.practitioner.person, report="D’un autre.")
    copy = page_of(date_.request, date_.assignment, f"intervention?comme={theirs.id}")
    assert "D’un autre." not in browser.get(copy).text


@pytest.mark.parametrize(
    ("assignment", "request_"),
    [
        (A.COMPLETED, RequestState.COMPLETED),
        (A.HANDED_BACK, RequestState.TO_ROUTE),
        (A.CANCELLED, RequestState.WITHDRAWN),
        (A.CANCELLED, RequestState.DROPPED),
    ],
)
def test_what_was_done_is_never_refused(
    date_: Date, browse: Any, assignment: AssignmentState, request_: RequestState
) -> None:
    """However long ago it was, and whatever ended since: it is logged, and flagged to its partner and the cell."""
    completed = clock.today() - timedelta(days=870) if assignment is A.COMPLETED else None
    with transaction() as session:
        session.execute(update(Assignment).values(state=assignment, completed_on=completed))
        session.execute(update(SupportRequest).values(state=request_))
    browser = browse(date_.world.practitioner)
    log = page_of(date_.request, date_.assignment, "intervention")
    assert log in browser.get(page_of(date_.request)).text
    old = (clock.today() - timedelta(days=800)).isoformat()
    answer = browser.post(log, log_fields(date_.world.practitioner.person_id, on=old))
    assert answer.status_code == 302, answer.text[:2000]
    for reader, reads in (
        (date_.world.practitioner, True),
        (date_.world.national, True),
        (date_.world.coordinator, False),
    ):
        text = browse(reader).get(page_of(date_.request)).text.lower()
        assert ("noté en retard" in text) is reads
        assert ("après la fin de l’appui" in text) is (reads and completed is not None)


@pytest.mark.parametrize(("days", "status"), [(1, 302), (183, 302), (184, 422)])
def test_what_began_before_its_request_is_logged_and_flagged_but_for_a_mistyped_year(
    date_: Date, browse: Any, days: int, status: int
) -> None:
    sent_on = clock.today() - timedelta(days=20)
    with transaction() as session:
        session.execute(update(SupportRequest).values(submitted_at=clock.end_of(sent_on)))
    on = (sent_on - timedelta(days=days)).isoformat()
    fields = log_fields(date_.world.practitioner.person_id, on=on)
    answer = browse(date_.world.practitioner).post(
        page_of(date_.request, date_.assignment, "intervention"), fields
    )
    assert answer.status_code == status
    if status == 422:
        assert "vérifiez l’année" in html.unescape(answer.text)
        assert on in answer.text
    else:
        page = browse(date_.world.national).get(page_of(date_.request)).text
        assert "avant l’envoi de la demande" in html.unescape(page).lower()


def test_what_was_never_accepted_has_no_work(date_: Date, browse: Any) -> None:
    with transaction() as session:
        session.execute(update(Assignment).values(state=A.CANCELLED, answered_on=None))
    log = page_of(date_.request, date_.assignment, "intervention")
    assert browse(date_.world.practitioner).get(log).status_code == 409


def evening(day: Any, zone: Any = clock.PARIS, hour: int = 17) -> datetime:
    return datetime.combine(day, time(hour, 20), zone)


def asked() -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(OutboxEmail.recipient, OutboxEmail.text)
        .where(OutboxEmail.kind == EVENING)
        .order_by(OutboxEmail.id)
    )
    return [(row[0], row[1]) for row in rows]


def ask() -> None:
    """What the worker does every hour."""
    with transaction():
        emails.ask(queries.due(0, 100))


def test_one_e_mail_in_the_evening_for_all_dates_of_a_day(date_: Date, make: Builder, browse: Any) -> None:
    """Once, to who was to be there, with the page of each; not of what is told already."""
    today, ours = date_.act.on, date_.world.practitioner.person
    other = make.raw_intervention(date_.assignment, ours, S.PLANNED, report="", on=today)
    colleague = make.practitioner(date_.world.partner).person
    late = make.raw_intervention(
        date_.assignment, colleague, S.PLANNED, report="", on=today, starts_at=time(18)
    )
    with clock.travelling_to(evening(today, hour=16)):
        ask()
        assert not asked()
    with clock.travelling_to(evening(today)):
        ask()
        ask()
        ((to, text),) = asked()
    assert to == ours.email
    for act in (date_.act, other):
        assert f"/interventions/{act.id}/a-t-elle-eu-lieu" in text
    assert f"/interventions/{late.id}/" not in text, "it has not begun"


def test_nobody_is_asked_of_what_is_told_or_after_they_left(date_: Date, browse: Any) -> None:
    with clock.travelling_to(evening(date_.act.on)):
        with transaction() as session:
            session.execute(update(Intervention).values(state=S.CALLED_OFF))
        ask()
        with transaction() as session:
            session.execute(update(Intervention).values(state=S.PLANNED))
            session.execute(
                update(Membership)
                .where(Membership.person_id == date_.world.practitioner.person_id)
                .values(ended_at=clock.now())
            )
        ask()
        assert not asked()


@pytest.mark.parametrize("department", [None, "974", "972"])
def test_evening_is_that_of_the_place(date_: Date, department: str | None) -> None:
    """In Réunion it comes before that of Paris, in Martinique after; each on its own day."""
    with transaction() as session:
        session.execute(update(Pole).values(department_code=department))
    zone = clock.zone_of(department)
    with clock.travelling_to(evening(date_.act.on, zone, hour=16)):
        ask()
        assert not asked()
    with clock.travelling_to(evening(date_.act.on, zone)):
        ask()
        assert len(asked()) == 1
