"""A closed session is corrected by its partner for 30 days, then by its cells, with a reason; both are kept."""

import html
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.catalogue.limits.rules import year_of
from portal.db import db, transaction
from portal.interventions.corrections.models import Correction
from portal.interventions.gathered.models import Gathering
from portal.interventions.measures.queries import received_by
from portal.refusals import NotAllowed, NotFound
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import personal, queries, service
from portal.sessions.presence.models import HeldSession
from portal.sessions.presence.rules import Ticks, Told, TooEarly, TooLate, doer, last_day
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, actor_of
from tests.integration.sessions.steps import letters, told
from tests.sessions import raw_held, raw_registration, raw_session

WHY = "Bao était là : la feuille d’émargement le dit."
KIND = "rectify_later_partner"


class Held:
    """A session of three hours that was closed: Anne came, Bao of another pole did not."""

    def __init__(self, make: Builder, world: World, days: int = 31) -> None:
        self.world = world
        self.other = make.coordinator(make.pole(name="Pôle d’à côté"))
        on = clock.today() - timedelta(days=days + 1)
        self.session = raw_session(make, world.practitioner, world.service, state="held", on=on)
        self.anne = raw_registration(make, self.session, world.coordinator)
        self.bao = raw_registration(make, self.session, self.other, name="Bao", email="bao@exemple.test")
        held = raw_held(make, self.session, world.practitioner, self.anne)
        with transaction() as session:
            session.get_one(HeldSession, held.id).closed_at = days_ago(days)
            session.get_one(Gathering, held.intervention_id).region_code = "28"

    def told(self, *came: Any, minutes: int = 180) -> Told:
        return Told(Ticks([each.id for each in came], []), minutes, [self.world.practitioner.person_id], {})

    def correct(self, by: Any, minutes: int = 180) -> HeldSession:
        with transaction():
            said = self.told(self.anne, self.bao, minutes=minutes)
            return service.rectify_later(actor_of(by), self.session.id, said, WHY)

    def received(self, pole_id: int) -> int:
        year = year_of(self.session.on, None)
        return db.session.scalar(select(received_by(pole_id, year.first, year.after))) or 0


@pytest.fixture
def held(make: Builder, world: World) -> Held:
    return Held(make, world)


def corrections() -> list[dict[str, Any]]:
    return [each.changes for each in db.session.scalars(select(Correction).order_by(Correction.id))]


@pytest.mark.parametrize("who", ["cell", "national"])
def test_a_cell_corrects_it_with_a_reason_and_what_is_counted_follows(held: Held, who: str) -> None:
    pole_id = held.other.organisation_id
    assert held.received(pole_id) == 0
    held.correct(getattr(held.world, who), minutes=120)
    assert held.received(pole_id) == 120
    assert held.received(held.world.coordinator.organisation_id) == 120
    assert [each.name for each in queries.who_came(held.session.id)] == ["Anne Le Goff", "Bao"]
    [changes] = corrections()
    assert changes["came"] == [[held.anne.id], [held.anne.id, held.bao.id]]
    assert changes["minutes"] == [180, 120]
    assert changes["participants"] == [1, 2]
    assert changes["why"] == ["", WHY]


def test_its_partner_is_told_and_reads_what_it_was_by_whom_and_why(held: Held, browse: Any) -> None:
    cell = held.world.cell
    held.correct(cell, minutes=120)
    assert told(KIND) == [held.world.manager.person.email]
    [letter] = letters(KIND)
    assert letter.subject.startswith("Pour information")
    assert WHY in letter.text
    assert cell.person.name in letter.text
    assert "Bao" not in letter.text.replace(WHY, "")
    for reader, path in (
        (held.world.manager, f"/sessions/les-notres/{held.session.id}"),
        (cell, f"/sessions/tenues/{held.session.id}"),
    ):
        page = html.unescape(browse(reader).get(path).text).replace("\xa0", " ")
        for words in (WHY, cell.person.name, "Anne Le Goff, puis Anne Le Goff, Bao", "3 h, puis 2 h"):
            assert words in page, (path, words)


