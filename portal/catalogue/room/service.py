"""A partner says how many places it has, and opens more."""

from collections.abc import Mapping

from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.catalogue import queries as catalogue
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.room import emails, queries
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.catalogue.room.rules import Room, Unit
from portal.db import db, one_at_a_time, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations import service as organisations
from portal.organisations.models import Partner, Pole
from portal.refusals import Conflict, NotFound

Wanted = Mapping[int, tuple[int, Unit] | None]
"""By number of the service; None: nothing is said of its places."""


def state(actor: Actor, partner_id: int, wanted: Wanted) -> Partner:
    """Say how many places a partner has in a year for the services that it delivers."""
    partner = organisations.begin(actor, partner_id)
    if not isinstance(partner, Partner):
        raise NotFound
    delivered = {service.id: service for service in catalogue.delivered_by(partner.id)}
    rooms = queries.of_partner(partner.id)
    before = {delivered[number].name: rooms[number].maximum for number in rooms if number in delivered}
    for service_id in delivered.keys() & wanted.keys():
        _state(partner.id, service_id, rooms.get(service_id), wanted[service_id])
    db.session.flush()
    after = {
        delivered[number].name: room.maximum
        for number, room in queries.of_partner(partner.id).items()
        if number in delivered
    }
    if before != after:
        journal.record(
            Act.CHANGED,
            Subject.ORGANISATION,
            partner.id,
            partner.name,
            before={"places": _lines(before)},
            after={"places": _lines(after)},
        )
    return partner


def _state(
    partner_id: int, service_id: int, room: ServiceRoom | None, stated: tuple[int, Unit] | None
) -> None:
    if stated is None:
        if room:
            db.session.delete(room)
        return
    maximum, unit = stated
    if room is None:
        room = ServiceRoom(service_id=service_id, partner_id=partner_id)
        db.session.add(room)
    if (room.maximum, room.unit) != (maximum, unit):
        room.maximum, room.unit, room.updated_on = maximum, unit, clock.today()


def _lines(places: Mapping[str, int]) -> list[str]:
    return [f"{name}: {maximum}" for name, maximum in sorted(places.items())]


def wait(pole_id: int, service_id: int) -> None:
    """Put a pole on the list of a service that is full for it; twice is once."""
    require_transaction()
    pole = db.session.scalar(
        select(Pole).where(Pole.id == pole_id, Pole.active).with_for_update(key_share=True)
    )
    ruling = eligibility.of(pole_id, pole.place, [service_id]).get(service_id) if pole else None
    if ruling is None:
        raise NotFound
    if not ruling.room_to_wait_for:
        raise Conflict
    if queries.waiting_of(pole_id, service_id) is None:
        db.session.add(WaitingPlace(pole_id=pole_id, service_id=service_id))


def leave(pole_id: int, service_id: int) -> None:
    """Take a pole off the list, where it is on it."""
    require_transaction()
    if row := queries.waiting_of(pole_id, service_id):
        db.session.delete(row)


def open_more(actor: Actor, partner_id: int, service_id: int) -> int:
    """As many places more as poles wait for one; return how many."""
    partner = organisations.begin(actor, partner_id)
    room = queries.of_partner(partner.id).get(service_id)
    count = queries.waiting([service_id]).get(service_id, 0)
    if room is None:
        raise NotFound
    if count:
        state(actor, partner_id, {service_id: (room.maximum + count, room.unit)})
    return count


def tell_partners(service_id: int) -> int:
    """Tell the partners of a full service how many poles wait, each once a week at most; to how many people."""
    require_transaction()
    one_at_a_time(f"places of service {service_id}")
    if Room(queries.maximum(service_id), queries.taken([service_id])[service_id]).available:
        return 0
    told = 0
    for room in queries.locked_to_tell(service_id):
        room.told_at = clock.now()
        told += emails.waiting(room.partner_id, service_id, queries.waiting([service_id])[service_id])
    return told


def tell(service_id: int) -> int:
    """Tell those who wait that there is a place, as many as there are, each once. Whoever may no longer ask, places or
    not, leaves the list: nobody waits behind them."""
    require_transaction()
    one_at_a_time(f"places of service {service_id}")
    told = 0
    for waiting, place in queries.untold(service_id):
        ruling = eligibility.of(waiting.pole_id, place, [service_id]).get(service_id)
        if ruling and ruling.may_ask:
            waiting.told_on = clock.today()
            told += emails.room(waiting.pole_id, service_id)
        elif ruling and not ruling.lacks_room_alone:
            db.session.delete(waiting)
        db.session.flush()
    return told
