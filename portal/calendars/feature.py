"""Dates in the calendars of those they concern."""

from portal.calendars import emails, handover, jobs, personal, routes, service
from portal.calendars.models import CalendarInvitation
from portal.feature import Feature
from portal.requests.undo.rules import Restored

FEATURE = Feature(
    "calendars",
    screens=(routes.bp,),
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    moves=handover.MOVES,
    restored=(Restored(CalendarInvitation),),
    invites=service.invites,
    invites_to_sessions=service.invites_to_sessions,
    takes_calendar_reply=service.take,
    about_person=personal.of_person,
    forgets_person=personal.forget,
)
