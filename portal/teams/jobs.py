"""What is asked by itself: the review of a team."""

from portal import clock
from portal.feature import Job
from portal.teams import queries, service

JOBS = (
    Job(
        "ask for reviews",
        lambda after, most: queries.reviews_due(clock.today(), after)[:most],
        lambda ids: sum(service.ask_for_review(key, clock.today()) for key in ids),
    ),
)
