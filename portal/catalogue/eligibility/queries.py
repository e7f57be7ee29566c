"""What is known of poles and services, to say who may ask for what: all of it in one statement."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, String, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from portal.catalogue import queries as catalogue
from portal.catalogue.eligibility.models import ServiceRecognition
from portal.catalogue.eligibility.rules import (
    Eligibility,
    PoleFacts,
    Recognised,
    ServiceFacts,
    Where,
    weigh,
)
from portal.catalogue.models import Delivery, Service, ServicePlace, ServiceStage
from portal.db import db
from portal.organisations.models import Coverage, Partner, Pole, Recognition
from portal.organisations.rules import RecognitionKind, Stage


def of(pole_id: int, service_ids: Collection[int]) -> Mapping[int, Eligibility]:
    """What is said to a pole of some services that are there, by number."""
    values = {"pole_id": pole_id, "service_ids": list(service_ids)}
    rows = db.session.execute(_of(), values)
    return {row.about_service: read(row) for row in rows}


@cache
def _of() -> Select[*tuple[Any, ...]]:
    """Built once. What is being written changes nothing of it."""
    return (
        select(*facts())
        .select_from(Service)
        .join(Pole, Pole.id == bindparam("pole_id"))
        .where(Service.id.in_(bindparam("service_ids", expanding=True)))
        .execution_options(autoflush=False)
    )


def facts() -> tuple[Any, ...]:
    """The columns that say it of a pole and a service, in any statement that has both; for `read`."""
    return (
        Service.id.label("about_service"),
        catalogue.is_open().label("service_is_open"),
        Service.reopens_on.label("service_reopens_on"),
        _joined(
            _pair(ServicePlace.region_code, ServicePlace.department_code),
            ServicePlace.service_id == Service.id,
        ).label("service_offered"),
        _joined(ServiceStage.stage, ServiceStage.service_id == Service.id).label("service_stages"),
        _joined(
            _pair(ServiceRecognition.kind, ServiceRecognition.year),
            ServiceRecognition.service_id == Service.id,
        ).label("service_recognitions"),
        _places().label("service_places"),
        Pole.stage.label("pole_stage"),
        Pole.region_code.label("pole_region"),
        Pole.department_code.label("pole_department"),
        Pole.active.label("pole_is_active"),
        _joined(_pair(Recognition.kind, Recognition.year), Recognition.pole_id == Pole.id).label(
            "pole_recognitions"
        ),
    )


def read(row: Row[*tuple[Any, ...]]) -> Eligibility:
    """What the columns of `facts` come to."""
    pole = PoleFacts(
        stage=row.pole_stage,
        recognitions=_recognised(row.pole_recognitions),
        region_code=row.pole_region,
        department_code=row.pole_department,
        active=row.pole_is_active,
    )
    service = ServiceFacts(
        is_open=row.service_is_open,
        reopens_on=row.service_reopens_on,
        offered=_where(row.service_offered),
        stages=frozenset(Stage(word) for word in (row.service_stages or "").split()),
        recognitions=_recognised(row.service_recognitions),
        places=_where(row.service_places),
    )
    return weigh(pole, service)


def recognitions(service_id: int) -> Collection[Recognised]:
    """The recognitions that let a pole ask for a service; none: every pole may."""
    wanted = select(ServiceRecognition.kind, ServiceRecognition.year)
    rows = db.session.execute(wanted.where(ServiceRecognition.service_id == service_id))
    return [Recognised(kind, year) for kind, year in rows]


def _joined(word: Any, which: Any) -> Any:
    """Words of some rows in one."""
    return select(func.aggregate_strings(cast(word, String), " ")).where(which).scalar_subquery()


def _places() -> Any:
    """Where the partners of a service work; the one pair of the whole country holds nothing."""
    partner = aliased(Partner)
    words = func.aggregate_strings(_pair(Coverage.region_code, Coverage.department_code), " ")
    return (
        select(words)
        .select_from(Delivery)
        .join(partner, partner.id == Delivery.partner_id)
        .join(Coverage, Coverage.organisation_id == partner.id)
        .where(Delivery.service_id == Service.id, partner.active)
        .correlate(Service)
        .scalar_subquery()
    )


def _pair(first: Any, second: Any) -> Any:
    """Two words in one, either of which may be missing."""
    return func.coalesce(cast(first, String), "") + ":" + func.coalesce(cast(second, String), "")


def _pairs(joined: str | None) -> Iterator[tuple[str, str]]:
    for pair in (joined or "").split():
        first, _, second = pair.partition(":")
        yield first, second


def _where(joined: str | None) -> list[Where]:
    return [Where(region or None, department or None) for region, department in _pairs(joined)]


def _recognised(joined: str | None) -> frozenset[Recognised]:
    return frozenset(
        Recognised(RecognitionKind(kind), int(year) if year else None) for kind, year in _pairs(joined)
    )
