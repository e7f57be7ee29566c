"""The life of a request with what is beside it: words, what each has read, guests, what a cell puts off.

None of it is an act on the request: it blocks no undo, and no undo takes it back. Who may come and who reads follow
from the parts of the partners, which acts and undoing change.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from portal import clock
from portal.access.permissions import Permission, allows
from portal.conversation import queries, service
from portal.conversation.guests import queries as guest_queries
from portal.conversation.guests import service as guests
from portal.conversation.guests.service import Asked
from portal.conversation.service import Words
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.refusals import Refusal
from portal.requests import queries as requests
from portal.requests.steps import OPEN_REQUESTS, RequestState
from portal.stuck import queries as stuck
from portal.stuck import service as console
from tests.builders import Builder
from tests.integration.requests.life import A
from tests.integration.requests.test_life import PEOPLE, Life

AT_WORK = {A.PROPOSED, A.ON_HOLD, A.ACCEPTED, A.COMPLETED}
HOSTS = ("coordinator", "practitioner", "other", "cell")


@dataclass
class Heard:
    """Something that was said: by whom, and who of the people reads it for as long as they see the request."""

    number: int
    author: str | None
    readers: set[str]


@dataclass
class Came:
    """A guest: whose, until when."""

    number: int
    token: str
    host: str
    until: datetime
    ended: bool = False


@dataclass
class Talk:
    said: list[Heard] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    guests: list[Came] = field(default_factory=list)
    put_off: Any = None


class TalkedLife(Life):
    @property
    def talk(self) -> Talk:
        return self.__dict__.setdefault("_talk", Talk())

    def _partners_at_work(self) -> set[int]:
        return {part.partner for part in self.model.parts if part.state in AT_WORK}

    def _side(self, who: str) -> set[str]:
        actor = self.people[who]
        if actor.is_cell:
            return {name for name, other in self.people.items() if other.is_cell}
        return {name for name, one in self.people.items() if one.organisation_id == actor.organisation_id}

    def _of(self, partners: set[int]) -> set[str]:
        """The pole, the cells, and these partners."""
        return {
            name
            for name, one in self.people.items()
            if one.is_pole or one.is_cell or one.organisation_id in partners
        }

    def _comes(self, guest: Came) -> bool:
        host = self.people[guest.host]
        asked = not host.is_partner or host.organisation_id in self._partners_at_work()
        return asked and not guest.ended and self.now < guest.until

    def _written(self) -> None:
        self.known |= set(db.session.scalars(select(OutboxEmail.message_id)))

    @rule(who=st.sampled_from(PEOPLE), choice=st.integers(0, 4))
    def say(self, who: str, choice: int) -> None:
        actor, once = self.people[who], f"said-{len(self.talk.said)}"
        with clock.travelling_to(self.now):
            request = requests.get(actor, self.request.reference)
            assert (request is not None) == self._sees(who)
            if request is None or self.model.state is RequestState.DRAFT:
                return
            there = guest_queries.there(request.id)
            offered = service.reaches(actor, request, there)
            partners = {number for reach in offered for number in reach.partner_ids}
            own = {actor.organisation_id} if actor.is_partner else self._partners_at_work()
            assert partners == self._partners_at_work() & own
            to = offered[choice % len(offered)]
            with transaction():
                message = service.say(actor, self.request.reference, once, Words(to.value, "Bonjour"))
            self._written()
        readers = self._side(who) if to.note else self._of(set(to.partner_ids))
        self.talk.said.append(Heard(message.id, who, readers))

    @rule(which=st.integers(0, 3))
    def a_guest_writes(self, which: int) -> None:
        if not self.talk.guests:
            return
        guest = self.talk.guests[which % len(self.talk.guests)]
        host, once = self.people[guest.host], f"said-{len(self.talk.said)}"
        with clock.travelling_to(self.now):
            if not self._comes(guest):
                with pytest.raises(Refusal), transaction():
                    service.say_as_guest(guest.token, once, "Bonjour")
                return
            with transaction():
                message = service.say_as_guest(guest.token, once, "Bonjour")
            self._written()
        partners = {host.organisation_id} if host.is_partner else self._partners_at_work()
        self.talk.said.append(Heard(message.id, None, self._of(partners)))

    @rule(who=st.sampled_from(PEOPLE))
    def read(self, who: str) -> None:
        if self._sees(who) and self.talk.said:
            seen = [one.number for one in self.talk.said if who in one.readers]
            with clock.travelling_to(self.now):
                if seen and service.read_on(self.people[who], self.request.id, seen[-1]) is None:
                    self.talk.read[who] = seen[-1]

    @rule(host=st.sampled_from(HOSTS), days=st.integers(0, 3))
    def invite(self, host: str, days: int) -> None:
        actor, number = self.people[host], len(self.talk.guests)
        asked = Asked(f"g{number}@exemple.test", "Lise", "experte", "fr", self.today + timedelta(days=days))
        works = not actor.is_partner or actor.organisation_id in self._partners_at_work()
        full = sum(self._comes(guest) for guest in self.talk.guests) >= 5
        may = self._sees(host) and works and not full and allows(actor, Permission.GUEST_INVITE)
        with clock.travelling_to(self.now):
            if not may:
                with pytest.raises(Refusal), transaction():
                    guests.invite(actor, self.request.reference, asked)
                return
            with transaction():
                guest = guests.invite(actor, self.request.reference, asked)
                token = guests.new_link(guest)
            self._written()
        self.talk.guests.append(Came(guest.id, token, host, clock.end_of(asked.until, None)))

    @rule(who=st.sampled_from(PEOPLE), which=st.integers(0, 3))
    def end(self, who: str, which: int) -> None:
        if not self.talk.guests:
            return
        guest, actor = self.talk.guests[which % len(self.talk.guests)], self.people[who]
        theirs = actor.is_cell or actor.organisation_id == self.people[guest.host].organisation_id
        may = self._sees(who) and theirs and not guest.ended and allows(actor, Permission.GUEST_INVITE)
        with clock.travelling_to(self.now):
            if not may:
                with pytest.raises(Refusal), transaction():
                    guests.end(actor, self.request.reference, guest.number)
                return
            with transaction():
                guests.end(actor, self.request.reference, guest.number)
        guest.ended = True

    @rule(who=st.sampled_from(PEOPLE), days=st.integers(0, 9))
    def put_off(self, who: str, days: int) -> None:
        """No day: it is taken up again."""
        actor, until = self.people[who], self.today + timedelta(days=days)
        may = self._sees(who) and allows(actor, Permission.REQUEST_ROUTE)
        with clock.travelling_to(self.now):
            if not may:
                with pytest.raises(Refusal), transaction():
                    console.put_off(actor, self.request.reference, until, "")
                return
            with transaction():
                if days:
                    console.put_off(actor, self.request.reference, until, "")
                else:
                    console.take_up(actor, self.request.reference)
        self.talk.put_off = (until, self.now) if days else None

    @invariant()
    def who_may_come_who_has_what_to_read_and_what_is_put_off(self) -> None:
        if not hasattr(self, "people"):
            return
        with clock.travelling_to(self.now):
            there = [guest.id for guest in guest_queries.there(self.request.id)]
            assert there == [guest.number for guest in self.talk.guests if self._comes(guest)]
            for who, actor in self.people.items():
                if self._sees(who):
                    unread = queries.unread(actor, [self.request.id]).get(self.request.id, 0)
                    assert unread == self._unread(who), who
            listed = [row[0] for row in stuck.put_off(self.people["cell"], 1000)]
            assert listed.count(self.request.reference) == self._is_put_off()

    def _is_put_off(self) -> bool:
        """Until its day is over, nothing happens that stands, and while it is open."""
        if self.talk.put_off is None or self.model.state not in OPEN_REQUESTS:
            return False
        until, at = self.talk.put_off
        return until >= self.today and not any(one.at > at and not one.undone for one in self.done)

    def _unread(self, who: str) -> int:
        """Never one's own words; a colleague's are."""
        furthest = self.talk.read.get(who, 0)
        return sum(
            who in one.readers and one.author != who and one.number > furthest for one in self.talk.said
        )


def test_what_is_beside_the_acts_follows_them_and_is_never_undone(make: Builder) -> None:
    class Here(TalkedLife):
        pass

    Here.make = make
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
