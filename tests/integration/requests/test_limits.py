"""What a pole has in a year: what is counted, from when to when, what is granted beyond it, and by whom."""

import html
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import NotOpen, Rule, Weight
from portal.catalogue.limits import service as limits
from portal.catalogue.limits.models import LimitException
from portal.catalogue.limits.rules import Measure, year_of
from portal.db import db, transaction
from portal.interventions.steps import InterventionState
from portal.journal.models import JournalEntry
from portal.organisations.models import Pole
from portal.requests import service
from portal.requests.closing import service as closing
from portal.requests.models import SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, RequestState
from portal.requests.used.queries import NOT_COUNTED
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, ask, page_of, request_fields
from tests.races import at_once

LAST_EVENING = datetime(2026, 12, 31, 22, 30, tzinfo=clock.PARIS)


def limit(**wanted: int | None) -> None:
    with transaction():
        limits.limit({measure: wanted.get(measure.value) for measure in Measure})


def grant(
    pole: Pole, more: int, days: int = 30, measure: Measure = Measure.REQUESTS, why: str = "Deux sites"
) -> LimitException:
    with transaction():
        return limits.grant(pole.id, measure, more, clock.today() + timedelta(days=days), why)


def against(pole: Pole, world: World) -> list[Rule]:
    said = eligibility.of(pole.id, pole.place, [world.service.id])[world.service.id]
    return [reason.rule for reason in said.of_weight(Weight.AGAINST)]


def the_draft(request: SupportRequest) -> SupportRequest:
    found = select(SupportRequest).where(SupportRequest.id == request.id)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("state", RequestState)
def test_what_is_counted(make: Builder, world: World, state: RequestState) -> None:
    limit(requests=1)
    make.raw_request(world.coordinator, state)
    assert (against(world.coordinator.organisation, world) == []) is (state in NOT_COUNTED)


@pytest.mark.parametrize("state", [AssignmentState.DECLINED, AssignmentState.EXPIRED])
def test_what_a_partner_did_not_do_still_counts(make: Builder, world: World, state: AssignmentState) -> None:
    limit(requests=1)
    make.raw_assignment(make.raw_request(world.coordinator), world.partner, state)
    assert against(world.coordinator.organisation, world) == [Rule.REQUESTS]


def test_a_pole_at_its_limit_reads_from_when_and_may_write(make: Builder, world: World, browse) -> None:
    limit(requests=1)
    make.raw_request(world.coordinator)
    browser = browse(world.coordinator)
    page = html.unescape(browser.get(f"/services/{world.service.slug}").text)
    assert f"À partir du 1 janvier {clock.today().year + 1}" in page.replace("1er", "1")
    assert ask(browser, request_fields(world.service, intent="draft")).status_code == 302
    answer = ask(browser, request_fields(world.service))
    assert answer.status_code == 422
    assert "peut en envoyer 1" in html.unescape(answer.text)
    assert [row.rule for row in db.session.scalars(select(BlockedDemand))] == [Rule.REQUESTS]


def test_the_cell_counts_neither_the_request_that_it_reads_nor_later_ones(
    make: Builder, world: World, browse
) -> None:
    limit(requests=1)
    request = make.raw_request(world.coordinator, service=world.service)
    assert "Pas encore" not in html.unescape(browse(world.cell).get(page_of(request)).text)
    later = make.raw_request(world.coordinator)
    assert "Pas encore" not in html.unescape(browse(world.cell).get(page_of(request)).text)
    assert "Pas encore" in html.unescape(browse(world.cell).get(page_of(later)).text)


def test_an_exception_gives_more_until_its_day_or_until_it_is_withdrawn(make: Builder, world: World) -> None:
    limit(requests=1)
    pole = world.coordinator.organisation
    make.raw_request(world.coordinator)
    assert against(pole, world) == [Rule.REQUESTS]
    exception = grant(pole, 1, days=3)
    assert against(pole, world) == []
    with clock.travelling_to(clock.now() + timedelta(days=4)):
        if clock.today().year == year_of(exception.granted_on, None).first.year:
            assert against(pole, world) == [Rule.REQUESTS]
    make.raw_request(world.coordinator)
    assert against(pole, world) == [Rule.REQUESTS], "it gave one more, and no other"
    grant(pole, 5)
    assert against(pole, world) == []
    for one in db.session.scalars(select(LimitException)).all():
        with transaction():
            limits.withdraw(one.id)
    assert against(pole, world) == [Rule.REQUESTS]
    other = make.coordinator(make.pole())
    make.raw_request(other)
    grant(pole, 1)
    assert against(other.organisation, world) == [Rule.REQUESTS], "it is of one pole"


@pytest.mark.parametrize(
    ("department", "region", "open_already"),
    [
        ("974", "04", True),
        ("972", "02", False),
        ("976", "06", True),
        ("76", "28", False),
        (None, None, False),
    ],
)
def test_the_year_turns_with_the_clocks_of_the_pole(
    make: Builder, world: World, department: str | None, region: str | None, open_already: bool
) -> None:
    """A pole of which no place is known, as those of the Pacific, follows the clocks of Paris."""
    limit(requests=1)
    coordinator = make.coordinator(make.pole(department_code=department, region_code=region))
    pole = coordinator.organisation
    make.raw_request(coordinator, submitted_at=LAST_EVENING - timedelta(days=3))
    with clock.travelling_to(LAST_EVENING):
        assert (against(pole, world) == []) is open_already
    zone = clock.zone_of(pole.place)
    midnight = datetime(2027, 1, 1, tzinfo=zone)
    with clock.travelling_to(midnight - timedelta(seconds=1)):
        assert against(pole, world) == [Rule.REQUESTS]
    with clock.travelling_to(midnight):
        assert against(pole, world) == []
    make.raw_request(coordinator, submitted_at=midnight)
    with clock.travelling_to(midnight + timedelta(hours=1)):
        assert against(pole, world) == [Rule.REQUESTS], "the first of the new year counts in it"


