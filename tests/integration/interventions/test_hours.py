"""What has passed is told by the hour, where it was: planned, logged, waiting at home, asked about in the evening."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from portal import clock
from portal.db import transaction
from portal.interventions import service
from portal.interventions import steps as visits
from portal.interventions.rules import has_passed
from portal.interventions.steps import InterventionState, Place
from portal.interventions.told import queries as told
from portal.interventions.told import rules
from portal.interventions.told.emails import EVENING, ask
from portal.refusals import Invalid
from tests.builders import Builder
from tests.integration.interventions.logged import Scene, build_scene, the_intervention
from tests.integration.requests.steps import actor_of, mails, page_of

DAY = date(2026, 3, 10)


@pytest.fixture
def scene(make: Builder) -> Scene:
    return build_scene(make)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), clock.PARIS)


def planned(make: Builder, scene: Scene, hour: time | None, on: date = DAY) -> Any:
    person = scene.practitioner.person
    return make.raw_intervention(
        scene.assignment,
        person,
        InterventionState.PLANNED,
        on=on,
        starts_at=hour,
        report="",
        participants=None,
    )


@pytest.mark.parametrize(
    ("step", "hour", "is_wrong"),
    [
        (visits.PLAN, time(8), True),
        (visits.PLAN, time(11), False),
        (visits.PLAN, None, False),
        (visits.LOG, time(8), False),
        (visits.LOG, time(23), True),
        (visits.LOG, None, False),
    ],
)
def test_an_hour_of_today_is_planned_ahead_and_logged_once_it_has_come(
    scene: Scene, step: Any, hour: time | None, is_wrong: bool
) -> None:
    facts = service.Facts(DAY, hour, 60, Place.REMOTE, None, report="Un point.")
    doing = (actor_of(scene.practitioner), scene.request.reference, scene.assignment.id, step, "once", facts)
    with clock.travelling_to(at(10, 16)):
        if is_wrong:
            with pytest.raises(Invalid) as refused, transaction():
                service.add(*doing, [scene.practitioner.person_id])
            assert refused.value.field == "starts_at"
            return
        with transaction():
            service.add(*doing, [scene.practitioner.person_id])


def test_what_has_passed_today_is_to_be_told_at_home(make: Builder, scene: Scene, browse: Any) -> None:
    planned(make, scene, time(9))
    partner = browse(scene.practitioner)
    for hour, is_told in ((8, False), (10, True)):
        with clock.travelling_to(at(hour)):
            number = the_intervention().id
            assert (f"/interventions/{number}/a-t-elle-eu-lieu" in partner.get("/").text) is is_told
            assert has_passed(DAY, time(9), None) is is_told
            assert not has_passed(DAY, None, None), "without an hour, once its day is over"


@pytest.mark.parametrize("hour", [time(0), time(9), time(16, 59), time(17), time(20, 30), None])
def test_each_date_is_asked_about_on_one_evening(make: Builder, scene: Scene, hour: time | None) -> None:
    planned(make, scene, hour)
    mails()
    asked = []
    for days in range(4):
        evening = DAY + timedelta(days=days)
        with clock.travelling_to(at(19, day=evening)):
            for _time in range(2):
                with transaction():
                    ask(told.due(0, 50))
            asked += [evening] * len([kind for kind, _to in mails() if kind == EVENING])
    assert asked == [rules.asked_on(DAY, hour)]


def test_nobody_was_absent_of_a_date_to_come_and_a_mistake_can_be_taken_off(
    make: Builder, scene: Scene, browse: Any
) -> None:
    number = planned(make, scene, time(14)).id
    partner, path = browse(scene.practitioner), f"/interventions/{number}/a-t-elle-eu-lieu"
    sent = {"outcome": "pole_absent", "report": "Personne."}
    with clock.travelling_to(at(10)):
        refused = partner.post(path, sent)
        assert refused.status_code == 422
        assert "encore à venir" in refused.text
        assert "Personne." in refused.text
    with clock.travelling_to(at(15)):
        assert partner.post(path, sent).status_code == 302
        assert the_intervention().state is InterventionState.POLE_ABSENT
        assert "Notée par erreur" in partner.get(page_of(scene.request)).text
        assert partner.post(f"/interventions/{number}/annuler", {"message": "Erreur."}).status_code == 302
        assert the_intervention().state is InterventionState.CALLED_OFF


@pytest.mark.parametrize(("typed", "is_so"), [({}, True), ({"minutes": "1 h"}, False)])
def test_as_planned_is_what_was_not_said_otherwise(
    make: Builder, scene: Scene, browse: Any, typed: dict[str, str], is_so: bool
) -> None:
    number = planned(make, scene, time(9)).id
    with clock.travelling_to(at(15)):
        sent = {"outcome": "as_planned", **typed}
        path = f"/interventions/{number}/a-t-elle-eu-lieu"
        assert browse(scene.practitioner).post(path, sent).status_code == 302
    assert the_intervention().as_planned is is_so
