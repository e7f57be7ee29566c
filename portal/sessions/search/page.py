"""What the search finds of sessions: those to come, for everybody; for a partner, all of its own."""

from collections.abc import Iterator, Mapping, Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from portal.access.roles import Actor
from portal.catalogue.words import service_name
from portal.db import db
from portal.feature import Findable, Match, Word
from portal.sessions import queries, words
from portal.sessions.models import CollectiveSession


def _visible(actor: Actor | None) -> ColumnElement[bool]:
    if actor is None or not actor.is_partner:
        return queries.is_to_come()
    return or_(queries.is_to_come(), queries.is_kept_by(actor))


def _beside(_actor: Actor | None, word: Word) -> Iterator[Select[int]]:
    """Those of a service, and of a partner, of this name."""
    sessions = select(CollectiveSession.id)
    yield sessions.where(CollectiveSession.service_id.in_(word.named("service")))
    yield sessions.where(CollectiveSession.partner_id.in_(word.named("partner")))


def _shown(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    statement = (
        select(CollectiveSession)
        .where(CollectiveSession.id.in_(numbers))
        .options(joinedload(CollectiveSession.partner), joinedload(CollectiveSession.service))
    )
    return {session.id: _match(actor, session) for session in db.session.scalars(statement)}


def _match(actor: Actor | None, session: CollectiveSession) -> Match:
    is_own = actor is not None and session.partner_id == actor.organisation_id
    names = (
        session.partner.name,
        service_name(session.service),
        session.service.name,
        session.service.name_en,
    )
    return Match(
        session.title,
        url_for("sessions.manage" if is_own else "sessions.show", session_id=session.id),
        facts=[words.moment(session), words.where(session)],
        texts=[session.about, session.audience, session.place or "", *names],
    )


FINDABLES = (
    Findable(
        "session",
        CollectiveSession.id,
        titles=(CollectiveSession.title,),
        texts=(CollectiveSession.about, CollectiveSession.audience, CollectiveSession.place),
        label=_l("Collective sessions"),
        visible=_visible,
        shown=_shown,
        beside=_beside,
        order=(CollectiveSession.on, CollectiveSession.id),
    ),
)
