"""Workers in processes of their own; two of them, killed at random while they send; what must be true afterwards."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing.context import ForkServerProcess
from random import Random

from sqlalchemy import select

from config import Testing
from portal import create_app
from portal.db import db
from portal.notifications.claims import service as claims
from portal.notifications.delivery import service as delivery
from portal.notifications.models import OutboxEmail
from portal.notifications.worker import service as worker
from tests.smtp import MailServer
from tests.waiting import LONGEST, until

WORKERS = 2
LONGEST_MOMENT = 0.01
"""In seconds: a kill comes by chance anywhere in what a worker does for one e-mail, not only when one arrived."""
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Pace:
    """How workers take e-mails: so many at a time, for so long."""

    batch: int
    lease: timedelta


def begin(database_url: str, port: int, pace: Pace | None = None) -> ForkServerProcess:
    """A worker that sends to this port; without a pace, as in service."""
    process = _processes.Process(target=_work, args=(database_url, port, pace), daemon=True)
    process.start()
    return process


def _work(database_url: str, port: int, pace: Pace | None) -> None:
    if pace:
        claims.claim = partial(claims.claim, pace.batch)
        claims.LEASE, delivery.LONGEST_SENDING = pace.lease, pace.lease / 2
    app = create_app(Testing(database_url))
    app.config["MAIL_PORT"] = port
    with app.app_context():
        worker.run()


class Pair:
    """Two workers at one outbox; whoever is killed is replaced."""

    def __init__(self, database_url: str, server: MailServer, pace: Pace) -> None:
        self._arguments = database_url, server.port, pace
        self._server = server
        self._alive = [begin(*self._arguments) for _ in range(WORKERS)]
        self.kills = 0

    def kill_at_random(self, kills: int, messages: int, chance: Random) -> None:
        """Each time some more e-mails arrived, one of the two, wherever it is."""
        for arrived in sorted(chance.sample(range(1, messages * 3 // 4), kills)):
            self._server.wait_for(arrived)
            time.sleep(chance.uniform(0, LONGEST_MOMENT))
            victim = chance.randrange(WORKERS)
            self._alive[victim].kill()
            self._alive[victim].join()
            self._alive[victim] = begin(*self._arguments)
            self.kills += 1

    def stop(self) -> None:
        """As the system does: each finishes the e-mail that it is at, and gives back the others."""
        for process in self._alive:
            os.kill(process.pid or 0, signal.SIGTERM)
        for process in self._alive:
            process.join(LONGEST)


@contextmanager
def pair(database_url: str, server: MailServer, pace: Pace) -> Iterator[Pair]:
    started = Pair(database_url, server, pace)
    try:
        yield started
    finally:
        started.stop()


def all_are_sent() -> bool:
    unsent = db.session.scalar(select(OutboxEmail.id).where(OutboxEmail.sent_at.is_(None)).limit(1))
    return unsent is None


def wait_until_sent() -> None:
    until(all_are_sent, "not all are noted as sent")


def faults(server: MailServer, kills: int) -> list[str]:
    """What a kill may not do: lose an e-mail, repeat more than one, or send one under another Message-ID."""
    arrived = Counter(str(message["Message-ID"]) for message in server.messages)
    written = set(db.session.scalars(select(OutboxEmail.message_id)))
    again = arrived.total() - len(arrived)
    found = {
        "never arrived": len(written - set(arrived)),
        "arrived under another Message-ID": len(set(arrived) - written),
        f"arrived twice, after {kills} kills": max(again - kills, 0) and again,
        "are not noted as sent": 0 if all_are_sent() else 1,
    }
    return [f"{count} {what}" for what, count in found.items() if count]
