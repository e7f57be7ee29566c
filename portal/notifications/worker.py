"""The worker: sends the outbox, and once a day runs what is due, until it is told to stop."""

import logging
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import date
from types import FrameType

from sqlalchemy.exc import OperationalError

from portal import clock
from portal.db import db, transaction
from portal.notifications import outbox
from portal.notifications.models import WorkerHeartbeat

PAUSE_SECONDS = 1.0
log = logging.getLogger(__name__)

Job = Callable[[date], object]


def run(daily: Sequence[Job]) -> None:
    """Work until SIGTERM or SIGINT. Each `daily` job takes the day and must be harmless when run twice."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    last_day: date | None = None
    while not stop.is_set():
        try:
            sent = step()
            if last_day != clock.today():
                run_daily(daily)
                last_day = clock.today()
        except OperationalError:
            log.exception("the database did not answer; trying again")
            db.session.remove()
            sent = 0
        if not sent:
            stop.wait(PAUSE_SECONDS)


def step() -> int:
    """Say that we live and send what is due; return how many e-mails were taken."""
    _beat()
    sent = outbox.deliver()
    db.session.remove()
    return sent


def run_daily(jobs: Sequence[Job]) -> None:
    """Run each job in a transaction of its own; one that fails does not stop the others."""
    for job in jobs:
        try:
            with transaction():
                job(clock.today())
        except Exception:
            log.exception("daily job %s failed", job)
        db.session.remove()


def _beat() -> None:
    with transaction() as session:
        session.merge(WorkerHeartbeat(name=socket.gethostname(), seen_at=clock.now()))
