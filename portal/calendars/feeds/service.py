"""A feed is made and cut by its owner; what it holds is asked anew each time it is read."""

import hashlib
from datetime import timedelta

from flask_babel import force_locale
from sqlalchemy import delete

from portal import clock
from portal.access.roles import Actor
from portal.accounts.attempts import service as attempts
from portal.accounts.rules import Held, new_token, token_hash
from portal.calendars import rules, words
from portal.calendars.emails import moment, page_of
from portal.calendars.feeds import queries
from portal.calendars.models import CalendarFeed
from portal.calendars.rules import Scope, Shown
from portal.db import db, note, require_transaction, transaction
from portal.interventions.models import Intervention
from portal.interventions.words import PLACES
from portal.refusals import NotAllowed

_A_DAY = timedelta(days=1)
_QUIET = {"synchronize_session": False}


def make(actor: Actor, scope: Scope) -> str:
    """The secret of a new link, which is shown once; the one before no longer works."""
    if actor.role not in queries.WITH_DATES:
        raise NotAllowed
    cut(actor, scope)
    token = new_token()
    about = {"person_id": actor.person_id, "organisation_id": actor.organisation_id, "scope": scope}
    db.session.add(CalendarFeed(**about, token_hash=token_hash(token)))
    db.session.flush()
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


def read(token: str) -> tuple[str, str] | Held | None:
    """What a secret link holds now, and its mark, which changes with it; or that it is read too often. None: it does
    not work, or no longer."""
    feed = queries.by_hash(token_hash(token))
    owner = queries.owner(feed) if feed else None
    if feed is None or owner is None:
        return None
    with transaction():
        held = attempts.begin_reading(feed.id)
    if held:
        return held
    person, actor = owner
    with force_locale(person.language):
        dates = [_without_people(each, actor) for each in queries.dates(actor, feed.scope)]
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


def _note_read(feed: CalendarFeed) -> None:
    """Within a day, so that reading it often writes little."""
    now = clock.now()
    if feed.read_at is None or feed.read_at < now - _A_DAY:
        note(CalendarFeed, CalendarFeed.id == feed.id, read_at=now)
