"""What runs by itself: calendars follow who comes and goes."""

from portal.calendars import queries, service
from portal.feature import Job

JOBS = (
    Job("let calendars follow who comes and goes", queries.standing, service.follow, hourly=True),
    Job(
        "let calendars follow who gives sessions",
        queries.sessions_standing,
        service.follow_sessions,
        hourly=True,
    ),
)
