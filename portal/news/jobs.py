"""Digests leave by themselves."""

from portal.feature import Job
from portal.news.digests import queries, service

JOBS = (
    Job(
        "send digests",
        queries.due,
        lambda people: sum(map(service.send, people)),
        often=True,
    ),
)
