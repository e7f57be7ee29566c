"""Who came is said by a list, walk-ins and a code; closing counts one act, and keeps what certificates say."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from portal.catalogue.limits.rules import year_of
from portal.db import db, transaction
from portal.interventions.gathered.models import Gathering
from portal.interventions.measures.queries import received_by
from portal.interventions.models import Intervention
from portal.notifications.links import service as links
from portal.organisations.models import Pole
from portal.refusals import Conflict, Invalid, NotFound
from portal.sessions import service as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import queries, service
from portal.sessions.presence.models import HeldSession
from portal.sessions.presence.rules import CODE_LENGTH, SIGNS, NoCode, Ticks, Told, TooLate, TooMany
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.queries import LINK
from portal.sessions.rules import NotBegun
from portal.sessions.steps import SessionState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.integration.sessions.steps import letters, standings
from tests.sessions import raw_registration, raw_session

HOUR = timedelta(hours=1)


@pytest.fixture
def other(make: Builder) -> Any:
    """A coordinator of another pole."""
    return make.coordinator(make.pole(name="Pôle d’à côté"))


@pytest.fixture
def session(world: Any, make: Builder, other: Any) -> CollectiveSession:
    """Three have seats, of two poles; one waits."""
    made = raw_session(make, world.practitioner, world.service, seats=3)
    for by, name, standing in (
        *((world.coordinator, "Anne", "seated"), (world.coordinator, "Bao", "seated")),
        *((other, "Chloé", "seated"), (other, "Driss", "waiting")),
    ):
        raw_registration(make, made, by, standing, name=name, email=f"{name.lower()}@exemple.test")
    return made


@pytest.fixture
def after(session: CollectiveSession) -> Iterator[time_machine.Traveller]:
    """Two hours after it ended."""
    with time_machine.travel(session.ends + 2 * HOUR, tick=False) as traveller:
        yield traveller


def numbers(session: CollectiveSession) -> dict[str, int]:
    """Of those on the list, by name."""
    return {each.name: each.id for each in queries.on_the_list(session.id)}


def told(
    world: Any, session: CollectiveSession, *came: str, excused: tuple[str, ...] = (), **other: Any
) -> Told:
    known = numbers(session)
    values = {"minutes": 180, "people": [world.practitioner.person_id], "beside": {}, **other}
    return Told(Ticks([known[name] for name in came], [known[name] for name in excused]), **values)


def close(world: Any, session: CollectiveSession, *came: str, **other: Any) -> HeldSession:
    with transaction():
        return service.close(actor_of(world.practitioner), session.id, told(world, session, *came, **other))


def walk_in(
    world: Any, session: CollectiveSession, name: str, pole_id: int, once: str = "w1"
) -> Registration:
    with transaction():
        return service.walk_in(actor_of(world.practitioner), session.id, once, name, pole_id)


def received(session: CollectiveSession, pole_id: int) -> int:
    year = year_of(session.on, None)
    return db.session.scalar(select(received_by(pole_id, year.first, year.after))) or 0


def state_of(session: CollectiveSession) -> SessionState:
    statement = select(CollectiveSession.state).where(CollectiveSession.id == session.id)
    return db.session.scalars(statement).one()


def presences(session: CollectiveSession) -> dict[str, str | None]:
    return {each.name: each.presence for each in queries.on_the_list(session.id)}


def token_of(session: CollectiveSession, name: str) -> str:
    return links.signed(LINK, numbers(session)[name])


def spaced(page: str) -> str:
    return page.replace("\u00a0", " ")


@pytest.mark.usefixtures("after")
def test_the_partner_says_who_came_and_closes_from_one_page(
    world: Any, session: CollectiveSession, other: Any, browse: Any
) -> None:
    partner: Browser = browse(world.practitioner)
    own = f"/sessions/les-notres/{session.id}"
    assert "Dites qui est venu" in partner.get(own).text
    page = partner.get(f"{own}/qui-est-venu").text
    assert "Driss, Pôle d’à côté (sur la liste d’attente)" in spaced(page)
    known = numbers(session)
    sent = {
        "came": [str(known["Anne"]), str(known["Chloé"])],
        "excused": [str(known["Bao"])],
        "minutes": "2 h 30",
        "practitioner_ids": [str(world.practitioner.person_id), str(world.manager.person_id)],
    }
    assert partner.post(f"{own}/qui-est-venu", sent).location == own
    assert state_of(session) is SessionState.HELD
    assert presences(session) == {"Anne": "present", "Bao": "excused", "Chloé": "present", "Driss": None}
    page = spaced(partner.get(own).text)
    assert "2 personnes sont venues" in page
    assert "2 pôles × 2 h 30 = 5 h" in page
    assert "2 personnes × 2 h 30 = 5 h" in page
    assert "A participé" in spaced(browse(other).get(f"/sessions/{session.id}/inscriptions").text)
    assert (
        received(session, world.coordinator.organisation_id),
        received(session, other.organisation_id),
    ) == (150, 150)
    assert "A eu lieu" in browse().get(f"/sessions/{session.id}").text
    assert {each.kind for each in letters()} == {"sessions/close_pole"}


@pytest.mark.usefixtures("after")
def test_a_list_is_kept_for_later_and_nothing_counts_until_it_is_closed(
    world: Any, session: CollectiveSession, browse: Any
) -> None:
    partner: Browser = browse(world.practitioner)
    at = f"/sessions/les-notres/{session.id}/qui-est-venu"
    ticked = [str(numbers(session)["Anne"])]
    assert partner.post(at, {"came": ticked, "then": "later"}).location == at
    assert presences(session)["Anne"] == "present"
    assert presences(session)["Bao"] is None
    assert db.session.scalar(select(func.count()).select_from(Intervention)) == 0
    both = partner.post(at, {"came": ticked, "excused": ticked, "then": "later"})
    assert both.status_code == 422
    assert "Cochées dans les deux listes" in spaced(both.text)
    assert partner.post(at, {"came": ticked, "then": "add"}).location.endswith("/venu-sans-place")


@pytest.mark.usefixtures("after")
def test_closing_twice_writes_one_act(world: Any, session: CollectiveSession) -> None:
    first = close(world, session, "Anne").intervention_id
    assert close(world, session, "Anne").intervention_id == first
    assert db.session.scalar(select(func.count()).select_from(Intervention)) == 1
    assert db.session.scalar(select(func.count()).select_from(Gathering)) == 1


@pytest.mark.usefixtures("after")
def test_who_came_without_a_seat_is_put_on_the_list_once_and_counts(
    world: Any, session: CollectiveSession, make: Builder, browse: Any
) -> None:
    third = make.coordinator(make.pole(name="Pôle du Bocage"))
    partner: Browser = browse(world.practitioner)
    theirs, ours = browse(third), browse(world.coordinator)
    at = f"/sessions/les-notres/{session.id}/venu-sans-place"
    sent = {"once": "w9", "name": "Élise Roy", "pole_id": str(third.organisation_id)}
    for _ in range(2):
        assert partner.post(at, sent).location.endswith("/qui-est-venu")
    assert standings(session)["Élise Roy"] == "walked_in"
    with pytest.raises(Invalid) as refused:
        walk_in(world, session, "elise  roy", third.organisation_id, "w2")
    assert refused.value.field == "name"
    close(world, session, "Anne", "Élise Roy")
    assert received(session, third.organisation_id) == 180
    assert "Élise Roy" in theirs.get(f"/sessions/{session.id}/inscriptions").text
    assert "Élise Roy" not in ours.get(f"/sessions/{session.id}/inscriptions").text
    late = walk_in(world, session, "Fatou", third.organisation_id, "w3")
    assert late.name in {each.name for each in queries.who_came(session.id)}, "counted at once, once closed"


def test_the_code_of_the_room_marks_who_has_a_seat(
    world: Any, session: CollectiveSession, browse: Any
) -> None:
    code, at = queries.code(session), f"/sessions/mon-inscription/{token_of(session, 'Anne')}"
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(SIGNS)
    with time_machine.travel(session.begins + HOUR, tick=False):
        assert code in browse(world.practitioner).get(f"/sessions/les-notres/{session.id}/code").text
        visitor = browse()
        assert "Je suis là" in visitor.get(at).text
        wrong = visitor.post(f"{at}/presence", {"code": "AAAAAA"})
        assert wrong.status_code == 422
        assert "Ce n’est pas le code" in wrong.text
        assert presences(session)["Anne"] is None
        visitor.post(f"{at}/presence", {"code": f" {code[:3].lower()}-{code[3:].lower()} "})
        assert presences(session) == {"Anne": "present", "Bao": None, "Chloé": None, "Driss": None}
        page = visitor.get(at).text
        assert "Il est noté que vous êtes là" in page
        assert not any(name in page for name in ("Bao", "Chloé", "Driss"))
        with pytest.raises(NoCode), transaction():
            service.come(token_of(session, "Driss"), code)


@pytest.mark.parametrize("hours", [-1, 5])
def test_there_is_no_code_before_nor_long_after(
    world: Any, session: CollectiveSession, browse: Any, hours: int
) -> None:
    code, at = queries.code(session), f"/sessions/mon-inscription/{token_of(session, 'Anne')}"
    with time_machine.travel(session.begins + hours * HOUR, tick=False):
        page = browse(world.practitioner).get(f"/sessions/les-notres/{session.id}/code").text
        assert code not in page
        assert "Pas de code en ce moment" in page
        visitor = browse()
        assert "Je suis là" not in visitor.get(at).text
        assert visitor.post(f"{at}/presence", {"code": code}).status_code == 409
    assert presences(session)["Anne"] is None


def test_codes_are_guessed_ten_times_an_hour_at_most(
    world: Any, session: CollectiveSession, browse: Any
) -> None:
    at = f"/sessions/mon-inscription/{token_of(session, 'Anne')}/presence"
    visitor: Browser = browse()
    with time_machine.travel(session.begins + HOUR, tick=False):
        answers = [visitor.post(at, {"code": "AAAAAA"}).status_code for _ in range(11)]
        assert answers == [422] * 10 + [409]
        with pytest.raises(TooMany), transaction():
            service.come(token_of(session, "Anne"), queries.code(session))
        with transaction():
            assert service.come(token_of(session, "Bao"), queries.code(session))


def test_nobody_says_who_came_before_it_has_begun(
    world: Any, session: CollectiveSession, browse: Any
) -> None:
    with pytest.raises(NotBegun):
        close(world, session, "Anne")
    page = browse(world.practitioner).get(f"/sessions/les-notres/{session.id}/qui-est-venu")
    assert page.status_code == 409
    assert "n’a pas commencé" in spaced(page.text)
    with transaction():
        sessions.cancel(actor_of(world.practitioner), session.id, "Non.")
    with pytest.raises(Conflict):
        close(world, session, "Anne")


@pytest.mark.usefixtures("after")
def test_another_partner_sees_and_says_nothing(
    world: Any, session: CollectiveSession, make: Builder, browse: Any
) -> None:
    stranger = make.manager()
    with pytest.raises(NotFound), transaction():
        service.close(actor_of(stranger), session.id, told(world, session, "Anne"))
    for page in ("qui-est-venu", "venu-sans-place", "code", "attestations"):
        assert browse(stranger).get(f"/sessions/les-notres/{session.id}/{page}").status_code == 404


@pytest.mark.usefixtures("after")
def test_who_gave_it_is_of_the_team(world: Any, session: CollectiveSession) -> None:
    for people in ([], [world.coordinator.person_id]):
        with pytest.raises(Invalid) as refused:
            close(world, session, "Anne", people=people)
        assert refused.value.field == "practitioner_ids"
    assert state_of(session) is SessionState.OPEN


def test_it_is_corrected_for_thirty_days_and_counts_follow(
    world: Any, session: CollectiveSession, other: Any, after: time_machine.Traveller, browse: Any
) -> None:
    close(world, session, "Anne", "Chloé")
    after.shift(timedelta(days=29))
    close(world, session, "Anne", "Bao", minutes=60)
    assert (
        received(session, world.coordinator.organisation_id),
        received(session, other.organisation_id),
    ) == (60, 0)
    assert [each.name for each in queries.who_came(session.id)] == ["Anne", "Bao"]
    assert "corrigée le" in browse(world.practitioner).get(f"/sessions/les-notres/{session.id}").text
    after.shift(timedelta(days=3))
    with pytest.raises(TooLate):
        close(world, session, "Anne")
    page = browse(world.practitioner).get(f"/sessions/les-notres/{session.id}/qui-est-venu")
    assert "plus de 30 jours" in spaced(page.text)


def test_closing_late_is_never_refused_and_is_flagged(
    world: Any, session: CollectiveSession, after: time_machine.Traveller, browse: Any
) -> None:
    after.shift(timedelta(days=300))
    close(world, session, "Anne")
    assert "noté en retard" in browse(world.practitioner).get(f"/sessions/les-notres/{session.id}").text


@pytest.mark.usefixtures("after")
def test_nobody_came_and_the_time_of_the_partner_counts(
    world: Any, session: CollectiveSession, browse: Any
) -> None:
    close(world, session)
    page = spaced(browse(world.practitioner).get(f"/sessions/les-notres/{session.id}").text)
    assert "Personne n’est venu" in page
    assert "Temps passé : 3 h" in page
    assert (
        "Personne n’est venu"
        in browse(world.practitioner).get(f"/sessions/les-notres/{session.id}/attestations").text
    )


@pytest.mark.usefixtures("after")
def test_certificates_say_what_was_known_when_it_was_closed(
    world: Any, session: CollectiveSession, browse: Any
) -> None:
    close(world, session, "Anne", minutes=150)
    pole, partner, giver = (
        world.coordinator.organisation,
        world.practitioner.organisation,
        world.practitioner.person,
    )
    before = pole.name, partner.name, giver.name
    with transaction() as opened:
        opened.get_one(Pole, pole.id).name = "Pôle renommé"
        opened.get_one(type(partner), partner.id).name = "Partenaire renommé"
        opened.get_one(type(giver), giver.id).family_name = "Renommée"
        opened.get_one(Registration, numbers(session)["Anne"]).name = "Hanna"
    page = spaced(browse(world.practitioner).get(f"/sessions/les-notres/{session.id}/attestations").text)
    main = page[page.index("<main") : page.index("</main")]
    for each in ("Anne", *before, "Halle aux Toiles", "2 h 30", session.title):
        assert spaced(each) in main, each
    assert "enommé" not in main
    assert "Hanna" not in main


def test_it_stands_on_the_home_of_its_partner_from_its_beginning_until_it_is_closed(
    world: Any, session: CollectiveSession, make: Builder, browse: Any
) -> None:
    row = "Noter qui est venu"
    assert row not in browse(world.practitioner).get("/").text
    with time_machine.travel(session.begins + HOUR, tick=False):
        home = browse(world.manager).get("/").text
        assert row in home
        assert f"/sessions/les-notres/{session.id}/qui-est-venu" in home
        for reader in (world.coordinator, make.manager(), world.national):
            assert row not in browse(reader).get("/").text
        close(world, session, "Anne")
        assert row not in browse(world.manager).get("/").text


def test_what_was_typed_beside_the_list_is_kept_while_somebody_is_added(
    world: Any, session: CollectiveSession, after: Any, browse: Any
) -> None:
    browser = browse(world.practitioner)
    path = f"/sessions/les-notres/{session.id}/qui-est-venu"
    sent = {"came": [numbers(session)["Anne"]], "minutes": "2 h 15", "then": "add"}
    sent["practitioner_ids"] = [world.manager.person_id]
    added = browser.post(path, sent).headers["Location"]
    back = browser.post(added, {"once": "w9", "name": "Fatou", "pole_id": world.coordinator.organisation_id})
    page = browser.get(back.headers["Location"]).text.replace("\xa0", " ")
    assert 'value="2 h 15"' in page
    boxes = re.findall(r'<input[^>]*name="practitioner_ids"[^>]*>', page)
    assert [f'value="{world.manager.person_id}"' in box for box in boxes if "checked" in box] == [True]
    assert browser.get(f"{path}?minutes=x&practitioner_ids=y").status_code == 200
