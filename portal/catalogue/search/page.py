"""What the search finds of the bundle: its services for everyone, and the partners that deliver them."""

from collections.abc import Iterable, Mapping, Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import selectinload

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.catalogue import words
from portal.catalogue.models import Delivery, Service
from portal.catalogue.queries import is_shown
from portal.db import db
from portal.feature import Findable, Match, Word
from portal.organisations.models import Coverage, Partner
from portal.organisations.queries import readable_numbers
from portal.organisations.words import place_names
from portal.territories.reference import named_like

_OFFERED = (
    select(Delivery.partner_id)
    .join(Delivery.service)
    .join(Delivery.partner)
    .where(is_shown(), Partner.active)
)
"""The partners that the pages of services name, by number; `service_id` beside each."""


def _service_visible(actor: Actor | None) -> ColumnElement[bool]:
    return is_shown()


def _services_beside(actor: Actor | None, word: Word) -> Iterable[Select[int]]:
    """The services that a partner of this name delivers."""
    offered = _OFFERED.with_only_columns(Delivery.service_id)
    return [offered.where(Delivery.partner_id.in_(word.named("partner")))]


def _services(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    deliveries = selectinload(Service.deliveries).joinedload(Delivery.partner)
    services = db.session.scalars(select(Service).where(Service.id.in_(numbers)).options(deliveries))
    return {service.id: _service(service) for service in services}


def _service(service: Service) -> Match:
    """In the language of the reader: of the other, no more than what it is called."""
    mine = (words.service_summary(service), words.service_description(service), words.service_rules(service))
    names = (delivery.partner.name for delivery in service.deliveries if delivery.partner.active)
    return Match(
        words.service_name(service),
        url_for("catalogue.show", slug=service.slug),
        facts=[str(words.FAMILIES[service.family])],
        texts=[*mine, service.name, service.name_en, *names],
        otherwise=words.service_summary(service),
    )


def _partner_visible(actor: Actor | None) -> ColumnElement[bool]:
    public = Partner.id.in_(_OFFERED)
    if actor is None or not allows(actor, Permission.PEOPLE_READ):
        return public
    return or_(public, and_(Partner.merged_into_id.is_(None), Partner.id.in_(readable_numbers(actor))))


def _partners_beside(actor: Actor | None, word: Word) -> Iterable[Select[int]]:
    """The partners of a place, and those that deliver a service of this name."""
    regions, departments = named_like(word.text)
    here = or_(Coverage.region_code.in_(regions), Coverage.department_code.in_(departments))
    return (
        select(Coverage.organisation_id).where(here),
        _OFFERED.where(Delivery.service_id.in_(word.named("service"))),
    )


def _partners(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    """Each leads to its record, or to the first service that it delivers."""
    partners = db.session.scalars(
        select(Partner).where(Partner.id.in_(numbers)).options(selectinload(Partner.coverages))
    )
    delivered: dict[int, list[Service]] = {}
    offered = _OFFERED.with_only_columns(Delivery.partner_id, Service).where(Delivery.partner_id.in_(numbers))
    for partner_id, service in db.session.execute(offered.order_by(Service.name_key, Service.id)):
        delivered.setdefault(partner_id, []).append(service)
    recorded: set[int] = set()
    if actor and allows(actor, Permission.PEOPLE_READ):
        read = select(Partner.id).where(Partner.id.in_(numbers), Partner.id.in_(readable_numbers(actor)))
        recorded = set(db.session.scalars(read))
    return {
        partner.id: _partner(
            partner, words.in_order(delivered.get(partner.id, [])), recorded=partner.id in recorded
        )
        for partner in partners
    }


def _partner(partner: Partner, delivered: Sequence[Service], *, recorded: bool) -> Match:
    services = [words.service_name(service) for service in delivered]
    elsewhere = [
        name for service in delivered for name in (service.name, service.name_en) if name not in services
    ]
    record = url_for("organisations.detail", organisation_id=partner.id)
    return Match(
        partner.name,
        record if recorded else url_for("catalogue.show", slug=delivered[0].slug),
        facts=[", ".join(place_names(partner.coverages))],
        texts=[", ".join(services), ", ".join(elsewhere)],
    )


FINDABLES = (
    Findable(
        "service",
        Service.id,
        titles=(Service.name, Service.name_en),
        texts=(
            Service.summary,
            Service.summary_en,
            Service.description,
            Service.description_en,
            Service.rules,
            Service.rules_en,
        ),
        label=_l("Services"),
        visible=_service_visible,
        shown=_services,
        beside=_services_beside,
        order=(Service.name_key, Service.id),
    ),
    Findable(
        "partner",
        Partner.id,
        titles=(Partner.name,),
        label=_l("Partners"),
        visible=_partner_visible,
        shown=_partners,
        beside=_partners_beside,
        order=(Partner.name_key, Partner.id),
    ),
)
