"""Each pole that came to a session confirms or contests what is counted for it; the cell settles."""

import html
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.interventions import handover
from portal.interventions.confirmation import steps
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.rules import Ruling
from portal.interventions.confirmation.steps import ConfirmationState
from portal.refusals import NotAllowed, NotFound
from portal.requests.undo.rules import NotTakenBack
from portal.sessions.received import personal, service
from portal.steps import StepRefused
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.integration.sessions.received import MONDAY, Room, at, link_of, mails, readers

WHY = "Nos deux personnes sont <b>parties</b> à la pause."
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def room(make: Builder, world: World) -> Room:
    return Room(make, world)


@pytest.fixture
def closed(room: Room) -> Room:
    room.close(room.anne, room.bao, room.chloe)
    return room


def contest(room: Room, minutes: int | None = 90) -> None:
    with time_machine.travel(at(TUESDAY), tick=False), transaction():
        service.contest(actor_of(room.theirs), room.session.id, WHY, minutes)


def settle(room: Room, ruling: Ruling, minutes: int | None = None, by: Any = None) -> None:
    cell = actor_of(by or room.world.cell)
    with time_machine.travel(at(TUESDAY, 16), tick=False), transaction():
        service.settle(
            cell, room.session.id, room.theirs.organisation_id, ruling, minutes, "La feuille le dit."
        )


def read(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.text).replace("\xa0", " ")


def test_closing_asks_each_pole_that_came_and_tells_its_coordinators(closed: Room) -> None:
    assert closed.state(closed.ours) == closed.state(closed.theirs) == "waiting"
    ours = [closed.ours.person.email, closed.world.colleague.person.email]
    assert readers("close_pole") == sorted([*ours, closed.theirs.person.email])
    [letter] = mails("close_pole", to=closed.theirs)
    text = letter.text.replace("\xa0", " ")
    for said in (
        "Bao, Chloé",
        "3 h",
        closed.world.practitioner.person.name,
        "7 jours ouvrés",
        closed.world.cell.person.name,
        "Pôle d’à côté",
    ):
        assert said in text, said
    assert "Anne" not in text
    assert letter.waiting == [closed.asked(closed.theirs).intervention_id]


def test_nobody_is_asked_where_nobody_came(room: Room) -> None:
    room.close()
    assert room.asked(room.ours) is room.asked(room.theirs) is None
    assert mails("close_pole") == []


def test_nobody_is_told_of_their_own_act(room: Room) -> None:
    """Who closes it for the partner coordinates one of the poles as well."""
    both = room.make.member(room.ours.organisation, Role.COORDINATOR, room.world.practitioner.person)
    room.close(room.anne)
    assert both.person.email not in readers("close_pole")
    assert room.state(room.ours) == "waiting"


def test_a_pole_confirms_from_its_home_and_takes_it_back_for_two_minutes(closed: Room, browse: Any) -> None:
    with time_machine.travel(at(TUESDAY), tick=False) as traveller:
        pole = browse(closed.theirs)
        home = read(pole, "/")
        assert closed.page in home
        assert "Confirmer ou contester" in home
        page = read(pole, closed.page)
        assert "Bao, Chloé" in page
        assert "Anne" not in page
        pole.post(f"/sessions/{closed.session.id}/confirmer")
        assert closed.state(closed.theirs) == "confirmed"
        assert closed.state(closed.ours) == "waiting"
        assert closed.page not in read(pole, "/")
        assert "/reprendre" in read(pole, closed.page)
        pole.post(f"/sessions/{closed.session.id}/reprendre")
        assert closed.state(closed.theirs) == "waiting"
        assert closed.asked(closed.theirs).answered_by_id is None
        pole.post(f"/sessions/{closed.session.id}/confirmer")
        assert "/reprendre" in read(pole, closed.page)
        traveller.shift(timedelta(minutes=2))
        assert "/reprendre" not in read(pole, closed.page)
        assert pole.post(f"/sessions/{closed.session.id}/reprendre").status_code == 409
        assert pole.post(f"/sessions/{closed.session.id}/confirmer").status_code == 409
        assert "a déjà confirmé" in html.unescape(pole.post(f"/sessions/{closed.session.id}/confirmer").text)


def test_contesting_needs_words_and_tells_the_partner_and_the_cell_after_two_minutes(
    closed: Room, browse: Any
) -> None:
    with time_machine.travel(at(TUESDAY), tick=False):
        pole, path = browse(closed.theirs), f"/sessions/{closed.session.id}/contester"
        assert pole.get(path).status_code == 200
        refused = pole.post(path, {"message": "", "minutes": "1 h 30"})
        assert refused.status_code == 422
        assert "1 h 30" in refused.text
        assert closed.state(closed.theirs) == "waiting"
        pole.post(path, {"message": WHY, "minutes": "1 h 30"})
        assert closed.asked(closed.theirs).minutes == 90
        assert readers("contest_partner") == [closed.world.manager.person.email]
        assert closed.world.cell.person.email in readers("contest_cell")
        [letter] = mails("contest_partner")
        assert letter.next_attempt_at == clock.now() + timedelta(minutes=2)
        text = letter.text.replace("\xa0", " ")
        assert "3 h" in text
        assert "1 h 30" in text
        assert WHY in text
        pole.post(f"/sessions/{closed.session.id}/reprendre")
        assert closed.state(closed.theirs) == "waiting"
        assert closed.asked(closed.theirs).message is None
        assert mails("contest_partner") == mails("contest_cell") == []


