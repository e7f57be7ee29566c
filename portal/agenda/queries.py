"""The interventions of some days, as their reader may see them."""

from collections.abc import Sequence
from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access.roles import Actor
from portal.agenda.rules import Days
from portal.calendars.feeds.queries import is_readable, is_theirs
from portal.calendars.rules import Scope
from portal.db import db
from portal.interventions.models import Contribution, Intervention
from portal.interventions.steps import InterventionState
from portal.requests.models import Assignment, SupportRequest

MOST = 1000
"""Interventions that one page or file shows: more than a team has in a year."""
HAPPENS = (InterventionState.PLANNED, InterventionState.DONE, InterventionState.POLE_ABSENT)
"""What an agenda holds where no state is asked for: what was called off is only told where it is."""


def dates(
    actor: Actor, days: Days, scope: Scope = Scope.TEAM, state: InterventionState | None = None
) -> Sequence[Intervention]:
    """First to last, MOST + 1 at most, with what says their measures."""
    to_request = joinedload(Intervention.assignment).joinedload(Assignment.request)
    statement = (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            Intervention.on.between(days.first, days.last),
            Intervention.state.in_([state] if state else HAPPENS),
            is_readable(actor),
            *([is_theirs(actor)] if scope is Scope.MINE else []),
        )
        .options(
            to_request.joinedload(SupportRequest.pole),
            to_request.joinedload(SupportRequest.service),
            joinedload(Intervention.assignment).joinedload(Assignment.partner),
            selectinload(Intervention.contributions)
            .joinedload(Contribution.assignment)
            .joinedload(Assignment.partner),
            selectinload(Intervention.also_served),
        )
        .order_by(Intervention.on, Intervention.id)
        .limit(MOST + 1)
    )
    return sorted(
        db.session.scalars(statement), key=lambda each: (each.on, each.starts_at or time.min, each.id)
    )