@pytest.mark.parametrize(("place", "last"), [(None, 2), ("974", 2), ("971", 1)])
def test_the_thirty_days_are_those_of_where_it_took_place(place: str | None, last: int) -> None:
    closed_at = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    assert last_day(closed_at, place) == date(2026, 7, last)
    with clock.travelling_to(clock.end_of(date(2026, 7, last), place)):
        partner, cell = doer(closed_at, place)
        assert partner
        assert cell is None
    with clock.travelling_to(clock.end_of(date(2026, 7, last), place) + timedelta(seconds=1)):
        partner, cell = doer(closed_at, place)
        assert partner is None
        assert cell


def test_a_cell_finds_it_from_its_public_page_and_what_is_wrong_stays_typed(held: Held, browse: Any) -> None:
    browser = browse(held.world.cell)
    path = f"/sessions/tenues/{held.session.id}"
    assert path in browser.get(f"/sessions/{held.session.id}").text
    assert f"{path}/corriger" in browser.get(path).text
    sent = {"came": [held.anne.id, held.bao.id], "minutes": "2 h"}
    sent["practitioner_ids"] = [held.world.practitioner.person_id]
    refused = browser.post(f"{path}/corriger", sent)
    assert refused.status_code == 422
    assert refused.text.count("checked") == 3
    assert browser.post(f"{path}/corriger", {**sent, "why": WHY}).status_code == 302
    assert held.received(held.other.organisation_id) == 120


def test_before_that_its_partner_corrects_it_and_both_are_kept(
    make: Builder, world: World, browse: Any
) -> None:
    held = Held(make, world, days=30)
    with pytest.raises(TooEarly):
        held.correct(world.cell)
    path = f"/sessions/tenues/{held.session.id}"
    assert browse(world.cell).get(f"{path}/corriger").status_code == 409
    assert f"{path}/corriger" not in browse(world.cell).get(path).text
    with transaction():
        service.close(actor_of(world.practitioner), held.session.id, held.told(held.bao))
    with time_machine.travel(clock.now() + timedelta(days=1)):
        with pytest.raises(TooLate), transaction():
            service.close(actor_of(world.practitioner), held.session.id, held.told(held.anne))
        held.correct(world.cell)
    assert [each.get("why") for each in corrections()] == [None, ["", WHY]]
    assert told(KIND) == [world.manager.person.email]


@pytest.mark.parametrize("who", ["coordinator", "practitioner", "manager", "stranger"])
def test_nobody_else_does(held: Held, make: Builder, browse: Any, who: str) -> None:
    person = make.regional_admin("93") if who == "stranger" else getattr(held.world, who)
    with pytest.raises((NotAllowed, NotFound)):
        held.correct(person)
    path = f"/sessions/tenues/{held.session.id}"
    assert browse(person).get(path).status_code in (403, 404)
    assert path not in browse(person).get(f"/sessions/{held.session.id}").text
    assert corrections() == []


def test_what_changes_nothing_is_no_correction(held: Held) -> None:
    with transaction():
        said = held.told(held.anne)
        service.rectify_later(actor_of(held.world.cell), held.session.id, said, WHY)
    [changes] = corrections() or [{}]
    assert "came" not in changes
    assert "minutes" not in changes


def test_it_stands_in_the_copy_of_who_did_it_and_is_forgotten_with_the_session(held: Held) -> None:
    cell = held.world.cell
    held.correct(cell)
    [mine] = personal.of_person(cell.person_id)["sessions_corrected"]
    assert mine["changes"]["why"] == ["", WHY]
    with transaction() as session:
        numbers = session.scalars(select(HeldSession.id)).all()
        assert personal.anonymise(numbers, clock.today()) == 1
    assert corrections() == [{}]
    assert db.session.get_one(CollectiveSession, held.session.id)