def test_what_a_cell_has_decided_meanwhile_is_not_taken_back(closed: Room) -> None:
    with time_machine.travel(at(TUESDAY), tick=False):
        with transaction():
            service.contest(actor_of(closed.theirs), closed.session.id, WHY, 90)
        with transaction():
            pole_id = closed.theirs.organisation_id
            service.settle(
                actor_of(closed.world.cell), closed.session.id, pole_id, Ruling.STRUCK, None, "Non."
            )
        with pytest.raises(NotTakenBack), transaction():
            service.take_back(actor_of(closed.theirs), closed.session.id)
    assert closed.state(closed.theirs) == "settled"
    assert closed.received(closed.theirs) == 0


def test_a_colleague_takes_nothing_back(closed: Room) -> None:
    with time_machine.travel(at(TUESDAY), tick=False):
        with transaction():
            service.confirm(actor_of(closed.ours), closed.session.id)
        with pytest.raises(NotTakenBack), transaction():
            service.take_back(actor_of(closed.world.colleague), closed.session.id)
    assert closed.state(closed.ours) == "confirmed"


def test_the_links_of_the_email_confirm_once_somebody_has_chosen(closed: Room, browse: Any) -> None:
    with time_machine.travel(at(TUESDAY), tick=False):
        [letter] = mails("close_pole", to=closed.theirs)
        link = link_of(letter, "Confirmer ce qui est compté")
        visitor = browse()
        page = read(visitor, link)
        assert "Bao, Chloé" in page
        assert closed.theirs.person.name in page
        assert visitor.post(link).status_code == 422
        assert "Rien n’a été fait" in html.unescape(visitor.post(link, {"choice": "no"}).text)
        assert closed.state(closed.theirs) == "waiting"
        assert visitor.post(link, {"choice": "yes"}).status_code == 302
        assert closed.state(closed.theirs) == "confirmed"
        assert closed.asked(closed.theirs).answered_by_id == closed.theirs.person_id
        assert f"{link}/annuler" in read(visitor, link)
        visitor.post(f"{link}/annuler")
        assert closed.state(closed.theirs) == "waiting"
        assert visitor.get(link).status_code == 200


def test_the_other_link_contests_with_words(closed: Room, browse: Any) -> None:
    with time_machine.travel(at(TUESDAY), tick=False):
        [letter] = mails("close_pole", to=closed.theirs)
        link = link_of(letter, "Contester ce qui est compté")
        visitor = browse()
        assert visitor.post(link, {"choice": "yes"}).status_code == 422
        visitor.post(link, {"choice": "yes", "message": WHY, "minutes": "0"})
        asked = closed.asked(closed.theirs)
        assert (asked.state, asked.message, asked.minutes) == (ConfirmationState.CONTESTED, WHY, 0)
        confirm = link_of(letter, "Confirmer ce qui est compté")
        assert visitor.get(confirm).status_code == 409


def test_links_open_nothing_else_and_end_with_who_they_are_of(closed: Room, browse: Any) -> None:
    with time_machine.travel(at(TUESDAY), tick=False):
        [letter] = mails("close_pole", to=closed.theirs)
        token = link_of(letter, "Confirmer ce qui est compté").rpartition("/")[2]
        visitor = browse()
        assert visitor.get("/sessions/par-courriel/autre").status_code == 404
        assert visitor.get(f"/interventions/par-courriel/{token}").status_code == 404
        assert visitor.get(f"/par-courriel/{token}").status_code == 404
        with transaction() as session:
            session.get_one(type(closed.theirs), closed.theirs.id).ended_at = clock.now()
        assert visitor.get(f"/sessions/par-courriel/{token}").status_code == 404


@pytest.mark.parametrize(
    ("ruling", "minutes", "counts"),
    [(Ruling.KEPT, None, 180), (Ruling.CORRECTED, 90, 90), (Ruling.STRUCK, None, 0)],
)
def test_the_cell_settles_for_that_pole_alone(
    closed: Room, browse: Any, ruling: Ruling, minutes: int | None, counts: int
) -> None:
    contest(closed)
    settle(closed, ruling, minutes)
    assert closed.state(closed.theirs) == "settled"
    assert (closed.received(closed.theirs), closed.received(closed.ours)) == (counts, 180)
    assert readers("settle_pole") == [closed.theirs.person.email]
    assert readers("settle_partner") == [closed.world.manager.person.email]
    [letter] = mails("settle_pole")
    assert "La feuille le dit." in letter.text
    with time_machine.travel(at(TUESDAY, 17), tick=False):
        page = read(browse(closed.theirs), closed.page)
        assert "La feuille le dit." in page
        assert "Tranchée par la cellule" in page
        kept = read(browse(closed.world.cell), f"/sessions/tenues/{closed.session.id}")
        if counts != 180:
            assert "La feuille le dit." in kept


