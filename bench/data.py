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
from portal.db import Model, db, transaction
from portal.interventions import steps as visits
from portal.interventions.models import Intervention, Practice
from portal.interventions.steps import InterventionState, Place
from portal.organisations.models import Partner
from portal.references import reference_of
from portal.requests import steps
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
BATCH = 2000
NEED = (
    "Notre pôle réunit douze structures de l’alimentation durable et de l’insertion. Nous voulons revoir "
    "notre gouvernance, clarifier qui décide de quoi, et préparer un modèle économique qui tienne après la "
    "fin des premières subventions. Les salariés, les bénévoles et deux communes sont concernés. "
) * 2
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


class _Writer:
    """Collects rows and inserts them by thousands; ids count from 1, as in an empty database."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = random.Random(20261123)
        self._rows: dict[type[Model], list[dict[str, Any]]] = {}
        self._assignments = self._interventions = 0
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
        for partner, said in self._asked(state):
            self._assign(number + 1, partner, said, at)
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
        self._add(Practice, intervention_id=self._interventions, person_id=partner.person_id)

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
        for model in (SupportRequest, Assignment, RequestEvent, Intervention, Practice):
            if rows := self._rows.pop(model, []):
                db.session.connection().execute(insert(model.__table__), rows)  # type: ignore[arg-type]  # a Table, typed wider
