"""Who waits for a place hears that there is one; who could open more hears that poles wait."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.access.roles import HEAD_ROLES, Role
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.accounts.models import Person
from portal.catalogue.eligibility.words import NOT_OFFERED
from portal.catalogue.models import Service
from portal.catalogue.room.rules import KEPT_FOR
from portal.catalogue.words import service_name
from portal.db import db
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.notifications.previews.service import Example
from portal.organisations.models import Pole
from portal.organisations.queries import place_of
from portal.teams.calling import emails as calling
from portal.teams.calling.queries import cells
from portal.teams.queries import Addressee
from portal.web.addresses import absolute_url

ROOM = "catalogue/room_pole"
WAITING = "catalogue/waiting_partner"
LEFT = "catalogue/left_list_pole"
_MANAGERS = frozenset({Role.MANAGER})


def room(pole_id: int, service_id: int) -> int:
    """Those who answer for a pole: there is a place for it; to how many."""
    people = accounts.members([pole_id], HEAD_ROLES)
    service, pole = db.session.get_one(Service, service_id), db.session.get_one(Pole, pole_id)
    message = _message(service, calling.contact(cells(pole.region_code)))
    enqueue_all([Envelope(ROOM, recipient(person, pole.place, pole_id), message) for person in people])
    return len(people)


def waiting(partner_id: int, service_id: int, poles: int) -> int:
    """Those who answer for a partner: so many poles wait for its service; to how many."""
    people = accounts.members([partner_id], _MANAGERS)
    message = _of_those_who_wait(db.session.get_one(Service, service_id), partner_id, poles)
    place = place_of(partner_id)
    enqueue_all(
        [
            Envelope(WAITING, recipient(person, place, organisation_id=partner_id), message)
            for person in people
        ]
    )
    return len(people)


def left(pole_id: int, service_id: int, reasons: Sequence[Any]) -> int:
    """Those who answer for a pole: it no longer waits for a place, and why; to how many."""
    people = accounts.members([pole_id], HEAD_ROLES)
    service, pole = db.session.get_one(Service, service_id), db.session.get_one(Pole, pole_id)
    message = _of_leaving(service, reasons, calling.contact(cells(pole.region_code)))
    enqueue_all([Envelope(LEFT, recipient(person, pole.place, pole_id), message) for person in people])
    return len(people)


def _of_leaving(service: Service, reasons: Sequence[Any], contact: Sequence[tuple[Any, Any]]) -> Message:
    name = LazyString(service_name, service)
    return Message(
        action_url=absolute_url("catalogue.index"),
        facts=[(_l("Service"), name), *((_l("Why"), reason) for reason in reasons), *contact],
        context={"service": name},
    )


def _of_those_who_wait(service: Service, partner_id: int, poles: int) -> Message:
    return Message(
        action_url=absolute_url("room.index", organisation_id=partner_id, _anchor=f"waiting-{service.id}"),
        facts=[(_l("Service"), LazyString(service_name, service)), (_l("Poles that wait"), str(poles))],
        context={"service": LazyString(service_name, service), "poles": poles},
    )


def _message(service: Service, contact: Sequence[tuple[Any, Any]]) -> Message:
    last_day = clock.today() + KEPT_FOR
    return Message(
        action_url=absolute_url("catalogue.show", slug=service.slug),
        facts=[
            (_l("Service"), LazyString(service_name, service)),
            (_l("Kept for your pole until"), last_day),
            *contact,
        ],
        context={"service": LazyString(service_name, service), "last_day": last_day},
    )


_CALLED = Addressee(Person(given_name="Inès", family_name="Delorme", phone="02 35 00 00 01"))


def _example() -> tuple[Recipient, Message]:
    service = Service(slug="visite-apprenante", name="Visite apprenante", name_en="Learning visit")
    return Recipient("anne.le-goff@exemple.test", "Anne Le Goff"), _message(service, [calling.fact(_CALLED)])


def _example_of_waiting() -> tuple[Recipient, Message]:
    service = Service(id=7, slug="visite-apprenante", name="Visite apprenante", name_en="Learning visit")
    return Recipient("bertrand@exemple.test", "Bertrand Noël"), _of_those_who_wait(service, 9, 2)


def _example_of_leaving() -> tuple[Recipient, Message]:
    service = Service(slug="visite-apprenante", name="Visite apprenante", name_en="Learning visit")
    reader = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")
    return reader, _of_leaving(service, [NOT_OFFERED], [calling.fact(_CALLED)])


ROOM_EXAMPLES: Mapping[str, Example] = {
    ROOM: _example,
    WAITING: _example_of_waiting,
    LEFT: _example_of_leaving,
}