def test_what_is_contested_stands_among_what_the_cell_decides(closed: Room, browse: Any) -> None:
    contest(closed)
    with time_machine.travel(at(TUESDAY, 16), tick=False):
        cell = browse(closed.world.cell)
        assert "/interventions/a-trancher" in read(cell, "/")
        page = read(cell, "/interventions/a-trancher")
        for said in ("Pôle d’à côté", closed.session.title, "3 h", "1 h 30"):
            assert said in page, said
        path = f"/sessions/tenues/{closed.session.id}/trancher/{closed.theirs.organisation_id}"
        assert path in page
        refused = cell.post(path, {"ruling": "corrected", "minutes": "", "message": "Oui."})
        assert refused.status_code == 422
        assert closed.state(closed.theirs) == "contested"
        answer = cell.post(path, {"ruling": "corrected", "minutes": "1 h 30", "message": "Oui."})
        assert answer.status_code == 302
        assert closed.received(closed.theirs) == 90
        assert path not in read(cell, "/interventions/a-trancher")
        assert cell.post(path, {"ruling": "kept", "message": "Oui."}).status_code == 409


def test_only_the_cell_that_follows_the_session_settles(closed: Room, browse: Any) -> None:
    contest(closed)
    elsewhere = closed.make.regional_admin("11")
    with pytest.raises(NotFound):
        settle(closed, Ruling.STRUCK, by=elsewhere)
    with pytest.raises(NotAllowed):
        settle(closed, Ruling.STRUCK, by=closed.ours)
    with time_machine.travel(at(TUESDAY, 16), tick=False):
        path = f"/sessions/tenues/{closed.session.id}/trancher/{closed.theirs.organisation_id}"
        assert browse(elsewhere).get(path).status_code == 404
        assert closed.session.title not in read(browse(elsewhere), "/interventions/a-trancher")
    settle(closed, Ruling.STRUCK, by=closed.world.national)
    assert closed.received(closed.theirs) == 0


def test_a_pole_that_did_not_come_says_nothing(room: Room, browse: Any) -> None:
    room.close(room.bao)
    with pytest.raises(NotFound), transaction():
        service.confirm(actor_of(room.ours), room.session.id)
    with time_machine.travel(at(TUESDAY), tick=False):
        pole = browse(room.ours)
        assert pole.get(room.page).status_code == 404
        assert pole.post(f"/sessions/{room.session.id}/confirmer").status_code == 404
        assert room.page not in read(pole, f"/sessions/{room.session.id}")
        assert room.page in read(browse(room.theirs), f"/sessions/{room.session.id}")


def test_the_partner_reads_what_each_says_and_says_nothing_for_them(closed: Room, browse: Any) -> None:
    contest(closed)
    with time_machine.travel(at(TUESDAY, 16), tick=False):
        page = read(browse(closed.world.manager), f"/sessions/les-notres/{closed.session.id}")
        for said in ("Contesté", "1 h 30", "Pôle d’à côté", "À confirmer"):
            assert said in page, said
        assert "/trancher/" not in page
    with pytest.raises(NotAllowed), transaction():
        service.confirm(actor_of(closed.world.manager), closed.session.id)


def test_nothing_is_said_twice(closed: Room) -> None:
    contest(closed)
    with pytest.raises(StepRefused) as refused, transaction():
        service.confirm(actor_of(closed.theirs), closed.session.id)
    assert refused.value.step is steps.CONFIRM
    db.session.rollback()


def test_words_are_forgotten_with_the_session_and_what_became_of_them_stays(closed: Room) -> None:
    contest(closed)
    settle(closed, Ruling.CORRECTED, 60)
    by = closed.theirs.person_id
    [mine] = personal.of_person(by)["sessions_answered"]
    assert (mine["title"], mine["message"], mine["minutes"]) == (closed.session.title, WHY, 90)
    [decided] = personal.of_person(closed.world.cell.person_id)["sessions_settled"]
    assert decided["ruling"] == "La feuille le dit."
    with transaction():
        personal.anonymise([closed.asked(closed.theirs).intervention_id])
    asked = closed.asked(closed.theirs)
    assert asked.message is asked.ruling is asked.answered_by_id is asked.settled_by_id is None
    assert (closed.state(closed.theirs), closed.received(closed.theirs)) == ("settled", 60)


def test_two_poles_that_become_one_have_one_word(closed: Room) -> None:
    with time_machine.travel(at(TUESDAY), tick=False):
        with transaction():
            service.confirm(actor_of(closed.ours), closed.session.id)
        with transaction():
            move = next(each for each in handover.MOVES if each.column is Confirmation.pole_id)
            move.run(closed.theirs.organisation_id, closed.ours.organisation_id)
    assert closed.state(closed.ours) == "confirmed"
    assert closed.asked(closed.theirs) is None
