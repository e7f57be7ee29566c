"""How fast workers empty the outbox, beside the ceiling of one: the same e-mails sent over one kept connection.

    python -m bench.outbox [--database sqlite] [--messages 2000] [--rounds 5]

The mail server is in a process of its own; rounds alternate, so that all meet the same machine. The bars: one worker
reaches at least 80 % of the ceiling, and two send more than one. Stops with 1 where a bar is missed.
"""

import argparse
import asyncio
import multiprocessing
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path

import flask_migrate
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import insert, update

from bench import databases
from config import Testing
from portal import clock, create_app
from portal.db import db, transaction
from portal.notifications.claims import service as claims
from portal.notifications.claims.service import Claimed
from portal.notifications.delivery import service as delivery
from portal.notifications.mail import service as mail
from portal.notifications.models import OutboxEmail

ROOT = Path(__file__).resolve().parent.parent
BAR = 0.8
_processes = multiprocessing.get_context("spawn")
TEXT = "Bonjour Amélie,\n\n" + "Votre demande a été acceptée par « Agence Alliée ».\n" * 20
HTML = "<html><body>" + "<p style='color:#333'>Votre demande a été acceptée.</p>\n" * 40 + "</body></html>"


class _Taker:
    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        return "250 OK"


def _serve(listener: socket.socket) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: SMTP(_Taker(), hostname="127.0.0.1"), sock=listener)
        await asyncio.Event().wait()

    asyncio.run(serve())


@contextmanager
def _mail_server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.Process(target=_serve, args=(listener,), daemon=True)
        process.start()
        try:
            yield listener.getsockname()[1]
        finally:
            process.terminate()
            process.join()


def fill(messages: int) -> None:
    rows = [
        {
            "kind": "bench/outbox",
            "recipient": f"amelie{number}@exemple.test",
            "recipient_name": f"Amélie Poulain {number}",
            "reply_to": "bertrand@exemple.test",
            "reply_to_name": "Bertrand Noël",
            "language": "fr",
            "subject": f"Demande {number} acceptée : appui au modèle économique",
            "text": TEXT,
            "html": HTML,
            "message_id": f"<{number:032x}@portal.test>",
        }
        for number in range(messages)
    ]
    with transaction() as session:
        session.execute(insert(OutboxEmail), rows)


def _ceiling(row: Claimed, messages: int) -> float:
    connection = mail.Connection()
    rate = _rate(messages, lambda: _send_all(connection, row, messages))
    connection.close()
    return rate


def _send_all(connection: mail.Connection, row: Claimed, messages: int) -> None:
    for _ in range(messages):
        connection.send("portail@portal.test", row.recipient, delivery.letter(row).as_bytes())


def _worker(messages: int) -> float:
    _make_due()
    courier = delivery.Delivery()
    rate = _rate(messages, lambda: _empty(courier))
    courier.close()
    return rate


def _make_due() -> None:
    with transaction() as session:
        session.execute(
            update(OutboxEmail).values(next_attempt_at=clock.now(), sent_at=None, leased_until=None)
        )
    db.session.remove()


def _empty(courier: delivery.Delivery) -> None:
    while courier.deliver():
        db.session.remove()


def _rate(messages: int, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return messages / (time.perf_counter() - began)


class _Two:
    """Two workers in processes of their own, which begin together as often as they are told."""

    def __init__(self, database: str, port: int) -> None:
        self._begin, self._end = _processes.Barrier(3), _processes.Barrier(3)
        arguments = database, port, self._begin, self._end
        for _ in range(2):
            _processes.Process(target=_one_of_two, args=arguments, daemon=True).start()

    def rate(self, messages: int) -> float:
        _make_due()
        self._begin.wait()
        return _rate(messages, self._end.wait)


def _one_of_two(database: str, port: int, begin: Barrier, end: Barrier) -> None:
    with _portal(database, port):
        courier = delivery.Delivery()
        while True:
            begin.wait()
            _empty(courier)
            end.wait()


@contextmanager
def _portal(database: str, port: int) -> Iterator[None]:
    sys.setswitchinterval(delivery.TURN)
    app = create_app(Testing(database))
    app.config["MAIL_PORT"] = port
    with app.app_context():
        yield
        db.engine.dispose()


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--database", choices=databases.KINDS, default="postgresql")
    arguments.add_argument("--messages", type=int, default=2000)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    with databases.empty(chosen.database) as url, _mail_server() as port, _portal(url, port):
        flask_migrate.upgrade(str(ROOT / "migrations"))
        fill(chosen.messages)
        rates = _compare(_Two(url, port), chosen.messages, chosen.rounds)
    ceiling, worker, two = (statistics.median(rate) for rate in zip(*rates, strict=True))
    ratio = statistics.median(one / top for top, one, _two in rates)
    more = statistics.median(two / one for _top, one, two in rates)
    print(
        f"ceiling {ceiling:.0f}/s, worker {worker:.0f}/s, ratio {ratio:.0%} (bar {BAR:.0%}), "
        f"two workers {two:.0f}/s, {more:.2f} times one (bar: more than 1)"
    )
    return 0 if ratio >= BAR and more > 1 else 1


def _compare(two: _Two, messages: int, rounds: int) -> list[tuple[float, float, float]]:
    row = claims.claim(1)[0]
    size = len(delivery.letter(row).as_bytes())
    print(f"{messages} messages of {size} bytes, {rounds} rounds, {db.engine.dialect.name}")
    return [(_ceiling(row, messages), _worker(messages), two.rate(messages)) for _ in range(rounds)]


if __name__ == "__main__":
    sys.exit(main())
