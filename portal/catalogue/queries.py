"""The services of the bundle, and who delivers them where."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.catalogue.models import Delivery, Service
from portal.catalogue.rules import Family, ServiceFilters, admits
from portal.db import db
from portal.organisations.models import Partner
from portal.organisations.rules import covers, reaches
from portal.text import says


def listed(filters: ServiceFilters) -> list[Service]:
    """The active services that pass, by family and name, with their stages and who delivers them.

    A bundle holds some dozens of services: stages and places are judged by the same rules as everywhere else.
    """
    statement = select(Service).where(Service.active)
    for column, wanted in (
        (Service.family, filters.family),
        (Service.kind, filters.kind),
        (Service.format, filters.format),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    services = db.session.scalars(_whole(statement.order_by(Service.name_key, Service.id))).all()
    return _by_family([service for service in services if _passes(service, filters)])


def _whole(statement: Select[Service]) -> Select[Service]:
    deliveries = selectinload(Service.deliveries)
    return statement.options(
        selectinload(Service.stages),
        deliveries.joinedload(Delivery.partner).selectinload(Partner.coverages),
    )


def _by_family(services: Sequence[Service]) -> list[Service]:
    order = list(Family)
    return sorted(services, key=lambda service: order.index(service.family))


def _passes(service: Service, filters: ServiceFilters) -> bool:
    if not says(service.texts, filters.text):
        return False
    if filters.stage and not admits(service.admitted_stages, filters.stage):
        return False
    return not (filters.region_code or filters.department_code) or any(
        _is_offered(delivery.partner, filters) for delivery in service.deliveries
    )


def _is_offered(partner: Partner, filters: ServiceFilters) -> bool:
    if not partner.active:
        return False
    if filters.region_code and not filters.department_code:
        return reaches(partner.coverages, filters.region_code)
    return covers(partner.coverages, filters.region_code, filters.department_code)


def by_slug(slug: str) -> Service | None:
    """An active service, with its stages and who delivers it where."""
    statement = select(Service).where(Service.slug == slug, Service.active)
    return db.session.scalars(_whole(statement)).one_or_none()


def covering_partners(
    service_id: int, region_code: str | None, department_code: str | None
) -> Sequence[Partner]:
    """The active partners that deliver a service in a place, by name, coverages and absences loaded."""
    statement = (
        select(Partner)
        .join(Delivery, Delivery.partner_id == Partner.id)
        .where(Delivery.service_id == service_id, Partner.active)
        .options(joinedload(Partner.coverages), joinedload(Partner.absences))
        .order_by(Partner.name_key, Partner.id)
    )
    partners = db.session.scalars(statement).unique().all()
    return [partner for partner in partners if covers(partner.coverages, region_code, department_code)]


def delivered_by(partner_id: int) -> Sequence[Service]:
    """The active services a partner delivers, by name."""
    statement = (
        select(Service)
        .join(Service.deliveries)
        .where(Delivery.partner_id == partner_id, Service.active)
        .order_by(Service.name_key, Service.id)
    )
    return db.session.scalars(statement).all()


def active() -> Sequence[Service]:
    """The active services, by name."""
    statement = select(Service).where(Service.active).order_by(Service.name_key, Service.id)
    return db.session.scalars(statement).all()


def count_active() -> int:
    """How many services the bundle holds today."""
    return db.session.scalar(select(func.count()).select_from(Service).where(Service.active)) or 0
