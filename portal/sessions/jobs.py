"""What happens by itself: a seat that nobody took in time goes to the next, people are reminded the day before,
and silence confirms what poles received."""

from portal.feature import Job
from portal.sessions.received.jobs import RECEIVED_JOBS
from portal.sessions.registrations import queries, service
from portal.sessions.tomorrow import queries as tomorrow
from portal.sessions.tomorrow import service as reminders

JOBS = (
    Job("offer seats to the next who wait", queries.to_settle, service.settle_all, often=True),
    *RECEIVED_JOBS,
    Job("remind of sessions of the next day", tomorrow.due, reminders.remind, first="", often=True),
)
