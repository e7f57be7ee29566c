"""What applications hold of a person: those made with their address, and what they did on any as a cell."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from portal import clock
from portal.applications.models import Application, ApplicationDocument, ApplicationEvent, ApplicationLink
from portal.db import db
from portal.files.models import StoredFile
from portal.organisations.models import Organisation

_NOT_SAID = frozenset({"id", "application_id", "actor_id", "organisation_id", "pole_id"})


def of_person(person_id: int, email: str) -> dict[str, list[dict[str, Any]]]:
    """Applications written from or naming an address, their documents by name, and things done on applications."""
    theirs = or_(Application.email == email, Application.contact_email == email)
    applications = select(*_columns(Application)).where(theirs).order_by(Application.id)
    documents = (
        select(
            Application.reference.label("application"),
            StoredFile.name,
            StoredFile.media_type,
            StoredFile.size,
            StoredFile.created_at,
        )
        .join(ApplicationDocument, ApplicationDocument.application_id == Application.id)
        .join(ApplicationDocument.file)
        .where(theirs)
        .order_by(ApplicationDocument.id)
    )
    events = (
        select(
            Application.reference.label("application"),
            Organisation.name.label("acting_for"),
            *_columns(ApplicationEvent),
        )
        .join(ApplicationEvent.application)
        .outerjoin(ApplicationEvent.organisation)
        .where(ApplicationEvent.actor_id == person_id)
        .order_by(ApplicationEvent.id)
    )
    return {
        "applications": _rows(applications),
        "documents_of_applications": _rows(documents),
        "things_done_on_applications": _rows(events),
    }


def _columns(model: Any) -> list[Any]:
    return [column for column in model.__table__.columns if column.name not in _NOT_SAID]


def _rows(statement: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(statement).mappings()]


def is_dead_link() -> ColumnElement[bool]:
    """A link that opens nothing any more."""
    return ApplicationLink.expires_at < clock.now()
