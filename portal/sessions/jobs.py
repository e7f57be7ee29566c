"""What ends by itself: a seat that was offered and not taken goes to the next."""

from portal.feature import Job
from portal.sessions.registrations import queries, service

JOBS = (Job("offer seats to the next who wait", queries.to_settle, service.settle_all, often=True),)
