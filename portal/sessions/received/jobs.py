"""What silence confirms of what poles received at sessions."""

from portal.feature import Job
from portal.interventions.silence import queries as silence
from portal.sessions.received import service

RECEIVED_JOBS = (
    Job("confirm sessions by silence", silence.silent_gathered, lambda ids: sum(map(service.let_pass, ids))),
)
