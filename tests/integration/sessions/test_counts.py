"""Sessions count as any other act: what poles received and a partner spent is the same whoever counts it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, null, select

from portal import clock
from portal.agenda import queries as agenda
from portal.agenda.rules import Days
from portal.catalogue.limits.rules import year_of
from portal.catalogue.rules import Beside
from portal.db import db, transaction
from portal.interventions.confirmation.rules import Ruling
from portal.interventions.measures.queries import received_by
from portal.interventions.used.queries import minutes_given
from portal.sessions.presence import queries, service
from portal.sessions.presence.rules import Ticks, Told
from portal.sessions.received import service as words
from portal.usage import queries as usage
from portal.usage.rules import Dimension, Filters, Month, Period
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.sessions import raw_registration, raw_session

QUARTERS = st.integers(1, 30).map(lambda quarters: 15 * quarters)
WHICH, POLE = st.integers(0, 1), st.integers(0, 2)
CLOSE = st.tuples(
    st.just("close"),
    WHICH,
    st.sets(st.integers(0, 3), min_size=0),
    QUARTERS,
    st.sets(st.integers(0, 1), min_size=1),
    st.integers(0, 8).map(lambda quarters: 15 * quarters),
)
CONFIRM = st.tuples(st.just("confirm"), WHICH, POLE)
SETTLE = st.tuples(st.just("settle"), WHICH, POLE, st.sampled_from([*Ruling]), QUARTERS)
ALL_CAME = st.just(("close", 0, {0, 1, 2, 3}, 180, {0}, 0))
HISTORIES = st.tuples(
    ALL_CAME, SETTLE, st.lists(st.one_of(CLOSE, CONFIRM, SETTLE), min_size=2, max_size=8)
).map(lambda parts: [*parts[:2], *parts[2]])


class Limit:
    """What a limit asks for."""

    def __init__(self, partner_id: int, service_id: Any) -> None:
        self.partner_id, self.service_id = partner_id, service_id


class Scene:
    """Two sessions of a partner of two people, to which four people of three poles may come; and what is known of
    them. `counts`: by session, how long it counts for each pole; `locked`: those whose word stands."""

    def __init__(self, make: Builder) -> None:
        self.partner = make.partner()
        self.team = [make.practitioner(self.partner) for _ in range(2)]
        self.service = make.service(self.partner, time_counted=[Beside.TRAVEL])
        self.poles = [make.coordinator(make.pole(region_code=code)) for code in ("28", "11", "28")]
        self.national = make.national_admin()
        self.day = clock.today() - timedelta(days=1)
        given = {"on": self.day, "closes_on": self.day}
        self.held = [raw_session(make, self.team[0], self.service, **given) for _ in range(2)]
        self.people = [
            [raw_registration(make, each, self.poles[n % 3], name=f"Anne {n}").id for n in range(4)]
            for each in self.held
        ]
        self.given: dict[int, tuple[Any, ...]] = {}
        self.counts: dict[int, dict[int, int]] = {}
        self.locked: set[tuple[int, int]] = set()

    def play(self, what: str, which: int, *how: Any) -> None:
        if what == "close":
            self._close(which, *how)
        elif (pole := how[0]) in self.counts.get(which, {}) and (which, pole) not in self.locked:
            self._say(what, which, *how)
            self.locked.add((which, pole))

    def _close(self, which: int, came: set[int], minutes: int, gave: set[int], travel: int) -> None:
        told = Told(
            Ticks([self.people[which][number] for number in came], ()),
            minutes,
            [self.team[number].person_id for number in gave],
            {Beside.TRAVEL: travel, Beside.WRITE_UP: 60},
        )
        with transaction():
            service.close(actor_of(self.team[0]), self.held[which].id, told)
        before = self.counts.get(which, {})
        kept = {pole: counted for pole, counted in before.items() if (which, pole) in self.locked}
        self.counts[which] = {number % 3: minutes for number in came} | kept
        self.given[which] = came, minutes, gave, travel

    def _say(self, what: str, which: int, pole: int, *ruled: Any) -> None:
        number, by = self.held[which].id, self.poles[pole]
        if what == "confirm":
            with transaction():
                words.confirm(actor_of(by), number)
            return
        ruling, minutes = ruled
        with transaction():
            words.contest(actor_of(by), number, "Non.", minutes)
        with transaction():
            words.settle(actor_of(self.national), number, by.organisation_id, ruling, minutes, "Si.")
        if ruling is not Ruling.KEPT:
            self.counts[which][pole] = minutes if ruling is Ruling.CORRECTED else 0

    @property
    def received(self) -> list[int]:
        """By each pole."""
        return [sum(each.get(pole, 0) for each in self.counts.values()) for pole in range(3)]


@settings(
    max_examples=8,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORIES)
def test_poles_partner_limits_figures_and_agendas_never_disagree(
    make: Builder, browse: Any, history: Sequence[tuple[Any, ...]]
) -> None:
    scene = Scene(make)
    for act in history:
        scene.play(*act)
    received, day = scene.received, scene.day
    spent = sum(minutes * len(gave) + travel for _came, minutes, gave, travel in scene.given.values())
    year = year_of(day, None)
    for pole, minutes in zip(scene.poles, received, strict=True):
        asked = select(received_by(pole.organisation_id, year.first, year.after))
        assert db.session.scalar(asked) == minutes
        occasions = agenda.sessions(actor_of(pole), Days(day, day))
        assert sum(each.received for each in occasions) == minutes
    for service_id in (literal(scene.service.id), null()):
        given_in_it = minutes_given(Limit(scene.partner.id, service_id), year)
        assert db.session.scalar(select(given_in_it)) == spent
    everything = agenda.sessions(actor_of(scene.team[0]), Days(day, day))
    assert sum(each.received for each in everything) == sum(received)
    assert sum(each.spent for each in everything) == spent
    month = Month.of(day)
    filters = Filters(Period(month.plus(-1), month.plus(1)), service_id=scene.service.id)
    counted = usage.tallies(actor_of(scene.national), filters)
    for dimension in (Dimension.MONTH, Dimension.SERVICE, Dimension.REGION, Dimension.PARTNER):
        tallies = counted[dimension].values()
        assert sum(tally.received for tally in tallies) == sum(received), dimension
        assert sum(tally.spent for tally in tallies) == spent, dimension
    assert counted[Dimension.REGION]["11"].received == received[1]
    for which, each in enumerate(scene.held):
        came = scene.given.get(which, ((), 0))[0]
        assert len(queries.who_came(each.id)) == len(came)
    _check_files(scene, browse(scene.national), sum(received), spent)


def _check_files(scene: Scene, browser: Any, received: int, spent: int) -> None:
    """What is exported."""
    lines = browser.get(f"/usage/services.csv?service={scene.service.id}").text.splitlines()
    heads, values = lines[0].split(";"), lines[1].split(";")
    for head, minutes in (("Jours d’accompagnement", received), ("Jours passés", spent)):
        assert abs(float(values[heads.index(head)].replace(",", ".")) - minutes / 420) <= 0.0501
