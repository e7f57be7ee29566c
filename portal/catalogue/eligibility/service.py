"""What is refused to a pole that may not ask."""

from portal.catalogue.eligibility import queries, words
from portal.catalogue.eligibility.rules import Eligibility, NotOpen, Rule, Weight
from portal.catalogue.room import queries as room
from portal.db import db
from portal.organisations.models import Pole


def require(pole: Pole, service_id: int | None, *, drafting: bool = False) -> Eligibility | None:
    """Refuse what a pole, which is locked, may not ask for now; of a draft, what it may not even write. `service_id`
    None: “guide me”, where the limits of the pole hold all the same."""
    ruling = queries.about(pole.id, pole.place, service_id)
    if ruling and not (ruling.may_draft if drafting else ruling.may_ask):
        rules = [reason.rule for reason in ruling.of_weight(Weight.AGAINST)]
        raise NotOpen(pole.id, service_id, rules, words.refusal(ruling))
    return ruling


def take(pole: Pole, service_id: int | None) -> None:
    """The same of what is sent now; whoever waited for it waits no more."""
    ruling = require(pole, service_id)
    waits = ruling and any(reason.room and reason.room.position for reason in ruling.reasons)
    if service_id and waits and (place := room.waiting_of(pole.id, service_id)):
        db.session.delete(place)


def refuse_ended(pole_id: int, service_id: int) -> None:
    """Refuse the service that a pole had chosen for its draft, which is no longer offered."""
    raise NotOpen(pole_id, service_id, [Rule.SERVICE], words.ENDED)
