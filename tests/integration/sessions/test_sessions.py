"""A partner drafts, publishes, changes and cancels its sessions; everybody reads them, without names."""

from datetime import UTC, datetime, time
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from portal import clock
from portal.db import db, transaction
from portal.interventions.steps import Place
from portal.organisations import handover
from portal.organisations.doubles import service as doubles
from portal.organisations.rules import NOBODY
from portal.refusals import Invalid, NotFound
from portal.sessions import queries, service
from portal.sessions.models import CollectiveSession
from portal.sessions.steps import SessionState
from portal.steps import StepRefused
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.integration.sessions.steps import letters, standings
from tests.sessions import facts_of, fields_of, in_days, raw_registration, raw_session

AT = "/sessions/les-notres"


@pytest.fixture
def partner(world: Any, browse: Any) -> Browser:
    return browse(world.practitioner)


def only() -> CollectiveSession:
    return db.session.scalars(select(CollectiveSession).execution_options(populate_existing=True)).one()


def spaced(page: str) -> str:
    return page.replace("\u00a0", " ")


def test_it_is_drafted_once_published_changed_and_cancelled(
    world: Any, partner: Browser, browse: Any
) -> None:
    sent = fields_of(world.service)
    anybody = browse()
    for _ in range(2):
        answer = partner.post(f"{AT}/nouvelle", sent)
    number = only().id
    own, public = f"{AT}/{number}", f"/sessions/{number}"
    assert answer.location == own
    assert anybody.get(public).status_code == 404, "a draft is nobody's to read"
    assert "gouvernance partagée" not in anybody.get("/sessions").text
    partner.post(f"{own}/publier")
    page = spaced(anybody.get(public).text)
    assert "Tenir une gouvernance partagée" in anybody.get("/sessions").text
    assert "9 h 30, heure de Paris" in page
    assert "Il reste 12 places, 12 places en tout" in page
    partner.post(f"{own}/modifier", {**sent, "starts_at": "14:00", "seats": "8"})
    assert "14 h 00, heure de Paris" in (page := spaced(anybody.get(public).text))
    assert "Il reste 8 places, 8 places en tout" in page
    partner.post(f"{own}/annuler", {"reason": "La salle n’est plus libre."})
    assert "La salle n’est plus libre." in anybody.get(public).text
    assert "gouvernance partagée" not in anybody.get("/sessions").text
    assert partner.post(f"{own}/modifier", sent).status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": in_days(-1)}, "on"),
        ({"on": in_days(800)}, "on"),
        ({"closes_on": in_days(21)}, "closes_on"),
        ({"place": None}, "place"),
    ],
)
def test_what_cannot_be_is_said_on_its_field(world: Any, changes: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        service.create(actor_of(world.practitioner), "once", facts_of(world.service, **changes))
    assert refused.value.field == field


def test_a_session_is_of_a_service_that_its_partner_delivers(world: Any, make: Builder) -> None:
    other = make.service(make.partner())
    with pytest.raises(Invalid) as refused, transaction():
        service.create(actor_of(world.practitioner), "once", facts_of(other))
    assert refused.value.field == "service_id"


def test_a_remote_session_needs_no_address_and_its_link_is_on_no_public_page(
    world: Any, make: Builder, browse: Any
) -> None:
    link = "https://visio.exemple.test/salle"
    remote = {"place_kind": Place.REMOTE, "place": None, "link": link}
    session = raw_session(make, world.practitioner, world.service, **remote)
    for reader in (browse(), browse(world.coordinator), browse(world.national)):
        assert link not in reader.get(f"/sessions/{session.id}").text + reader.get("/sessions").text
    assert link in browse(world.practitioner).get(f"{AT}/{session.id}").text


def test_its_hour_is_that_of_its_department(world: Any, make: Builder, browse: Any) -> None:
    session = raw_session(
        make, world.practitioner, world.service, department_code="974", starts_at=time(9, 30), on=in_days(3)
    )
    assert session.begins == datetime.combine(in_days(3), time(5, 30), UTC)
    assert "heure de La Réunion" in browse().get(f"/sessions/{session.id}").text


def test_a_day_is_over_where_it_takes_place(world: Any, make: Builder) -> None:
    """At one in the morning in Paris, it is still the day before in Martinique."""
    west = raw_session(make, world.practitioner, world.service, department_code="972", starts_at=time(22, 0))
    here = raw_session(make, world.practitioner, world.service, starts_at=time(22, 0))
    night = clock.end_of(in_days(20), None)
    with time_machine.travel(night.replace(microsecond=0).timestamp() + 3600, tick=False):
        listed = [each.id for each in db.session.scalars(queries.upcoming())]
    assert west.id in listed
    assert here.id not in listed


def test_registrations_close_on_their_last_day_and_when_it_begins(world: Any, make: Builder) -> None:
    session = raw_session(make, world.practitioner, world.service)
    assert session.takes_people
    with time_machine.travel(clock.end_of(session.closes_on, None).timestamp() + 1, tick=False):
        assert not session.takes_people
    same_day = raw_session(make, world.practitioner, world.service, closes_on=in_days(20))
    with time_machine.travel(same_day.begins.timestamp() + 1, tick=False):
        assert not same_day.takes_people


def test_another_partner_changes_nothing(world: Any, make: Builder) -> None:
    session, other = raw_session(make, world.practitioner, world.service), make.manager()
    with pytest.raises(NotFound), transaction():
        service.cancel(actor_of(other), session.id, "Non.")
    assert only().state is SessionState.OPEN


def test_what_is_published_is_not_deleted(world: Any, make: Builder) -> None:
    session = raw_session(make, world.practitioner, world.service)
    with pytest.raises(StepRefused), transaction():
        service.discard(actor_of(world.practitioner), session.id)
    draft = raw_session(make, world.practitioner, world.service, state=SessionState.DRAFT)
    with transaction():
        service.discard(actor_of(world.practitioner), draft.id)
    assert only().id == session.id


def test_a_draft_whose_day_is_past_is_not_published(world: Any, make: Builder, partner: Browser) -> None:
    draft = raw_session(make, world.practitioner, world.service, state=SessionState.DRAFT, on=in_days(-1))
    partner.post(f"{AT}/{draft.id}/publier")
    assert "Ce moment est passé" in partner.get(f"{AT}/{draft.id}").text
    assert only().state is SessionState.DRAFT


def test_sessions_of_a_partner_that_ends_are_cancelled_or_held_by_its_successor(
    world: Any, make: Builder
) -> None:
    ending, after = world.practitioner.organisation, make.partner()
    session = raw_session(make, world.practitioner, world.service)
    with transaction():
        handover.end(actor_of(world.national), ending.id, "Fusion", after.id)
    assert (only().partner_id, only().state) == (after.id, SessionState.OPEN)
    with transaction():
        handover.end(actor_of(world.national), after.id, "Fermeture", NOBODY)
    assert only().state is SessionState.CANCELLED
    assert session.id == only().id


def test_a_double_gives_its_sessions_to_the_other(world: Any, make: Builder) -> None:
    double = make.partner()
    session = raw_session(make, make.manager(double), world.service)
    with transaction():
        doubles.merge(actor_of(world.national), world.practitioner.organisation_id, double.id, set())
    assert only().partner_id == world.practitioner.organisation_id
    assert db.session.scalar(select(func.count()).select_from(CollectiveSession)) == 1
    assert session.id == only().id


def test_what_has_begun_is_not_changed_and_stays_with_who_held_it(
    world: Any, make: Builder, browse: Any
) -> None:
    session = raw_session(make, world.practitioner, world.service)
    raw_registration(make, session, world.coordinator)
    with time_machine.travel(session.begins.timestamp() + 60, tick=False):
        partner: Browser = browse(world.practitioner)
        refused = partner.post(f"{AT}/{session.id}/modifier", fields_of(world.service))
        assert refused.status_code == 409
        assert "Cette session a commencé" in refused.text
        with transaction():
            handover.end(actor_of(world.national), world.coordinator.organisation_id, "Fermeture", NOBODY)
            handover.end(actor_of(world.national), session.partner_id, "Fermeture", NOBODY)
    assert only().state is SessionState.OPEN
    assert standings(session) == {"Anne Le Goff": "seated"}
    assert letters() == []


@pytest.mark.parametrize("hours", [1, 30])
def test_once_its_hour_is_past_it_can_be_said_that_it_did_not_take_place(
    world: Any, make: Builder, browse: Any, hours: int
) -> None:
    session = raw_session(make, world.practitioner, world.service)
    raw_registration(make, session, world.coordinator)
    own = f"{AT}/{session.id}"
    with time_machine.travel(session.ends.timestamp() + hours * 3600, tick=False):
        public = spaced(browse().get(f"/sessions/{session.id}").text)
        assert "A eu lieu" not in public, "nobody said so"
        assert "Terminée" in public
        partner: Browser = browse(world.practitioner)
        assert "Elle n’a pas eu lieu" in partner.get(own).text
        assert "n’a pas eu lieu" in partner.get(f"{own}/annuler").text
        assert partner.post(f"{own}/annuler", {"reason": "Intervenant malade."}).location == own
    assert only().state is SessionState.CANCELLED
    told = letters()
    assert {each.kind for each in told} >= {"sessions/cancel_pole"}
    for each in told:
        assert "n’a pas eu lieu" in each.text
        assert "Intervenant malade." in each.text
