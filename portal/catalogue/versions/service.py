"""The version of a service under which a request is sent: what it said, kept as it was."""

from sqlalchemy import select

from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.models import Service, ServicePlace, ServiceStage, ServiceVersion
from portal.catalogue.versions.rules import contents, place
from portal.db import db, one_at_a_time


def current(service: Service) -> ServiceVersion:
    """The last version, or a new one where what a request depends on has changed since."""
    one_at_a_time(f"versions of service {service.id}")
    stages = db.session.scalars(select(ServiceStage.stage).where(ServiceStage.service_id == service.id))
    places = select(ServicePlace.region_code, ServicePlace.department_code)
    held = db.session.execute(places.where(ServicePlace.service_id == service.id))
    recognitions = [f"{kind} {year or ''}".strip() for kind, year in eligibility.recognitions(service.id)]
    where = [place(region, department) for region, department in held]
    sheet = contents(service, stages, recognitions, where)
    last = db.session.scalars(
        select(ServiceVersion)
        .where(ServiceVersion.service_id == service.id)
        .order_by(ServiceVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and last.sheet == sheet:
        return last
    version = ServiceVersion(service_id=service.id, number=last.number + 1 if last else 1, sheet=sheet)
    db.session.add(version)
    return version
