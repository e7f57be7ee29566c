"""The worker: sends the outbox, and once a day runs what is due, until it is told to stop."""

import logging
import os
import select as files
import signal
import socket
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, engine
from portal.db import db, transaction
from portal.feature import Job, features
from portal.notifications import queries
from portal.notifications.beats import service as beats
from portal.notifications.delivery.service import TURN, Delivery
from portal.notifications.mail.service import ServerAway
from portal.notifications.outbox import service as outbox
from portal.notifications.rules import BEAT

PAUSE_SECONDS = 1.0
BEAT_SECONDS = BEAT.total_seconds()
LONGEST_PAUSE_SECONDS = 30.0
JOB_PAUSE_SECONDS = 600.0
TRANSACTIONS = 25
"""Of one job in one round, so that e-mails do not wait long for it."""
log = logging.getLogger(__name__)


class Walk:
    """One walk of a job through all that is due, a part at a time. What fails is left behind, and stops nothing."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._after = job.first
        self.done = 0
        self.failed = 0

    def go_on(self) -> bool:
        """Do a part; False: that was the last."""
        most = TRANSACTIONS * self._job.at_once
        keys = self._job.due(self._after, most)
        for start in range(0, len(keys), self._job.at_once):
            self._do(keys[start : start + self._job.at_once])
        if len(keys) < most:
            return False
        self._after = keys[-1]
        return True

    def to_the_end(self) -> "Walk":
        """All parts."""
        while self.go_on():
            pass
        return self

    def _do(self, keys: Sequence[Any]) -> None:
        try:
            with transaction() if self._job.locks else nullcontext(), outbox.in_office_hours():
                done = self._job.do(keys)
        except Exception as error:  # whatever it is, the next one is not at fault
            require_database()
            if len(keys) == 1:
                self.failed += 1
                log.error("daily job %s failed for %s: %s", self._job.name, keys[0], discreet(error))
            else:
                for key in keys:
                    self._do([key])
        else:
            self.done += done


def require_database() -> None:
    """After an error: SQLAlchemyError if it is the database that does not answer."""
    db.session.remove()
    db.session.execute(select(1))


def discreet(error: Exception) -> str:
    """What went wrong and where, without the message, which may hold what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    path = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))
    return f"{type(error).__name__} at {path}"


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
        files.select([self._reader], [], [], seconds)


def run() -> None:
    """Work until SIGTERM or SIGINT; a second one ends at once."""
    stop = Stop()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    sys.setswitchinterval(TURN)
    Worker([job for feature in features() for job in feature.jobs], stop).run()


class Worker:
    """Polls the outbox, says that it lives, and does the jobs of the day, a part of each at a round.

    Every worker does every job. One of which something failed is done again later.
    """

    def __init__(self, daily: Sequence[Job], stop: Stop) -> None:
        self._stop = stop
        self._beat = _Heartbeat()
        self._mail = _Pause()
        self._failing = False
        self._delivery = Delivery(stop.is_set, between=lambda: self._beat.tell(self._mail.error))
        self._daily = [_Turn(job) for job in daily]

    def run(self) -> None:
        log.info("worker started")
        while not self._stop.is_set():
            if not self.step():
                self._stop.wait(PAUSE_SECONDS)
        self.close()
        log.info("worker stopped")

    def close(self) -> None:
        """Take leave of the mail server and of whoever watches."""
        self._delivery.close()
        self._beat.end()

    def step(self) -> int:
        """One round; return how many e-mails were tried. A database that is away is waited for."""
        try:
            tried = self._send()
            self._beat.tell(self._mail.error)
            for job in self._daily:
                job.run()
                self._beat.tell(self._mail.error)
        except SQLAlchemyError as error:
            if engine.is_away(error):
                engine.note_away(error)
            elif not self._failing:
                log.exception("a round failed; trying again until one does not")
            self._failing, tried = True, 0
        else:
            self._failing = False
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
            if self._mail.error is not None:
                log.warning("the mail server takes mail again")
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
        self._name = _name(os.getpid())
        self._told_at = float("-inf")
        self._told: str | None = None

    def tell(self, mail_error: str | None) -> None:
        now = time.monotonic()
        if now - self._told_at < BEAT_SECONDS and mail_error == self._told:
            return
        with transaction():
            if self._told_at < 0:
                beats.forget_workers(_dead())
            beats.note_worker(self._name, mail_error)
        self._told_at, self._told = now, mail_error

    def end(self) -> None:
        """It stops as it was told: nobody needs to look for it."""
        with suppress(SQLAlchemyError), transaction():
            beats.forget_workers([self._name])


def _name(process: int) -> str:
    """One for each worker: a dead one must not hide behind another."""
    return f"{socket.gethostname()[:60]} {process}"


def _dead() -> list[str]:
    """Workers of this machine that are no more."""
    here = f"{socket.gethostname()[:60]} "
    names = [worker.name for worker in queries.workers() if worker.name.startswith(here)]
    return [name for name in names if not _lives(name.removeprefix(here))]


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


class _Turn:
    """A job that is done once a day, once an hour or at each round, and again after a while when something failed."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._walk = Walk(job)
        self._done_in: date | None = None
        self._next_at = float("-inf")

    def run(self) -> None:
        turn = clock.this_hour() if self._job.hourly else clock.today()
        if self._done_in == turn or time.monotonic() < self._next_at:
            return
        try:
            if self._walk.go_on():
                return
            failed = self._walk.failed > 0
        except Exception as error:  # a job that cannot even look stops no other
            require_database()
            log.error("daily job %s failed: %s", self._job.name, discreet(error))
            failed = True
        self._walk = Walk(self._job)
        self._done_in = None if failed or self._job.often else turn
        if failed:
            self._next_at = time.monotonic() + JOB_PAUSE_SECONDS
