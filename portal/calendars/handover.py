"""What becomes of invitations and feeds when two organisations become one."""

from flask_babel import lazy_gettext as _l

from portal.calendars.models import CalendarFeed, CalendarInvitation
from portal.organisations.handover import Move

MOVES = (
    Move(_l("Dates in calendars"), CalendarInvitation.organisation_id),
    Move(_l("Links of calendars"), CalendarFeed.organisation_id, unique=("person_id", "scope")),
)
