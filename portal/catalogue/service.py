"""Changes to the catalogue by those who deliver it."""

from collections.abc import Collection

from sqlalchemy import select

from portal.access.roles import Actor
from portal.catalogue import queries
from portal.catalogue.models import Delivery
from portal.db import db, one_at_a_time
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations import service as organisations
from portal.organisations.models import Partner
from portal.refusals import NotFound


def deliver(actor: Actor, partner_id: int, service_ids: Collection[int]) -> Partner:
    """Say which of `queries.deliverable` a partner delivers; what it delivered of others is left as it was."""
    partner = organisations.begin(actor, partner_id)
    if not isinstance(partner, Partner):
        raise NotFound
    one_at_a_time("who delivers")
    offered = {service.id: service for service in queries.deliverable(actor, partner.id)}
    wanted = offered.keys() & set(service_ids)
    delivered = select(Delivery).where(Delivery.partner_id == partner.id, Delivery.service_id.in_(offered))
    rows = {delivery.service_id: delivery for delivery in db.session.scalars(delivered)}
    for service_id in rows.keys() - wanted:
        db.session.delete(rows[service_id])
    db.session.add_all(
        Delivery(service_id=service_id, partner_id=partner.id) for service_id in wanted - rows.keys()
    )
    db.session.flush()
    if rows.keys() != wanted:
        journal.record(
            Act.CHANGED,
            Subject.ORGANISATION,
            partner.id,
            partner.name,
            before={"services": sorted(offered[service_id].name for service_id in rows)},
            after={"services": sorted(offered[service_id].name for service_id in wanted)},
        )
    return partner
