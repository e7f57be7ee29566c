"""The daily jobs, as the worker does them."""

from portal import cli
from portal.notifications.worker.service import Job, Walk

JOBS = {job.name: job for job in cli.DAILY}


def do(name: str) -> int:
    """All of one job; to how many things it was done."""
    return walk(JOBS[name]).done


def walk(job: Job) -> Walk:
    """All of a job, which fails for nothing."""
    walked = Walk(job).to_the_end()
    assert not walked.failed, job.name
    return walked
