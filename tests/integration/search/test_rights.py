"""Nobody finds what they may not see, counted and in context too, and nobody misses what they may.

What one may read is asked of the queries behind the pages, one thing at a time; the search must say the same at once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, product
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.access.roles import CELL_ROLES, Actor, Role
from portal.accounts.models import Membership, Person
from portal.catalogue.models import Service
from portal.catalogue.rules import ServiceState
from portal.conversation.models import Message, MessagePartner
from portal.conversation.rules import Side
from portal.db import db, transaction
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.organisations.models import Organisation, Pole, PoleMember
from portal.requests.documents.rules import ASSIGNMENT, REQUEST
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import ANSWER, AssignmentState, RequestState
from portal.search import page, queries, rules
from portal.sessions.steps import SessionState
from tests.builders import Builder
from tests.integration.search.conftest import actor_of
from tests.integration.search.readable import READ, Texts, shared
from tests.sessions import raw_session

REGIONS = ("28", "76")
STATES = (
    AssignmentState.PROPOSED,
    AssignmentState.ACCEPTED,
    AssignmentState.DECLINED,
    AssignmentState.COMPLETED,
    AssignmentState.HANDED_BACK,
)
SECRET = re.compile(r"secret\d+x")
_worlds = count(1)


@dataclass(slots=True)
class World:
    """Some of everything, whose texts hold words of this world and a secret each."""

    make: Builder
    chance: Random
    number: int = field(default_factory=lambda: next(_worlds))
    secrets: Iterator[int] = field(default_factory=lambda: count(1))
    readers: list[Membership | None] = field(default_factory=lambda: [None])

    @property
    def words(self) -> list[str]:
        return [f"{word}{self.number}" for word in ("lin", "chanvre", "laine")]

    def text(self) -> str:
        return f"{self.chance.choice(self.words)} secret{self.number}00{next(self.secrets)}x"

    def perhaps(self, value: Any) -> Any:
        return value if self.chance.random() < 0.7 else None

    def person(self) -> Person:
        return self.make.person(given_name=self.text(), family_name="Roy", phone=self.perhaps(self.text()))

    def member(self, organisation: Organisation, role: Role) -> Membership:
        self.readers.append(self.make.member(organisation, role, self.person()))
        return self.readers[-1]

    def build(self) -> None:
        chance, make = self.chance, self.make
        poles = [self.member(self.pole(), Role.COORDINATOR) for _ in range(3)]
        partners = [
            self.member(make.partner(name=self.text(), regions=(chance.choice(REGIONS),)), Role.PRACTITIONER)
            for _ in range(3)
        ]
        services = [
            make.service(
                *(one.organisation for one in chance.sample(partners, 1)),
                name=self.text(),
                name_en=self.text(),
                rules=self.text(),
                stored_state=ServiceState.PUBLISHED if chance.random() < 0.7 else ServiceState.ARCHIVED,
            )
            for _ in range(2)
        ]
        for partner, service in product(partners, services):
            self.session(partner, service)
        for region in REGIONS:
            self.member(make.regional_cell(region), Role.REGIONAL_ADMIN)
        self.member(make.national_cell(), Role.NATIONAL_ADMIN)
        self.member(make.funder(), Role.OBSERVER)
        for _ in range(5):
            asking, other = chance.sample(poles, 2)
            self.request(asking, other, chance.choice([None, *services]), partners)

    def session(self, by: Membership, service: Service) -> None:
        state = self.chance.choice(list(SessionState))
        on = clock.today() + timedelta(days=self.chance.choice((-9, 9)))
        texts = {name: self.text() for name in ("title", "about", "audience", "place", "reason")}
        raw_session(self.make, by, service, state=state, on=on, **texts)

    def pole(self) -> Pole:
        pole = self.make.pole(
            name=self.text(),
            public_summary=self.text(),
            published=self.chance.random() < 0.4,
            region_code=self.chance.choice(REGIONS),
            active=self.chance.random() < 0.9,
        )
        with transaction() as session:
            session.add(PoleMember(pole_id=pole.id, name=self.text()))
        return pole

    def messages(
        self, request: SupportRequest, coordinator: Membership, asked: Sequence[Membership]
    ) -> list[Any]:
        """A message of the pole, a note of the cells, a message and a note of each partner."""
        cell = self.chance.choice([one for one in self.readers if one and one.role in CELL_ROLES])
        authors = [(coordinator, Side.POLE, False), (cell, Side.CELL, True)]
        authors += [(one, Side.PARTNER, note) for one in asked for note in (True, False)]
        said = [
            Message(
                id=self.number * 1000 + next(self.secrets),
                request_id=request.id,
                once=f"{number}",
                author_id=author.person_id,
                organisation_id=author.organisation_id,
                side=side,
                note=note,
                text=self.text(),
            )
            for number, (author, side, note) in enumerate(authors)
        ]
        told = [
            MessagePartner(message_id=message.id, partner_id=one.organisation_id)
            for message in said
            for one in asked
            if not message.note and (message.organisation_id == one.organisation_id or self.perhaps(True))
        ]
        return [*said, *told]

    def request(
        self,
        coordinator: Membership,
        other: Membership,
        service: Service | None,
        partners: Sequence[Membership],
    ) -> None:
        state = self.chance.choice([RequestState.DRAFT, RequestState.TO_ROUTE, RequestState.TO_ROUTE])
        request = self.make.raw_request(
            coordinator,
            state,
            service,
            subject=self.text(),
            need=self.text(),
            phone=self.perhaps(self.text()),
        )
        asked = [] if state is RequestState.DRAFT else self.chance.sample(partners, self.chance.randrange(3))
        parts = [
            self.make.raw_assignment(
                request, one.organisation, self.chance.choice(STATES), referent_id=self.perhaps(one.person_id)
            )
            for one in asked
        ]
        self.make.document(REQUEST, request.id, name=f"{self.text()}.pdf")
        for part in parts:
            self.make.document(ASSIGNMENT, part.id, name=f"{self.text()}.pdf")
        with transaction() as session:
            session.add_all(self.messages(request, coordinator, asked))
            if state is not RequestState.DRAFT:
                session.add(self.joint(request, other))
            for part in (None, *parts):
                session.add(
                    RequestEvent(
                        request_id=request.id,
                        assignment_id=part and part.id,
                        action=ANSWER.name,
                        from_state="proposed",
                        to_state="proposed",
                        message=self.perhaps(self.text()),
                        pole_id=None if part else self.perhaps(other.organisation_id),
                    )
                )

    def joint(self, request: SupportRequest, other: Membership) -> JointPole:
        return JointPole(
            request_id=request.id,
            pole_id=other.organisation_id,
            state=self.chance.choice([*JointState]),
            word=self.text(),
            answer=self.text(),
            due_on=clock.today(),
        )


def found_among(texts: Texts, asked: rules.Asked) -> set[int]:
    keys = {number: rules.key("any", (), said).split() for number, said in texts.items()}
    return {number for number, key in keys.items() if all(term.is_in(key) for term in asked.terms)}


def shown_of(actor: Actor | None, kind: Any, numbers: Sequence[int], asked: rules.Asked) -> str:
    results = page.shown(actor, kind, numbers, asked)
    assert len(results) == len(numbers)
    return repr(results)


@pytest.mark.long
@settings(
    max_examples=4, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chance=st.randoms(use_true_random=False))
def test_one_finds_all_that_one_may_see_and_nothing_else(app: Flask, make: Builder, chance: Random) -> None:
    world = World(make, chance)
    world.build()
    with app.test_request_context("/recherche"):
        for reader in (None, *chance.sample(world.readers[1:], 6)):
            db.session.expire_all()
            actor = actor_of(reader)
            texts = {kind: read(actor) for kind, read in READ.items()}
            needs = [one.request.need for one in shared(actor)]  # shown, and found by its names alone
            may_read = set(SECRET.findall(repr((texts, needs))))
            for words in (*world.words, " ".join(world.words[:2]), f"secret{world.number}00"):
                asked = rules.asked(words)
                hits = queries.firsts(actor, asked, most=50)
                for kind in queries.kinds():
                    expected = found_among(texts[kind.kind], asked)
                    listed = list(db.session.scalars(queries.listing(actor, kind, asked)))
                    assert set(listed) == expected, (kind.kind, words, set(listed) ^ expected, actor)
                    first = hits.get(kind.kind)
                    assert (first.count if first else 0) == len(expected)
                    assert first is None or list(first.numbers) == listed[:50]
                    secrets = set(SECRET.findall(shown_of(actor, kind, listed, asked)))
                    assert secrets <= may_read, (kind.kind, words, actor)


def test_every_kind_that_is_found_is_asked_about_here(app: Flask) -> None:
    with app.app_context():
        assert {one.kind for one in queries.kinds()} == READ.keys()
