"""Dates of the demonstration, and what became of them: planned for the last working day, told or still to be told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.db import db
from portal.demo.accounts import COORDINATION, INTERVENTION
from portal.demo.desk import actor_of
from portal.demo.people import FEATURED_REGION, signed_by
from portal.demo.present import last_evening
from portal.interventions import service
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.interventions.service import Facts
from portal.interventions.steps import Place
from portal.notifications.outbox import service as outbox
from portal.organisations.models import Pole
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState

_LATER = timedelta(minutes=8)
"""After whatever else was done that evening."""
_ROOM = "Maison des associations, salle du premier étage"
_CHANGED = "Nous avons commencé plus tard et prolongé : la répartition des charges a pris tout le temps."
_ABSENT = "Personne à l’heure dite ; le pôle, joint par téléphone, avait noté la semaine suivante."


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that a partner has accepted."""

    id: int
    reference: str


def agree(now: datetime) -> None:
    """The account of the partner meets poles of its region on the last working day."""
    partner = actor_of(INTERVENTION)
    evening = last_evening(now)
    before = last_evening(datetime.combine(evening, time(0), clock.PARIS))
    parts = _quiet(partner, before)
    with outbox.silent(), clock.travelling_to(before):
        dates = [
            _plan(partner, parts[number % len(parts)], number, evening.date(), 9 + 2 * number)
            for number in range(4)
        ]
    with clock.travelling_to(evening + _LATER):
        _tell(partner, dates[2:], evening.date())


def _quiet(partner: Actor, since: datetime) -> list[_Part]:
    """What the partner works on in the region for others than the pole that one signs in for, and where nothing was
    done since."""
    lately = select(RequestEvent.request_id).where(RequestEvent.at >= since)
    statement = (
        select(Assignment.id, SupportRequest.reference)
        .join(Assignment.request)
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(
            Assignment.partner_id == partner.organisation_id,
            Assignment.state == AssignmentState.ACCEPTED,
            Assignment.id.in_(select(Intervention.assignment_id)),
            SupportRequest.region_code == FEATURED_REGION,
            SupportRequest.pole_id != actor_of(COORDINATION).organisation_id,
            SupportRequest.id.not_in(lately),
            Pole.published.is_(False),
        )
        .order_by(Assignment.id)
    )
    return [_Part(*row) for row in db.session.execute(statement)]


def _facts(on: date, hour: int, minutes: int = 120) -> Facts:
    return Facts(on, time(hour), minutes, Place.ON_SITE, _ROOM)


def _plan(partner: Actor, part: _Part, number: int, on: date, hour: int) -> Intervention:
    key, people = f"demonstration-told-{number}", [partner.person_id]
    facts = _facts(on, hour)
    with signed_by(partner):
        return service.add(partner, part.reference, part.id, visits.PLAN, key, facts, people, another=True)


def _tell(partner: Actor, dates: Sequence[Intervention], on: date) -> None:
    """Of what was planned for that day, one took longer, and at another nobody was there; the others wait."""
    changed, missed = (each.id for each in dates)
    longer = replace(_facts(on, 14, 210), report=_CHANGED)
    with signed_by(partner):
        people = [partner.person_id]
        service.change(partner, changed, visits.LOG, longer, people, another=True, as_planned=False)
        service.change(partner, missed, visits.MISS, message=_ABSENT)
