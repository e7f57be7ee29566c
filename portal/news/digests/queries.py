"""Whose digest is due, and what waits for it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select

from portal import clock
from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.joint.queries import requests_shared
from portal.news.digests.rules import Entry
from portal.notifications.models import OutboxEmail
from portal.requests.models import SupportRequest
from portal.requests.queries import is_visible_to


def due(after: int, most: int) -> Sequence[int]:
    """The people whose digest is due, by number, after one."""
    statement = (
        select(OutboxEmail.person_id)
        .where(OutboxEmail.digest_at <= clock.now(), OutboxEmail.person_id > after)
        .distinct()
        .order_by(OutboxEmail.person_id)
        .limit(most)
    )
    return [number for number in db.session.scalars(statement) if number is not None]


def waiting(person_id: int) -> Sequence[Entry]:
    """What is due for somebody and was not read in the portal meanwhile."""
    require_transaction()
    columns = OutboxEmail.organisation_id, OutboxEmail.thread, OutboxEmail.subject, OutboxEmail.url
    statement = (
        select(OutboxEmail.id, *columns, OutboxEmail.created_at)
        .where(
            OutboxEmail.person_id == person_id,
            OutboxEmail.digest_at <= clock.now(),
            OutboxEmail.read_at.is_(None),
        )
        .order_by(OutboxEmail.id)
    )
    return [Entry(*row) for row in db.session.execute(statement)]


def subjects(actor: Actor, references: Sequence[str]) -> Mapping[str, str]:
    """What these requests are about, where somebody may still read them."""
    statement = select(SupportRequest.reference, SupportRequest.subject).where(
        SupportRequest.reference.in_(references),
        or_(is_visible_to(actor), SupportRequest.id.in_(requests_shared(actor))),
    )
    return dict(db.session.execute(statement).all()) if references else {}
