"""A partner says how many places it has, and opens more."""

from collections.abc import Mapping

from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.catalogue import queries as catalogue
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import Eligibility, Rule, Weight
from portal.catalogue.eligibility.words import NOT_OFFERED, reason
from portal.catalogue.room import emails, queries
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.catalogue.room.rules import Unit
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
    """The places that are missing for the poles that wait, of a service that it delivers; return how many."""
    partner = organisations.begin(actor, partner_id)
    one_at_a_time(f"places of service {service_id}")
    room = queries.of_partner(partner.id).get(service_id)
    if room is None:
        raise NotFound
    count = queries.rooms([service_id])[service_id].missing
    if count:
        state(actor, partner_id, {service_id: (room.maximum + count, room.unit)})
    return count


def tell_partners(service_id: int) -> int:
    """Tell the partners of a full service how many poles wait, each once a week at most; to how many people."""
    require_transaction()
    one_at_a_time(f"places of service {service_id}")
    if queries.rooms([service_id])[service_id].available:
        return 0
    told = 0
    for room in queries.locked_to_tell(service_id):
        room.told_at = clock.now()
        told += emails.waiting(room.partner_id, service_id, queries.waiting([service_id])[service_id])
    return told


def tell(service_id: int) -> int:
    """Tell those who wait that there is a place, as many as there are; to how many people. While a service rests they
    wait on. A pole that may no longer ask for a reason of its own leaves the list, and hears why: nobody waits behind
    it."""
    require_transaction()
    one_at_a_time(f"places of service {service_id}")
    told = 0
    for waiting, place in queries.waiting_for(service_id):
        if ruling := eligibility.of(waiting.pole_id, place, [service_id]).get(service_id):
            told += _tell(waiting, ruling)
            db.session.flush()
    return told


def _tell(waiting: WaitingPlace, ruling: Eligibility) -> int:
    """Each place once: whoever has none any more is told of the next."""
    if ruling.rests or ruling.lacks_room_alone:
        waiting.told_on = None
        return 0
    if not ruling.may_ask:
        db.session.delete(waiting)
        own = [reason(each) for each in ruling.of_weight(Weight.AGAINST) if each.rule is not Rule.ROOM]
        return emails.left(waiting.pole_id, waiting.service_id, own)
    if waiting.told_on:
        return 0
    waiting.told_on = clock.today()
    return emails.room(waiting.pole_id, waiting.service_id)


def end(service_id: int) -> None:
    """Nobody waits any more for a service that is archived; those who did hear so."""
    require_transaction()
    one_at_a_time(f"places of service {service_id}")
    for waiting, _place in queries.waiting_for(service_id):
        db.session.delete(waiting)
        emails.left(waiting.pole_id, service_id, [NOT_OFFERED])
    db.session.flush()
