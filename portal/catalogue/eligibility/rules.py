"""May a pole ask for a service? One function gives every reason for and against. Pure: no Flask, no database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal import clock
from portal.catalogue.limits.rules import Given, Measure
from portal.catalogue.room.rules import Room
from portal.organisations.rules import Place, RecognitionKind, Stage, covers
from portal.refusals import Invalid


class Rule(StrEnum):
    """What may stand in the way."""

    POLE = "pole"
    SERVICE = "service"
    STAGE = "stage"
    RECOGNITION = "recognition"
    TERRITORY = "territory"
    REQUESTS = "requests"
    DAYS = "days"
    ROOM = "room"
    PARTNER = "partner"


PASSING = frozenset({Rule.SERVICE, Rule.REQUESTS, Rule.DAYS, Rule.ROOM, Rule.PARTNER})
"""What passes without anything new about the pole."""


OF_THE_POLE = frozenset({Rule.POLE, Rule.REQUESTS, Rule.DAYS})
"""What stands in the way of a pole whatever it asks for."""
OF_ALL = frozenset({Rule.SERVICE, Rule.PARTNER})
"""What stands in the way of every pole until it passes."""


class Weight(StrEnum):
    """What a reason says; `TO_CHECK`: something is not known, so it may be asked for, and is checked."""

    FOR = "for"
    TO_CHECK = "to_check"
    AGAINST = "against"


class Recognised(NamedTuple):
    """A recognition; `year` None: any for a service, not known for a pole."""

    kind: RecognitionKind
    year: int | None


class Where(NamedTuple):
    """A place where a partner works, as `organisations.rules.Place`."""

    region_code: str | None
    department_code: str | None


class Use(NamedTuple):
    """What a pole has had this year of something limited: so much `used` of what it has (the `maximum` of all, and
    `more` by exception). Days are counted in their minutes."""

    measure: Measure
    maximum: int
    more: int
    used: int

    @property
    def allowed(self) -> int:
        return self.maximum + self.more

    @property
    def is_spent(self) -> bool:
        unit = clock.MINUTES_PER_DAY if self.measure is Measure.DAYS else 1
        return self.used >= self.allowed * unit


@dataclass(frozen=True, slots=True)
class PoleFacts:
    """What is known of who asks. `uses`: of what is limited; `new_year`: the day its counts begin again."""

    stage: Stage | None = None
    recognitions: frozenset[Recognised] = frozenset()
    region_code: str | None = None
    department_code: str | None = None
    active: bool = True
    uses: Sequence[Use] = ()
    new_year: date | None = None


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What is known of what is asked for. `stages`, `recognitions`: whom it is meant for, none: everybody; `places`:
    where its partners work, `offered`: where it is offered of that, none: everywhere; `reopens_on`: the day it is
    offered again, where it is not now; `room`: its places, where all its partners say how many; `given`: what its
    one partner has given of its limits; `new_year`: the day both are counted anew."""

    is_open: bool = True
    reopens_on: date | None = None
    stages: frozenset[Stage] = frozenset()
    recognitions: frozenset[Recognised] = frozenset()
    places: Sequence[Place] = ()
    offered: Sequence[Place] = ()
    room: Room | None = None
    given: Sequence[Given] = ()
    new_year: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against, with the facts to say it. `until`: from this day it no longer stands in
    the way by itself, None: nobody can say."""

    rule: Rule
    weight: Weight
    stage: Stage | None = None
    stages: frozenset[Stage] = frozenset()
    recognitions: frozenset[Recognised] = frozenset()
    until: date | None = None
    use: Use | None = None
    room: Room | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """All that is said of one pole and one service."""

    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> Weight:
        """What it comes to: one reason against is enough, else one to check."""
        weights = {reason.weight for reason in self.reasons}
        return next((each for each in (Weight.AGAINST, Weight.TO_CHECK) if each in weights), Weight.FOR)

    @property
    def rank(self) -> int:
        """What suits stands before what is checked, and that before what is not open yet."""
        return list(Weight).index(self.weight)

    @property
    def may_ask(self) -> bool:
        return self.weight is not Weight.AGAINST

    @property
    def may_draft(self) -> bool:
        """May it be written already? What passes by itself stands in the way of sending alone."""
        return all(reason.rule in PASSING for reason in self.of_weight(Weight.AGAINST))

    def of_weight(self, weight: Weight) -> list[Reason]:
        return [reason for reason in self.reasons if reason.weight is weight]

    def about(self, rule: Rule) -> Reason:
        """What is said of a rule that always says something."""
        return next(reason for reason in self.reasons if reason.rule is rule)

    @property
    def lacks_room_alone(self) -> bool:
        """Is a place all that is missing?"""
        return [reason.rule for reason in self.of_weight(Weight.AGAINST)] == [Rule.ROOM]

    @property
    def is_of_the_pole(self) -> bool:
        """Does something stand in the way whatever the pole asks for?"""
        return any(reason.rule in OF_THE_POLE for reason in self.of_weight(Weight.AGAINST))

    @property
    def rests(self) -> bool:
        """Is something in the way that concerns no pole more than another?"""
        return any(reason.rule in OF_ALL for reason in self.of_weight(Weight.AGAINST))

    @property
    def room_to_wait_for(self) -> Room | None:
        """The places for which this pole waits, or may wait since nothing else is in its way."""
        rooms = [reason.room for reason in self.reasons if reason.room]
        return next((room for room in rooms if self.lacks_room_alone or room.position), None)

    @property
    def from_day(self) -> date | None:
        """The day it becomes possible by itself, None: something else has to change, or it is possible."""
        days = [reason.until for reason in self.of_weight(Weight.AGAINST)]
        known = [day for day in days if day]
        return max(known) if known and len(known) == len(days) else None


class NotOpen(Invalid):
    """A pole asked for a service that it may not ask for."""

    def __init__(self, pole_id: int, service_id: int | None, rules: Sequence[Rule], message: object) -> None:
        super().__init__("service_id", message)
        self.pole_id, self.service_id, self.rules = pole_id, service_id, rules


def weigh(pole: PoleFacts, service: ServiceFacts | None) -> Eligibility:
    """Every reason why this pole may ask for this service, or may not yet; None: for “guide me”, its own reasons."""
    reasons = (
        _of_pole(pole),
        *(_of_what_is_asked(service, pole) if service else ()),
        *(_of_use(use, pole.new_year) for use in pole.uses),
        *((_of_room(service), _of_partner(service)) if service else ()),
    )
    return Eligibility(tuple(reason for reason in reasons if reason))


def _of_what_is_asked(service: ServiceFacts, pole: PoleFacts) -> Sequence[Reason | None]:
    return (
        _of_service(service),
        of_stage(service.stages, pole.stage),
        _of_recognition(service.recognitions, pole.recognitions),
        _of_territory(service, pole),
    )


def by_partner(
    service: ServiceFacts, places: Sequence[Place], room: Room | None, given: Sequence[Given]
) -> ServiceFacts:
    """The same service, as if one partner alone delivered it: where it works, its places, what it has given."""
    return replace(service, places=places, room=room, given=given)


def _of_use(use: Use, new_year: date | None) -> Reason:
    """A limit stands in the way until the year ends."""
    rule = Rule(use.measure.value)
    if use.is_spent:
        return Reason(rule, Weight.AGAINST, use=use, until=new_year)
    return Reason(rule, Weight.FOR, use=use)


def _of_room(service: ServiceFacts) -> Reason | None:
    """A service is full until a place is given back, its partners open more, or the year ends."""
    if service.room is None:
        return None
    if service.room.is_open:
        return Reason(Rule.ROOM, Weight.FOR, room=service.room)
    return Reason(Rule.ROOM, Weight.AGAINST, room=service.room, until=service.new_year)


def _of_partner(service: ServiceFacts) -> Reason | None:
    """Its one partner has given all it gives until the year ends, or the national cell grants more."""
    if not any(given.is_spent for given in service.given):
        return None
    return Reason(Rule.PARTNER, Weight.AGAINST, until=service.new_year)


def _of_pole(pole: PoleFacts) -> Reason | None:
    return None if pole.active else Reason(Rule.POLE, Weight.AGAINST)


def _of_service(service: ServiceFacts) -> Reason | None:
    return None if service.is_open else Reason(Rule.SERVICE, Weight.AGAINST, until=service.reopens_on)


def of_stage(stages: Collection[Stage], stage: Stage | None) -> Reason:
    """What the stage of a pole says; a service that names none is open to all, an unknown one is checked."""
    unlike = Weight.TO_CHECK if stage is None else Weight.AGAINST
    weight = Weight.FOR if not stages or stage in stages else unlike
    return Reason(Rule.STAGE, weight, stage=stage, stages=frozenset(stages))


def admits(stages: Collection[Stage], stage: Stage | None) -> bool:
    """May a pole of this stage ask, as far as its stage goes?"""
    return of_stage(stages, stage).weight is not Weight.AGAINST


def _of_recognition(wanted: frozenset[Recognised], known: frozenset[Recognised]) -> Reason:
    """One of those wanted is enough. A pole of which none is recorded, or without its year, is checked."""
    pairs = [(asked, each) for asked in wanted for each in known if asked.kind is each.kind]
    if not wanted or any(asked.year in (None, each.year) for asked, each in pairs):
        weight = Weight.FOR
    elif not known or any(each.year is None for _, each in pairs):
        weight = Weight.TO_CHECK
    else:
        weight = Weight.AGAINST
    return Reason(Rule.RECOGNITION, weight, recognitions=wanted)


def _of_territory(service: ServiceFacts, pole: PoleFacts) -> Reason:
    """Where nobody is known to work the cell looks for somebody: that is no refusal."""
    limits = [service.places, *([service.offered] if service.offered else [])]
    here = all(covers(places, pole.region_code, pole.department_code) for places in limits)
    return Reason(Rule.TERRITORY, Weight.FOR if here else Weight.TO_CHECK)
