"""The daily jobs, as the worker does them."""

from portal.feature import Job
from portal.notifications.worker.service import Walk
from portal.screens import FEATURES

JOBS = {job.name: job for feature in FEATURES for job in feature.jobs}


def do(name: str) -> int:
    """All of one job; to how many things it was done."""
    return walk(JOBS[name]).done


def walk(job: Job) -> Walk:
    """All of a job, which fails for nothing."""
    walked = Walk(job).to_the_end()
    assert not walked.failed, job.name
    return walked
