"""One act, one e-mail to an address, and none to who acts: where people of poles and partners come themselves."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal.calendars.emails import INVITED, TAKEN_OUT
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.organisations import handover
from portal.organisations.rules import NOBODY
from portal.sessions import service as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import queries, service
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.integration.sessions.steps import letters, register
from tests.sessions import facts_of, in_days, raw_giver, raw_session

pytestmark = pytest.mark.one_database


def everybody(make: Builder, world: Any) -> CollectiveSession:
    """Coordinators come themselves, one of two poles; so do people of the partner who give it; some have no address,
    and some wait."""
    other = make.coordinator(make.pole(name="Pôle d’à côté"))
    make.member(other.organisation, world.colleague.role, world.colleague.person)
    with transaction() as session:
        world.coordinator.organisation.shared_mailbox = "Equipe@exemple.test"
        session.add(world.coordinator.organisation)
    held = raw_session(make, world.practitioner, world.service, seats=7)
    mine, theirs = world.coordinator.person.email, other.person.email
    for by, name, email in (
        (other, "Hélène", world.practitioner.person.email),
        *((world.coordinator, "Anne", mine), (world.coordinator, "Bao", "")),
        *((world.coordinator, "L’équipe", "equipe@exemple.test"), (other, "Chloé", "chloe@exemple.test")),
        *((other, "Driss", world.manager.person.email), (world.coordinator, "Chloé", "chloe@exemple.test")),
        *((other, "Fatou", theirs), (other, "Gaël", ""), (world.coordinator, "Élise", "elise@exemple.test")),
    ):
        register(held, by, name, email)
    for giver in (world.practitioner, world.manager):
        raw_giver(make, held, giver)
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    return held


def move(world: Any, held: CollectiveSession, **changes: Any) -> None:
    facts = facts_of(world.service, **{"seats": 7, "on": in_days(22), **changes})
    sessions.edit(actor_of(world.manager), held.id, facts)


def take_off(world: Any, held: CollectiveSession) -> None:
    own = actor_of(world.coordinator)
    service.withdraw(own, held.id, queries.of_pole(own, held.id)[0].id)


ACTS: dict[str, tuple[str, Callable[[Any, CollectiveSession], Any]]] = {
    "it moves": ("manager", move),
    "it moves and has more seats": ("manager", lambda world, held: move(world, held, seats=9)),
    "it is cancelled": (
        "manager",
        lambda world, held: sessions.cancel(actor_of(world.manager), held.id, "Salle prise."),
    ),
    "its partner ends": (
        "national",
        lambda world, held: handover.end(actor_of(world.national), held.partner_id, "Fermeture", NOBODY),
    ),
    "a pole ends": (
        "national",
        lambda world, _held: handover.end(
            actor_of(world.national), world.coordinator.organisation_id, "Fermeture", NOBODY
        ),
    ),
    "a coordinator takes herself off": ("coordinator", take_off),
}


@pytest.mark.parametrize("what", ACTS)
def test_one_act_writes_once_to_an_address_and_never_to_who_acts(
    make: Builder, world: Any, what: str
) -> None:
    held = everybody(make, world)
    who, act = ACTS[what]
    with transaction():
        act(world, held)
    every = db.session.scalars(select(OutboxEmail)).all()
    to = Counter(each.recipient.lower() for each in every)
    assert to
    assert max(to.values()) == 1, to
    told = {each.recipient for each in every if each.kind not in (INVITED, TAKEN_OUT)}
    assert getattr(world, who).person.email not in told, "but for their calendar"


@pytest.mark.parametrize("gone", ["manager", "coordinator"])
def test_an_organisation_that_ends_with_several_sessions_writes_once_about_all_of_them(
    make: Builder, world: Any, gone: str
) -> None:
    """Chloé comes to both, for a pole; the other pole has people in both; Hugo comes to one alone."""
    everybody(make, world)
    second = raw_session(make, world.practitioner, world.service, title="L’après-midi", on=in_days(21))
    other = make.coordinator(make.pole(name="Pôle du Bocage"))
    for by, name, email in (
        *((world.coordinator, "Chloé", "chloe@exemple.test"), (other, "Hugo", "hugo@exemple.test")),
        *((world.coordinator, "Bao", ""), (other, "Inès", "")),
    ):
        register(second, by, name, email)
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    with transaction():
        ending = getattr(world, gone).organisation_id
        handover.end(actor_of(world.national), ending, "Fermeture", NOBODY)
    emails = db.session.scalars(select(OutboxEmail)).all()
    to = Counter(each.recipient.lower() for each in emails)
    assert max(to.values()) == 1, to
    [chloe] = [each for each in emails if each.recipient == "chloe@exemple.test"]
    for title in (second.title, "Tenir une gouvernance partagée"):
        assert title in chloe.text
    hugo = [each for each in emails if each.recipient == "hugo@exemple.test"]
    assert len(hugo) == (gone == "manager")
    if gone == "manager":
        assert "Lisez : 2 sessions sont annulées" in chloe.subject.replace("\u00a0", " ")


def test_seats_offered_in_two_sessions_by_one_act_are_one_email(
    make: Builder, world: Any, browse: Any
) -> None:
    """To who waited in both, with a link for each seat; and to the coordinator of those without an address."""
    other = make.coordinator(make.pole(name="Pôle d’à côté"))
    full = [
        raw_session(make, world.practitioner, world.service, seats=2, title=f"Session {n}") for n in (1, 2)
    ]
    for held in full:
        for name in ("Anne", "Bao"):
            register(held, world.coordinator, name)
        register(held, other, "Chloé", "chloe@exemple.test")
        register(held, other, "Driss", "")
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    with transaction():
        own = world.coordinator.organisation_id
        handover.end(actor_of(world.national), own, "Fermeture", NOBODY)
    [to_her] = [each for each in letters("offer_participant") if each.recipient == "chloe@exemple.test"]
    [to_pole] = [each for each in letters("offer_pole") if each.recipient == other.person.email]
    for letter in (to_her, to_pole):
        assert "des places sont libres" in letter.subject
        assert letter.text.count("Place gardée") == 2
    links = set(re.findall(r"/sessions/mon-inscription/[^\s>\"]+", to_her.text))
    assert len(links) == 2
    for link in links:
        assert browse(None).get(link).status_code == 200
