"""The services a new portal starts with."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.catalogue.models import Delivery, Service, ServiceStage
from portal.catalogue.rules import Family, Format, ServiceKind
from portal.db import db, require_transaction
from portal.organisations.models import Partner
from portal.organisations.rules import RecognitionKind, Stage

DATA = Path(__file__).parent / "data" / "services.toml"
_TEXTS = ("name", "name_en", "summary", "summary_en", "description", "description_en", "rules", "rules_en")
_REGIONAL = "cress"


def load_services(partners_by_key: Mapping[str, Partner], regional_partners: Collection[Partner] = ()) -> int:
    """Create or update the services of data/services.toml, known by their slugs; return how many. A sheet that somebody
    has edited is theirs, and stays.

    `regional_partners` deliver what the file says "cress" delivers; an operator or the demonstration knows
    them. Deliveries are added, never taken away.
    """
    require_transaction()
    statement = select(Service).options(
        selectinload(Service.stages), selectinload(Service.recognitions), selectinload(Service.deliveries)
    )
    known = {service.slug: service for service in db.session.scalars(statement)}
    entries = tomllib.loads(DATA.read_text(encoding="utf-8"))["services"]
    for entry in entries:
        service = known.get(entry["slug"]) or Service(
            slug=entry["slug"], stages=[], recognitions=[], deliveries=[]
        )
        if service.edited_at is None:
            _fill(service, entry)
        db.session.add(service)
        for key in entry["delivered_by"]:
            named = [partners_by_key[key]] if key in partners_by_key else []
            _deliver(service, regional_partners if key == _REGIONAL else named)
    return len(entries)


def _fill(service: Service, entry: dict[str, Any]) -> None:
    for text in _TEXTS:
        setattr(service, text, entry[text].strip())
    service.family = Family(entry["family"])
    service.kind = ServiceKind(entry["kind"])
    service.format = Format(entry["format"])
    service.direct = entry["direct"]
    service.inferred = entry["inferred"]
    wanted = {Stage(stage) for stage in entry["stages"]}
    service.stages = [stage for stage in service.stages if stage.stage in wanted]
    service.stages += [ServiceStage(stage=stage) for stage in wanted - service.admitted_stages]
    recognised = entry.get("recognitions", ())
    service.recognise({(RecognitionKind(kind), next(iter(year), None)) for kind, *year in recognised})


def _deliver(service: Service, partners: Collection[Partner]) -> None:
    """Partners may be new: each must have its number before it is compared."""
    db.session.flush()
    delivering = {delivery.partner_id for delivery in service.deliveries}
    service.deliveries += [
        Delivery(partner_id=partner.id, partner=partner)
        for partner in partners
        if partner.id not in delivering
    ]
