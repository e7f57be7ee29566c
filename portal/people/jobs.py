"""What ends by itself: looks at the portal that were left open."""

from portal.feature import Job
from portal.people import queries, service

JOBS = (Job("end forgotten looks", queries.forgotten, lambda ids: sum(map(service.end_forgotten, ids))),)
