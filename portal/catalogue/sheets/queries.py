"""The sheets that somebody keeps, and those whose check is due."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.catalogue.models import Delivery, Service
from portal.catalogue.queries import is_shown
from portal.catalogue.rules import ServiceState
from portal.db import db, require_transaction
from portal.ladder import Ask, Thing, with_number
from portal.organisations.models import Recognition
from portal.organisations.rules import RecognitionKind


def kept_by(actor: Actor) -> Select[Service]:
    """All of them for who publishes; for a partner, those it delivers."""
    statement = select(Service)
    if allows(actor, Permission.SERVICE_PUBLISH):
        return statement
    own = select(Delivery.service_id).where(Delivery.partner_id == actor.organisation_id)
    return statement.where(Service.id.in_(own))


def keeps(actor: Actor, slug: str) -> bool:
    """Does the actor keep the sheet of this address?"""
    if not allows(actor, Permission.SERVICE_KEEP):
        return False
    return (
        db.session.scalar(kept_by(actor).where(Service.slug == slug).with_only_columns(Service.id))
        is not None
    )


def kept(actor: Actor) -> Sequence[Service]:
    """The sheets somebody keeps, by name, with who delivers each."""
    statement = kept_by(actor).options(*_whole()).order_by(Service.name_key, Service.id)
    return db.session.scalars(statement).all()


def sheet(actor: Actor, service_id: int) -> Service | None:
    """One of them, whole."""
    return db.session.scalars(kept_by(actor).where(Service.id == service_id).options(*_whole())).one_or_none()


def locked(actor: Actor, service_id: int) -> Service | None:
    """The same, fresh and locked: nobody sends a request for it meanwhile."""
    require_transaction()
    statement = kept_by(actor).where(Service.id == service_id).options(*_whole())
    statement = statement.with_for_update(key_share=True, of=Service)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _whole() -> tuple[ExecutableOption, ...]:
    return (
        selectinload(Service.stages),
        selectinload(Service.recognitions),
        selectinload(Service.places),
        selectinload(Service.deliveries).joinedload(Delivery.partner),
        joinedload(Service.checked_by),
    )


def recognitions_of_poles() -> set[tuple[RecognitionKind, int | None]]:
    """Those that some pole has."""
    return {(kind, year) for kind, year in db.session.execute(_OF_POLES)}


_OF_POLES = select(Recognition.kind, Recognition.year).distinct()


def slugs_like(slug: str) -> set[str]:
    """The addresses that begin so."""
    statement = select(Service.slug).where(Service.slug.startswith(slug, autoescape=True))
    return set(db.session.scalars(statement))


def is_name_taken(name_key: str, but: int | None) -> bool:
    """By a service that is not archived? `but`: one left aside."""
    statement = select(Service.id).where(
        Service.name_key == name_key, Service.stored_state != ServiceState.ARCHIVED, Service.id != (but or 0)
    )
    return db.session.scalar(statement.limit(1)) is not None


def checks_due(ask: Ask) -> Sequence[Thing]:
    """The sheets that everybody reads and somebody wanted to be asked about again."""
    statement = (kept_by(ask.actor) if ask.actor else select(Service)).where(
        *with_number(ask, Service.id), is_shown(), Service.check_due_on <= ask.until
    )
    statement = statement.options(selectinload(Service.deliveries)).order_by(Service.id).limit(ask.most)
    return [
        _check(service, service.check_due_on)
        for service in db.session.scalars(statement)
        if service.check_due_on
    ]


def _check(service: Service, due_on: date) -> Thing:
    """It is said on the day itself, or the first working day after."""
    partners = sorted(delivery.partner_id for delivery in service.deliveries)
    return Thing(
        service.id,
        due_on - timedelta(days=1),
        service.name,
        ("sheets.edit", {"service_id": service.id}),
        round=str(due_on),
        service_id=service.id,
        goes_to={"keepers": partners[0] if partners else None},
    )


def lock_sheet(number: int) -> None:
    """It stays as it is until the transaction ends."""
    db.session.execute(select(Service.id).where(Service.id == number).with_for_update(key_share=True))


def whole(number: int) -> Service:
    """One of them, read again."""
    statement = select(Service).where(Service.id == number).options(*_whole())
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()
