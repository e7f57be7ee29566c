"""The worker: sends the outbox, and once a day runs what is due, until it is told to stop."""

import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.db import db, transaction
from portal.notifications import outbox
from portal.notifications.delivery import Delivery
from portal.notifications.smtp import ServerAway

PAUSE_SECONDS = 1.0
BEAT_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0
JOB_PAUSE_SECONDS = 600.0
log = logging.getLogger(__name__)


class Progress(Enum):
    """What a job may answer beside anything else."""

    MORE = "more"


Job = Callable[[date], object]


class Stop:
    """Asked to stop? Made to be set in a signal handler, where locks, so threading.Event, may block for ever."""

    def __init__(self) -> None:
        self._asked = False
        self._reader, self._writer = os.pipe()

    def set(self) -> None:
        self._asked = True
        os.write(self._writer, b"!")

    def is_set(self) -> bool:
        return self._asked

    def wait(self, seconds: float) -> None:
        """Wait, or less if asked to stop."""
        select.select([self._reader], [], [], seconds)


def run(daily: Sequence[Job]) -> None:
    """Work until SIGTERM or SIGINT; a second one ends at once. See `Worker` for `daily`."""
    stop = Stop()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    Worker(daily, stop).run()


class Worker:
    """Polls the outbox, says that it lives, and runs the jobs of the day.

    Each job takes the day and runs in a transaction of its own. It must be harmless when run twice: every worker
    runs it, and one that fails is tried again later. One that answers `Progress.MORE` goes on at the next round, in
    another transaction: e-mails and pages do not wait for it.
    """

    def __init__(self, daily: Sequence[Job], stop: Stop) -> None:
        self._stop = stop
        self._delivery = Delivery(stop.is_set)
        self._daily = [_Daily(job) for job in daily]
        self._beat = _Heartbeat()
        self._mail = _Pause()
        self._database_away = False

    def run(self) -> None:
        while not self._stop.is_set():
            if not self.step():
                self._stop.wait(PAUSE_SECONDS)
        self.close()

    def close(self) -> None:
        """Take leave of the mail server."""
        self._delivery.close()

    def step(self) -> int:
        """One round; return how many e-mails were tried. A database that is away is waited for."""
        try:
            tried = self._send()
            self._beat.tell(self._mail.error)
            for job in self._daily:
                job.run()
        except SQLAlchemyError:
            if not self._database_away:
                log.exception("the database does not answer; trying again until it does")
            self._database_away, tried = True, 0
        else:
            self._database_away = False
        db.session.remove()
        return tried

    def _send(self) -> int:
        """Send a batch, unless the mail server was away a moment ago."""
        if self._mail.is_on():
            return 0
        try:
            tried = self._delivery.deliver()
        except ServerAway as error:
            if self._mail.error is None:
                log.warning("the mail server does not take mail: %s", error)
            self._mail.lengthen(str(error))
            return 0
        if tried:
            self._mail = _Pause()
        return tried


class _Pause:
    """A pause that doubles each time the mail server is found away, with the error found."""

    def __init__(self) -> None:
        self.error: str | None = None
        self._seconds = PAUSE_SECONDS
        self._ends_at = float("-inf")

    def is_on(self) -> bool:
        return time.monotonic() < self._ends_at

    def lengthen(self, error: str) -> None:
        self.error = error
        self._ends_at = time.monotonic() + self._seconds
        self._seconds = min(self._seconds * 2, LONGEST_PAUSE_SECONDS)


class _Heartbeat:
    """Says that this worker lives, every few seconds and when what it finds changes."""

    def __init__(self) -> None:
        self._name = socket.gethostname()[:80]
        self._told_at = float("-inf")
        self._told: str | None = None

    def tell(self, mail_error: str | None) -> None:
        now = time.monotonic()
        if now - self._told_at < BEAT_SECONDS and mail_error == self._told:
            return
        with transaction():
            outbox.note_worker(self._name, mail_error)
        self._told_at, self._told = now, mail_error


class _Daily:
    """A job that runs once a day, and again after a while when it fails."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._done_on: date | None = None
        self._next_at = float("-inf")

    def run(self) -> None:
        today = clock.today()
        if self._done_on == today or time.monotonic() < self._next_at:
            return
        try:
            with transaction():
                progress = self._job(today)
        except Exception:
            log.exception("daily job %s failed; it will be tried again", self._job)
            self._next_at = time.monotonic() + JOB_PAUSE_SECONDS
            db.session.remove()
        else:
            self._done_on = None if progress is Progress.MORE else today
