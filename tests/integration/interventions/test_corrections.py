"""What was logged is corrected for 30 days by its partner, then by the cell, and what it said is kept."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions import service
from portal.interventions import steps as visits
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.corrections import personal
from portal.interventions.corrections.models import Correction
from portal.interventions.rules import CORRECTED_WITHIN
from portal.interventions.steps import InterventionState
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.documents.sending import file
from tests.integration.interventions.logged import (
    Scene,
    build_scene,
    confirmation,
    deliver,
    facts,
    log,
    the_intervention,
)
from tests.integration.requests.steps import actor_of, log_fields, mails, page_of

ANEW = "Nous avons posé le partage des locaux <b>et des charges</b>."


@pytest.fixture
def scene(make: Builder) -> Scene:
    return build_scene(make)


@pytest.fixture
def number(scene: Scene) -> int:
    logged = log(scene, clock.today() - timedelta(days=1))
    mails()
    return logged


def corrections() -> list[Correction]:
    statement = select(Correction).order_by(Correction.id).execution_options(populate_existing=True)
    return [*db.session.scalars(statement)]


def fields(scene: Scene, **changed: str) -> Mapping[str, Any]:
    about = the_intervention()
    same = {"on": about.on.isoformat(), "minutes": str(about.minutes), "report": about.report}
    plain = {"starts_at": "", "place": "", "participants": "", "next_step": ""}
    return {**log_fields(scene.practitioner.person_id), **plain, **same, **changed}


def correct(scene: Scene, number: int, who: Membership | None = None, **changed: Any) -> None:
    about = the_intervention()
    said = facts(about.on, changed.pop("minutes", about.minutes), changed.pop("report", about.report))
    step = visits.CORRECT_LATER if who else visits.CORRECT
    people = [scene.practitioner.person_id]
    with transaction():
        service.change(actor_of(who or scene.practitioner), number, step, said, people, **changed)


def events_of(request: SupportRequest) -> int:
    return db.session.scalar(select(func.count()).where(RequestEvent.request_id == request.id))


def read(browser: Browser, page: str) -> str:
    """With plain spaces."""
    return browser.get(page).text.replace("\u00a0", " ")


def be_old(number: int, days: int = CORRECTED_WITHIN.days + 1) -> None:
    with transaction():
        the_intervention().told_at = days_ago(days)


def test_everybody_who_reads_it_sees_who_corrected_what(scene: Scene, number: int, browse) -> None:
    partner = browse(scene.practitioner)
    page = page_of(scene.request)
    path = f"/interventions/{number}/corriger"
    assert "Vous pouvez la corriger jusqu’au" in partner.get(page).text
    assert partner.post(path, fields(scene, minutes="120", report=ANEW)).location == page
    (kept,) = corrections()
    assert kept.by_id == scene.practitioner.person_id
    assert kept.changes == {"minutes": [180, 120], "report": [facts().report, ANEW]}
    for who in (scene.practitioner, scene.coordinator, scene.cell):
        text = read(browse(who), page)
        assert f"par {scene.practitioner.person.name}" in text
        assert "3 h, puis 2 h" in text
        assert facts().report in text, "what it said"
        assert "&lt;b&gt;et des charges" in text
    assert "Vous pouvez la corriger" not in browse(scene.coordinator).get(page).text


def test_what_is_sent_unchanged_is_no_correction(scene: Scene, number: int, browse) -> None:
    partner = browse(scene.practitioner)
    assert partner.post(f"/interventions/{number}/corriger", fields(scene)).status_code == 302
    assert corrections() == []
    text = partner.get(page_of(scene.request)).text
    assert "Corrigée" not in text
    assert "Vous n’avez rien changé" in text


@pytest.mark.parametrize(
    ("state", "later"),
    [
        (ConfirmationState.WAITING, False),
        (ConfirmationState.CONTESTED, False),
        (ConfirmationState.WAITING, True),
    ],
)
def test_what_changes_nothing_of_it_leaves_the_word_of_the_pole_and_tells_nobody(
    scene: Scene, number: int, browse, state: ConfirmationState, *, later: bool
) -> None:
    with transaction():
        asked = confirmation()
        asked.state, asked.message, asked.asked_at = state, "Une heure.", days_ago(40)
    if later:
        be_old(number)
    who, path = (scene.cell, "rectifier") if later else (scene.practitioner, "corriger")
    before = events_of(scene.request)
    assert browse(who).post(f"/interventions/{number}/{path}", fields(scene, why="Vu.")).status_code == 302
    asked = confirmation()
    assert (asked.state, asked.message) == (state, "Une heure.")
    assert asked.asked_at < days_ago(39)
    assert events_of(scene.request) == before
    assert mails() == set()


def test_a_planned_date_that_is_sent_unchanged_tells_nobody(scene: Scene, make: Builder, browse) -> None:
    planned = make.raw_intervention(
        scene.assignment,
        scene.practitioner.person,
        InterventionState.PLANNED,
        on=clock.today(),
        report="",
        participants=None,
    )
    before = events_of(scene.request)
    assert (
        browse(scene.practitioner)
        .post(f"/interventions/{planned.id}/corriger", fields(scene, place="Rouen"))
        .status_code
        == 302
    )
    assert (events_of(scene.request), mails()) == (before, set())


def test_a_document_that_comes_late_asks_the_pole_for_no_word(scene: Scene, number: int, browse) -> None:
    with transaction():
        confirmation().state = ConfirmationState.CONTESTED
    partner = browse(scene.practitioner)
    sent = {**fields(scene), "documents": file("liste.pdf")}
    assert partner.post(f"/interventions/{number}/corriger", sent).status_code == 302
    assert confirmation().state is ConfirmationState.CONTESTED
    assert mails() == set()
    assert "liste.pdf" in partner.get(page_of(scene.request)).text
    assert partner.post(f"{page_of(scene.request)}/annuler").status_code == 302
    assert "liste.pdf" not in partner.get(page_of(scene.request)).text


def test_names_of_who_took_part_are_optional_read_and_corrected(scene: Scene, number: int, browse) -> None:
    partner, page = browse(scene.practitioner), page_of(scene.request)
    path = f"/interventions/{number}/corriger"
    said = {"participant_names": "Zoé Le Goff, Bao", "participating_organisations": "La Ressourcerie"}
    assert partner.post(path, fields(scene, **said)).status_code == 302
    for who in (scene.practitioner, scene.coordinator, scene.cell):
        assert "Zoé Le Goff, Bao · La Ressourcerie" in read(browse(who), page)
    nobody = {**said, "participant_names": ""}
    assert partner.post(path, fields(scene, **nobody)).status_code == 302
    assert the_intervention().participant_names is None
    assert corrections()[1].changes == {"participant_names": ["Zoé Le Goff, Bao", None]}


def test_a_planned_date_that_is_moved_is_no_correction_of_a_log(scene: Scene, make: Builder) -> None:
    planned = make.raw_intervention(
        scene.assignment, scene.practitioner.person, InterventionState.PLANNED, on=clock.today(), report=""
    )
    correct(scene, planned.id, minutes=60)
    assert corrections() == []


def test_a_correction_that_is_undone_leaves_no_trace(scene: Scene, number: int, browse) -> None:
    partner = browse(scene.practitioner)
    partner.post(f"/interventions/{number}/corriger", fields(scene, minutes="120"))
    assert partner.post(f"{page_of(scene.request)}/annuler").status_code == 302
    assert corrections() == []
    assert the_intervention().minutes == 180


@pytest.mark.parametrize(("days", "status"), [(CORRECTED_WITHIN.days, 200), (CORRECTED_WITHIN.days + 1, 409)])
def test_its_partner_corrects_and_cancels_it_for_thirty_days(
    scene: Scene, number: int, browse, days: int, status: int
) -> None:
    be_old(number, days)
    partner = browse(scene.practitioner)
    text = partner.get(page_of(scene.request)).text
    for path in ("corriger", "annuler"):
        assert partner.get(f"/interventions/{number}/{path}").status_code == status
        assert (f"/interventions/{number}/{path}" in text) is (status == 200)
    if status == 409:
        refused = partner.post(f"/interventions/{number}/corriger", fields(scene, minutes="60")).text
        assert "La cellule la corrige désormais" in refused
        assert "écrivez à la cellule" in text
        assert the_intervention().minutes == 180


def test_the_thirty_days_are_those_of_the_place(make: Builder, browse) -> None:
    scene = build_scene(make)
    logged = log(scene)
    with transaction():
        scene.pole.department_code, scene.pole.region_code = "974", "04"
        the_intervention().told_at = days_ago(CORRECTED_WITHIN.days)
    told = the_intervention().told_at
    last = clock.day_of(told, scene.pole.place) + CORRECTED_WITHIN
    with clock.travelling_to(
        clock.local(told + CORRECTED_WITHIN, scene.pole.place).replace(hour=23, minute=30)
    ):
        assert clock.today(scene.pole.place) == last
        correct(scene, logged, minutes=60)
    with (
        clock.travelling_to(
            clock.local(told + CORRECTED_WITHIN, scene.pole.place).replace(hour=23, minute=30)
            + timedelta(hours=1)
        ),
        pytest.raises(service.Conflict),
    ):
        correct(scene, logged, minutes=90)


def test_later_the_cell_corrects_it_and_both_are_told(scene: Scene, number: int, browse) -> None:
    cell, page = browse(scene.cell), page_of(scene.request)
    path = f"/interventions/{number}/rectifier"
    early = cell.get(path)
    assert early.status_code == 409
    assert "Son partenaire corrige" in early.text
    assert path not in cell.get(page).text
    be_old(number)
    asked_at = confirmation().asked_at
    assert path in cell.get(page).text
    wrong = cell.post(path, {**fields(scene, minutes="120"), "why": ""})
    assert wrong.status_code == 422
    deliver()
    assert cell.post(path, {**fields(scene, minutes="120"), "why": "Relu ensemble."}).location == page
    (kept,) = corrections()
    assert (kept.by_id, kept.changes) == (scene.cell.person_id, {"minutes": [180, 120]})
    assert confirmation().state is ConfirmationState.WAITING
    assert confirmation().asked_at > asked_at, "the pole is asked anew"
    told = {kind for kind, _to in mails()}
    assert {"interventions/correct_later_pole", "interventions/correct_later_partner"} <= told
    assert "Relu ensemble." in browse(scene.practitioner).get(page).text


def test_the_cell_says_of_no_length_that_it_does_not_count(scene: Scene, number: int, browse) -> None:
    be_old(number)
    answer = browse(scene.cell).post(
        f"/interventions/{number}/rectifier", {**fields(scene, minutes="0"), "why": "Une autre demande."}
    )
    assert answer.status_code == 302
    act = the_intervention()
    assert (act.state, act.minutes) == (InterventionState.CALLED_OFF, 180)
    assert confirmation() is None
    text = browse(scene.practitioner).get(page_of(scene.request)).text
    assert "elle ne compte pas" in text


def test_what_is_contested_is_settled_and_not_corrected_by_the_cell(
    scene: Scene, number: int, browse
) -> None:
    be_old(number)
    with transaction():
        confirmation().state = ConfirmationState.CONTESTED
    cell = browse(scene.cell)
    assert cell.get(f"/interventions/{number}/rectifier").status_code == 409
    text = cell.get(page_of(scene.request)).text
    assert f"/interventions/{number}/trancher" in text
    assert f"/interventions/{number}/rectifier" not in text


@pytest.mark.parametrize("state", [AssignmentState.COMPLETED, AssignmentState.HANDED_BACK])
def test_what_was_told_is_corrected_whatever_became_of_the_request(
    scene: Scene, number: int, browse, state: AssignmentState
) -> None:
    with transaction():
        scene.assignment.state = state
    partner = browse(scene.practitioner)
    path = f"/interventions/{number}/corriger"
    assert path in partner.get(page_of(scene.request)).text
    assert partner.post(path, fields(scene, minutes="120")).status_code == 302
    assert the_intervention().minutes == 120


def test_time_beside_is_shown_to_the_partner_and_the_cell_alone(
    scene: Scene, number: int, browse: Any
) -> None:
    with transaction() as session:
        about = {"intervention_id": number, "assignment_id": scene.assignment.id}
        session.add(Correction(**about, by_id=scene.practitioner.person_id, changes={"travel": [0, 45]}))
    page = page_of(scene.request)
    for who, reads in ((scene.practitioner, True), (scene.cell, True), (scene.coordinator, False)):
        assert ("rien, puis 45 min" in read(browse(who), page)) is reads


def test_what_a_correction_says_goes_with_its_request(scene: Scene, number: int) -> None:
    correct(scene, number, report=ANEW)
    copy = personal.of_person(scene.practitioner.person_id)["interventions_corrected"]
    assert copy[0]["changes"]["report"][1] == ANEW
    with transaction():
        personal.anonymise([scene.request.id])
    (kept,) = corrections()
    assert (kept.changes, kept.by_id) == ({}, None)


def test_a_correction_costs_the_page_no_statement(
    scene: Scene, number: int, browse, queries: list[str]
) -> None:
    partner, page = browse(scene.practitioner), page_of(scene.request)
    partner.get(page)
    queries.clear()
    partner.get(page)
    plain = len(queries)
    correct(scene, number, minutes=120)
    partner.get(page)
    queries.clear()
    assert "puis 2 h" in read(partner, page)
    assert len(queries) == plain
