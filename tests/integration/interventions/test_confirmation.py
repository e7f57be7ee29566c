"""The pole confirms or contests what was logged; what is confirmed is locked, and only adjusted since."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.interventions.confirmation import service
from portal.interventions.confirmation.rules import Ruling
from portal.interventions.confirmation.steps import AdjustmentState, ConfirmationState
from portal.interventions.measures import queries as measures
from portal.interventions.steps import InterventionState
from portal.notifications.models import OutboxEmail
from portal.requests.models import RequestEvent
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.interventions.logged import (
    REPORT,
    Scene,
    adjustments,
    build_scene,
    confirmation,
    log,
    the_intervention,
)
from tests.integration.requests.steps import actor_of, check_refused, log_fields, mails, page_of

WHY = "Nous avons <b>noté</b> deux heures"


def yesterday() -> date:
    return clock.today() - timedelta(days=1)


@pytest.fixture
def scene(make: Builder) -> Scene:
    return build_scene(make)


@pytest.fixture
def number(scene: Scene) -> int:
    logged = log(scene, yesterday())
    mails()
    return logged


@pytest.fixture
def pole(scene: Scene, browse) -> Browser:
    return browse(scene.coordinator)


@pytest.fixture
def partner(scene: Scene, browse) -> Browser:
    return browse(scene.practitioner)


@pytest.fixture
def cell(scene: Scene, browse) -> Browser:
    return browse(scene.cell)


def received(scene: Scene) -> int:
    """Minutes, as limits and usage count them."""
    today = clock.today()
    return db.session.scalar(
        select(measures.received_by(scene.pole.id, today - timedelta(days=9), today + timedelta(days=9)))
    )


def written_to(membership) -> set[str]:
    return {kind for kind, recipient in mails() if recipient == membership.person.email}


def doors_of(page: str, number: int) -> list[str]:
    """Where a page of a request lets its reader do something with an intervention."""
    return re.findall(rf'href="(/interventions/{number}/[^"]+)"', page)


def confirm(scene: Scene, number: int) -> None:
    with transaction():
        service.confirm(actor_of(scene.coordinator), number)


def contest(scene: Scene, number: int, minutes: int | None = 120) -> None:
    with transaction():
        service.contest(actor_of(scene.coordinator), number, WHY, minutes)


def test_the_pole_confirms_from_the_page_and_may_undo_it(
    scene: Scene, number: int, pole: Browser, partner: Browser
) -> None:
    page = page_of(scene.request)
    text = pole.get(page).text
    assert "Confirmer" in text
    assert "aucun courriel" in text, "nothing was delivered yet"
    assert pole.post(f"/interventions/{number}/confirmer").location == page
    done = confirmation()
    assert (done.state, done.answered_by_id) == (ConfirmationState.CONFIRMED, scene.coordinator.person_id)
    assert scene.coordinator.person.name in partner.get(page).text
    assert mails() == set(), "nobody has anything to do"
    assert pole.post(f"{page}/annuler").location == page
    assert confirmation().state is ConfirmationState.WAITING
    assert confirmation().answered_by_id is None


@pytest.mark.parametrize(
    "state", [ConfirmationState.CONFIRMED, ConfirmationState.SILENT, ConfirmationState.SETTLED]
)
def test_what_is_confirmed_is_locked_and_the_partner_is_told_the_way(
    scene: Scene, number: int, partner: Browser, state: ConfirmationState
) -> None:
    with transaction():
        confirmation().state = state
    again = log_fields(scene.practitioner.person_id, minutes="60")
    for path in ("corriger", "annuler"):
        for answer in (
            partner.get(f"/interventions/{number}/{path}"),
            partner.post(f"/interventions/{number}/{path}", {**again, "message": "Erreur."}),
        ):
            assert answer.status_code == 409
            assert "ajustement" in answer.text
    assert (the_intervention().minutes, the_intervention().state) == (180, InterventionState.DONE)
    text = partner.get(page_of(scene.request)).text
    assert f"/interventions/{number}/corriger" not in text
    assert f"/interventions/{number}/proposer-un-ajustement" in text


@pytest.mark.parametrize("state", [ConfirmationState.WAITING, ConfirmationState.CONTESTED])
def test_what_is_not_confirmed_is_corrected_and_asked_anew(
    scene: Scene, number: int, partner: Browser, state: ConfirmationState
) -> None:
    with transaction():
        asked = confirmation()
        asked.state, asked.message, asked.minutes = state, WHY, 120
        before = asked.asked_at
    again = log_fields(scene.practitioner.person_id, minutes="120")
    assert partner.post(f"/interventions/{number}/corriger", again).status_code == 302
    asked = confirmation()
    assert (asked.state, asked.message, asked.minutes) == (ConfirmationState.WAITING, None, None)
    assert asked.asked_at > before
    assert partner.post(f"{page_of(scene.request)}/annuler").status_code == 302
    asked = confirmation()
    assert (asked.state, asked.message, asked.asked_at) == (state, WHY, before)


def test_what_is_called_off_waits_for_nobody(scene: Scene, number: int, partner: Browser) -> None:
    assert partner.post(f"/interventions/{number}/annuler", {"message": "Deux fois."}).status_code == 302
    assert confirmation() is None
    assert partner.post(f"{page_of(scene.request)}/annuler").status_code == 302
    assert confirmation().state is ConfirmationState.WAITING


def test_what_is_undone_was_never_asked(scene: Scene, partner: Browser) -> None:
    path = page_of(scene.request, scene.assignment, "intervention")
    assert partner.post(path, log_fields(scene.practitioner.person_id)).status_code == 302
    assert confirmation().state is ConfirmationState.WAITING
    assert partner.post(f"{page_of(scene.request)}/annuler").status_code == 302
    assert confirmation() is None


def test_what_is_planned_is_not_asked(scene: Scene, partner: Browser) -> None:
    path = page_of(scene.request, scene.assignment, "planifier")
    assert partner.post(path, log_fields(scene.practitioner.person_id)).status_code == 302
    assert confirmation() is None


def test_the_pole_contests_and_the_cell_has_both_versions(
    scene: Scene, number: int, pole: Browser, partner: Browser, cell: Browser
) -> None:
    path = f"/interventions/{number}/contester"
    assert REPORT in pole.get(path).text
    check_refused(pole.post(path, {"minutes": "120"}), "message")
    assert pole.post(path, {"message": WHY, "minutes": "120"}).location == page_of(scene.request)
    asked = confirmation()
    assert (asked.state, asked.message, asked.minutes) == (ConfirmationState.CONTESTED, WHY, 120)
    told = mails()
    assert ("interventions/contest_partner", scene.practitioner.person.email) in told
    assert ("interventions/contest_cell", scene.cell.person.email) in told
    text = cell.get("/interventions/a-trancher").text
    for version in ("3\u00a0h", "2\u00a0h", REPORT, "Nous avons &lt;b&gt;noté&lt;/b&gt; deux heures"):
        assert version in text
    assert "/interventions/a-trancher" in cell.get("/suivi").text
    assert "contestée" in partner.get(page_of(scene.request)).text.lower()
    assert pole.post(path, {"message": WHY}).status_code == 409, "once"


def test_another_cell_has_none_of_it(scene: Scene, number: int, make: Builder, browse) -> None:
    contest(scene, number)
    other = browse(make.regional_admin("53"))
    assert REPORT not in other.get("/interventions/a-trancher").text
    assert other.get(f"/interventions/{number}/trancher").status_code == 404
    assert "/interventions/a-trancher" not in other.get("/suivi").text


@pytest.mark.parametrize(
    ("ruling", "minutes", "counts", "state"),
    [
        ("kept", "", 180, InterventionState.DONE),
        ("corrected", "150", 150, InterventionState.DONE),
        ("struck", "", 0, InterventionState.CALLED_OFF),
    ],
)
def test_the_cell_settles_it(
    scene: Scene, number: int, cell: Browser, ruling: str, minutes: str, counts: int, state: InterventionState
) -> None:
    contest(scene, number)
    mails()
    path = f"/interventions/{number}/trancher"
    check_refused(cell.post(path, {"ruling": "corrected", "message": "Vu."}), "minutes")
    assert (
        cell.post(path, {"ruling": ruling, "minutes": minutes, "message": "Vu avec vous."}).status_code == 302
    )
    done = confirmation()
    assert (done.state, done.ruling, done.settled_by_id) == (
        ConfirmationState.SETTLED,
        "Vu avec vous.",
        scene.cell.person_id,
    )
    assert (received(scene), the_intervention().state) == (counts, state)
    told = [(*row,) for row in db.session.execute(select(OutboxEmail.kind, OutboxEmail.recipient))]
    assert ("interventions/settle_pole", scene.coordinator.person.email) in told
    assert ("interventions/settle_partner", scene.practitioner.person.email) in told
    assert [(each.before, each.after) for each in adjustments()] == ([(180, counts)] if counts != 180 else [])
    assert cell.post(path, {"ruling": "kept", "message": "Encore."}).status_code == 409
    page = f"{page_of(scene.request)}/annuler"
    assert cell.post(page).status_code == 302
    assert (confirmation().state, received(scene), adjustments()) == (ConfirmationState.CONTESTED, 180, [])


def test_a_partner_proposes_an_adjustment_and_the_cell_makes_it(
    scene: Scene, number: int, partner: Browser, cell: Browser, pole: Browser
) -> None:
    confirm(scene, number)
    mails()
    path = f"/interventions/{number}/proposer-un-ajustement"
    check_refused(partner.post(path, {"minutes": "180", "message": "Pareil."}), "minutes")
    assert partner.post(path, {"minutes": "240", "message": "Une heure oubliée."}).status_code == 302
    (proposed,) = adjustments()
    assert (proposed.state, proposed.before, proposed.after) == (AdjustmentState.PROPOSED, 180, 240)
    assert received(scene) == 180, "nothing changes before the cell decides"
    assert written_to(scene.cell) == {"interventions/propose_adjustment_cell"}
    assert partner.post(path, {"minutes": "60", "message": "Encore."}).status_code == 409
    assert "Une heure oubliée." in cell.get("/interventions/a-trancher").text

    decide = f"/interventions/{number}/ajustements/{proposed.id}"
    check_refused(cell.post(decide, {"message": "Oui."}), "choice")
    assert cell.post(decide, {"choice": "make", "message": "Vu."}).status_code == 302
    (made,) = adjustments()
    assert (made.state, made.decided_by_id, made.answer) == (
        AdjustmentState.MADE,
        scene.cell.person_id,
        "Vu.",
    )
    assert received(scene) == 240
    event = db.session.scalars(select(RequestEvent).order_by(RequestEvent.id.desc())).first()
    assert (event.actor_id, event.message) == (scene.cell.person_id, "Vu."), "each has their own words"
    for row in db.session.scalars(
        select(OutboxEmail).where(OutboxEmail.kind.startswith("interventions/adjust_"))
    ):
        assert re.search("« Vu. »|> Vu.", row.text), row.text
        assert "Une heure oubliée." in row.text
    told = mails()
    assert ("interventions/adjust_pole", scene.coordinator.person.email) in told
    assert ("interventions/adjust_partner", scene.practitioner.person.email) in told
    for reader in (pole, partner, cell):
        text = reader.get(page_of(scene.request)).text
        assert re.search(r"3\s?h → 4\s?h", text), "both lengths"
        assert "Une heure oubliée." in text
        by, proposed_by = scene.cell.person.name, scene.practitioner.person.name
        assert re.search(rf"Ajustée le .* par {by}.*, comme proposé le .* par {proposed_by}", text)
    assert confirmation().state is ConfirmationState.CONFIRMED
    assert cell.post(decide, {"choice": "refuse"}).status_code == 409


def test_a_refused_adjustment_changes_nothing(scene: Scene, number: int, cell: Browser) -> None:
    confirm(scene, number)
    with transaction():
        made = service.propose(actor_of(scene.practitioner), number, 240, "Une heure.")
    mails()
    decide = f"/interventions/{number}/ajustements/{made.id}"
    assert cell.post(decide, {"choice": "refuse", "message": "Non."}).status_code == 302
    assert [each.state for each in adjustments()] == [AdjustmentState.REFUSED]
    assert received(scene) == 180
    assert written_to(scene.practitioner) == {"interventions/refuse_adjustment_partner"}
    with transaction():
        service.propose(actor_of(scene.practitioner), number, 195, "Un quart d’heure.")


def test_the_cell_adjusts_what_is_confirmed_down_to_nothing(scene: Scene, number: int, cell: Browser) -> None:
    path = f"/interventions/{number}/ajuster"
    assert cell.get(path).status_code == 409, "not before"
    confirm(scene, number)
    assert cell.post(path, {"minutes": "120", "message": "Relevé."}).status_code == 302
    assert received(scene) == 120
    assert cell.post(path, {"minutes": "0", "message": "Annulée."}).status_code == 302
    assert received(scene) == 0
    assert [(each.before, each.after) for each in adjustments()] == [(180, 120), (120, 0)]
    check_refused(cell.post(path, {"minutes": "0", "message": "Encore."}), "minutes")


def test_what_was_adjusted_to_nothing_can_be_adjusted_again(
    scene: Scene, number: int, cell: Browser, partner: Browser
) -> None:
    confirm(scene, number)
    assert (
        cell.post(f"/interventions/{number}/ajuster", {"minutes": "0", "message": "Non."}).status_code == 302
    )
    for browser in (cell, partner):
        offered = doors_of(browser.get(page_of(scene.request)).text, number)
        assert offered
        assert [browser.get(door).status_code for door in offered] == [200] * len(offered)
    again = f"/interventions/{number}/proposer-un-ajustement"
    assert partner.post(again, {"minutes": "60", "message": "Elle a eu lieu."}).status_code == 302
    decide = f"/interventions/{number}/ajustements/{adjustments()[-1].id}"
    assert cell.post(decide, {"choice": "make", "message": ""}).status_code == 302
    assert [(each.before, each.after) for each in adjustments()] == [(180, 0), (0, 60)]
    assert (received(scene), the_intervention().state) == (60, InterventionState.DONE)
    assert cell.post(f"{page_of(scene.request)}/annuler").status_code == 302
    assert (received(scene), the_intervention().state) == (0, InterventionState.CALLED_OFF)


def test_an_adjustment_of_one_is_not_reached_by_another(scene: Scene, number: int, cell: Browser) -> None:
    confirm(scene, number)
    with transaction():
        made = service.propose(actor_of(scene.practitioner), number, 240, "Une heure.")
    other = log(scene, yesterday(), "other-key")
    assert cell.get(f"/interventions/{other}/ajustements/{made.id}").status_code == 404


def link(kind: str, membership, label: str) -> str:
    text = db.session.scalar(
        select(OutboxEmail.text).where(
            OutboxEmail.kind == kind, OutboxEmail.recipient == membership.person.email
        )
    )
    (found,) = re.findall(rf"{label}[^\n]*?\s+https?://[^/\s]+(/interventions/par-courriel/\S+)", text)
    return found


def test_the_pole_confirms_from_the_e_mail_once(scene: Scene, number: int, browse) -> None:
    url, visitor = link("interventions/log_pole", scene.coordinator, "Confirmer"), browse(None)
    assert REPORT in visitor.get(url).text
    assert visitor.client.head(url).status_code == 200
    assert confirmation().state is ConfirmationState.WAITING, "a page does nothing"
    check_refused(visitor.post(url, {}), "choice")
    assert visitor.post(url, {"choice": "no"}).status_code == 200
    assert confirmation().state is ConfirmationState.WAITING
    assert visitor.post(url, {"choice": "yes"}).location == url
    assert (confirmation().state, confirmation().answered_by_id) == (
        ConfirmationState.CONFIRMED,
        scene.coordinator.person_id,
    )
    told = OutboxEmail.kind == "interventions/log_pole", OutboxEmail.person_id == scene.coordinator.person_id
    assert db.session.scalars(select(OutboxEmail.read_at).where(*told)).one(), "it is no longer new to them"
    assert visitor.get(url).status_code == 200
    assert visitor.post(f"{url}/annuler").location == url
    assert confirmation().state is ConfirmationState.WAITING
    assert visitor.post(url, {"choice": "yes"}).status_code == 409, "a link is spent once"
    assert confirmation().state is ConfirmationState.WAITING


def test_the_pole_contests_from_the_e_mail(scene: Scene, number: int, browse) -> None:
    url, visitor = link("interventions/log_pole", scene.coordinator, "Contester"), browse(None)
    check_refused(visitor.post(url, {"choice": "yes"}), "message")
    assert visitor.post(url, {"choice": "yes", "message": WHY, "minutes": "0"}).location == url
    assert (confirmation().state, confirmation().minutes) == (ConfirmationState.CONTESTED, 0)
    events = db.session.scalars(select(RequestEvent.message).where(RequestEvent.action == "contest"))
    assert events.all() == [WHY]


def test_a_link_dies_with_the_right_of_its_reader(scene: Scene, number: int, browse) -> None:
    url, visitor = link("interventions/log_pole", scene.coordinator, "Confirmer"), browse(None)
    with transaction():
        db.session.merge(scene.coordinator).ended_at = clock.now()
    assert visitor.get(url).status_code == 404
    assert visitor.post(url, {"choice": "yes"}).status_code == 404
    assert visitor.get("/interventions/par-courriel/autre").status_code == 404
    assert confirmation().state is ConfirmationState.WAITING


def test_what_waits_stands_among_what_the_pole_has_to_do(scene: Scene, number: int, pole: Browser) -> None:
    assert f"intervention-{number}" in pole.get("/").text
    confirm(scene, number)
    assert f"intervention-{number}" not in pole.get("/").text


def test_a_member_who_is_no_coordinator_confirms_nothing(scene: Scene, number: int, browse) -> None:
    member = browse(scene.member)
    assert f"/interventions/{number}/confirmer" not in member.get(page_of(scene.request)).text
    assert member.post(f"/interventions/{number}/confirmer").status_code == 403


def test_settled_by_the_rules_of_the_service(scene: Scene, number: int) -> None:
    contest(scene, number, None)
    with transaction():
        service.settle(actor_of(scene.cell), number, Ruling.KEPT, 60, "Comme écrit.")
    assert (received(scene), adjustments()) == (180, [])
