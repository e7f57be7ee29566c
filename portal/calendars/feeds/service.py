"""A feed is made and cut by its owner; what it holds is asked anew each time it is read."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy import delete

from portal import clock
from portal.access.roles import Actor
from portal.accounts.rules import new_token, token_hash
from portal.calendars import rules, words
from portal.calendars.emails import moment, moment_of_session, page_of, page_of_session
from portal.calendars.feeds import queries
from portal.calendars.models import CalendarFeed
from portal.calendars.rules import Scope, Shown
from portal.db import db, inserting, note, require_transaction
from portal.interventions.models import Intervention
from portal.interventions.words import PLACES
from portal.refusals import NotAllowed
from portal.sessions import words as sessions
from portal.sessions.models import CollectiveSession

_AN_HOUR = timedelta(hours=1)
_QUIET = {"synchronize_session": False}


def make(actor: Actor, scope: Scope) -> str:
    """The secret of a new link, which is shown once; the one before no longer works."""
    if actor.role not in queries.WITH_DATES:
        raise NotAllowed
    require_transaction()
    token = new_token()
    about = {"person_id": actor.person_id, "organisation_id": actor.organisation_id, "scope": scope}
    unread = {"read_at": None, "hour_began": None, "readings": 0}
    fresh = {"token_hash": token_hash(token), "created_at": clock.now(), **unread}
    statement = inserting(CalendarFeed).values(**about, **fresh)
    db.session.execute(statement.on_conflict_do_update(index_elements=[*about], set_=fresh))
    return token


def cut(actor: Actor, scope: Scope) -> None:
    """The link no longer works."""
    require_transaction()
    own = (
        CalendarFeed.person_id == actor.person_id,
        CalendarFeed.organisation_id == actor.organisation_id,
        CalendarFeed.scope == scope,
    )
    db.session.execute(delete(CalendarFeed).where(*own).execution_options(**_QUIET))


def cut_all(person_id: int) -> None:
    """None of somebody's links works any more."""
    require_transaction()
    theirs = delete(CalendarFeed).where(CalendarFeed.person_id == person_id)
    db.session.execute(theirs.execution_options(**_QUIET))


def read(token: str) -> tuple[str, str] | datetime | None:
    """What a secret link holds now, and its mark, which changes with it; or from when it is read again, of a program
    that asks without end. None: it does not work, or no longer."""
    feed = queries.by_hash(token_hash(token))
    owner = queries.owner(feed) if feed else None
    if feed is None or owner is None:
        return None
    if (until := _free_from(feed)) is not None:
        return until
    person, actor = owner
    with force_locale(person.language):
        dates = [
            *(_without_people(each, actor) for each in queries.dates(actor, feed.scope)),
            *(_of_session(each, actor) for each in queries.sessions(actor, feed.scope)),
        ]
        name = words.feed_name(feed.scope, actor)
    _note_read(feed)
    mark = hashlib.sha256(repr((name, dates)).encode()).hexdigest()[:32]
    return rules.feed(name, dates, clock.now()), mark


def _without_people(intervention: Intervention, actor: Actor) -> Shown:
    """What nobody typed: names of organisations, when, and the page that says the rest to who signs in."""
    page = page_of(intervention, actor.organisation_id)
    where = str(PLACES[intervention.place_kind])
    return Shown(
        intervention.uid,
        intervention.sequence,
        moment(intervention),
        words.title(intervention),
        page,
        where,
        page,
    )


def _of_session(session: CollectiveSession, actor: Actor) -> Shown:
    """What its partner has published of it, and the page that says the rest."""
    page = page_of_session(session, actor.organisation_id)
    moment, where = moment_of_session(session), sessions.where(session)
    return Shown(session.uid, session.sequence, moment, session.title, page, where, page)


def _free_from(feed: CalendarFeed) -> datetime | None:
    """When the hour ends in which it was read often enough; None: it may be read."""
    if feed.hour_began is None or feed.readings < rules.MOST_READINGS:
        return None
    ends = feed.hour_began + _AN_HOUR
    return ends if ends > clock.now() else None


def _note_read(feed: CalendarFeed) -> None:
    """Beside what others write: a reading that is not counted does no harm."""
    now = clock.now()
    count: dict[str, Any] = {"readings": CalendarFeed.readings + 1}
    if feed.hour_began is None or feed.hour_began + _AN_HOUR <= now:
        count = {"hour_began": now, "readings": 1}
    note(CalendarFeed, CalendarFeed.id == feed.id, read_at=now, **count)
