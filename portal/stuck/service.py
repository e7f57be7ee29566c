"""A request is put off until a day, or taken up again."""

from datetime import date

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.db import db
from portal.refusals import Invalid
from portal.requests import service as requests
from portal.stuck import queries, rules
from portal.stuck.models import Snooze


def put_off(actor: Actor, reference: str, until: date, note: str) -> Snooze:
    """Leave it alone until a day is over; the last word counts."""
    request = requests.lock(actor, reference, Permission.REQUEST_ROUTE)
    if not rules.may_snooze(until, clock.today()):
        raise Invalid("until", _l("Choose a day from tomorrow on, within 90 days."))
    snooze = queries.of_request(request.id) or Snooze(request_id=request.id)
    snooze.by_id, snooze.until, snooze.note, snooze.at = actor.person_id, until, note, clock.now()
    db.session.add(snooze)
    return snooze


def take_up(actor: Actor, reference: str) -> None:
    """It is back at once."""
    request = requests.lock(actor, reference, Permission.REQUEST_ROUTE)
    snooze = queries.of_request(request.id)
    if snooze is not None:
        db.session.delete(snooze)
