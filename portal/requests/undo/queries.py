"""Which act somebody may take back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, inspect, or_, select
from sqlalchemy.orm import aliased

from portal import acts, clock
from portal.access.roles import Actor
from portal.db import Model, db, require_transaction
from portal.organisations.models import Organisation, Pole
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import LIVE_ASSIGNMENTS, OPEN_REQUESTS
from portal.requests.undo.models import Undo


def last_key(actor: Actor, request_id: int) -> str | None:
    """The act that somebody did last on a request, for the organisation they act for."""
    own = RequestEvent.actor_id == actor.person_id, RequestEvent.organisation_id == actor.organisation_id
    statement = select(RequestEvent.act).where(RequestEvent.request_id == request_id, *own)
    return db.session.scalar(statement.order_by(RequestEvent.id.desc()).limit(1))


def events(key: str) -> Sequence[RequestEvent]:
    """What an act did, first to last."""
    return db.session.scalars(
        select(RequestEvent).where(RequestEvent.act == key).order_by(RequestEvent.id)
    ).all()


def references(key: str) -> Sequence[str]:
    """The requests of an act, in the order in which they are locked: each after the organisations it is of."""
    require_transaction()
    ids = select(RequestEvent.request_id).where(RequestEvent.act == key)
    poles = select(SupportRequest.pole_id).where(SupportRequest.id.in_(ids))
    partners = select(Assignment.partner_id).where(Assignment.request_id.in_(ids))
    bodies = select(Organisation.id).where(or_(Organisation.id.in_(poles), Organisation.id.in_(partners)))
    db.session.execute(bodies.order_by(Organisation.id).with_for_update(read=True))
    statement = select(SupportRequest.reference).where(SupportRequest.id.in_(ids)).order_by(SupportRequest.id)
    return db.session.scalars(statement).all()


def over(after: str, most: int) -> Sequence[str]:
    """What can no longer be taken back, by key."""
    statement = select(Undo.key).where(Undo.key > after, is_over())
    return db.session.scalars(statement.order_by(Undo.key).limit(most)).all()


def is_over() -> ColumnElement[bool]:
    return Undo.at <= clock.now() - acts.TIME


def locked(key: str) -> Undo | None:
    """How to take an act back, fresh, until the transaction ends."""
    require_transaction()
    return db.session.get(Undo, key, with_for_update=True, populate_existing=True)


def of_row(actor: Actor, row: Model) -> Undo | None:
    """How to take back what somebody did last to a row, fresh, until the transaction ends; None: nothing lately."""
    require_transaction()
    done = (
        select(Undo)
        .where(Undo.membership_id == actor.membership_id, Undo.role == actor.role)
        .order_by(Undo.at.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    this = {"table": row.__tablename__, "id": list(inspect(row).identity or ())}
    return next((undo for undo in db.session.scalars(done) if _wrote(undo, this)), None)


def _wrote(undo: Undo, this: Mapping[str, Any]) -> bool:
    return any({name: change[name] for name in this} == this for change in undo.changes)


def newest(request_ids: Sequence[int]) -> Sequence[str | None]:
    """The act of what happened last on each of these requests."""
    later = aliased(RequestEvent)
    is_last = ~exists().where(later.request_id == RequestEvent.request_id, later.id > RequestEvent.id)
    statement = select(RequestEvent.act).where(RequestEvent.request_id.in_(request_ids), is_last)
    return db.session.scalars(statement).all()


def waits_for_ended(request_ids: Sequence[int]) -> bool:
    """Does one of these requests wait for somebody who no longer uses the portal?"""
    ours = SupportRequest.id.in_(request_ids)
    partner = aliased(Organisation)
    of_pole = select(SupportRequest.id).join(Pole, Pole.id == SupportRequest.pole_id)
    of_partner = (
        select(Assignment.request_id)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .join(partner, partner.id == Assignment.partner_id)
    )
    for statement in (
        of_pole.where(ours, ~Pole.active, SupportRequest.state.in_(OPEN_REQUESTS)),
        of_partner.where(ours, ~partner.active, Assignment.state.in_(LIVE_ASSIGNMENTS)),
    ):
        if db.session.scalar(statement.limit(1)) is not None:
            return True
    return False
