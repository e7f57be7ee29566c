"""The invented poles, partners and cells, and which partners each pole can be sent to."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.models import Delivery, Service
from portal.db import db
from portal.demo.content import GUIDE
from portal.organisations.models import Coverage, Partner, Pole, Recognition, RegionalCell
from portal.organisations.rules import RecognitionKind, Stage, covers
from portal.territories.reference import DEPARTMENTS, REGIONS

Entry = Mapping[str, Any]

REGIONS_WITH_A_CELL = ("84", "53", "32", "44", "11", "75", "76", "28", "93", "04")
_STAGE_AGES = (400, 700, 1100)  # days since a pole reached its stage, by turns


def partner(entry: Entry) -> Partner:
    regions = [Coverage(region_code=code) for code in entry["regions"]]
    departments = [Coverage(department_code=code) for code in entry.get("departments", ())]
    return Partner(name=entry["name"], coverages=[*regions, *departments] or [Coverage()])


def pole(entry: Entry, today: date, index: int) -> Pole:
    """A pole of the demonstration: never in the public register."""
    department = DEPARTMENTS[entry["department"]]
    recognitions = []
    if "recognition" in entry:
        kind = RecognitionKind(entry["recognition"])
        recognitions.append(Recognition(kind=kind, year=entry["recognition_year"]))
    return Pole(
        name=entry["name"],
        region_code=department.region_code,
        department_code=department.code,
        town=entry["town"],
        sector=entry["sector"],
        stage=Stage(entry["stage"]),
        stage_since=today - timedelta(days=_STAGE_AGES[index % len(_STAGE_AGES)] + 11 * index),
        lead_organisation=entry["lead_organisation"],
        published=False,
        recognitions=recognitions,
        coverages=[],
    )


def regional_cell(code: str) -> RegionalCell:
    name = f"Cellule {REGIONS[code].name} (démo)"
    return RegionalCell(name=name, coverages=[Coverage(region_code=code)])


def deliver(entries: Sequence[Entry], partners: Mapping[str, Partner]) -> Sequence[Service]:
    """Invented partners deliver the services, and nobody else; the services."""
    services = db.session.scalars(select(Service).order_by(Service.id)).all()
    by_slug = {service.slug: service for service in services}
    for entry in entries:
        for slug in entry["services"]:
            delivery = Delivery(service_id=by_slug[slug].id, partner_id=partners[entry["key"]].id)
            db.session.add(delivery)
    return services


def offers(
    home: Pole, services: Sequence[Service], entries: Sequence[Entry], partners: Mapping[str, Partner]
) -> dict[str, list[str]]:
    """The keys of the partners a pole can be sent to, by slug of service; GUIDE: without a service."""
    near = [
        entry
        for entry in entries
        if covers(partners[entry["key"]].coverages, home.region_code, home.department_code)
    ]
    rulings = eligibility.of(home.id, home.place, [service.id for service in services])
    offered = {
        service.slug: [entry["key"] for entry in near if service.slug in entry["services"]]
        for service in services
        if rulings[service.id].may_ask
    }
    return {GUIDE: [entry["key"] for entry in near], **{slug: keys for slug, keys in offered.items() if keys}}
