"""One act, two measures: whoever counts them, over whatever happened, finds the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Membership
from portal.catalogue.limits.rules import year_of
from portal.catalogue.models import Service
from portal.catalogue.rules import Beside
from portal.catalogue.versions import service as versions
from portal.db import db, transaction
from portal.interventions import service
from portal.interventions import steps as visits
from portal.interventions.measures.queries import received_by
from portal.interventions.models import AlsoServed
from portal.interventions.steps import Place
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState
from portal.usage import queries as usage
from portal.usage.rules import Dimension, Filters, Month, Period
from tests.builders import Builder
from tests.integration.requests.steps import actor_of, page_of

NUMBERS = iter(range(1, 1_000_000))
QUARTERS = st.integers(1, 40).map(lambda quarters: 15 * quarters)
PEOPLE = st.sets(st.integers(0, 3), min_size=1)
BESIDE = st.dictionaries(st.sampled_from([*Beside]), st.integers(0, 12).map(lambda quarters: 15 * quarters))
HISTORIES = st.lists(
    st.one_of(
        st.tuples(st.just("log"), st.integers(0, 1), QUARTERS, PEOPLE, BESIDE),
        st.tuples(st.just("plan"), st.integers(0, 1), QUARTERS, PEOPLE, BESIDE),
        st.tuples(st.just("correct"), st.integers(0, 5), QUARTERS, PEOPLE, BESIDE),
        st.tuples(st.just("part"), st.integers(0, 5), st.sets(st.integers(0, 1)), BESIDE),
        st.tuples(st.just("call off"), st.integers(0, 5)),
        st.tuples(st.just("join"), st.integers(0, 5), st.integers(0, 2)),
    ),
    min_size=1,
    max_size=8,
)


@dataclass
class Act:
    """What the test knows of one. `people`: of each partner."""

    number: int
    by: int
    minutes: int
    people: dict[int, int]
    beside: dict[int, int]
    done: bool
    poles: set[int] = field(default_factory=set)

    @property
    def received(self) -> int:
        return self.minutes * (1 + len(self.poles)) if self.done else 0

    def spent(self, partner: int) -> int:
        return self.minutes * self.people.get(partner, 0) + self.beside.get(partner, 0) if self.done else 0


class Scene:
    """A pole, three that join it, and two partners of two people each who support it together."""

    def __init__(self, make: Builder) -> None:
        self.make = make
        self.coordinator = make.coordinator()
        self.joining = [make.pole() for _ in range(3)]
        self.partners = [make.partner(), make.partner()]
        self.people: list[Membership] = [make.practitioner(self.partners[number // 2]) for number in range(4)]
        counted = [Beside.PREPARATION, Beside.TRAVEL]
        self.service: Service = make.service(*self.partners, time_counted=counted)
        with transaction() as session:
            version = versions.current(session.get_one(Service, self.service.id))
        self.request: SupportRequest = make.raw_request(
            self.coordinator, service=self.service, service_version_id=version.id
        )
        first = make.raw_assignment(self.request, self.partners[0], AssignmentState.ACCEPTED)
        second = make.raw_assignment(
            self.request, self.partners[1], AssignmentState.ACCEPTED, lead_id=first.id
        )
        self.assignments: list[Assignment] = [first, second]
        self.acts: list[Act] = []

    def play(self, what: str, *how: Any) -> None:
        match what:
            case "log" | "plan":
                self._add(visits.LOG if what == "log" else visits.PLAN, *how)
            case _ if how[0] >= len(self.acts) or self.acts[how[0]].number == 0:
                return
            case "correct":
                self._correct(self.acts[how[0]], *how[1:])
            case "part":
                self._set_part(self.acts[how[0]], *how[1:])
            case "call off":
                act = self.acts[how[0]]
                with transaction():
                    service.change(self._actor(act.by), act.number, visits.CALL_OFF, message="Non.")
                act.done, act.number = False, 0
            case "join":
                act, pole = self.acts[how[0]], self.joining[how[1]]
                if pole.id not in act.poles:
                    self.make._save(AlsoServed(intervention_id=act.number, pole_id=pole.id))
                act.poles.add(pole.id)

    def _actor(self, by: int) -> Any:
        return actor_of(self.people[2 * by])

    def _ids(self, people: set[int]) -> list[int]:
        return [self.people[number].person_id for number in sorted(people)]

    def _facts(self, minutes: int, *, done: bool) -> service.Facts:
        today = clock.today()
        return service.Facts(today, None, minutes, Place.REMOTE, None, report="Fait." if done else "")

    def _add(self, step: Any, by: int, minutes: int, people: set[int], beside: dict[Beside, int]) -> None:
        done = step is visits.LOG
        with transaction():
            made = service.add(
                self._actor(by),
                self.request.reference,
                self.assignments[by].id,
                step,
                f"key-{next(NUMBERS)}",
                self._facts(minutes, done=done),
                self._ids(people),
                beside,
                another=True,
            )
        self.acts.append(Act(made.id, by, minutes, _counted(people), {by: _counting(beside)}, done))

    def _set_part(self, act: Act, people: set[int], beside: dict[Beside, int]) -> None:
        """The other partner says what it gave, once it gives something."""
        other = 1 - act.by
        if not (act.people[other] or act.beside.get(other)) or not (act.people[act.by] or people):
            return
        ours = {2 * other + number for number in people}
        with transaction():
            service.set_part(self._actor(other), act.number, self._ids(ours), beside)
        act.people[other], act.beside[other] = len(ours), _counting(beside)

    def _correct(self, act: Act, minutes: int, people: set[int], beside: dict[Beside, int]) -> None:
        with transaction():
            facts, ids = self._facts(minutes, done=act.done), self._ids(people)
            service.change(
                self._actor(act.by), act.number, visits.CORRECT, facts, ids, beside=beside, another=True
            )
        act.minutes, act.people, act.beside[act.by] = minutes, _counted(people), _counting(beside)


def _counting(beside: dict[Beside, int]) -> int:
    """The sheet counts no write-up."""
    return sum(minutes for name, minutes in beside.items() if name is not Beside.WRITE_UP)


def _counted(people: set[int]) -> dict[int, int]:
    return {partner: len({number for number in people if number // 2 == partner}) for partner in (0, 1)}


def told(page: str, label: str) -> int:
    """What a page says of a request as a whole, in minutes; nothing where it is silent."""
    found = re.search(rf"<p>{label} : (?:(\d+) h(?: (\d\d))?|(\d+) min) \(", page.replace("\u00a0", " "))
    hours, rest, minutes = found.groups() if found else (0, 0, 0)
    return int(hours or 0) * 60 + int(rest or minutes or 0)


def figures(scene: Scene, reader: Membership, **limits: Any) -> Any:
    this_month = Month.of(clock.today())
    filters = Filters(Period(this_month.plus(-1), this_month.plus(0)), service_id=scene.service.id, **limits)
    with db.session.no_autoflush:
        return usage.tallies(actor_of(reader), filters)


def of_poles(scene: Scene) -> list[int]:
    year = year_of(clock.today(), None)
    ids = [scene.coordinator.organisation_id, *(pole.id for pole in scene.joining)]
    return [db.session.scalar(select(received_by(id_, year.first, year.after))) for id_ in ids]


@settings(
    max_examples=8,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORIES)
def test_request_partner_pole_usage_and_export_never_disagree(
    make: Builder, browse: Any, history: Sequence[tuple[Any, ...]]
) -> None:
    scene = Scene(make)
    for act in history:
        scene.play(*act)
    received = sum(act.received for act in scene.acts)
    spent = [sum(act.spent(partner) for act in scene.acts) for partner in (0, 1)]
    national = make.national_admin()

    # The request, as each reads it.
    page = browse(national).get(page_of(scene.request)).text
    assert told(page, "Appui reçu") == received
    for partner in (0, 1):
        assert told(page, f"Temps passé par {scene.partners[partner].name}") == spent[partner]
        own = browse(scene.people[2 * partner]).get(page_of(scene.request)).text
        assert told(own, "Temps passé") == spent[partner]
        assert scene.partners[1 - partner].name not in re.findall(r"Temps passé par ([^:]*)", own)
    pole = browse(scene.coordinator).get(page_of(scene.request)).text
    assert told(pole, "Appui reçu") == sum(act.minutes for act in scene.acts if act.done)
    assert "Temps passé" not in pole

    # Each pole, as its limit counts it.
    each = of_poles(scene)
    assert sum(each) == received
    assert each[1:] == [
        sum(act.minutes for act in scene.acts if act.done and pole.id in act.poles) for pole in scene.joining
    ]

    # The figures, over all and of each partner.
    counted = figures(scene, national)
    for dimension in (Dimension.MONTH, Dimension.SERVICE, Dimension.REGION):
        tallies = counted[dimension].values()
        assert sum(tally.received for tally in tallies) == received, dimension
        assert sum(tally.spent for tally in tallies) == sum(spent), dimension
    for partner in (0, 1):
        id_ = scene.partners[partner].id
        took_part = [
            act for act in scene.acts if act.by == partner or act.people[partner] or act.beside.get(partner)
        ]
        tally = counted[Dimension.PARTNER].get(id_)
        assert (tally.spent if tally else 0) == spent[partner]
        assert (tally.received if tally else 0) == sum(act.received for act in took_part)
        alone = figures(scene, national, partner_id=id_)[Dimension.MONTH].values()
        assert sum(one.received for one in alone) == sum(act.received for act in took_part)
        assert sum(one.spent for one in alone) == spent[partner]

    # The file.
    lines = browse(national).get(f"/usage/services.csv?service={scene.service.id}").text.splitlines()
    heads, values = lines[0].split(";"), lines[1].split(";")
    for head, minutes in (("Jours d’accompagnement", received), ("Jours passés", sum(spent))):
        assert abs(float(values[heads.index(head)].replace(",", ".")) - minutes / 420) <= 0.0501
