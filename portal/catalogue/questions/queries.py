"""The questions of services."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.catalogue.models import Service
from portal.catalogue.queries import is_shown
from portal.catalogue.questions.rules import Question, of_json
from portal.db import db


def of(service: Service | None) -> Sequence[Question]:
    """What a service asks, in order."""
    return [of_json(kept) for kept in service.questions] if service else []


def asked(service_id: int | None) -> Sequence[Question]:
    """What a service that everybody reads asks, by its number."""
    if not service_id:
        return []
    kept = db.session.scalar(select(Service.questions).where(Service.id == service_id, is_shown()))
    return [of_json(each) for each in kept or ()]
