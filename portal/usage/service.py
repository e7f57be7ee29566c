"""Figures just counted: whoever looks again, or downloads a table, does not count them again.

They are the same while nothing happens to any request, nor to an act that is of none. Two transactions that end in
another order than they began could hide one event behind the other, so nothing is remembered for long.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta

from flask import current_app

from portal import clock
from portal.access.roles import Actor
from portal.usage import queries
from portal.usage.queries import Tallies
from portal.usage.rules import Filters

MOST = 32
"""Reports remembered by one process."""

_PLACE = "portal-usage"


def tallies(actor: Actor, filters: Filters) -> Tallies:
    """`queries.tallies`, remembered for USAGE_REMEMBERED_SECONDS at most (0: never)."""
    lasting = timedelta(seconds=current_app.config["USAGE_REMEMBERED_SECONDS"])
    if not lasting:
        return queries.tallies(actor, filters)
    reader = (actor.role, actor.organisation_id, actor.region_codes)
    key = (reader, filters, clock.today(), queries.newest_event())
    remembered: dict[Hashable, tuple[datetime, Tallies]] = current_app.extensions.setdefault(_PLACE, {})
    now = clock.now()
    if key in remembered and now - remembered[key][0] < lasting:
        return remembered[key][1]
    counted = queries.tallies(actor, filters)
    remembered.pop(key, None)
    remembered[key] = (now, counted)
    while len(remembered) > MOST:
        remembered.pop(next(iter(remembered)))
    return counted
