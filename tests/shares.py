"""Interventions of partners that support a pole together, dates that are proposed, and work for the network."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.confirmation.steps import AdjustmentState, ConfirmationState
from portal.interventions.models import Contribution, Intervention, Practice
from portal.interventions.network.models import NetworkAct, NetworkPractice
from portal.interventions.network.rules import NetworkKind
from portal.interventions.steps import Place
from portal.proposals.models import DateProposal, ProposedDate, ProposedPractice
from portal.proposals.steps import ProposalState
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState
from tests.builders import Builder


def share(
    make: Builder, intervention: Intervention, assignment: Assignment, *people: Person, **beside: int
) -> Contribution:
    """What a partner that works with the one who noted it gives to it."""
    of_partner = {"intervention_id": intervention.id, "assignment_id": assignment.id}
    for person in people:
        make._save(Practice(**of_partner, person_id=person.id))
    return make._save(Contribution(**of_partner, practitioners=len(people), **beside))


def noted_by_another(
    make: Builder, assignment: Assignment, person: Person, other: Membership
) -> Intervention:
    """Noted by another partner, with whom the one of the assignment supports the pole."""
    lead = make.raw_assignment(assignment.request, other.organisation, AssignmentState.ACCEPTED)
    intervention = make.raw_intervention(lead, other.person)
    share(make, intervention, assignment, person)
    return intervention


def raw_network_act(make: Builder, member: Membership, **values: Any) -> NetworkAct:
    """A meeting of yesterday that somebody gave for their organisation."""
    defaults: dict[str, Any] = {
        "kind": NetworkKind.MEETING,
        "on": clock.today() - timedelta(days=1),
        "minutes": 120,
        "practitioners": 1,
        "participants": 12,
        "report": "Rencontre des têtes de réseau.",
        "practices": [NetworkPractice(person_id=member.person_id)],
    }
    return make._save(NetworkAct(organisation_id=member.organisation_id, **{**defaults, **values}))


def raw_proposal(make: Builder, assignment: Assignment, *people: Person, **values: Any) -> DateProposal:
    """Two dates of next week that a partner proposes; `days` instead."""
    days: list[date] = values.pop("days", [clock.today() + timedelta(days=ahead) for ahead in (7, 9)])
    defaults: dict[str, Any] = {
        "state": ProposalState.OPEN,
        "minutes": 210,
        "place_kind": Place.ON_SITE,
        "place": "Maison des associations",
        "dates": [ProposedDate(number=n, on=on, starts_at=time(9, 30)) for n, on in enumerate(days, 1)],
        "practices": [
            ProposedPractice(person_id=person.id, assignment_id=assignment.id) for person in people
        ],
    }
    return make._save(DateProposal(assignment_id=assignment.id, **{**defaults, **values}))


def raw_work_and_dates(make: Builder, member: Membership, assignment: Assignment) -> None:
    """Both of these, of somebody of a partner."""
    raw_network_act(make, member)
    raw_proposal(make, assignment, member.person)


def raw_confirmation(
    make: Builder, intervention: Intervention, state: str = "waiting", **values: Any
) -> Confirmation:
    """What the pole that asked says of an intervention."""
    request_id = select(Assignment.request_id).where(Assignment.id == intervention.assignment_id)
    asking = select(SupportRequest.pole_id).where(SupportRequest.id == request_id.scalar_subquery())
    whose = {"pole_id": db.session.scalar(asking), **values}
    return make._save(Confirmation(intervention_id=intervention.id, state=ConfirmationState(state), **whose))


def raw_confirmations(make: Builder, assignment: Assignment, by: Membership) -> Sequence[Any]:
    """One that waits for its pole, one that it contests, two that are confirmed; and the adjustment of the last that a
    partner proposes."""
    said = {"message": "Deux heures, selon nous.", "minutes": 120, "answered_at": clock.now()}
    acts = [make.raw_intervention(assignment, by.person) for _number in range(4)]
    states = ("waiting", {}), ("contested", said), ("confirmed", {"answered_at": clock.now()}), ("silent", {})
    for act, (state, values) in zip(acts, states, strict=True):
        raw_confirmation(
            make, act, state, **{"answered_at": clock.now() if state == "silent" else None, **values}
        )
    change = {"before": 210, "after": 180, "why": "Une demi-heure de trop.", "by_id": by.person_id}
    last = Adjustment(intervention_id=acts[-1].id, state=AdjustmentState.PROPOSED, **change)
    return [*acts, make._save(last)]
