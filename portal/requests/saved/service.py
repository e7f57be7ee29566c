"""A filter is kept, or no longer."""

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.db import db
from portal.refusals import Invalid, NotFound
from portal.requests.saved import queries
from portal.requests.saved.models import SavedFilter
from portal.requests.saved.rules import LONGEST_QUERY, MOST_KEPT, tidy


def keep(actor: Actor, name: str, query: str) -> SavedFilter:
    """Keep what is looked for under a name; the same name twice is the same filter, changed."""
    kept = {saved_filter.name: saved_filter for saved_filter in queries.locked(actor)}
    kept_filter = kept.get(name)
    if kept_filter is None and len(kept) >= MOST_KEPT:
        raise Invalid("name", _l("You already keep twenty filters: remove one first."))
    kept_filter = kept_filter or SavedFilter(membership_id=actor.membership_id, name=name)
    kept_filter.query = tidy(query)
    if len(kept_filter.query) > LONGEST_QUERY:
        raise Invalid("name", _l("This search is too long to be kept: look for fewer words."))
    db.session.add(kept_filter)
    return kept_filter


def remove(actor: Actor, filter_id: int) -> None:
    """Keep one of one's own no longer."""
    for saved_filter in queries.locked(actor):
        if saved_filter.id == filter_id:
            db.session.delete(saved_filter)
            return
    raise NotFound
