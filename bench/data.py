"""Invented activity in bulk: what a national network would hold after two years."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.conversation.guests.models import Guest, MessageGuest
from portal.conversation.models import Message, MessageDraft, MessagePartner, Reading
from portal.conversation.rules import AT_WORK, Reach, Side
from portal.db import Model, db, transaction
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.files.rules import FileState
from portal.interventions import steps as visits
from portal.interventions.models import Contribution, Intervention, Practice
from portal.interventions.steps import InterventionState, Place
from portal.organisations.models import Partner
from portal.references import reference_of
from portal.requests import steps
from portal.requests.documents.rules import REQUEST
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import proposed_subject
from portal.requests.steps import AssignmentState, Outcome, RequestState
from portal.search.index import service as search
from portal.steps import Step
from portal.territories.reference import REGIONS
from portal.text import search_key
from tests.builders import Builder

POLES, PARTNERS, SERVICES = 300, 40, 30
SPAN = timedelta(days=730)
OPEN_SHARE = 0.18
"""As many open as in the measures of the peers."""
TALKED_ABOUT, WITH_MORE = 3, 9
"""Each third request has a conversation, each ninth a document, a guest and something not yet sent, too."""
BATCH = 2000
NEED = (
    "Notre pôle réunit douze structures de l’alimentation durable et de l’insertion. Nous voulons revoir "
    "notre gouvernance, clarifier qui décide de quoi, et préparer un modèle économique qui tienne après la "
    "fin des premières subventions. Les salariés, les bénévoles et deux communes sont concernés. "
) * 2
SAID = "Pouvez-vous nous dire qui viendra, et s’il faut prévoir une salle ? Nous sommes une dizaine. " * 2
REPORT = (
    "Atelier avec les membres : les rôles sont posés, trois scénarios comparés, la suite est décidée. " * 3
)

_R, _A = RequestState, AssignmentState
_ENDINGS: Mapping[bool, tuple[tuple[RequestState, ...], tuple[int, ...]]] = {
    True: ((_R.TO_ROUTE, _R.PROPOSED, _R.ACCEPTED), (10, 25, 65)),
    False: ((_R.COMPLETED, _R.WITHDRAWN, _R.DROPPED), (85, 8, 7)),
}
_PARTNER_STATE = {_R.PROPOSED: _A.PROPOSED, _R.ACCEPTED: _A.ACCEPTED, _R.COMPLETED: _A.COMPLETED}
_MOVES = {_A.ACCEPTED: (steps.ACCEPT,), _A.COMPLETED: (steps.ACCEPT, steps.COMPLETE)}
_IN_ORDER: tuple[type[Model], ...] = (
    *(
        SupportRequest,
        Assignment,
        RequestEvent,
        Intervention,
        Contribution,
        Practice,
        Guest,
        StoredFile,
        Document,
    ),
    *(Message, MessagePartner, MessageGuest, MessageDraft, Reading),
)


@dataclass(slots=True)
class World:
    """Who can act; the first of each are the ones who sign in."""

    poles: list[Membership] = field(default_factory=list)
    partners: list[Membership] = field(default_factory=list)
    regional: list[Membership] = field(default_factory=list)
    national: list[Membership] = field(default_factory=list)
    services: list[int] = field(default_factory=list)


def fill(requests: int) -> World:
    """Fill an empty database."""
    world = _people(Builder())
    writer = _Writer(world)
    with transaction():
        for number in range(requests):
            writer.write(number, requests)
        writer.flush()
    search.rebuild()
    with db.engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "ANALYZE"))
    return world


def _people(make: Builder) -> World:
    world = World()
    regions = sorted(REGIONS)
    for number in range(POLES):
        pole = make.pole(region_code=regions[number % len(regions)])
        world.poles.append(make.coordinator(pole))
    partners: list[Partner] = []
    for _ in range(PARTNERS):
        partner = make.partner()
        make.practitioner(partner)
        partners.append(partner)
        world.partners.append(make.manager(partner))
    for code in regions:
        first = make.regional_admin(code)
        make.member(first.organisation, Role.REGIONAL_ADMIN)
        make.member(first.organisation, Role.REGIONAL_ADMIN)
        world.regional.append(first)
    world.national.append(make.national_admin())
    for number in range(SERVICES):
        delivering = [partners[(number + step) % PARTNERS] for step in range(4)]
        world.services.append(make.service(*delivering).id)
    return world


@dataclass(frozen=True, slots=True)
class _Heard:
    """A request that is talked about: its number, and the partner and the guest who read it too."""

    request: int
    partner: Membership | None
    guest: int | None


class _Writer:
    """Collects rows and inserts them by thousands; ids count from 1, as in an empty database."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = random.Random(20261123)
        self._rows: dict[type[Model], list[dict[str, Any]]] = {}
        self._assignments = self._interventions = self._messages = self._documents = self._guests = 0
        self._now = clock.now()

    def write(self, number: int, requests: int) -> None:
        """One request and all that hangs on it."""
        world, chance = self._world, self._random
        at = self._now - SPAN * (1 - number / requests)
        states, weights = _ENDINGS[number >= requests * (1 - OPEN_SHARE)]
        state = chance.choices(states, weights)[0]
        pole = world.poles[number % POLES]
        reference = reference_of(1_000_000 + number)
        self._add(
            SupportRequest,
            reference=reference,
            pole_id=pole.organisation_id,
            contact_id=pole.person_id,
            service_id=chance.choice([*world.services, None]),
            region_code=pole.organisation.region_code,  # type: ignore[attr-defined]  # a pole's
            subject=proposed_subject(NEED),
            need=NEED,
            state=state,
            created_at=at,
            submitted_at=at,
            closed_at=at + timedelta(days=60) if state in _ENDINGS[False][0] else None,
            search_text=search_key(f"{reference} {pole.organisation.name} {NEED}"),
        )
        self._event(number + 1, None, steps.SUBMIT, pole, at)
        at_work = None
        for partner, answer in self._asked(state):
            self._assign(number + 1, partner, answer, at)
            at_work = partner if answer in AT_WORK else at_work
        guest = None
        if number % WITH_MORE == 0:
            self._attach(number + 1, pole, at)
            guest = self._invite(number + 1, pole, at)
        if number % TALKED_ABOUT == 0:
            heard = _Heard(number + 1, at_work, guest)
            self._talk(heard, pole, at, is_over=state in _ENDINGS[False][0])
        if len(self._rows[SupportRequest]) >= BATCH:
            self.flush()

    def _asked(self, state: RequestState) -> Iterator[tuple[Membership, AssignmentState]]:
        first, second = self._random.sample(self._world.partners, 2)
        if self._random.random() < 0.25:
            yield first, _A.DECLINED
        if state in _PARTNER_STATE:
            yield second, _PARTNER_STATE[state]

    def _assign(self, request: int, partner: Membership, state: AssignmentState, at: datetime) -> None:
        self._assignments += 1
        day, answered = at.date(), state is not _A.PROPOSED
        self._add(
            Assignment,
            request_id=request,
            partner_id=partner.organisation_id,
            state=state,
            referent_id=partner.person_id if state in _MOVES else None,
            proposed_at=at,
            due_on=day + timedelta(days=7) if answered or self._random.random() < 0.2 else clock.today(),
            answered_on=day + timedelta(days=self._random.randrange(1, 10)) if answered else None,
            answer_days=self._random.randrange(1, 8) if answered else None,
            completed_on=day + timedelta(days=60) if state is _A.COMPLETED else None,
            outcome=Outcome.HELPED if state is _A.COMPLETED else None,
            review=REPORT if state is _A.COMPLETED else None,
        )
        self._event(request, self._assignments, steps.ROUTE, self._world.national[0], at)
        for move in _MOVES.get(state, (steps.DECLINE,) if answered else ()):
            self._event(request, self._assignments, move, partner, at)
        for number in range(3 if state is _A.COMPLETED else 1 if state is _A.ACCEPTED else 0):
            self._intervene(partner, at + timedelta(days=10 + number * 15))
            self._event(request, self._assignments, visits.LOG, partner, at)

    def _intervene(self, partner: Membership, at: datetime) -> None:
        self._interventions += 1
        self._add(
            Intervention,
            assignment_id=self._assignments,
            state=InterventionState.DONE,
            on=at.date(),
            minutes=15 * self._random.randrange(4, 29),
            place_kind=Place.ON_SITE,
            report=REPORT,
        )
        of_partner = {"intervention_id": self._interventions, "assignment_id": self._assignments}
        self._add(Contribution, **of_partner, practitioners=1)
        self._add(Practice, **of_partner, person_id=partner.person_id)

    def _talk(self, heard: _Heard, pole: Membership, at: datetime, *, is_over: bool) -> None:
        """The pole asks, who helps it answers, the pole thanks; the last is read by all once the request is over."""
        national = self._world.national[0]
        helping, side = (heard.partner, Side.PARTNER) if heard.partner else (national, Side.CELL)
        for author, of in ((pole, Side.POLE), (helping, side), (pole, Side.POLE)):
            at += timedelta(hours=5)
            self._say(heard, author, of, at)
        for reader in filter(None, (pole, heard.partner, national)):
            self._read(heard, reader, self._messages - (0 if is_over or reader is pole else 1), at)
        if heard.guest:
            self._begin_to_answer(heard, helping, at)

    def _say(self, heard: _Heard, author: Membership, side: Side, at: datetime) -> None:
        self._messages += 1
        self._add(
            Message,
            request_id=heard.request,
            once=f"bench-{self._messages}",
            author_id=author.person_id,
            organisation_id=author.organisation_id,
            side=side,
            note=False,
            text=SAID,
            at=at,
        )
        if heard.partner:
            self._add(MessagePartner, message_id=self._messages, partner_id=heard.partner.organisation_id)
        if heard.guest:
            self._add(MessageGuest, message_id=self._messages, guest_id=heard.guest)

    def _read(self, heard: _Heard, reader: Membership, until: int, at: datetime) -> None:
        self._add(
            Reading,
            person_id=reader.person_id,
            organisation_id=reader.organisation_id,
            request_id=heard.request,
            read_until=until,
            at=at,
        )

    def _begin_to_answer(self, heard: _Heard, author: Membership, at: datetime) -> None:
        self._add(
            MessageDraft,
            person_id=author.person_id,
            organisation_id=author.organisation_id,
            request_id=heard.request,
            reach=Reach(frozenset({heard.partner.organisation_id} if heard.partner else ())).value,
            text=SAID,
            begun_at=at,
        )

    def _invite(self, request: int, pole: Membership, at: datetime) -> int:
        self._guests += 1
        self._add(
            Guest,
            request_id=request,
            organisation_id=pole.organisation_id,
            invited_by_id=pole.person_id,
            email=f"invite{self._guests}@exemple.test",
            name="Camille Durand",
            role="comptable du pôle",
            language="fr",
            side=Side.POLE,
            expires_at=self._now + timedelta(days=60),
            created_at=at,
        )
        return self._guests

    def _attach(self, request: int, pole: Membership, at: datetime) -> None:
        """What is known of a file: nobody downloads it here."""
        self._documents += 1
        self._add(
            StoredFile,
            key=f"{self._documents:048x}",
            name="budget prévisionnel.pdf",
            media_type="application/pdf",
            size=48_000,
            sha256=f"{self._documents:064x}",
            state=FileState.READY,
            created_at=at,
        )
        self._add(
            Document,
            file_id=self._documents,
            sent_by_id=pole.person_id,
            sent_at=at,
            kind=REQUEST,
            parent_id=request,
        )

    def _event(
        self, request: int, assignment: int | None, action: Step[Any], actor: Membership, at: datetime
    ) -> None:
        self._add(
            RequestEvent,
            request_id=request,
            assignment_id=assignment,
            action=action.name,
            actor_id=actor.person_id,
            organisation_id=actor.organisation_id,
            from_state="",
            to_state="",
            at=at,
        )

    def _add(self, model: type[Model], **values: Any) -> None:
        self._rows.setdefault(model, []).append(values)

    def flush(self) -> None:
        """Insert what was collected, in the order that foreign keys ask for."""
        for model in _IN_ORDER:
            if rows := self._rows.pop(model, []):
                db.session.connection().execute(insert(model.__table__), rows)  # type: ignore[arg-type]  # a Table, typed wider
