"""Which services suit what somebody said in three plain questions. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from portal.catalogue.eligibility.rules import Eligibility, Reason, Weight, of_stage
from portal.catalogue.rules import Family, Format, ServiceKind
from portal.organisations.rules import Stage

MOST_PROPOSED = 5


class Question(StrEnum):
    PURPOSE = "purpose"
    STAGE = "stage"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said; None: nothing. `help`: a kind of service, or for how many poles it is."""

    purpose: Family | None = None
    stage: Stage | None = None
    help: ServiceKind | Format | None = None

    @property
    def given(self) -> bool:
        return self != Answers()


class Offered(Protocol):
    """What a sheet says of a service."""

    id: int
    family: Family
    kind: ServiceKind
    format: Format

    @property
    def admitted_stages(self) -> Collection[Stage]: ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A service, by number, what of the answers it meets, and what its stages say of the one that was answered."""

    service_id: int
    met: frozenset[Question]
    stage: Reason | None


def proposals(
    services: Iterable[Offered], answers: Answers, rulings: Mapping[int, Eligibility]
) -> Sequence[Proposal]:
    """What meets most answers first, of these what suits the pole first. A service that is not for what one wants to
    achieve is not proposed. `rulings`: what is said to the pole of each, by number; empty for who is of no pole."""
    weighed = [_weighed(service, answers) for service in services]
    wanted = [each for each in weighed if answers.purpose is None or Question.PURPOSE in each.met]
    met = [each for each in wanted if each.met]

    def order(each: Proposal) -> tuple[int, int]:
        ruling = rulings.get(each.service_id)
        return -len(each.met), ruling.rank if ruling else 0

    return sorted(met, key=order)[:MOST_PROPOSED]


def _weighed(service: Offered, answers: Answers) -> Proposal:
    stage = of_stage(service.admitted_stages, answers.stage) if answers.stage else None
    met = {
        Question.PURPOSE: answers.purpose is service.family,
        Question.STAGE: stage is not None and stage.weight is Weight.FOR,
        Question.HELP: answers.help in {service.kind, service.format},
    }
    return Proposal(service.id, frozenset(question for question, is_met in met.items() if is_met), stage)
