"""What was held leaves by itself once nothing keeps it."""

from portal.feature import Job
from portal.notifications.pauses import service as pauses

JOBS = (
    Job(
        "let e-mails leave that are paused no more",
        pauses.free,
        pauses.let_leave,
        at_once=200,
        often=True,
    ),
)