@pytest.mark.parametrize(
    ("state", "minutes", "spent"),
    [
        (InterventionState.DONE, 840, True),
        (InterventionState.DONE, 825, False),
        (InterventionState.PLANNED, 840, False),
        (InterventionState.CALLED_OFF, 840, False),
    ],
)
def test_days_are_those_held(
    make: Builder, world: World, state: InterventionState, minutes: int, spent: bool
) -> None:
    limit(days=2)
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    today = clock.today()
    make.raw_intervention(assignment, world.practitioner.person, state, minutes=minutes, on=today)
    last_year = date(today.year - 1, 12, 31)
    make.raw_intervention(assignment, world.practitioner.person, minutes=900, on=last_year)
    assert (against(world.coordinator.organisation, world) == [Rule.DAYS]) is spent


def test_two_requests_for_the_last_place_of_a_year(make: Builder, world: World, app: Flask) -> None:
    for number in range(6):
        coordinator = make.coordinator(make.pole())
        limit(requests=1)
        drafts = [
            make.raw_request(coordinator, RequestState.DRAFT, world.service, once=f"{number}-{each}")
            for each in range(2)
        ]
        actor = actor_of(coordinator)
        answers = at_once(
            app,
            *(lambda one=one, actor=actor: service.submit(actor, one.reference) for one in drafts),
        )
        assert sum(isinstance(answer, NotOpen) for answer in answers) == 1, answers
        states = [the_draft(draft).state for draft in drafts]
        assert states.count(RequestState.DRAFT) == 1


def test_the_national_cell_sets_limits_and_grants_exceptions(make: Builder, world: World, browse) -> None:
    browser = browse(world.national)
    pole = world.coordinator.organisation
    assert browser.post("/regles-du-bouquet", {"requests": "3", "days": ""}).status_code == 302
    page = html.unescape(browser.get("/regles-du-bouquet").text)
    assert 'value="3"' in page
    assert "Non compté" in page
    until = (clock.today() + timedelta(days=20)).isoformat()
    typed = {
        "organisation_id": pole.id,
        "measure": "requests",
        "more": "2",
        "until": until,
        "reason": "Deux sites",
    }
    assert browser.post("/regles-du-bouquet/exceptions", typed).status_code == 302
    page = html.unescape(browser.get("/regles-du-bouquet").text)
    assert "Deux sites" in page
    exception = db.session.scalars(select(LimitException)).one()
    for _time in range(2):
        path = f"/regles-du-bouquet/exceptions/{exception.id}/retirer"
        assert browser.post(path).status_code == 302
    assert "Retirée le" in html.unescape(browser.get("/regles-du-bouquet").text)
    changes = [entry.changes for entry in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
    assert {"limit_requests": [None, 3]} in changes
    assert [one["more_requests"] for one in changes if "more_requests" in one] == [[None, 2], [2, None]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"more": "0"},
        {"more": "x"},
        {"until": "2001-01-01"},
        {"until": ""},
        {"reason": ""},
        {"organisation_id": "0"},
    ],
)
def test_what_cannot_be_granted_is_said_and_kept(make: Builder, world: World, browse, wrong: Any) -> None:
    until = (clock.today() + timedelta(days=20)).isoformat()
    pole_id = world.coordinator.organisation_id
    typed = {"organisation_id": pole_id, "measure": "days", "more": "2", "until": until, "reason": "Site"}
    answer = browse(world.national).post("/regles-du-bouquet/exceptions", {**typed, **wrong})
    assert answer.status_code == 422
    assert not db.session.scalars(select(LimitException)).all()
    assert browse(world.national).post("/regles-du-bouquet", {"requests": "0"}).status_code == 422


ACTS = st.lists(st.sampled_from(["send", "take_back", "limit", "unlimit", "grant", "revoke"]), max_size=9)


class Life:
    """What one pole sends, and what the national cell decides meanwhile; counted by hand beside."""

    def __init__(self, make: Builder, world: World) -> None:
        self.make, self.world = make, world
        self.coordinator = make.coordinator(make.pole())
        self.maximum: int | None = None
        self.more: list[LimitException] = []
        self.sent: list[SupportRequest] = []
        limit()

    def limit(self) -> None:
        self.maximum = 1
        limit(requests=1)

    def unlimit(self) -> None:
        self.maximum = None
        limit()

    def grant(self) -> None:
        why = f"Un site de plus, le {len(self.more)}e"  # the same words on a day would be the same exception
        self.more.append(grant(self.coordinator.organisation, 1, why=why))

    def revoke(self) -> None:
        if self.more:
            with transaction():
                limits.withdraw(self.more.pop().id)

    def take_back(self) -> None:
        if self.sent:
            with transaction():
                reference = self.sent.pop().reference
                closing.withdraw(actor_of(self.coordinator), reference, Details(reason="solved"))

    def send(self) -> None:
        draft = self.make.raw_request(self.coordinator, RequestState.DRAFT, self.world.service)
        may = self.maximum is None or len(self.sent) < self.maximum + len(self.more)
        try:
            with transaction():
                self.sent.append(service.submit(actor_of(self.coordinator), draft.reference))
        except NotOpen:
            assert not may
        else:
            assert may


def test_limits_hold_through_any_life(make: Builder, world: World) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def live(acts: list[str]) -> None:
        life = Life(make, world)
        for act in acts:
            getattr(life, act)()

    live()
