"""The places that a partner has for each service that it delivers."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import func, literal, select

from portal import clock
from portal.catalogue.limits.rules import year_of
from portal.catalogue.models import Service
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.db import db
from portal.feature import features
from portal.organisations.models import Pole


def of_partner(partner_id: int) -> Mapping[int, ServiceRoom]:
    """What it says of its places, by number of the service."""
    statement = select(ServiceRoom).where(ServiceRoom.partner_id == partner_id)
    return {room.service_id: room for room in db.session.scalars(statement)}


def taken(service_ids: Collection[int]) -> Mapping[int, int]:
    """The places that requests of this year have taken, by number of the service."""
    count = next(feature.counts_room for feature in features() if feature.counts_room)
    year = year_of(clock.today(), None)
    statement = select(Service.id, count(Service.id, year, literal(0)).label("taken")).where(
        Service.id.in_(service_ids)
    )
    return {row.id: row.taken for row in db.session.execute(statement)}


def waiting(service_ids: Collection[int]) -> Mapping[int, int]:
    """How many poles wait for a place, by number of the service; those without any are left out."""
    statement = select(WaitingPlace.service_id, func.count().label("poles"))
    there = WaitingPlace.service_id.in_(service_ids), Pole.active
    statement = statement.join(Pole, Pole.id == WaitingPlace.pole_id).where(*there)
    rows = db.session.execute(statement.group_by(WaitingPlace.service_id))
    return {row.service_id: row.poles for row in rows}


def waiting_of(pole_id: int, service_id: int) -> WaitingPlace | None:
    """The place of a pole on the list of a service."""
    statement = select(WaitingPlace).where(
        WaitingPlace.pole_id == pole_id, WaitingPlace.service_id == service_id
    )
    return db.session.scalar(statement)


def untold(service_id: int) -> Iterator[tuple[WaitingPlace, str | None]]:
    """Those who wait for a place of a service and were not told of one, first come first, with their clocks."""
    statement = (
        select(WaitingPlace, Pole)
        .join(Pole, Pole.id == WaitingPlace.pole_id)
        .where(WaitingPlace.service_id == service_id, WaitingPlace.told_on.is_(None), Pole.active)
        .order_by(WaitingPlace.id)
    )
    for row, pole in db.session.execute(statement).all():
        yield row, pole.place


def waited_for(after: int, most: int) -> Sequence[int]:
    """The services for which somebody waits who was told of no place yet, by number."""
    statement = select(WaitingPlace.service_id).where(
        WaitingPlace.service_id > after, WaitingPlace.told_on.is_(None), Pole.active
    )
    statement = statement.join(Pole, Pole.id == WaitingPlace.pole_id)
    return db.session.scalars(statement.distinct().order_by(WaitingPlace.service_id).limit(most)).all()
