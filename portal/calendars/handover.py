"""What becomes of invitations when two organisations become one."""

from flask_babel import lazy_gettext as _l

from portal.calendars.models import CalendarInvitation
from portal.organisations.handover import Move

MOVES = (Move(_l("Dates in calendars"), CalendarInvitation.organisation_id),)
