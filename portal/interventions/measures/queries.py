"""The two measures in SQL, for whatever counts many acts at once. `rules` says the same of one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from portal.catalogue.models import ServiceVersion
from portal.catalogue.rules import Beside
from portal.catalogue.versions.rules import time_counted
from portal.db import db
from portal.interventions.models import AlsoServed, Contribution, Intervention
from portal.interventions.steps import InterventionState
from portal.requests.models import Assignment, SupportRequest

SERVED: ColumnElement[int] = func.coalesce(AlsoServed.minutes, Intervention.minutes)
"""What an act counts for one of the poles that it is for beside the one that asked; as `rules.served` says."""

_MORE = (
    select(
        AlsoServed.intervention_id,
        func.count().filter(AlsoServed.minutes.is_(None)).label("poles"),
        func.coalesce(func.sum(AlsoServed.minutes), 0).label("of_their_own"),
    )
    .group_by(AlsoServed.intervention_id)
    .subquery("more_poles")
)

RECEIVED: ColumnElement[int] = Intervention.minutes * (1 + func.coalesce(_MORE.c.poles, 0)) + func.coalesce(
    _MORE.c.of_their_own, 0
)
"""Of an act of a request, over all poles; in a statement that is `with_poles`. One of no request is for those alone
that it serves beside, of which each received its length."""

SPENT: ColumnElement[int] = (
    Intervention.minutes * Contribution.practitioners
    + Contribution.preparation
    + Contribution.travel
    + Contribution.write_up
)
"""Of a partner's contribution to an act."""


def counted(request: SupportRequest) -> Sequence[Beside]:
    """What of the work beside the sessions counts as time spent: what the sheet said when the request was sent."""
    if request.service_version_id is None:
        return ()
    version = db.session.get(ServiceVersion, request.service_version_id)
    return time_counted(version.sheet) if version else ()


def with_poles(acts: Select[Any]) -> Select[Any]:
    """The same acts, with how many poles each served."""
    return acts.outerjoin(_MORE, _MORE.c.intervention_id == Intervention.id)


def received_by(pole_id: Any, first: date, after: date) -> Any:
    """What a pole received from a day on and before another: acts done of its requests, and of those it joined."""
    asked = (
        select(func.coalesce(func.sum(Intervention.minutes), 0))
        .select_from(Intervention)
        .join(Assignment, Assignment.id == Intervention.assignment_id)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .where(SupportRequest.pole_id == pole_id, *_done(first, after))
    )
    joined = (
        select(func.coalesce(func.sum(SERVED), 0))
        .select_from(AlsoServed)
        .join(Intervention, Intervention.id == AlsoServed.intervention_id)
        .where(AlsoServed.pole_id == pole_id, *_done(first, after))
    )
    return asked.scalar_subquery() + joined.scalar_subquery()


def spent_in(first: date, after: date, *which: ColumnElement[bool]) -> Any:
    """The time spent from a day on and before another, on some requests by some partners."""
    return (
        select(func.coalesce(func.sum(SPENT), 0))
        .select_from(Contribution)
        .join(Intervention, Intervention.id == Contribution.intervention_id)
        .join(Assignment, Assignment.id == Contribution.assignment_id)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .where(*which, *_done(first, after))
        .scalar_subquery()
    )


def _done(first: date, after: date) -> list[ColumnElement[bool]]:
    return [
        Intervention.state == InterventionState.DONE,
        Intervention.on >= first,
        Intervention.on < after,
    ]
