"""What is done by itself: places that are free are offered to those who wait, and partners hear that poles wait."""

from portal.catalogue.room import queries, service
from portal.feature import Job

JOBS = (
    Job(
        "offer places to those who wait",
        queries.waited_for,
        lambda ids: sum(service.tell(service_id) for service_id in ids),
        often=True,
    ),
    Job(
        "tell partners that poles wait",
        queries.begun_to_wait,
        lambda ids: sum(service.tell_partners(service_id) for service_id in ids),
        hourly=True,
    ),
)
