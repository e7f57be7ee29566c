"""The services of the bundle, and who delivers them where."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.catalogue.eligibility.rules import admits
from portal.catalogue.models import Delivery, Service, ServicePlace
from portal.catalogue.rules import SHOWN_STATES, Family, ServiceFilters, ServiceState
from portal.db import db, when_run
from portal.organisations.models import Partner
from portal.organisations.queries import covering
from portal.organisations.rules import Place, covers, reaches
from portal.text import says


def is_open() -> ColumnElement[bool]:
    """May a service be asked for today? `Service.is_open` says it of one."""
    reopened = and_(
        Service.stored_state == ServiceState.SUSPENDED, Service.reopens_on <= when_run(clock.today)
    )
    return or_(Service.stored_state == ServiceState.PUBLISHED, reopened)


def is_shown() -> ColumnElement[bool]:
    """Does everybody read it, whether or not it may be asked for today?"""
    return Service.stored_state.in_(SHOWN_STATES)


def listed(filters: ServiceFilters) -> list[Service]:
    """What everybody reads and passes, by family and name, with stages, places and who delivers each."""
    return passing(everything(), filters)


def everything() -> list[Service]:
    """The same of the whole bundle, which holds some dozens of services: whatever is asked, it is read once."""
    statement = select(Service).where(is_shown()).order_by(Service.name_key, Service.id)
    return _by_family(db.session.scalars(_whole(statement)).unique().all())


def passing(services: Sequence[Service], filters: ServiceFilters) -> list[Service]:
    """Those that pass, by the rules that judge stages and places everywhere else."""
    return [service for service in services if _passes(service, filters)]


def _whole(statement: Select[Service]) -> Select[Service]:
    deliveries = selectinload(Service.deliveries)
    return statement.options(
        joinedload(Service.stages),
        joinedload(Service.places),
        joinedload(Service.checked_by),
        deliveries.joinedload(Delivery.partner).selectinload(Partner.coverages),
    )


def _by_family(services: Sequence[Service]) -> list[Service]:
    order = list(Family)
    return sorted(services, key=lambda service: order.index(service.family))


def _passes(service: Service, filters: ServiceFilters) -> bool:
    if not (_is_of_kind(service, filters) and says(service.texts, filters.text)):
        return False
    if filters.stage and not admits(service.admitted_stages, filters.stage):
        return False
    if not (filters.region_code or filters.department_code):
        return True
    partners = [delivery.partner for delivery in service.deliveries if delivery.partner.active]
    here = not service.places or _is_within(service.places, filters)
    return here and any(_is_within(partner.coverages, filters) for partner in partners)


def _is_of_kind(service: Service, filters: ServiceFilters) -> bool:
    pairs = (
        (filters.family, service.family),
        (filters.kind, service.kind),
        (filters.format, service.format),
    )
    return all(wanted in (None, known) for wanted, known in pairs)


def _is_within(places: Sequence[Place], filters: ServiceFilters) -> bool:
    if filters.region_code and not filters.department_code:
        return reaches(places, filters.region_code)
    return covers(places, filters.region_code, filters.department_code)


def by_slug(slug: str, *, all_states: bool = False) -> Service | None:
    """A service that everybody reads, with its stages, its places and who delivers it where. `all_states`: another
    one too, for who keeps it."""
    statement = select(Service).where(Service.slug == slug, *([] if all_states else [is_shown()]))
    return db.session.scalars(_whole(statement)).unique().one_or_none()


def covering_partners(
    service_id: int, region_code: str | None, department_code: str | None
) -> Sequence[Partner]:
    """The active partners that deliver a service in a place, by name, coverages and absences loaded."""
    statement = (
        select(Partner)
        .join(Delivery, Delivery.partner_id == Partner.id)
        .where(
            Delivery.service_id == service_id,
            Partner.active,
            _is_offered_in(service_id, region_code, department_code),
        )
        .options(joinedload(Partner.coverages), joinedload(Partner.absences))
        .order_by(Partner.name_key, Partner.id)
    )
    partners = db.session.scalars(statement).unique().all()
    return [partner for partner in partners if covers(partner.coverages, region_code, department_code)]


def _is_offered_in(
    service_id: int, region_code: str | None, department_code: str | None
) -> ColumnElement[bool]:
    """Does the service itself say nothing against this place?"""
    places = select(ServicePlace.id).where(ServicePlace.service_id == service_id)
    here = places.where(covering(region_code, department_code, of=ServicePlace))
    return or_(~places.exists(), here.exists())


def delivered_by(partner_id: int) -> Sequence[Service]:
    """What a partner delivers of what everybody reads, by name."""
    statement = (
        select(Service)
        .join(Service.deliveries)
        .where(Delivery.partner_id == partner_id, is_shown())
        .order_by(Service.name_key, Service.id)
    )
    return db.session.scalars(statement).all()


def shown() -> Sequence[Service]:
    """The services that everybody reads, by name."""
    statement = select(Service).where(is_shown()).order_by(Service.name_key, Service.id)
    return db.session.scalars(statement).all()


def suspended(service_id: int) -> Service | None:
    """A service that is suspended today, read again."""
    statement = select(Service).where(Service.id == service_id, is_shown(), ~is_open())
    return db.session.scalar(statement.execution_options(populate_existing=True))


def named(service_id: int) -> Service | None:
    """Any service, with its names alone."""
    line = load_only(Service.name, Service.name_en, raiseload=True)
    return db.session.scalar(select(Service).where(Service.id == service_id).options(line))


def deliverable(actor: Actor, partner_id: int) -> Sequence[Service]:
    """What may be said of a partner to be delivered by it, by name: what it delivers, and what no other active one
    does. Who publishes the bundle says it of all: who shares a sheet writes it, and closes it no more alone."""
    if allows(actor, Permission.SERVICE_PUBLISH):
        return shown()
    by_others = (
        select(Delivery.service_id)
        .join(Delivery.partner)
        .where(Delivery.partner_id != partner_id, Partner.active)
    )
    own = select(Delivery.service_id).where(Delivery.partner_id == partner_id)
    free = or_(Service.id.in_(own), Service.id.not_in(by_others))
    statement = select(Service).where(is_shown(), free).order_by(Service.name_key, Service.id)
    return db.session.scalars(statement).all()


def count_shown() -> int:
    """How many services the bundle holds today."""
    return db.session.scalar(select(func.count()).select_from(Service).where(is_shown())) or 0
