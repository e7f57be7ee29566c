"""The job and a person at the same moment, and two workers: what somebody touches is not closed under their hands."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.personal_data import jobs
from portal.personal_data import service as personal_data
from portal.personal_data.rules import Kept
from portal.refusals import Refusal
from portal.requests import steps
from portal.requests.closing import service as closing
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import CloseReason, RequestState
from tests.integration.personal_data import old
from tests.integration.requests.steps import actor_of
from tests.races import at_once

ROUNDS = 8
Act = Callable[[], Any]


def ended(kept: Kept, *ids: int) -> Act:
    """A worker at its job, with what it found."""
    (job,) = jobs.DUTIES[kept].jobs
    return lambda: job.do(ids)


def test_two_workers_anonymise_each_request_once(app: Flask, make) -> None:
    ids = [old.finished(make).id for _ in range(12)]
    done = at_once(app, *[ended(Kept.REQUESTS, *ids)] * 2)
    assert sum(done) == 12
    assert jobs.DUTIES[Kept.REQUESTS].count() == 0


def test_a_request_is_closed_by_the_job_or_by_the_cell_never_by_both(app: Flask, make) -> None:
    cell = actor_of(make.national_admin())
    for _ in range(ROUNDS):
        request = old.waiting(make)
        said = Details(reason=CloseReason.DUPLICATE, message="Double.")
        at_once(
            app,
            ended(Kept.DORMANT_REQUESTS, request.id),
            lambda reference=request.reference, said=said: closing.drop(cell, reference, said),
        )
        drops = select(func.count()).where(
            RequestEvent.request_id == request.id, RequestEvent.action == steps.DROP.name
        )
        assert db.session.scalar(drops) == 1
        state = select(SupportRequest.state).where(SupportRequest.id == request.id)
        assert db.session.scalar(state) is RequestState.DROPPED


def test_two_heads_cannot_both_leave_an_organisation_alone(app: Flask, make) -> None:
    for _ in range(ROUNDS):
        pole = make.pole()
        heads = [make.coordinator(pole), make.coordinator(pole)]
        actors = [actor_of(one) for one in heads]
        at_once(
            app,
            *(lambda actor=actor: personal_data.close_account(actor.person_id, actor) for actor in actors),
        )
        left = (
            select(func.count())
            .select_from(Membership)
            .join(Membership.person)
            .where(
                Membership.organisation_id == pole.id,
                Membership.role == Role.COORDINATOR,
                Membership.ended_at.is_(None),
                Person.active,
            )
        )
        assert db.session.scalar(left) == 1


def test_an_account_is_closed_once(app: Flask, make) -> None:
    pole = make.pole()
    make.coordinator(pole)
    me = make.coordinator(pole)
    actor = actor_of(me)
    answers = at_once(app, *[lambda: personal_data.close_account(actor.person_id, actor)] * 2)
    assert sum(isinstance(one, Refusal) for one in answers) == 1
    closed = select(Person.closed_at).where(Person.id == me.person_id)
    assert db.session.scalar(closed) <= clock.now()
