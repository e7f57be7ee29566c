"""Interventions through their pages: plan, log, correct, call off, and what they add up to."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions import queries, service
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState, Place
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from portal.web.forms import LONG_TEXT
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, actor_of, check_refused, log_fields, page_of

A, S = AssignmentState, InterventionState
KEPT = "Nous avons dit <b>ceci</b> & cela"


def day(offset: int) -> str:
    return (clock.today() + timedelta(days=offset)).isoformat()


@pytest.fixture
def request_(make: Builder, world: World) -> SupportRequest:
    return make.raw_request(world.coordinator, service=world.service, submitted_at=days_ago(800))


@pytest.fixture
def assignment(make: Builder, world: World, request_: SupportRequest) -> Assignment:
    return make.raw_assignment(request_, world.partner, A.ACCEPTED, referent_id=world.manager.person_id)


@pytest.fixture
def good(world: World) -> dict[str, Any]:
    return log_fields(world.practitioner.person_id, report=KEPT)


@pytest.fixture
def partner(world: World, browse) -> Browser:
    return browse(world.practitioner)


def the_intervention() -> Intervention:
    return db.session.scalars(select(Intervention).execution_options(populate_existing=True)).one()


def count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_an_intervention_is_planned_corrected_logged_corrected_and_called_off(
    world: World,
    request_: SupportRequest,
    assignment: Assignment,
    good: dict[str, Any],
    partner: Browser,
    browse,
) -> None:
    page = page_of(request_)
    plan = {**good, "on": day(3), "starts_at": "14:30", "minutes": "210"}
    assert partner.post(page_of(request_, assignment, "planifier"), plan).location == page
    one = the_intervention()
    assert (one.state, one.on, one.minutes) == (S.PLANNED, date.fromisoformat(day(3)), 210)
    assert (one.report, one.participants) == ("", None), "a plan reports nothing"

    at = f"/interventions/{one.id}"
    assert partner.post(f"{at}/corriger", {**plan, "on": day(4)}).location == page
    assert the_intervention().on == date.fromisoformat(day(4))
    assert partner.post(f"{at}/realisee", {**good, "on": day(0)}).location == page
    one = the_intervention()
    assert (one.state, one.minutes, one.report, one.participants) == (S.DONE, 420, KEPT, 7)
    assert partner.post(f"{at}/corriger", {**good, "minutes": "105"}).location == page
    assert the_intervention().minutes == 105
    assert html.escape(KEPT, quote=False) in browse(world.coordinator).get(page).text
    assert partner.post(f"{at}/annuler", {"message": "Saisie deux fois."}).location == page
    assert the_intervention().state is S.CALLED_OFF
    actions = db.session.scalars(select(RequestEvent.action).order_by(RequestEvent.id)).all()
    assert actions == [
        one.name for one in (visits.PLAN, visits.CORRECT, visits.LOG, visits.CORRECT, visits.CALL_OFF)
    ]


@pytest.mark.parametrize(
    ("path", "offset", "taken"),
    [
        ("planifier", -1, False),
        ("planifier", 0, True),
        ("planifier", 1, True),
        ("planifier", 731, False),
        ("intervention", 1, False),
        ("intervention", 0, True),
        ("intervention", -1, True),
        ("intervention", -731, True),
    ],
)
def test_one_plans_what_comes_and_logs_what_was(
    request_: SupportRequest,
    assignment: Assignment,
    good: dict[str, Any],
    partner: Browser,
    path: str,
    offset: int,
    taken: bool,
) -> None:
    answer = partner.post(page_of(request_, assignment, path), {**good, "on": day(offset)})
    if taken:
        assert answer.status_code == 302
    else:
        check_refused(answer, "on")
        assert f'value="{day(offset)}"' in answer.text
    assert count(Intervention) == int(taken)


BAD: list[tuple[str, dict[str, Any]]] = [
    ("on", {"on": ""}),
    ("on", {"on": "31/02/2026"}),
    ("on", {"on": "2026-02-31"}),
    ("on", {"on": "20026-01-01"}),
    ("on", {"on": "0001-01-01"}),
    ("starts_at", {"starts_at": "25:00"}),
    ("minutes", {"minutes": "0"}),
    ("minutes", {"minutes": "-15"}),
    ("minutes", {"minutes": "20"}),
    ("minutes", {"minutes": "99999999999"}),
    ("minutes", {"minutes": "une heure"}),
    ("place_kind", {"place_kind": "sur la lune"}),
    ("place_kind", {"place_kind": ""}),
    ("place", {"place": "x" * 201}),
    ("participants", {"participants": "-1"}),
    ("participants", {"participants": "10001"}),
    ("participants", {"participants": "beaucoup"}),
    ("participants", {"participants": "9" * 30}),
    *((name, {name: "x" * 501}) for name in ("participant_names", "participating_organisations")),
    ("report", {"report": ""}),
    ("report", {"report": " \n "}),
    ("report", {"report": "x" * (LONG_TEXT + 1)}),
    ("report", {"report": "\x00\u200b"}),
    ("next_step", {"next_step": "x" * (LONG_TEXT + 1)}),
    ("practitioner_ids", {"practitioner_ids": []}),
    ("practitioner_ids", {"practitioner_ids": ["x"]}),
    ("practitioner_ids", {"practitioner_ids": ["999999"]}),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("field", "bad"), BAD, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_said_on_its_field_and_the_rest_is_kept(
    request_: SupportRequest,
    assignment: Assignment,
    good: dict[str, Any],
    partner: Browser,
    field: str,
    bad: dict[str, Any],
) -> None:
    answer = partner.post(page_of(request_, assignment, "intervention"), {**good, **bad})
    check_refused(answer, field)
    if field != "report":
        assert html.escape(KEPT, quote=False) in answer.text
    typed = bad.get(field)
    if isinstance(typed, str) and field in {"on", "starts_at", "participants", "place"}:
        assert f'value="{typed}"' in answer.text
    assert count(Intervention) == count(RequestEvent) == 0


def test_practitioners_are_of_the_team(
    make: Builder,
    world: World,
    request_: SupportRequest,
    assignment: Assignment,
    good: dict[str, Any],
    partner: Browser,
) -> None:
    gone = make.practitioner(world.partner)
    with transaction():
        gone.ended_at = clock.now()
    for other in (make.practitioner(), world.coordinator, gone):
        both = [str(world.practitioner.person_id), str(other.person_id)]
        fields = {**good, "practitioner_ids": both}
        check_refused(partner.post(page_of(request_, assignment, "intervention"), fields), "practitioner_ids")
    assert count(Intervention) == 0


def test_who_took_part_stays_after_having_left(
    make: Builder,
    world: World,
    request_: SupportRequest,
    assignment: Assignment,
    good: dict[str, Any],
    partner: Browser,
) -> None:
    """A report that is corrected later still tells the truth."""
    left = make.practitioner(world.partner)
    one = make.raw_intervention(assignment, left.person)
    with transaction():
        left.ended_at = clock.now()
    fields = {**good, "practitioner_ids": [str(left.person_id), str(world.manager.person_id)]}
    assert partner.post(f"/interventions/{one.id}/corriger", fields).status_code == 302
    seen = queries.get_locked(one.id)
    assert seen
    assert {person.id for person in seen.practitioners} == {left.person_id, world.manager.person_id}


def test_somebody_who_leaves_while_the_form_is_open_is_said_on_its_field(
    make: Builder,
    request_: SupportRequest,
    assignment: Assignment,
    good: dict[str, Any],
    partner: Browser,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = make.raw_intervention(assignment, world.manager.person)
    monkeypatch.setattr("portal.accounts.queries.members", lambda *_: [])
    for path in (page_of(request_, assignment, "intervention"), f"/interventions/{one.id}/corriger"):
        answer = partner.post(path, good)
        check_refused(answer, "practitioner_ids")
        assert html.escape(KEPT, quote=False) in answer.text
    assert the_intervention().report != KEPT


def paths_of(request: SupportRequest, assignment: Assignment, intervention: Intervention) -> list[str]:
    at = f"/interventions/{intervention.id}"
    of_request = [page_of(request, assignment, path) for path in ("planifier", "intervention")]
    return [*of_request, f"{at}/realisee", f"{at}/corriger", f"{at}/annuler"]


def everything_is(status: int, browser: Browser, paths: list[str], fields: dict[str, Any]) -> None:
    for path in paths:
        for data in (fields, {}):
            answer: TestResponse = browser.post(path, {**data, **({"message": "x"} if data else {})})
            assert answer.status_code == status, path
        assert browser.get(path).status_code == status, path


def test_another_partner_of_the_same_request_touches_nothing(
    make: Builder,
    world: World,
    request_: SupportRequest,
    assignment: Assignment,
    good: dict[str, Any],
    browse,
) -> None:
    other = make.practitioner()
    make.raw_assignment(request_, other.organisation, A.ACCEPTED)
    one = make.raw_intervention(assignment, world.practitioner.person, S.PLANNED, report="")
    fields = {**good, "practitioner_ids": [str(other.person_id)]}
    everything_is(404, browse(other), paths_of(request_, assignment, one), fields)
    page = browse(other).get(page_of(request_)).text
    assert f"/interventions/{one.id}/" not in page, "nor is it offered"
    assert count(RequestEvent) == 0


@pytest.mark.parametrize(("who", "status"), [("coordinator", 403), ("cell", 403), ("national", 403)])
def test_only_partners_write_interventions(
    make: Builder,
    world: World,
    request_: SupportRequest,
    assignment: Assignment,
    browse,
    who: str,
    status: int,
) -> None:
    one = make.raw_intervention(assignment, world.practitioner.person)
    everything_is(status, browse(getattr(world, who)), paths_of(request_, assignment, one), {})


@pytest.mark.parametrize("state", [A.PROPOSED, A.ON_HOLD, A.DECLINED, A.EXPIRED, A.CANCELLED])
def test_nothing_is_written_unless_it_is_accepted(
    make: Builder, world: World, request_: SupportRequest, good: dict[str, Any], partner: Browser, state: A
) -> None:
    """What was handed back is no longer among these: it had been accepted, and what was done for it is told."""
    assignment = make.raw_assignment(request_, world.partner, state)
    one = make.raw_intervention(assignment, world.practitioner.person, S.PLANNED, report="")
    everything_is(409, partner, paths_of(request_, assignment, one), good)
    answer = partner.post(f"/interventions/{one.id}/corriger", good)
    assert f'href="{page_of(request_)}"' in answer.text[answer.text.index("<main") :], "with the way back"
    assert f"/interventions/{one.id}/" not in partner.get(page_of(request_)).text


def test_once_the_request_is_closed_only_what_was_done_is_told_and_corrected(
    make: Builder, world: World, request_: SupportRequest, good: dict[str, Any], partner: Browser, browse
) -> None:
    """Logging work that was done is never refused once it was accepted, nor correcting it; all else still is."""
    assignment = make.raw_assignment(request_, world.partner, A.ACCEPTED, answered_on=clock.today())
    one = make.raw_intervention(assignment, world.practitioner.person, on=date.fromisoformat(day(-1)))
    browse(world.coordinator).post(
        page_of(request_, None, "retirer"), {"reason": "solved", "understood": "y"}
    )
    log = page_of(request_, assignment, "intervention")
    corrects = [f"/interventions/{one.id}/{path}" for path in ("corriger", "annuler")]
    others = [path for path in paths_of(request_, assignment, one) if path not in {log, *corrects}]
    everything_is(409, partner, others, good)
    assert partner.post(corrects[0], {**good, "on": day(-1)}).status_code == 302
    assert partner.post(log, good).status_code == 302


def test_a_report_is_corrected_after_the_end_and_after_reopening(
    make: Builder,
    world: World,
    request_: SupportRequest,
    assignment: Assignment,
    good: dict[str, Any],
    partner: Browser,
) -> None:
    one = make.raw_intervention(assignment, world.practitioner.person)
    done = {"reason": "helped", "message": "Fini."}
    assert partner.post(page_of(request_, assignment, "terminer"), done).status_code == 302
    assert partner.post(f"/interventions/{one.id}/corriger", {**good, "minutes": "60"}).status_code == 302
    partner.post(page_of(request_, assignment, "rouvrir"), {"message": "Une erreur à corriger."})
    assert partner.post(f"/interventions/{one.id}/corriger", good).status_code == 302
    assert the_intervention().report == KEPT
    assert request_.state is RequestState.ACCEPTED


def test_only_what_was_done_counts(
    make: Builder, world: World, request_: SupportRequest, assignment: Assignment, partner: Browser, browse
) -> None:
    person = world.practitioner.person
    make.raw_intervention(assignment, person, minutes=420)
    half = make.raw_intervention(assignment, person, minutes=210)
    make.raw_intervention(assignment, person, S.PLANNED, minutes=420, report="")
    make.raw_intervention(assignment, person, S.CALLED_OFF, minutes=420)
    for member in (world.coordinator, world.practitioner, world.cell):
        text = browse(member).get(page_of(request_)).text
        assert "Appui reçu\u00a0: 10\u00a0h\u00a030 (1,5\u00a0jour)" in text
    partner.post(f"/interventions/{half.id}/annuler", {"message": "Pas eu lieu."})
    assert "Appui reçu\u00a0: 7\u00a0h (1\u00a0jour)" in browse(world.coordinator).get(page_of(request_)).text


def test_a_planned_intervention_alone_is_no_support_yet(
    make: Builder, world: World, request_: SupportRequest, assignment: Assignment, browse
) -> None:
    browser = browse(world.coordinator)
    make.raw_intervention(assignment, world.practitioner.person, S.PLANNED, report="")
    before = browser.get(page_of(request_)).text
    make.raw_intervention(assignment, world.practitioner.person)
    after = browser.get(page_of(request_)).text
    assert "Commencée" not in before
    assert "Commencée" in after
    assert "0,5\u00a0jour" in after


def test_calling_off_says_why(
    request_: SupportRequest, assignment: Assignment, make: Builder, world: World, partner
) -> None:
    one = make.raw_intervention(assignment, world.practitioner.person)
    for message in ("", "  ", "x" * (LONG_TEXT + 1), "\x00\u200b"):
        check_refused(partner.post(f"/interventions/{one.id}/annuler", {"message": message}), "message")
    assert the_intervention().state is S.DONE


def test_the_same_key_in_two_assignments_makes_two(
    make: Builder, world: World, assignment: Assignment, request_
) -> None:
    other: Membership = make.practitioner()
    theirs = make.raw_assignment(request_, other.organisation, A.ACCEPTED)
    facts = service.Facts(clock.today(), None, 60, Place.REMOTE, None, report="Un point.")
    with transaction():
        for member, one in ((world.practitioner, assignment), (other, theirs)):
            actor = actor_of(member)
            service.add(actor, request_.reference, one.id, visits.LOG, "k", facts, [actor.person_id])
    assert count(Intervention) == 2


def test_lengths_are_typed_as_people_do_and_the_usual_ones_are_offered(
    make: Builder, world: World, browse: Any
) -> None:
    """Of that person and that service, the most frequent first; nothing is rounded."""
    service = make.service(world.partner)
    request = make.raw_request(world.coordinator, service=service)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    for minutes, who in ((90, 3), (240, 1), (45, 1), (300, 0)):
        for _ in range(who or 5):
            person = (world.practitioner if who else world.manager).person
            make.raw_intervention(assignment, person, minutes=minutes)
    browser, page = browse(world.practitioner), page_of(request, assignment, "intervention")
    form = browser.get(page).text.replace("\u00a0", " ")
    assert re.findall(r'<option value="([^"]+)">', form)[:3] == ["1 h 30", "45 min", "4 h"]
    assert "5 h" not in re.findall(r'<option value="([^"]+)">', form)
    fields = log_fields(world.practitioner.person_id)
    for typed, said in (("1h20", "1 h 15 ou 1 h 30"), ("une heure", "1 h 30, 1,5 ou 90 min")):
        refused = browser.post(page, {**fields, "minutes": typed})
        assert refused.status_code == 422
        assert said in refused.text.replace("\u00a0", " ")
        assert f'value="{typed}"' in refused.text, "what was typed stays"
    assert browser.post(page, {**fields, "minutes": "1h30", "another": "y"}).status_code == 302
    newest = select(Intervention.minutes).order_by(Intervention.id.desc()).limit(1)
    assert db.session.scalar(newest) == 90
