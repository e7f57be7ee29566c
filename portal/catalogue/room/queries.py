"""The places that a partner has for each service that it delivers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.catalogue.limits.rules import Year, year_of
from portal.catalogue.models import Delivery, Service
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.catalogue.room.rules import TOLD_AT_MOST_EVERY, Room
from portal.db import db, when_run
from portal.feature import features
from portal.organisations.models import Partner, Pole


def of_partner(partner_id: int) -> Mapping[int, ServiceRoom]:
    """What it says of its places, by number of the service."""
    statement = select(ServiceRoom).where(ServiceRoom.partner_id == partner_id)
    return {room.service_id: room for room in db.session.scalars(statement)}


def places_of(partner_id: Any, service_id: Any) -> Any:
    """The column of those that a partner says it has for a service."""
    statement = select(ServiceRoom.maximum).where(
        ServiceRoom.partner_id == partner_id, ServiceRoom.service_id == service_id
    )
    return statement.scalar_subquery()


def taken(service_ids: Collection[int]) -> Mapping[int, int]:
    """The places that requests of this year have taken, by number of the service."""
    year = year_of(clock.today(), None)
    statement = select(Service.id, taken_of(Service.id, year, literal(0)).label("taken")).where(
        Service.id.in_(service_ids)
    )
    return {row.id: row.taken for row in db.session.execute(statement)}


def taken_of(service_id: Any, year: Year, without: Any) -> Any:
    """The column that counts them, by the feature that has requests. `without`: the request to leave out, by number."""
    count = next(feature.counts_room for feature in features() if feature.counts_room)
    return count(service_id, year, without)


def stated(service_id: Any) -> Select[int]:
    """The places that the partners of a service state together: those at work, whether they say how many or not."""
    partner = aliased(Partner)
    ours = and_(ServiceRoom.partner_id == Delivery.partner_id, ServiceRoom.service_id == Delivery.service_id)
    return (
        select(func.sum(ServiceRoom.maximum))
        .select_from(Delivery)
        .join(partner, partner.id == Delivery.partner_id)
        .join(ServiceRoom, ours, isouter=True)
        .where(Delivery.service_id == service_id, partner.active)
    )


def waiting(service_ids: Collection[int]) -> Mapping[int, int]:
    """How many poles wait for a place, by number of the service; those without any are left out."""
    statement = select(WaitingPlace.service_id, func.count().label("poles"))
    there = WaitingPlace.service_id.in_(service_ids), Pole.active
    statement = statement.join(Pole, Pole.id == WaitingPlace.pole_id).where(*there)
    rows = db.session.execute(statement.group_by(WaitingPlace.service_id))
    return {row.service_id: row.poles for row in rows}


def waiting_of(pole_id: int, service_id: int) -> WaitingPlace | None:
    """The place of a pole on the list of a service, locked: nobody offers it while the pole leaves."""
    statement = select(WaitingPlace).where(
        WaitingPlace.pole_id == pole_id, WaitingPlace.service_id == service_id
    )
    return db.session.scalar(statement.with_for_update())


def waiting_for(service_id: int) -> Sequence[tuple[WaitingPlace, str | None]]:
    """Those who wait for a place of a service, locked, first come first, with their clocks."""
    statement = (
        select(WaitingPlace, Pole)
        .join(Pole, Pole.id == WaitingPlace.pole_id)
        .where(WaitingPlace.service_id == service_id, Pole.active)
        .order_by(WaitingPlace.id)
        .with_for_update(of=WaitingPlace)
    )
    return [(row, pole.place) for row, pole in db.session.execute(statement)]


def poles_waiting(service_ids: Collection[int]) -> Mapping[int, Sequence[Any]]:
    """The poles that wait, first come first, by number of the service: their name, since when, when they were told."""
    statement = (
        select(WaitingPlace.service_id, Pole.name, WaitingPlace.joined_at, WaitingPlace.told_on)
        .join(Pole, Pole.id == WaitingPlace.pole_id)
        .where(WaitingPlace.service_id.in_(service_ids), Pole.active)
        .order_by(WaitingPlace.id)
    )
    by_service: dict[int, list[Any]] = {}
    for row in db.session.execute(statement):
        by_service.setdefault(row.service_id, []).append(row)
    return by_service


def is_to_be_told() -> ColumnElement[bool]:
    """Has a pole begun to wait for the service of a partner since it last heard of that, a week ago or more?"""
    began = select(WaitingPlace.id).join(Pole, Pole.id == WaitingPlace.pole_id)
    began = began.where(
        WaitingPlace.service_id == ServiceRoom.service_id,
        Pole.active,
        or_(ServiceRoom.told_at.is_(None), WaitingPlace.joined_at > ServiceRoom.told_at),
    )
    rested = ServiceRoom.told_at <= when_run(
        lambda: clock.now() - TOLD_AT_MOST_EVERY, ServiceRoom.told_at.type
    )
    return and_(began.exists(), or_(ServiceRoom.told_at.is_(None), rested))


def begun_to_wait(after: int, most: int) -> Sequence[int]:
    """The services of which a partner is to be told that poles wait, by number."""
    statement = select(ServiceRoom.service_id).where(ServiceRoom.service_id > after, is_to_be_told())
    return db.session.scalars(statement.distinct().order_by(ServiceRoom.service_id).limit(most)).all()


def locked_to_tell(service_id: int) -> Sequence[ServiceRoom]:
    """What the partners to be told say of their places, locked."""
    statement = select(ServiceRoom).where(ServiceRoom.service_id == service_id, is_to_be_told())
    statement = statement.order_by(ServiceRoom.partner_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def rooms(service_ids: Collection[int]) -> Mapping[int, Room]:
    """The places of services, all partners at work together, and how many wait, by number of the service."""
    statement = select(Service.id, stated(Service.id).correlate(Service).scalar_subquery().label("maximum"))
    taken_of_each, waiting_of_each = taken(service_ids), waiting(service_ids)
    return {
        row.id: Room(row.maximum or 0, taken_of_each[row.id], waiting_of_each.get(row.id, 0))
        for row in db.session.execute(statement.where(Service.id.in_(service_ids)))
    }


def waited_for(after: int, most: int) -> Sequence[int]:
    """The services for which somebody waits, by number."""
    statement = select(WaitingPlace.service_id).where(WaitingPlace.service_id > after, Pole.active)
    statement = statement.join(Pole, Pole.id == WaitingPlace.pole_id)
    return db.session.scalars(statement.distinct().order_by(WaitingPlace.service_id).limit(most)).all()
