"""What partners that support a pole together note once, what each says of its own part, and what the service counts."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.catalogue.models import Service
from portal.catalogue.rules import Beside
from portal.catalogue.versions import service as versions
from portal.db import db, transaction
from portal.feature import features
from portal.interventions import personal
from portal.interventions.models import AlsoServed, Contribution, Intervention, Practice
from portal.interventions.steps import InterventionState
from portal.interventions.told import queries as told
from portal.ladder import Ask
from portal.notifications.models import OutboxEmail
from portal.organisations.doubles import service as doubles
from portal.requests.assignments import service as assignments
from portal.requests.models import Assignment
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, DeclineReason, Planned
from portal.stuck import queries as stuck
from portal.stuck.chasing import queries as chasing
from portal.stuck.rules import Basket
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import actor_of, log_fields, page_of
from tests.shares import share

A = AssignmentState
MINUTES = ("practitioners", *Beside)


class Pair:
    """A request that two partners support together, for a service that counts some of the time beside its sessions."""

    def __init__(self, make: Builder, world: Any, *counted: Beside) -> None:
        self.make, self.world = make, world
        self.other = make.partner(name="Coopérative d’Ailleurs")
        self.helper = make.practitioner(self.other)
        self.service = make.service(world.partner, self.other, time_counted=[*counted])
        with transaction() as session:
            version = versions.current(session.get_one(Service, self.service.id))
        self.request = make.raw_request(
            world.coordinator, service=self.service, service_version_id=version.id
        )
        self.lead = make.raw_assignment(self.request, world.partner, A.ACCEPTED)
        self.second = make.raw_assignment(self.request, self.other, A.ACCEPTED, lead_id=self.lead.id)

    @property
    def both(self) -> list[int]:
        return [self.world.practitioner.person_id, self.helper.person_id]

    def log(self, browse: Any, **changes: Any) -> Any:
        fields = {**log_fields(self.both[0]), "minutes": "180", "practitioner_ids": self.both, **changes}
        return browse(self.world.practitioner).post(page_of(self.request, self.lead, "intervention"), fields)


@pytest.fixture
def pair(make: Builder, world: Any) -> Pair:
    return Pair(make, world, Beside.PREPARATION)


def given_by(assignment: Assignment) -> tuple[int, ...] | None:
    """How many came, then the minutes beside."""
    columns = [getattr(Contribution, name) for name in MINUTES]
    row = db.session.execute(
        select(*columns).where(Contribution.assignment_id == assignment.id)
    ).one_or_none()
    return tuple(row) if row else None


def the_act() -> Intervention:
    return db.session.scalars(select(Intervention).execution_options(populate_existing=True)).one()


def text_of(browser: Browser, pair: Pair) -> str:
    return browser.get(page_of(pair.request)).text.replace("\u00a0", " ")


def test_one_of_two_notes_it_once_with_the_people_of_both(pair: Pair, browse: Any) -> None:
    form = browse(pair.world.practitioner).get(page_of(pair.request, pair.lead, "intervention")).text
    assert f"{pair.helper.person.name} (Coopérative d’Ailleurs)" in form
    assert pair.log(browse, preparation="60").location == page_of(pair.request)
    assert given_by(pair.lead) == (1, 60, 0, 0)
    assert given_by(pair.second) == (1, 0, 0, 0)


def test_each_reads_the_measures_that_are_its_business(pair: Pair, browse: Any) -> None:
    pair.log(browse, preparation="60")
    received, own = "Appui reçu : 3 h (0,4 jour)", "1 personne × 3 h + préparation 1 h = 4 h (0,6 jour)"
    pole = text_of(browse(pair.world.coordinator), pair)
    assert received in pole
    assert "Temps passé" not in pole
    assert "réparation 1 h" not in pole
    partner = text_of(browse(pair.world.practitioner), pair)
    assert received in partner
    assert f"Temps passé : {own}" in partner
    assert "Temps passé par" not in partner
    helper = text_of(browse(pair.helper), pair)
    assert "Temps passé : 3 h (0,4 jour)" in helper
    assert "4 h (0,6 jour)" not in helper
    for cell in (pair.world.cell, pair.world.national):
        text = text_of(browse(cell), pair)
        assert f"Temps passé par {pair.world.partner.name} : {own}" in text
        assert "Temps passé par Coopérative d’Ailleurs : 3 h (0,4 jour)" in text


def test_a_session_for_three_poles_counts_three_times_as_support(pair: Pair, browse: Any) -> None:
    pair.log(browse)
    for _ in range(2):
        pair.make._save(AlsoServed(intervention_id=the_act().id, pole_id=pair.make.pole().id))
    cell = text_of(browse(pair.world.cell), pair)
    assert "Appui reçu : 3 pôles × 3 h = 9 h (1,3 jour)" in cell
    assert f"Temps passé par {pair.world.partner.name} : 3 h (0,4 jour)" in cell
    assert "Appui reçu : 3 h (0,4 jour)" in text_of(browse(pair.world.coordinator), pair)


def test_the_other_says_its_own_part_and_nothing_else(pair: Pair, browse: Any) -> None:
    pair.log(browse, preparation="60")
    act, helper = the_act(), browse(pair.helper)
    at = f"/interventions/{act.id}"
    assert f"{at}/notre-part" in text_of(helper, pair)
    assert f"{at}/notre-part" not in text_of(browse(pair.world.practitioner), pair)
    sent = {
        "practitioner_ids": [pair.helper.person_id],
        "preparation": "90",
        "minutes": "15",
        "report": "Non",
    }
    assert helper.post(f"{at}/notre-part", sent).location == page_of(pair.request)
    assert (given_by(pair.lead), given_by(pair.second)) == ((1, 60, 0, 0), (1, 90, 0, 0))
    assert (the_act().minutes, the_act().report) == (180, log_fields(1)["report"])
    for verb in ("corriger", "annuler", "realisee"):
        assert helper.get(f"{at}/{verb}").status_code == 404
    assert browse(pair.world.practitioner).get(f"{at}/notre-part").status_code == 404


def test_a_part_of_nobody_and_nothing_is_none(pair: Pair, browse: Any) -> None:
    pair.log(browse)
    helper = browse(pair.helper)
    assert helper.post(f"/interventions/{the_act().id}/notre-part", {"preparation": "0"}).status_code == 302
    assert given_by(pair.second) is None
    assert "Nous avons posé le partage" not in text_of(helper, pair), "it no longer takes part"


@pytest.mark.parametrize("counted", [(), (Beside.TRAVEL,), tuple(Beside)])
def test_the_form_asks_for_what_the_sheet_counted_then(
    make: Builder, world: Any, browse: Any, counted: tuple[Beside, ...]
) -> None:
    pair = Pair(make, world, *counted)
    with transaction() as session:
        session.get_one(Service, pair.service.id).time_counted = [*set(Beside) - set(counted)]
    form = browse(world.practitioner).get(page_of(pair.request, pair.lead, "intervention")).text
    assert {name for name in Beside if f'name="{name}"' in form} == set(counted)
    pair.log(browse, **dict.fromkeys(Beside, "30"))
    assert given_by(pair.lead) == (1, *(30 if name in counted else 0 for name in Beside))


def test_the_usual_form_stays_folded(pair: Pair, browse: Any) -> None:
    form = browse(pair.world.practitioner).get(page_of(pair.request, pair.lead, "intervention")).text
    assert re.search(r'<details class="disclosure">\s*<summary>Temps autour de la séance', form)


def test_the_people_of_both_are_told_of_a_date(pair: Pair, browse: Any) -> None:
    fields = {**log_fields(pair.both[0]), "practitioner_ids": pair.both}
    browse(pair.world.manager).post(page_of(pair.request, pair.lead, "planifier"), fields)
    told = set(
        db.session.scalars(
            select(OutboxEmail.recipient).where(OutboxEmail.kind == "interventions/plan_practitioner")
        )
    )
    assert told == {pair.world.practitioner.person.email, pair.helper.person.email}


def planned(pair: Pair) -> Intervention:
    """A date of both."""
    act = pair.make.raw_intervention(
        pair.lead, pair.world.practitioner.person, InterventionState.PLANNED, on=clock.today(), report=""
    )
    share(pair.make, act, pair.second, pair.helper.person)
    return act


def test_who_hands_back_no_longer_comes_for_what_the_other_planned(pair: Pair) -> None:
    planned(pair)
    details = Details(next(iter(DeclineReason)), "Non.", planned=Planned.CALLED_OFF)
    with transaction():
        assignments.hand_back(actor_of(pair.helper), pair.request.reference, pair.second.id, details)
    assert given_by(pair.second) is None
    assert the_act().state is InterventionState.PLANNED
    assert db.session.scalars(select(Practice.person_id)).all() == [pair.world.practitioner.person_id]


def test_partners_that_become_one_gave_it_together(pair: Pair, browse: Any) -> None:
    pair.log(browse, preparation="60")
    with transaction() as session:
        for part in (pair.lead, pair.second):
            session.get_one(Assignment, part.id).state = A.COMPLETED
    with transaction():
        doubles.merge(actor_of(pair.world.national), pair.other.id, pair.world.partner.id, ())
    assert (given_by(pair.lead), given_by(pair.second)) == ((2, 60, 0, 0), None)
    assert not faults()


def test_a_pole_that_joined_and_becomes_the_one_that_asked_is_served_once(pair: Pair, browse: Any) -> None:
    pair.log(browse)
    joined, third = pair.make.pole(name="Pôle joint"), pair.make.pole(name="Pôle tiers")
    for pole in (joined, third):
        pair.make._save(AlsoServed(intervention_id=the_act().id, pole_id=pole.id))
    with transaction():
        doubles.merge(actor_of(pair.world.national), pair.world.coordinator.organisation_id, joined.id, ())
    assert db.session.scalars(select(AlsoServed.pole_id)).all() == [third.id]


def test_figures_stay_once_nobody_is_named(pair: Pair, browse: Any) -> None:
    pair.log(browse, preparation="60")
    with transaction():
        personal.anonymise([pair.request.id])
    assert (given_by(pair.lead), given_by(pair.second)) == ((1, 60, 0, 0), (1, 0, 0, 0))


def faults() -> list[str]:
    return [
        fault
        for feature in features()
        if feature.name == "interventions"
        for check in feature.checks
        for fault in check.find()
    ]


def test_a_check_finds_who_was_counted_wrongly(pair: Pair, browse: Any) -> None:
    pair.log(browse)
    assert not faults()
    with transaction() as session:
        session.scalars(
            select(Contribution).where(Contribution.assignment_id == pair.lead.id)
        ).one().practitioners = 4
    assert faults() == [f"{pair.request.reference}, intervention {the_act().id}"]


def test_the_helper_finds_the_date_on_its_home_of_this_week(pair: Pair, browse: Any) -> None:
    act = planned(pair)
    for reader in (pair.world.practitioner, pair.helper):
        assert pair.request.reference in browse(reader).get("/").text
    with transaction() as session:
        session.get_one(Intervention, act.id).on = clock.today() - timedelta(days=1)
    late = f"/interventions/{act.id}/"
    assert late in browse(pair.world.practitioner).get("/").text
    assert late not in browse(pair.helper).get("/").text, "who planned it says whether it took place"


@pytest.mark.parametrize("state", [InterventionState.PLANNED, InterventionState.DONE])
def test_what_one_gives_to_an_act_of_another_says_that_it_goes_on(
    pair: Pair, state: InterventionState
) -> None:
    long_ago = clock.today() - timedelta(days=60)
    with transaction() as session:
        session.get_one(Assignment, pair.lead.id).state = A.COMPLETED
        session.get_one(Assignment, pair.second.id).answered_on = long_ago
    helper = actor_of(pair.helper)
    assert (quiet(helper), chased(pair)) == (1, [pair.second.id]), "who led has finished"
    act = pair.make.raw_intervention(
        pair.lead, pair.world.practitioner.person, state, on=clock.today(), report="Fait."
    )
    share(pair.make, act, pair.second, pair.helper.person)
    assert (quiet(helper), chased(pair)) == (0, [])


def quiet(actor: Any) -> int:
    return stuck.counts(actor, [Basket.SILENT])[Basket.SILENT]


def chased(pair: Pair) -> list[int]:
    """Who is reminded today of what it accepted long ago."""
    ask = Ask(until=clock.today())
    return [thing.number for thing in chasing.silent(ask) if thing.since < clock.today() - timedelta(days=30)]


@pytest.mark.parametrize("planned_by", ["lead", "second"])
@pytest.mark.parametrize("who_come", ["both", "ours", "theirs"])
def test_who_is_asked_in_the_evening_is_who_may_answer(
    pair: Pair, browse: Any, planned_by: str, who_come: str
) -> None:
    """The partner that noted the date, also one that helps: those who come, or its referent where only others do."""
    people = {"lead": pair.world.practitioner, "second": pair.helper}
    noted, other = people.pop(planned_by), *people.values()
    come = {"both": [noted, other], "ours": [noted], "theirs": [other]}[who_come]
    with transaction() as session:
        for part, who in ((pair.lead, pair.world.practitioner), (pair.second, pair.helper)):
            session.get_one(Assignment, part.id).referent_id = who.person_id
    part = pair.lead if planned_by == "lead" else pair.second
    planned = {"report": "", "participants": None, "on": clock.today()}
    act = pair.make.raw_intervention(part, noted.person, InterventionState.PLANNED, **planned)
    with transaction() as session:
        session.execute(delete(Practice))
        for each in come:
            of = pair.lead if each is pair.world.practitioner else pair.second
            session.add(Practice(intervention_id=act.id, person_id=each.person_id, assignment_id=of.id))
    with clock.travelling_to(datetime.combine(clock.today(), time(17, 20), clock.PARIS)):
        asked = told.due(0, 100)
        answers = {
            each.person_id: browse(each).get(f"/interventions/{act.id}/a-t-elle-eu-lieu")
            for each in (noted, other)
        }
    assert asked == [noted.person_id]
    assert answers[noted.person_id].status_code == 200
    assert answers[other.person_id].status_code == 404
