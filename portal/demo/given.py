"""The time that partners and cells give: what services count of it, work for the network."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal import clock
from portal.catalogue.models import Delivery, Service
from portal.catalogue.rules import Beside
from portal.db import db
from portal.demo.accounts import INTERVENTION, PARTNERSHIP, REGIONAL, DemoAccount
from portal.demo.desk import actor_of
from portal.demo.people import signed_by
from portal.interventions.network import service as network
from portal.interventions.network.rules import NetworkFacts, NetworkKind
from portal.notifications.outbox import service as outbox

_NETWORK: tuple[tuple[DemoAccount, int, NetworkKind, int, int, str, str], ...] = (
    (
        INTERVENTION,
        9,
        NetworkKind.ANIMATION,
        180,
        14,
        "Six structures du réseau",
        "Matinée d’échange entre accompagnateurs : ce qui marche pour partager la gouvernance.",
    ),
    (
        PARTNERSHIP,
        16,
        NetworkKind.PARTNERSHIP,
        120,
        5,
        "La Région, deux agences de développement",
        "Convention d’appui commune : calendrier et rôle de chacun.",
    ),
    (
        REGIONAL,
        4,
        NetworkKind.MEETING,
        90,
        11,
        "Les partenaires de la région",
        "Point trimestriel : demandes en attente, places à venir.",
    ),
)


def count() -> None:
    """From the first day on, the services that everybody's partner delivers count preparation and travel."""
    manager = actor_of(PARTNERSHIP)
    own = select(Delivery.service_id).where(Delivery.partner_id == manager.organisation_id)
    for service in db.session.scalars(select(Service).where(Service.id.in_(own))):
        service.time_counted = [Beside.PREPARATION, Beside.TRAVEL]


def note(now: datetime) -> None:
    """What was given beside the stories."""
    with outbox.silent():
        for account, ago, kind, minutes, participants, reached, report in _NETWORK:
            actor = actor_of(account)
            with clock.travelling_to(now - timedelta(days=ago)), signed_by(actor):
                facts = NetworkFacts(kind, clock.today(), minutes, participants, reached, report)
                network.add(actor, f"demonstration-network-{ago}", facts, [actor.person_id])
