"""Drafts end after 90 days, warned two weeks before; what was sent tells nobody's name after three years."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.applications import jobs
from portal.applications.models import Application, ApplicationEvent, ApplicationLink
from portal.applications.steps import REFUSE, State
from portal.db import db, transaction
from portal.files.models import StoredFile
from tests.builders import Builder
from tests.integration.applications import steps
from tests.jobs import do


def purge(after_days: float) -> int:
    """How many drafts were deleted, and forget dead links."""
    before = len(applications())
    with time_machine.travel(datetime.now(clock.PARIS) + timedelta(days=after_days)):
        do("end drafts of applications")
        do("forget links of applications")
    return before - len(applications())


def applications() -> list[Application]:
    return list(db.session.scalars(select(Application).execution_options(populate_existing=True)))


def test_a_draft_is_warned_then_deleted_with_its_documents(make: Builder, browse) -> None:
    visitor = browse(None)
    path = steps.begin(visitor)
    steps.upload(visitor, path, "statuts.pdf", steps.PDF)
    assert purge(75) == 0
    assert steps.emails("draft_expires") == []
    assert purge(77) == purge(78) == 0
    assert [one.recipient for one in steps.emails("draft_expires")] == ["nour@exemple.test"], "once"
    assert purge(88) == 0
    assert purge(92) == 1
    assert applications() == []
    assert db.session.scalars(select(StoredFile)).all() == []


def test_writing_again_keeps_it(make: Builder, browse) -> None:
    visitor = browse(None)
    path = steps.begin(visitor)
    assert purge(77) == 0
    with time_machine.travel(datetime.now(clock.PARIS) + timedelta(days=80)):
        assert browse(None).post(f"{path}/partie/contact", steps.CONTACT).status_code == 302
    assert purge(100) == 0
    assert len(applications()) == 1
    assert applications()[0].warned_at is None


def test_a_worker_that_was_away_warns_before_it_deletes(make: Builder) -> None:
    make.raw_application(State.DRAFT)
    assert purge(200) == 0
    assert len(steps.emails("draft_expires")) == 1
    assert purge(215) == 1


def test_what_was_sent_is_never_deleted(make: Builder) -> None:
    make.raw_application()
    make.raw_application(State.REFUSED)
    assert purge(1000) == 0
    assert len(applications()) == 2


def test_links_that_ended_are_forgotten(make: Builder) -> None:
    make.link(make.raw_application())
    assert purge(91) == 0
    assert db.session.scalars(select(ApplicationLink)).all() == []


@pytest.mark.parametrize("state", [State.REFUSED, State.ADMITTED, State.WITHDRAWN, State.SUBMITTED])
def test_nothing_tells_who_anybody_is_after_anonymisation(make: Builder, browse, state: State) -> None:
    national = make.national_admin()
    application = make.raw_application(
        state, name="Filière de Lise Marchand", phone="0639980000", public_summary="Lise Marchand"
    )
    token = make.link(application)
    event = ApplicationEvent(
        application_id=application.id,
        action=REFUSE.name,
        actor_id=national.person_id,
        from_state=State.ADVISED,
        to_state=State.REFUSED,
        reason="too_early",
        message="Chère Lise Marchand",
    )
    make._save(event)
    with transaction():
        assert not jobs.anonymise(application.id, clock.today()), "touched today"
        assert jobs.anonymise(application.id, clock.today() + timedelta(days=1))
        assert not jobs.anonymise(application.id, clock.today() + timedelta(days=1)), "once"
    [one] = applications()
    row = {column.name: getattr(one, column.name) for column in Application.__table__.columns}
    told = " ".join(str(value) for value in row.values())
    for word in ("Lise", "Marchand", "0639980000", "exemple.test", "Coopérative", "lin"):
        assert word not in told, word
    assert (one.state, one.region_code, one.stage, one.sectors) == (state, "28", "emerging", ["industry"])
    [step] = db.session.scalars(select(ApplicationEvent).execution_options(populate_existing=True))
    assert (step.message, step.actor_id, step.reason) == (None, None, "too_early")
    assert browse(None).get(f"/candidater/suivi/{token}").status_code == 404
    assert browse(national).get(f"/candidatures/{one.reference}").status_code == 200
