"""Keep what somebody types of what they did, and forget it once it is sent."""

from collections.abc import Container, Mapping, Sequence

from sqlalchemy import delete

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.db import db
from portal.interventions import queries as interventions
from portal.interventions.drafts import queries
from portal.interventions.drafts.models import LogDraft
from portal.interventions.steps import InterventionState
from portal.requests.assignments import service as assignments

Typed = Mapping[str, Sequence[str]]


def keep(
    actor: Actor,
    reference: str,
    assignment_id: int,
    intervention_id: int | None,
    once: str,
    typed: Typed,
    asked: Container[str],
) -> None:
    """Keep what is typed until it is sent, beside what another form asks and this one does not (`asked`: its fields);
    nothing: forget it. What was sent meanwhile is not kept again."""
    assignments.lock(actor, reference, Permission.INTERVENTION_LOG, assignment_id)
    draft = queries.of(actor, assignment_id, intervention_id)
    elsewhere = {name: values for name, values in draft.typed.items() if name not in asked} if draft else {}
    typed = {**elsewhere, **typed}
    if not typed or _is_told(assignment_id, intervention_id, once):
        forget(actor, assignment_id, intervention_id)
        return
    if draft is None:
        forget(actor, assignment_id, intervention_id)  # one too old to be shown
        draft = LogDraft(
            person_id=actor.person_id, assignment_id=assignment_id, intervention_id=intervention_id
        )
        db.session.add(draft)
    draft.typed = {name: [*values] for name, values in typed.items()}
    draft.written_at = clock.now()


def _is_told(assignment_id: int, intervention_id: int | None, once: str) -> bool:
    if intervention_id is None:
        return interventions.by_once(assignment_id, once) is not None
    there = interventions.get_locked(intervention_id)
    return there is None or there.state is not InterventionState.PLANNED


def forget(actor: Actor, assignment_id: int, intervention_id: int | None) -> None:
    """It is sent, or its author wants it no more."""
    which = queries.is_of(actor, assignment_id, intervention_id)
    db.session.execute(delete(LogDraft).where(which).execution_options(synchronize_session=False))
