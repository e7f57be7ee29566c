"""Poles that ask together: a request of three, and one that the pole of the demonstration is asked to join."""

from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.db import db
from portal.demo.accounts import COORDINATION
from portal.demo.people import People
from portal.demo.present import last_evening
from portal.joint import service
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState

_TO_JOIN = "Vous aviez parlé du même besoin à la rencontre régionale : le travail serait utile à nos pôles."
_NEEDS = (
    "Nous partons du même point : trois associations, un atelier, et pas encore de modèle commun.",
    "Nous pouvons accueillir une des rencontres dans nos locaux.",
)
_NO = "Nous avons été accompagnés sur ce point l’an dernier."
_LEFT = "Notre association d’appui est mise en pause : nous n’aurons personne pour venir."
_TO_US = "Voulez-vous en être ? Une seule demande, et le partenaire nous voit ensemble."


def ask(everybody: People, now: datetime) -> None:
    """Two poles joined the newest accepted request of the pole that one signs in for, a third has not answered, another
    refused, another has left again; it is asked itself to join that of another."""
    ours = next(home.coordinator for home in everybody.homes if home.coordinator.email == COORDINATION.email)
    others = [home.coordinator for home in everybody.homes if home.coordinator is not ours]
    with clock.travelling_to(last_evening(now)):
        reference = _newest(ours, RequestState.ACCEPTED)
        for other in others[:5]:
            service.invite(ours, reference, other.organisation_id, _TO_JOIN)
        for other, need in zip(others, _NEEDS, strict=False):
            service.join(other, reference, need)
        _silent, refuses, leaves = others[2:5]
        service.refuse(refuses, reference, _NO)
        service.join(leaves, reference, "")
        service.leave(leaves, reference, _LEFT)
        theirs = next(other for other in others[3:] if _newest(other, RequestState.PROPOSED))
        service.invite(theirs, _newest(theirs, RequestState.PROPOSED), ours.organisation_id, _TO_US)


def _newest(actor: Actor, state: RequestState) -> str:
    """The last request of a pole that stands so, or nothing."""
    statement = select(SupportRequest.reference).where(
        SupportRequest.pole_id == actor.organisation_id, SupportRequest.state == state
    )
    return db.session.scalar(statement.order_by(SupportRequest.id.desc()).limit(1)) or ""
