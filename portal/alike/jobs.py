"""What is done by itself: requests are compared once they are sent, and forgotten with what they said."""

from portal.alike import queries, service
from portal.feature import Job

JOBS = (
    Job("compare requests with those that are open", queries.to_compare, service.compare, hourly=True),
    Job("forget what was alike", queries.to_forget, service.forget, at_once=200),
)
