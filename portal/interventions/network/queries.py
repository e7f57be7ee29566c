"""Acts for the network: whose they are, and what they add up to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.access.roles import Actor, Role
from portal.db import db
from portal.interventions.network.models import NetworkAct, NetworkPractice
from portal.organisations.models import Organisation

SPENT: ColumnElement[int] = NetworkAct.minutes * NetworkAct.practitioners


def of_actor(actor: Actor) -> Select[NetworkAct]:
    """Those of one's own organisation, the latest first."""
    return (
        select(NetworkAct)
        .where(NetworkAct.organisation_id == actor.organisation_id)
        .options(_people())
        .order_by(NetworkAct.on.desc(), NetworkAct.id.desc())
    )


def all_of(actor: Actor) -> Sequence[NetworkAct]:
    return db.session.scalars(of_actor(actor)).all()


def get(actor: Actor, act_id: int) -> NetworkAct | None:
    return db.session.scalar(of_actor(actor).where(NetworkAct.id == act_id))


def locked(actor: Actor, act_id: int) -> NetworkAct | None:
    """The same, fresh, until the transaction ends."""
    statement = of_actor(actor).where(NetworkAct.id == act_id).with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))


def _people() -> Any:
    return selectinload(NetworkAct.practices).joinedload(NetworkPractice.person)


def by_once(once: str) -> NetworkAct | None:
    """What a form already created."""
    return db.session.scalar(
        select(NetworkAct).where(NetworkAct.once == once).options(joinedload(NetworkAct.organisation))
    )


def totals(actor: Actor, first: date, after: date, organisation_id: int | None = None) -> Sequence[Any]:
    """Name of the organisation, kind, acts, minutes spent and participants, from a day on and before another; of one
    organisation, or of all. A regional cell reads its own alone."""
    statement = (
        select(
            Organisation.name,
            NetworkAct.kind,
            func.count(),
            func.sum(SPENT),
            func.coalesce(func.sum(NetworkAct.participants), 0),
        )
        .join(NetworkAct.organisation)
        .where(NetworkAct.on >= first, NetworkAct.on < after)
        .group_by(Organisation.id, Organisation.name, Organisation.name_key, NetworkAct.kind)
        .order_by(Organisation.name_key, Organisation.id, NetworkAct.kind)
    )
    if organisation_id is not None:
        statement = statement.where(NetworkAct.organisation_id == organisation_id)
    if actor.role is Role.REGIONAL_ADMIN:
        statement = statement.where(NetworkAct.organisation_id == actor.organisation_id)
    return db.session.execute(statement).all()
