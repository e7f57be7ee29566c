"""Reminders are noted each hour, weighed when all are known, then sent."""

from portal.feature import Job
from portal.reminders import queries, service

JOBS = (
    Job(
        "note what people are reminded of",
        queries.due_keys,
        lambda keys: sum(map(service.note_due, keys)),
        first=(0, 0),
        hourly=True,
    ),
    Job(
        "weigh the reminders of a run",
        queries.to_weigh,
        service.weigh,
        at_once=1000,
        often=True,
    ),
    Job(
        "send reminders",
        queries.addresses,
        lambda addresses: sum(map(service.send_to, addresses)),
        first="",
        often=True,
    ),
    Job("drop reminders that were held for long", queries.held_too_long, service.drop_old, at_once=200),
)
