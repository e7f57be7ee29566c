"""What the national cell limits in the demonstration, to whom it gives more, and what poles were refused."""

from datetime import timedelta

from sqlalchemy import and_, func, select

from portal import clock
from portal.access.roles import Actor
from portal.catalogue import queries as catalogue
from portal.catalogue.blocked import service as blocked
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import NotOpen, Weight
from portal.catalogue.limits import service as limits
from portal.catalogue.limits.rules import Measure, year_of
from portal.catalogue.models import Delivery, Service
from portal.catalogue.room import queries as room
from portal.catalogue.room import service as rooms
from portal.catalogue.room.models import ServiceRoom
from portal.catalogue.room.rules import Unit
from portal.db import db
from portal.demo.people import signed_by
from portal.organisations.models import Partner, Pole
from portal.requests.models import Assignment, SupportRequest
from portal.requests.used.queries import GIVEN, NOT_COUNTED

_DAYS = 40
_MORE, _LASTS = 2, timedelta(days=60)
_WHY = "Le pôle ouvre un second site : la cellule nationale lui accorde deux demandes de plus."
_POLES_REFUSED = 8
_LEFT = (3, 0)
"""How many requests more the partners that are asked most give this year."""
_FULL, _WAITING = "visite-apprenante", 2
_INVENTED = (Pole.published.is_(False), Pole.active)


def decide(national: Actor) -> None:
    """The pole that asks most is at the limit, and may ask twice more; so is a partner, and another nearly; some poles
    met a rule, two wait for a place."""
    busiest, sent = _busiest()
    with signed_by(national):
        limits.limit({Measure.REQUESTS: sent, Measure.DAYS: _DAYS})
        limits.grant(busiest, Measure.REQUESTS, _MORE, clock.today() + _LASTS, _WHY)
        for (partner_id, asked), left in zip(_most_asked(), _LEFT, strict=False):
            limits.limit_partner(partner_id, Measure.REQUESTS, None, asked + left)
    _refuse()
    _fill()


def _busiest() -> tuple[int, int]:
    """The pole that sent most requests this year, and how many: at least one, even in the first days of it."""
    year, count = year_of(clock.today(), None), func.count(SupportRequest.id)
    counted = and_(
        SupportRequest.pole_id == Pole.id,
        SupportRequest.submitted_at >= year.start,
        SupportRequest.state.not_in(NOT_COUNTED),
    )
    statement = select(Pole.id, count).outerjoin(SupportRequest, counted).where(*_INVENTED)
    pole_id, sent = db.session.execute(
        statement.group_by(Pole.id).order_by(count.desc(), Pole.id).limit(1)
    ).one()
    return pole_id, max(sent, 1)


def _most_asked() -> list[tuple[int, int]]:
    """The partners that were asked most this year, by number, and how often."""
    year, count = year_of(clock.today(), None), func.count(Assignment.id)
    given = and_(
        Assignment.partner_id == Partner.id,
        Assignment.proposed_at >= year.start,
        Assignment.state.in_(GIVEN),
    )
    statement = select(Partner.id, count).outerjoin(Assignment, given).where(Partner.active)
    rows = db.session.execute(statement.group_by(Partner.id).order_by(count.desc(), Partner.id))
    return [(partner_id, asked) for partner_id, asked in rows if asked]


def _fill() -> None:
    """A service has as many places as requests; two poles that may ask but for that wait."""
    service_id = db.session.scalars(select(Service.id).where(Service.slug == _FULL)).one()
    partners = db.session.scalars(
        select(Delivery.partner_id).where(Delivery.service_id == service_id).order_by(Delivery.partner_id)
    ).all()
    taken = room.taken([service_id])[service_id]
    for partner_id, maximum in zip(partners, [taken, *[0] * len(partners)], strict=False):
        about = {"service_id": service_id, "partner_id": partner_id, "updated_on": clock.today()}
        db.session.add(ServiceRoom(unit=Unit.SEAT, maximum=maximum, **about))
    db.session.flush()
    waiting = 0
    for pole in db.session.scalars(select(Pole).where(*_INVENTED).order_by(Pole.id.desc())).all():
        ruling = eligibility.of(pole.id, pole.place, [service_id])[service_id]
        if waiting < _WAITING and ruling.room_to_wait_for:
            rooms.wait(pole.id, service_id)
            waiting += 1


def _refuse() -> None:
    """What some poles wanted and may not ask for, as their forms would have noted it."""
    services = db.session.scalars(select(Service.id).where(catalogue.is_shown()).order_by(Service.id)).all()
    poles = db.session.scalars(select(Pole).where(*_INVENTED).order_by(Pole.id).limit(_POLES_REFUSED))
    for pole in poles.all():
        for service_id, ruling in eligibility.of(pole.id, pole.place, services).items():
            if not ruling.may_ask:
                rules = [reason.rule for reason in ruling.of_weight(Weight.AGAINST)]
                blocked.note(NotOpen(pole.id, service_id, rules, ""))
