"""What the clock of a machine did wrong is put right."""

from portal.feature import Job
from portal.notifications.clocks import service as clocks

JOBS = (
    Job(
        "let go of e-mails that a wrong clock held",
        clocks.held_back,
        clocks.set_right,
        at_once=200,
        hourly=True,
    ),
)
