"""A pole registers people by name; who finds the session full may wait; a freed seat is offered for a time, in turn."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from portal import clock
from portal.db import transaction
from portal.notifications.links import service as links
from portal.refusals import Invalid, NotFound
from portal.sessions import service as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import queries, service
from portal.sessions.registrations.queries import LINK
from portal.sessions.registrations.rules import NotNow
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.integration.sessions.steps import letters, register, standings, told
from tests.sessions import facts_of, in_days, raw_session

ADDRESS = re.compile(r"/sessions/mon-inscription/([\w.-]+)")


def token_in(letter: Any) -> str:
    """Of the link of whoever reads an e-mail."""
    tokens: list[str] = ADDRESS.findall(letter.text)
    return tokens[0]


@pytest.fixture
def session(world: Any, make: Builder) -> CollectiveSession:
    """Of two seats."""
    return raw_session(make, world.practitioner, world.service, seats=2)


@pytest.fixture
def other(make: Builder) -> Any:
    """A coordinator of another pole."""
    return make.coordinator(make.pole(name="Pôle d’à côté"))


def token_of(registration: Any) -> str:
    return links.signed(LINK, registration.id)


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


def move(world: Any, session: CollectiveSession, **changes: Any) -> None:
    with transaction():
        facts = facts_of(world.service, **{"seats": 2, **changes})
        sessions.edit(actor_of(world.practitioner), session.id, facts)


def test_a_pole_registers_its_people_and_each_gets_a_link_of_their_own(
    world: Any, session: CollectiveSession, browse: Any
) -> None:
    browser: Browser = browse(world.coordinator)
    at = f"/sessions/{session.id}/inscriptions"
    typed = {"once": "k1", "name": "Anne Le Goff", "email": "Anne@Exemple.test", "language": "fr"}
    for _ in range(2):
        assert browser.post(at, typed).location == at
    assert standings(session) == {"Anne Le Goff": "seated"}
    letter = letters("seat_participant")[0]
    assert letter.recipient == "anne@exemple.test"
    assert "Anne Le Goff" not in letter.text + letter.html + letter.recipient_name + letter.subject
    page = browse().get(f"/sessions/mon-inscription/{token_in(letter)}").text
    assert "Anne Le Goff" in page
    assert "Il reste 1 place, 2 places en tout" in spaced(browse().get(f"/sessions/{session.id}").text)


def test_opening_a_link_changes_nothing_and_posting_takes_off_oneself_alone(
    world: Any, session: CollectiveSession, browse: Any
) -> None:
    first = register(session, world.coordinator, "Anne")
    register(session, world.coordinator, "Bao")
    visitor: Browser = browse()
    at = f"/sessions/mon-inscription/{token_of(first)}"
    for _ in range(2):
        visitor.get(at)
        visitor.client.head(at)
    assert visitor.get(f"{at}/annuler").status_code == 405
    assert standings(session) == {"Anne": "seated", "Bao": "seated"}
    visitor.post(f"{at}/annuler")
    assert standings(session) == {"Anne": "withdrawn", "Bao": "seated"}
    assert told("cancel_participant") == []
    assert visitor.post(f"{at}/annuler").status_code == 409


def test_a_link_that_is_not_ours_opens_nothing(session: CollectiveSession, browse: Any) -> None:
    for token in ("1", links.signed("something else", 1), links.signed(LINK, 999), links.signed(LINK, "x")):
        assert browse().get(f"/sessions/mon-inscription/{token}").status_code == 404


def test_who_finds_it_full_is_told_kindly_and_waits_if_they_want(
    world: Any, session: CollectiveSession, other: Any, browse: Any
) -> None:
    for name in ("Anne", "Bao"):
        register(session, world.coordinator, name)
    browser: Browser = browse(other)
    at = f"/sessions/{session.id}/inscriptions"
    typed = {"once": "k1", "name": "Chloé", "email": "chloe@exemple.test", "language": "fr"}
    refused = browser.post(at, typed)
    assert refused.status_code == 422
    assert "Il ne reste plus de place." in refused.text
    assert "Chloé" not in standings(session)
    browser.post(at, {**typed, "may_wait": "y", "once": "k2"})
    browser.post(at, {**typed, "name": "Driss", "email": "", "may_wait": "y", "once": "k3"})
    assert standings(session) == {
        "Anne": "seated",
        "Bao": "seated",
        "Chloé": "waiting",
        "Driss": "waiting",
    }
    page = spaced(browser.get(at).text)
    assert "En tête de la liste d’attente" in page
    assert "Numéro 2 sur la liste d’attente" in page
    assert "En tête de la liste d’attente" in letters("wait_participant")[0].text
    assert "Complet, avec une liste d’attente ; 2 places en tout" in spaced(browse().get("/sessions").text)


def test_nobody_sees_whom_others_registered(
    world: Any, session: CollectiveSession, other: Any, browse: Any
) -> None:
    for name in ("Anne Zanzibar", "Bao Zanzibar"):
        register(session, world.coordinator, name)
    register(session, other, "Chloé")
    at = f"/sessions/{session.id}"
    for reader in (browse(), browse(other), browse(world.national)):
        assert "Zanzibar" not in reader.get(at).text + reader.get("/sessions").text
    assert "Zanzibar" not in browse(other).get(f"{at}/inscriptions").text
    assert "Zanzibar" in browse(world.coordinator).get(f"{at}/inscriptions").text
    move(world, session, place="Ailleurs")
    with transaction():
        sessions.cancel(actor_of(world.practitioner), session.id, "Salle prise.")
    for letter in letters():
        own = letter.recipient in {world.coordinator.person.email, world.colleague.person.email}
        assert ("Zanzibar" in letter.text) == own, letter.kind
    with pytest.raises(NotFound), transaction():
        service.withdraw(actor_of(other), session.id, 1)


def test_a_freed_seat_is_offered_to_the_first_then_to_the_next(
    world: Any, session: CollectiveSession, other: Any, browse: Any
) -> None:
    first = register(session, world.coordinator, "Anne")
    register(session, world.coordinator, "Bao")
    for name in ("Chloé", "Driss"):
        register(session, other, name)
    assert told("offer_participant") == [], "nobody is invited while no seat is free"
    with transaction():
        service.leave(token_of(first))
    assert standings(session)["Chloé"] == "offered"
    assert told("offer_participant") == ["chloé@exemple.test"]
    with pytest.raises(Invalid):
        register(session, other, "Élise", may_wait=False)
    with time_machine.travel(clock.now() + timedelta(hours=49), tick=False):
        with transaction():
            assert list(queries.to_settle(0, 10)) == [session.id]
            service.settle_all([session.id])
        assert (standings(session)["Chloé"], standings(session)["Driss"]) == ("lapsed", "offered")
        token = token_in(letters("offer_participant")[1])
        visitor: Browser = browse()
        assert "Prendre la place" in visitor.get(f"/sessions/mon-inscription/{token}").text
        visitor.post(f"/sessions/mon-inscription/{token}/prendre")
        assert standings(session)["Driss"] == "seated"
        assert queries.to_settle(0, 10) == []


def test_a_late_taker_is_told_even_before_the_worker_comes(
    world: Any, session: CollectiveSession, other: Any
) -> None:
    first = register(session, world.coordinator, "Anne")
    register(session, world.coordinator, "Bao")
    late = register(session, other, "Chloé")
    with transaction():
        service.leave(token_of(first))
    with time_machine.travel(clock.now() + timedelta(hours=49), tick=False):
        with pytest.raises(NotNow), transaction():
            service.take(token_of(late))
        assert standings(session)["Chloé"] == "offered", "undone with the refusal; the worker ends it"


def test_who_has_no_address_is_offered_the_seat_through_their_pole(
    world: Any, session: CollectiveSession, other: Any, browse: Any
) -> None:
    first = register(session, world.coordinator, "Anne")
    register(session, world.coordinator, "Bao")
    waits = register(session, other, "Chloé", "")
    with transaction():
        service.leave(token_of(first))
    assert told("offer_pole") == [other.person.email]
    assert "Chloé" in letters("offer_pole")[0].text
    browse(other).post(f"/sessions/{session.id}/inscriptions/{waits.id}/prendre")
    assert standings(session)["Chloé"] == "seated"


def test_an_offer_is_shorter_when_the_session_is_near_and_none_is_made_too_late(
    world: Any, session: CollectiveSession, other: Any
) -> None:
    first = register(session, world.coordinator, "Anne")
    second = register(session, world.coordinator, "Bao")
    for name in ("Chloé", "Driss"):
        register(session, other, name)
    with time_machine.travel(session.begins - timedelta(hours=20), tick=False):
        with transaction():
            service.leave(token_of(first))
        until = queries.of_session(session.id)[1].offered_until
        assert until == session.begins - timedelta(hours=10)
    with time_machine.travel(session.begins - timedelta(hours=3), tick=False):
        with transaction():
            service.leave(token_of(second))
        assert standings(session)["Driss"] == "waiting"


def test_a_change_tells_everybody_what_it_was_before_and_how_to_give_up(
    world: Any, session: CollectiveSession, other: Any
) -> None:
    register(session, world.coordinator, "Anne")
    register(session, world.coordinator, "Bao", "")
    register(session, other, "Chloé")
    move(world, session, about="Une autre matinée.")
    assert told("change_participant") == [], "words alone are no news"
    move(world, session, about="Une autre matinée.", on=in_days(22), place="Salle des fêtes, Elbeuf")
    assert told("change_participant") == ["anne@exemple.test", "chloé@exemple.test"]
    everybody = [each.person.email for each in (world.coordinator, world.colleague, other)]
    assert told("change_pole") == sorted(everybody)
    text = spaced(letters("change_participant")[0].text)
    assert "Prévu avant : " in text
    assert "Lieu prévu avant : Sur place, Halle aux Toiles, Rouen" in text
    assert "Salle des fêtes, Elbeuf" in text
    assert ADDRESS.search(text)
    assert "Bao" in "".join(letter.text for letter in letters("change_pole"))


def test_cancelling_tells_those_registered_and_waiting_by_whom_and_why(
    world: Any, session: CollectiveSession, other: Any, browse: Any
) -> None:
    for by, name in ((world.coordinator, "Anne"), (world.coordinator, "Bao"), (other, "Chloé")):
        register(session, by, name)
    gone = register(session, other, "Driss")
    with transaction():
        service.leave(token_of(gone))
    with transaction():
        sessions.cancel(actor_of(world.practitioner), session.id, "La salle n’est plus libre.")
    assert told("cancel_participant") == ["anne@exemple.test", "bao@exemple.test", "chloé@exemple.test"]
    assert len(told("cancel_pole")) == 3
    text = letters("cancel_participant")[0].text
    assert world.practitioner.organisation.name in text
    assert "La salle n’est plus libre." in text
    assert browse().post(f"/sessions/mon-inscription/{token_of(gone)}/prendre").status_code == 409


def test_the_link_to_take_part_remotely_is_for_who_has_a_seat(
    world: Any, make: Builder, other: Any, browse: Any
) -> None:
    link = "https://visio.exemple.test/salle"
    session = raw_session(make, world.practitioner, world.service, seats=1, link=link)
    seated = register(session, world.coordinator, "Anne")
    waits = register(session, other, "Bao")
    assert link in letters("seat_participant")[0].text
    assert link not in letters("wait_participant")[0].text
    assert link in browse().get(f"/sessions/mon-inscription/{token_of(seated)}").text
    assert link not in browse().get(f"/sessions/mon-inscription/{token_of(waits)}").text
    at = f"/sessions/{session.id}/inscriptions"
    assert link in browse(world.coordinator).get(at).text, "a pole passes it on to who has no address"
    assert link not in browse(other).get(at).text


def test_seats_that_people_have_are_not_taken_away_and_more_are_offered(
    world: Any, session: CollectiveSession, other: Any
) -> None:
    for name in ("Anne", "Bao", "Chloé"):
        register(session, other, name)
    with pytest.raises(Invalid) as refused:
        move(world, session, seats=1)
    assert refused.value.field == "seats"
    move(world, session, seats=3)
    assert standings(session)["Chloé"] == "offered"


def test_a_pole_registers_nobody_twice(world: Any, session: CollectiveSession, other: Any) -> None:
    register(session, world.coordinator, "Élise Roy")
    for name, email, field in (("elise roy", "autre@exemple.test", "name"), ("Zoé", None, "email")):
        with pytest.raises(Invalid) as refused:
            register(session, world.coordinator, name, email or "élise.roy@exemple.test")
        assert refused.value.field == field
    register(session, other, "Élise Roy")  # of another pole: nothing is said of the first


def test_nobody_is_registered_once_it_is_closed(world: Any, session: CollectiveSession) -> None:
    late = clock.end_of(session.closes_on, None) + timedelta(seconds=1)
    with time_machine.travel(late, tick=False), pytest.raises(NotNow):
        register(session, world.coordinator, "Anne")
