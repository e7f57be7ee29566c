"""The console of a cell: what is late or stuck, why, what is done about it, and what is put off for now."""

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.interventions.steps import InterventionState
from portal.notifications.models import OutboxEmail
from portal.requests import personal as requests_personal
from portal.requests import steps
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from portal.stuck import personal, queries, rules, service
from portal.stuck.models import Snooze
from portal.stuck.rules import Basket
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, actor_of
from tests.races import at_once

A, R = AssignmentState, RequestState
LONG_AGO = timedelta(days=60)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.PARIS)


def part_of(request: SupportRequest) -> Assignment:
    statement = select(Assignment).where(Assignment.request_id == request.id).order_by(Assignment.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()[-1]


class Case:
    """A request in each state in which nobody would move it."""

    def __init__(self, make: Builder, world: World) -> None:
        self.make, self.world = make, world

    def asked(self, state: A, **values: Any) -> SupportRequest:
        request = self.make.raw_request(self.world.coordinator, submitted_at=clock.now() - LONG_AGO)
        self.make.raw_assignment(
            request, self.world.partner, state, **{"proposed_at": clock.now() - LONG_AGO, **values}
        )
        return request

    def unanswered(self) -> SupportRequest:
        return self.asked(A.PROPOSED, due_on=clock.today() - timedelta(days=4))

    def refused(self) -> SupportRequest:
        return self.asked(A.DECLINED)

    def not_routed(self) -> SupportRequest:
        return self.make.raw_request(self.world.coordinator, submitted_at=days_ago(9))

    def on_hold(self) -> SupportRequest:
        return self.asked(A.ON_HOLD, held_on=clock.today() - timedelta(days=20))

    def silent(self) -> SupportRequest:
        return self.asked(A.ACCEPTED, answered_on=clock.today() - timedelta(days=45))

    def due_soon(self) -> SupportRequest:
        return self.asked(A.PROPOSED, due_on=clock.today() + timedelta(days=1))


@pytest.fixture
def case(make: Builder, world: World) -> Case:
    return Case(make, world)


EACH: dict[Basket, Callable[[Case], SupportRequest]] = {
    Basket.UNANSWERED: Case.unanswered,
    Basket.REFUSED: Case.refused,
    Basket.NOT_ROUTED: Case.not_routed,
    Basket.ON_HOLD: Case.on_hold,
    Basket.SILENT: Case.silent,
    Basket.DUE_SOON: Case.due_soon,
}
DONE_BY = {
    Basket.UNANSWERED: steps.CHASE,
    Basket.ON_HOLD: steps.CHASE_ANSWER,
    Basket.SILENT: steps.ASK_NEWS,
    Basket.DUE_SOON: steps.CHASE,
}


def listed(browser: Browser, query: str = "") -> list[str]:
    """The references of what is stuck, without what is put off."""
    page = browser.get(f"/suivi{query}").text.partition('id="put-off"')[0]
    return list(dict.fromkeys(re.findall(r'href="/demandes/(\d{4}-\d{4})"', page)))


def forms_of(page: str, reference: str) -> list[dict[str, str]]:
    """The hidden fields of the forms of a row."""
    found = []
    for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        if fields.get("demande") == reference:
            found.append(fields)
    return found


def test_every_basket_is_tried() -> None:
    assert EACH.keys() == set(Basket)


@pytest.mark.parametrize("basket", Basket)
def test_each_reason_has_its_basket_and_no_other(case: Case, world: World, browse, basket: Basket) -> None:
    request = EACH[basket](case)
    for who in (world.cell, world.national):
        counted = queries.counts(actor_of(who), [*Basket])
        assert {one for one, count in counted.items() if count} == {basket}
        browser = browse(who)
        assert listed(browser) == listed(browser, f"?panier={basket.value}") == [request.reference]


@pytest.mark.parametrize("basket", Basket)
def test_a_cell_sees_its_own_regions_alone(case: Case, make: Builder, browse, basket: Basket) -> None:
    EACH[basket](case)
    assert listed(browse(make.regional_admin("11"))) == []


@pytest.mark.parametrize("basket", DONE_BY)
def test_a_row_does_what_it_says_by_the_step_of_the_request(
    case: Case, world: World, browse, basket: Basket
) -> None:
    request, browser = EACH[basket](case), browse(world.cell)
    page = browser.get("/suivi").text
    pressing = [one for one in forms_of(page, request.reference) if one["acte"] != "orienter"]
    assert len(pressing) == 1
    answer = browser.post("/demandes/lot", {**pressing[0], "csrf_token": browser.token})
    assert answer.status_code == 302
    assert answer.location.endswith("/suivi")
    done = db.session.scalars(select(RequestEvent.action).where(RequestEvent.request_id == request.id)).all()
    assert done == [DONE_BY[basket].name]
    assert db.session.scalar(select(func.count()).select_from(OutboxEmail)), "somebody is told"
    again = browser.get("/suivi").text
    assert not [one for one in forms_of(again, request.reference) if one["acte"] != "orienter"]
    assert "Pas de relance avant le" in again, "nobody is chased twice within three working days"


@pytest.mark.parametrize(
    "last_word",
    [
        {"chased_on": MONDAY.date()},
        {"reminded_on": MONDAY.date()},
        {"resumed_on": MONDAY.date(), "chased_on": MONDAY.date() - timedelta(days=20)},
    ],
    ids=["its cell chased it", "its pole reminded it", "its question was answered"],
)
def test_one_clock_for_all_who_press(case: Case, world: World, browse, last_word: dict[str, date]) -> None:
    """Whoever spoke last, three working days pass before the cell or the pole presses the partner again."""
    with clock.travelling_to(MONDAY):
        request = case.asked(A.PROPOSED, due_on=MONDAY.date() - timedelta(days=4), **last_word)
    page = f"/demandes/{request.reference}"
    chase = f"{page}/affectations/{part_of(request).id}/insister"
    remind = f"{page}/affectations/{part_of(request).id}/relancer"
    reminded_before = "reminded_on" in last_word
    with clock.travelling_to(MONDAY + timedelta(days=2)):
        cell, pole = browse(world.cell), browse(world.coordinator)
        assert "Pas de relance avant le jeudi 26 novembre" in cell.get("/suivi").text
        assert cell.post(chase, {"message": ""}).status_code == 409
        assert pole.post(remind, {"message": ""}).status_code == 409
        assert reminded_before or "relancer à partir du jeudi 26 novembre" in html.unescape(
            pole.get(page).text
        )
    with clock.travelling_to(MONDAY + timedelta(days=3)):
        assert reminded_before or "relancer dès maintenant" in html.unescape(
            browse(world.coordinator).get(page).text
        )
        assert browse(world.cell).post(chase, {"message": ""}).status_code == 302


def test_what_its_partner_says_goes_on_is_not_asked_after_at_once(case: Case, world: World, browse) -> None:
    with clock.travelling_to(MONDAY):
        request = case.silent()
    page = f"/demandes/{request.reference}"
    part = f"{page}/affectations/{part_of(request).id}"
    with clock.travelling_to(MONDAY):
        assert browse(world.practitioner).post(f"{part}/continuer", {}).status_code == 302
    with clock.travelling_to(MONDAY + timedelta(days=2)):
        cell = browse(world.cell)
        assert "Demander des nouvelles" not in cell.get(page).text
        assert cell.post(f"{part}/demander-des-nouvelles", {"message": ""}).status_code == 409
    with clock.travelling_to(MONDAY + timedelta(days=3)):
        cell = browse(world.cell)
        assert "Demander des nouvelles" in cell.get(page).text
        assert cell.post(f"{part}/demander-des-nouvelles", {"message": ""}).status_code == 302


@pytest.mark.parametrize("basket", [Basket.UNANSWERED, Basket.REFUSED, Basket.NOT_ROUTED, Basket.ON_HOLD])
def test_a_row_asks_another_partner(case: Case, make: Builder, world: World, browse, basket: Basket) -> None:
    request, other, browser = EACH[basket](case), make.partner(), browse(world.cell)
    form = next(
        one for one in forms_of(browser.get("/suivi").text, request.reference) if one["acte"] == "orienter"
    )
    answer = browser.post("/demandes/lot", {**form, "partner_ids": [str(other.id)]})
    assert answer.status_code == 302
    last = part_of(request)
    assert (last.partner_id, last.state) == (other.id, A.PROPOSED)
    assert listed(browser) == []


def test_what_all_refused_can_be_dropped_where_it_says_so(case: Case, world: World, browse) -> None:
    request, browser = case.refused(), browse(world.cell)
    link = f"/demandes/{request.reference}#action-drop"
    assert f'href="{link}"' in browser.get("/suivi").text
    assert 'id="action-drop"' in browser.get(link.partition("#")[0]).text


def test_who_asked_nobody_yet_is_not_told_to_ask_another(case: Case, world: World, browse) -> None:
    case.not_routed()
    page = browse(world.cell).get("/suivi").text
    assert "Solliciter ce partenaire" in page
    assert "Solliciter un autre partenaire" not in page


def test_nobody_is_pressed_before_three_working_days(case: Case, make: Builder, world: World) -> None:
    """A request sent on Friday is not stuck on Monday; nor is a question of yesterday."""
    with clock.travelling_to(MONDAY):
        friday = days_ago(3)
        make.raw_request(world.coordinator, submitted_at=friday)
        case.asked(A.ON_HOLD, held_on=friday.date(), proposed_at=friday)
        case.asked(A.ACCEPTED, answered_on=friday.date(), proposed_at=friday)
        assert not any(queries.counts(actor_of(world.cell), [*Basket]).values())
    with clock.travelling_to(MONDAY + timedelta(days=3)):
        counted = queries.counts(actor_of(world.cell), [*Basket])
        assert {one for one, count in counted.items() if count} == {Basket.NOT_ROUTED}


def test_what_happens_on_what_is_accepted_breaks_the_silence(
    case: Case, make: Builder, world: World, browse
) -> None:
    soon, lately = clock.today() + timedelta(days=9), clock.today() - timedelta(days=9)
    for state, day in ((InterventionState.PLANNED, soon), (InterventionState.DONE, lately)):
        make.raw_intervention(part_of(case.silent()), world.practitioner.person, state, on=day)
    old = clock.today() - timedelta(days=40)
    silent = case.silent()
    make.raw_intervention(part_of(silent), world.practitioner.person, InterventionState.DONE, on=old)
    assert listed(browse(world.cell)) == [silent.reference]


def test_a_partner_says_in_one_click_that_it_goes_on(case: Case, world: World, browse) -> None:
    request, browser = case.silent(), browse(world.practitioner)
    page = browser.get("/suivi/sans-nouvelles").text
    part = part_of(request)
    assert f'action="/demandes/{request.reference}/affectations/{part.id}/continuer"' in page
    assert f"/demandes/{request.reference}#action-complete-{part.id}" in page
    assert f"/demandes/{request.reference}#action-hand_back-{part.id}" in page
    shown = browser.get(f"/demandes/{request.reference}").text
    assert f'id="action-complete-{part.id}"' in shown
    assert f'id="action-hand_back-{part.id}"' in shown
    browser.post(f"/demandes/{request.reference}/affectations/{part.id}/continuer")
    assert f"{request.reference}/affectations" not in browser.get("/suivi/sans-nouvelles").text
    assert listed(browse(world.cell)) == []


def test_a_partner_sees_its_own_silence_alone(case: Case, make: Builder, world: World, browse) -> None:
    request = case.silent()
    other = make.practitioner()
    make.raw_assignment(
        request, other.organisation, A.ACCEPTED, answered_on=clock.today(), proposed_at=clock.now()
    )
    assert request.reference not in browse(other).get("/suivi/sans-nouvelles").text
    assert request.reference in browse(world.manager).get("/suivi/sans-nouvelles").text


def put_off(browser: Browser, request: SupportRequest, until: date, note: str = "Congés du pôle") -> Any:
    path = f"/suivi/{request.reference}/plus-tard"
    return browser.post(path, {"until": until.isoformat(), "note": note, "retour": "/suivi"})


def test_what_is_put_off_comes_back_by_itself_after_its_day(case: Case, world: World, browse) -> None:
    request, browser = case.unanswered(), browse(world.cell)
    until = clock.today() + timedelta(days=3)
    assert put_off(browser, request, until).location == "/suivi"
    assert listed(browser) == []
    page = html.unescape(re.sub(r"<[^>]+>", " ", browser.get("/suivi").text))
    assert "Congés du pôle" in page
    assert world.cell.person.name in page
    with clock.travelling_to(clock.end_of(until)):
        assert queries.counts(actor_of(world.cell), [Basket.UNANSWERED])[Basket.UNANSWERED] == 0
    with clock.travelling_to(clock.end_of(until) + timedelta(minutes=1)):
        assert queries.counts(actor_of(world.cell), [Basket.UNANSWERED])[Basket.UNANSWERED] == 1


def test_what_is_put_off_can_be_taken_up_again(case: Case, world: World, browse) -> None:
    request, browser = case.unanswered(), browse(world.cell)
    put_off(browser, request, clock.today() + timedelta(days=3))
    assert browser.post(f"/suivi/{request.reference}/reprendre").status_code == 302
    assert listed(browser) == [request.reference]


@pytest.mark.parametrize("days", [0, -1, 91, 4000])
def test_a_day_is_to_come_and_near(case: Case, world: World, browse, days: int) -> None:
    request, browser = case.unanswered(), browse(world.cell)
    answer = put_off(browser, request, clock.today() + timedelta(days=days))
    assert answer.status_code == 422
    assert "Congés du pôle" in answer.text, "what was typed is kept"
    assert listed(browser) == [request.reference]


def test_the_last_word_counts_and_there_is_one(app, case: Case, world: World) -> None:
    request = case.unanswered()
    days = [clock.today() + timedelta(days=one) for one in (3, 5)]
    acts = [
        lambda day=day: service.put_off(actor_of(world.cell), request.reference, day, "Plus tard")
        for day in days
    ]
    at_once(app, *acts)
    assert db.session.scalar(select(func.count()).select_from(Snooze)) == 1


def test_the_note_is_in_the_copy_and_goes_with_the_words_of_the_request(
    case: Case, world: World, browse
) -> None:
    request = case.unanswered()
    put_off(browse(world.cell), request, clock.today() + timedelta(days=3))
    copied = personal.of_person(world.cell.person_id)["requests_put_off"]
    assert [(one["request"], one["note"]) for one in copied] == [(request.reference, "Congés du pôle")]
    with transaction():
        personal.anonymise([request.id])
        requests_personal.anonymise([request.id])
    assert db.session.scalar(select(func.count()).select_from(Snooze)) == 0


def test_a_basket_is_walked_whole(case: Case, world: World, browse) -> None:
    made = [case.unanswered().reference for _ in range(30)]
    browser = browse(world.cell)
    assert listed(browser) == made[:5]
    first = browser.get("/suivi?panier=sans-reponse").text
    after = re.search(r'<span class="next"><a[^>]*href="([^"]+)"', first)
    assert after
    rest = browser.get(html.unescape(after[1])).text
    found = re.findall(r'<h3><a href="/demandes/(\d{4}-\d{4})"', first + rest)
    assert found == made


@pytest.mark.parametrize("query", ["?panier=x", "?panier=", "?panier=sans-reponse&page=x"])
def test_what_is_made_up_does_not_exist(case: Case, world: World, browse, query: str) -> None:
    assert browse(world.cell).get(f"/suivi{query}").status_code == 404


def test_the_console_costs_the_same_for_few_and_for_many(
    case: Case, world: World, browse, queries: list[str]
) -> None:
    browser = browse(world.national)

    def cost() -> int:
        queries.clear()
        assert browser.get("/suivi").status_code == 200
        return len(queries)

    for make_one in EACH.values():
        make_one(case)
    cost()
    few = cost()
    for make_one in EACH.values():
        for _ in range(4):
            make_one(case)
    assert cost() == few <= 8


def test_counts_stop_at_a_limit(case: Case, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", 2)
    queries._counts.cache_clear()
    for _ in range(4):
        case.refused()
    assert queries.counts(actor_of(world.cell), [Basket.REFUSED]) == {Basket.REFUSED: 3}
    queries._counts.cache_clear()


@pytest.mark.parametrize("basket", Basket)
@pytest.mark.parametrize("role", [Role.REGIONAL_ADMIN, Role.NATIONAL_ADMIN])
def test_statements_of_baskets_hold_nothing_of_the_day(basket: Basket, role: Role) -> None:
    found = queries.keys(role, basket).compile().binds.values()
    assert not [
        one.value for one in found if one.callable is None and isinstance(one.value, (date, datetime))
    ]


@pytest.mark.parametrize(
    ("today", "count", "day"),
    [
        (date(2026, 11, 26), 3, date(2026, 11, 23)),
        (date(2026, 11, 23), 3, date(2026, 11, 18)),
        (date(2026, 5, 5), 3, date(2026, 4, 29)),
    ],
)
def test_so_many_working_days_ago(today: date, count: int, day: date) -> None:
    """Neither weekends nor the first of May count."""
    assert rules.working_days_ago(today, count) == day
    assert clock.working_days_between(day, today, None) == count
