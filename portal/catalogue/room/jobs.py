"""What is done by itself: places that are free are offered to those who wait."""

from portal.catalogue.room import queries, service
from portal.feature import Job

JOBS = (
    Job(
        "offer places to those who wait",
        queries.waited_for,
        lambda ids: sum(service.tell(service_id) for service_id in ids),
        often=True,
    ),
)
