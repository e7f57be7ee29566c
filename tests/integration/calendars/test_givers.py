"""The calendars of those who give sessions: one name for life, a number that rises, an end whenever it ends for them;
and a life of changes by chance, with people who take seats and give them up, that ends the same in two programs, which
is what the portal says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.accounts.models import Membership
from portal.calendars import service as calendars
from portal.calendars.feeds import service as feeds
from portal.calendars.rules import Scope
from portal.db import db, transaction
from portal.notifications.links import service as links
from portal.notifications.outbox import service as outbox_service
from portal.organisations import handover
from portal.organisations.models import Organisation
from portal.organisations.rules import NOBODY
from portal.personal_data import service as personal_data
from portal.sessions import queries, service
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import queries as registrations
from portal.sessions.registrations import service as seats
from portal.sessions.registrations.queries import LINK
from portal.sessions.registrations.rules import Asked
from portal.sessions.rules import SessionFacts
from portal.sessions.steps import SessionState
from portal.teams import service as teams
from tests.builders import Builder
from tests.icalendars import checked
from tests.integration.calendars.readers import READERS, Kept, Parse
from tests.integration.calendars.steps import INBOX, outbox, parsed, sent, told
from tests.integration.requests.steps import World, actor_of, build_world
from tests.sessions import facts_of, in_days, raw_giver, raw_session


@pytest.fixture
def session(make: Builder, world: World) -> CollectiveSession:
    """Published, given by the practitioner, in whose calendar it is."""
    made = raw_session(make, world.practitioner, world.service)
    raw_giver(make, made, world.practitioner)
    with transaction(), outbox_service.silent():
        calendars.settle_sessions([made.id])
    return made


def edit(world: World, session: CollectiveSession, people: Any = None, **changes: Any) -> None:
    with transaction():
        service.edit(actor_of(world.manager), session.id, facts_of(world.service, **changes), people)


def cancel(world: World, session: CollectiveSession) -> None:
    with transaction():
        service.cancel(actor_of(world.manager), session.id, "Salle prise.")


def test_a_draft_is_in_no_calendar_and_one_that_is_published_is_in_each(make: Builder, world: World) -> None:
    colleague = make.practitioner(world.partner)
    addresses = [each.person.email for each in (world.practitioner, colleague)]
    actor, people = actor_of(world.practitioner), [world.practitioner.person_id, colleague.person_id]
    with transaction():
        made = service.create(actor, "k", facts_of(world.service), people)
    assert outbox() == []
    with transaction():
        service.publish(actor, made.id)
    assert {each.kind for each in outbox()} == {"sessions/name_practitioner", "calendars/invited"}
    for address in addresses:
        ((method, _number),) = sent(address)
        assert method == "REQUEST"
    for letter in outbox():
        (event,) = checked(letter.calendar)
        assert event["ATTENDEE"].value == f"mailto:{letter.recipient}"
        assert event["ATTENDEE"].parameters["RSVP"] == "FALSE"


def test_it_rides_on_the_email_of_the_act_and_its_number_rises(
    world: World, session: CollectiveSession
) -> None:
    address, uid = world.practitioner.person.email, session.uid
    edit(world, session, on=in_days(22))
    edit(world, session, on=in_days(22), minutes=60)
    edit(world, session, on=in_days(22), minutes=60, about="Autre chose.")
    mine = [each for each in outbox() if each.recipient == address]
    assert [each.kind for each in mine] == ["sessions/change_practitioner"] * 2
    events = [parsed(each.calendar) for each in mine]
    assert {(method, event.uid) for method, event in events} == {("REQUEST", uid)}
    numbers = [event.sequence for _method, event in events]
    assert numbers == sorted(set(numbers))


def test_what_its_page_calls_it_is_followed_by_the_calendar_alone(
    world: World, session: CollectiveSession
) -> None:
    edit(world, session, title="Un autre titre")
    (letter,) = outbox()
    assert (letter.kind, letter.recipient) == ("calendars/invited", world.practitioner.person.email)
    assert parsed(letter.calendar)[1].summary == "Un autre titre"
    assert "Notez la session du" in letter.text
    assert f"/sessions/les-notres/{session.id}" in letter.text


def test_who_is_freed_loses_it_and_who_is_named_gets_it(
    make: Builder, world: World, session: CollectiveSession
) -> None:
    other = make.practitioner(world.partner)
    mine, theirs = world.practitioner.person.email, other.person.email
    edit(world, session, [other.person_id])
    assert [method for method, _ in sent(mine)] == ["CANCEL"]
    assert [method for method, _ in sent(theirs)] == ["REQUEST"]
    edit(world, session, [world.practitioner.person_id])
    assert [method for method, _ in sent(mine)] == ["CANCEL", "REQUEST"]
    assert sent(mine)[1][1] > sent(mine)[0][1], "it comes back with a number that has risen"


def test_whoever_no_longer_gives_it_learns_nothing_new(
    make: Builder, world: World, session: CollectiveSession
) -> None:
    edit(world, session, [], link="https://visio.test/nouveau", place="Ailleurs")
    method, event = parsed(next(each.calendar for each in outbox() if each.calendar))
    assert (method, event.location, event.description) == ("CANCEL", None, None)


def test_a_cancelled_one_leaves_each_calendar(world: World, session: CollectiveSession) -> None:
    cancel(world, session)
    (letter,) = [each for each in outbox() if each.calendar]
    assert letter.kind == "sessions/free_practitioner"
    assert parsed(letter.calendar)[0] == "CANCEL"


def _leaves(world: World, _other: Organisation) -> None:
    here = db.session.get_one(Organisation, world.partner.id)
    teams.end(actor_of(world.manager), here, world.practitioner.id, world.manager.person_id)


def _closes(world: World, _other: Organisation) -> None:
    """Whoever takes over is said first."""
    db.session.get_one(Membership, world.practitioner.id).ended_at = clock.now()
    db.session.flush()
    personal_data.close_account(world.practitioner.person_id, actor_of(world.practitioner))


ENDS: dict[str, Any] = {
    "leaves": _leaves,
    "the partner ends": lambda world, _other: handover.end(
        actor_of(world.national), world.partner.id, "Fermeture", NOBODY
    ),
    "another takes over": lambda world, other: handover.end(
        actor_of(world.national), world.partner.id, "Fermeture", other.id
    ),
    "the account closes": _closes,
}


@pytest.mark.parametrize("how", ENDS)
def test_each_end_takes_it_out_with_one_email(
    make: Builder, world: World, session: CollectiveSession, how: str
) -> None:
    address, other = world.practitioner.person.email, make.partner()
    with transaction():
        ENDS[how](world, other)
    assert [method for method, _ in sent(address)] == ["CANCEL"]
    others = {"accounts/account_closed"}
    assert len([each for each in outbox() if each.recipient == address and each.kind not in others]) == 1


def test_a_partner_that_ends_with_several_takes_all_of_them_out_at_once(
    make: Builder, world: World, session: CollectiveSession
) -> None:
    second = raw_session(make, world.practitioner, world.service, on=in_days(23))
    raw_giver(make, second, world.practitioner)
    with transaction(), outbox_service.silent():
        calendars.settle_sessions([second.id])
    with transaction():
        handover.end(actor_of(world.national), world.partner.id, "Fermeture", NOBODY)
    (letter,) = [each for each in outbox() if each.recipient == world.practitioner.person.email]
    assert {(method, event.uid) for method, event in told(letter.calendar)} == {
        ("CANCEL", session.uid),
        ("CANCEL", second.uid),
    }


def test_several_that_leave_together_are_one_email(
    make: Builder, world: World, session: CollectiveSession
) -> None:
    second = raw_session(make, world.practitioner, world.service, on=in_days(23))
    raw_giver(make, second, world.practitioner)
    with transaction():
        calendars.enqueue_all(calendars.settle_sessions([session.id, second.id]))
    with transaction() as changing:
        changing.get_one(Membership, world.practitioner.id).ended_at = clock.now()
    with transaction():
        calendars.enqueue_all(calendars.settle_sessions([session.id, second.id]))
    _first, letter = outbox()
    assert "2 dates quittent votre agenda" in letter.subject
    assert letter.text.count(session.title) == 2
    assert "/sessions/les-notres" in letter.text


def test_a_calendar_follows_who_left_by_another_way(world: World, session: CollectiveSession) -> None:
    address = world.practitioner.person.email
    with transaction() as changing:
        changing.get_one(Membership, world.practitioner.id).ended_at = clock.now()
    with transaction():
        assert calendars.follow_sessions([session.id]) == 1
    (letter,) = outbox()
    assert (letter.kind, letter.recipient) == ("calendars/taken_out", address)
    assert "Retirez la session du" in letter.text
    with transaction():
        assert calendars.follow_sessions([session.id]) == 0


def test_nobody_is_asked_to_answer_and_an_answer_is_of_nothing_of_ours(
    app: Flask, world: World, session: CollectiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_INBOX", INBOX)
    edit(world, session, on=in_days(22))
    text = next(each.calendar for each in outbox() if each.calendar).replace("\r\n ", "")
    assert "RSVP=FALSE" in text
    assert INBOX.partition("@")[2] not in text


CHANGES = 20
PLACES = ("Évreux", "Salle 2, 1er étage ; au fond", "C:\\salle", "À l’angle de la longue rue " + "é" * 150)


@dataclass(frozen=True)
class Turn:
    """A change drawn by chance. `which`: of the sessions there are; `people`: who gives it, nobody perhaps."""

    what: str
    which: int
    people: frozenset[int]
    ahead: int
    starts_at: time
    quarters: int
    place: str
    title: str


TURN = st.builds(
    Turn,
    what=st.sampled_from(
        ("draft", "publish", "change", "change", "replace", "replace", "cancel", "seat", "seat", "leave")
    ),
    which=st.integers(0, CHANGES),
    people=st.frozensets(st.integers(0, 2)),
    ahead=st.integers(2, 250),
    starts_at=st.sampled_from((time(0), time(8), time(23, 45))),
    quarters=st.integers(1, 90),
    place=st.sampled_from(PLACES),
    title=st.sampled_from(("Tenir une gouvernance", "Visite ; à deux, ou plus")),
)


@dataclass
class Life:
    """Who acts, of whom the team is, and a pole that registers its people: their addresses."""

    actor: Actor
    service: Any
    team: Sequence[tuple[int, str]]
    pole: Actor
    people: Sequence[str]

    def play(self, turn: Turn) -> None:
        wanted = SessionState.DRAFT if turn.what == "publish" else SessionState.OPEN
        some = db.session.scalars(
            select(CollectiveSession.id)
            .where(CollectiveSession.state == wanted, queries.is_kept_by(self.actor))
            .order_by(CollectiveSession.id)
        ).all()
        people = [self.team[each][0] for each in sorted(turn.people)]
        if turn.what == "draft" or not some:
            made = service.create(self.actor, str(uuid4()), self.facts(turn), people)
            if len(people) % 2:
                service.publish(self.actor, made.id)
            return
        number = some[turn.which % len(some)]
        if turn.what == "publish":
            service.publish(self.actor, number)
        elif turn.what == "cancel":
            service.cancel(self.actor, number, "Salle prise.")
        elif turn.what == "change":
            service.edit(self.actor, number, self.facts(turn))
        elif turn.what in ("seat", "leave"):
            self.seat(turn, number)
        else:
            service.edit(self.actor, number, as_it_is(number), people)

    def seat(self, turn: Turn, number: int) -> None:
        """Each in turn takes a seat, or gives up the one they have."""
        address = self.people[turn.quarters % len(self.people)]
        theirs = [each for each in registrations.seated([number])[number] if each.email == address]
        if turn.what == "leave":
            for each in theirs:
                seats.leave(links.signed(LINK, each.id))
        elif not theirs:
            seats.register(self.pole, number, str(uuid4()), Asked(address, address, "fr"))

    def facts(self, turn: Turn) -> Any:
        on = in_days(turn.ahead)
        values = {"starts_at": turn.starts_at, "minutes": 15 * turn.quarters, "place": turn.place}
        return facts_of(self.service, on=on, closes_on=on, title=turn.title, **values)


def as_it_is(number: int) -> SessionFacts:
    session = db.session.get_one(CollectiveSession, number)
    return SessionFacts(**{name: getattr(session, name) for name in SessionFacts.__dataclass_fields__})


@pytest.mark.long
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(turns=st.lists(TURN, min_size=CHANGES, max_size=CHANGES), order=st.integers(0, 9))
def test_a_life_of_changes_ends_the_same_everywhere(
    app: Flask, database: None, make: Builder, turns: Sequence[Turn], order: int
) -> None:
    with app.app_context():
        world = build_world(make)
        members = [world.practitioner, world.manager, make.practitioner(world.partner)]
        actors = [actor_of(each) for each in members]
        team = [(each.person_id, each.email) for each in actors]
        people = [f"{name}-{uuid4()}@exemple.test" for name in ("anne", "bao")]
        life = Life(actors[1], world.service, team, actor_of(world.coordinator), people)
        for turn in turns:
            with transaction():
                life.play(turn)
        for actor in actors:
            _holds_what_they_give(actor, order)
        for address in people:
            _holds_where_they_have_a_seat(address, order)


def _holds_what_they_give(actor: Actor, order: int) -> None:
    held = _held_by(actor.email, order)
    with transaction():
        token = feeds.make(actor, Scope.MINE)
    text, _mark = feeds.read(token)
    first, second = ({each.uid: each.kept for each in parse(text)} for parse in READERS)
    assert first == second
    assert {uid: kept.when for uid, kept in held.items()} == {
        uid: kept.when for uid, kept in first.items()
    }, "e-mail and feed agree"


def _holds_where_they_have_a_seat(address: str, order: int) -> None:
    to_come = {each.id: each for each in db.session.scalars(queries.upcoming())}
    rows = registrations.seated(to_come.keys())
    theirs = {
        to_come[number].uid: to_come[number].title
        for number, people in rows.items()
        if address in {each.email for each in people}
    }
    assert {uid: kept.title for uid, kept in _held_by(address, order).items()} == theirs


def _held_by(address: str, order: int) -> Mapping[str, Kept]:
    """What the calendar of an address holds in the end."""
    mine = [each.calendar for each in outbox() if each.calendar and each.recipient == address]
    late = Random(order).sample(mine, len(mine))
    ends = [_replayed(parse, address, letters) for parse in READERS for letters in (mine, late)]
    assert all(end == ends[0] for end in ends), "whichever program, and in whatever order e-mails come"
    return ends[0]


def _replayed(parse: Parse, address: str, letters: Sequence[str]) -> Mapping[str, Kept]:
    """What a calendar holds that took each e-mail: what is older than what it has is not taken."""
    events: dict[str, Kept] = {}
    highest: dict[str, int] = {}
    for each in (event for letter in letters for event in parse(letter)):
        assert each.invited == (f"mailto:{address}",), "the only one"
        if each.sequence < highest.get(each.uid, -1):
            continue
        highest[each.uid] = each.sequence
        if each.method == "CANCEL":
            events.pop(each.uid, None)
        else:
            events[each.uid] = each.kept
    return events
