"""The version of a service under which a request is sent: what it said, kept as it was."""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased

from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.models import Service, ServiceVersion
from portal.catalogue.versions.rules import contents, place, recognition
from portal.db import db


def current(service: Service) -> ServiceVersion:
    """The last version of a service that is locked, or a new one where what a request depends on has changed since."""
    row = db.session.execute(_last(), {"service_id": service.id}).one()
    recognitions = [
        recognition(kind, year) for kind, year in eligibility.recognised(row.service_recognitions)
    ]
    sheet = contents(
        service,
        eligibility.stages_of(row.service_stages),
        recognitions,
        [place(*where) for where in eligibility.places_of(row.service_offered)],
    )
    last = row.ServiceVersion
    if last is not None and last.sheet == sheet:
        return last
    version = ServiceVersion(service_id=service.id, number=last.number + 1 if last else 1, sheet=sheet)
    db.session.add(version)
    return version


@cache
def _last() -> Select[*tuple[Any, ...]]:
    """Built once. What is being written changes nothing of it."""
    any_of_it = aliased(ServiceVersion)
    newest = select(func.max(any_of_it.number)).where(any_of_it.service_id == Service.id)
    last = (ServiceVersion.service_id == Service.id) & (ServiceVersion.number == newest.scalar_subquery())
    statement = (
        select(*eligibility.stated(), ServiceVersion).select_from(Service).outerjoin(ServiceVersion, last)
    )
    return statement.where(Service.id == bindparam("service_id")).execution_options(autoflush=False)
