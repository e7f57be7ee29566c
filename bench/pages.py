"""A visitor who signs in, and what pages cost: one client with a connection for each request, then eight at once.

A page takes turns with a bare page of the same run, so that both meet the same machine: absolute times say little
where others use it, the ratio of the two does.
"""

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from bench.bars import BARE_MILLISECONDS
from bench.machine import Watched, others_seconds
from tests.builders import PASSPHRASE

TIMEOUT = 30
TURN = 10
"""Requests of one page before the other has its turn."""
QUIET = 0.15
"""Cores used by others below which a round counts as quiet."""
_FIELD = re.compile(r'name="(csrf_token|once)"[^>]*value="([^"]+)"')


@dataclass(slots=True)
class Visitor:
    """One person's browser: an address and a cookie."""

    port: int
    cookie: str = ""

    def ask(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body as sent (compressed); a connection of its own."""
        headers = {"Accept-Encoding": "gzip, br", "Cookie": self.cookie, "User-Agent": "bench"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            body = urlencode(form) if form is not None else None
            connection.request("POST" if form is not None else "GET", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if sent := answer.getheader("Set-Cookie"):
            self.cookie = sent.partition(";")[0]
        return answer.status, content

    def fields(self, path: str) -> dict[str, str]:
        """The hidden fields of a form."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        connection.request("GET", path, headers={"Cookie": self.cookie, "User-Agent": "bench"})
        answer = connection.getresponse()
        if sent := answer.getheader("Set-Cookie"):
            self.cookie = sent.partition(";")[0]
        found = dict(_FIELD.findall(answer.read().decode()))
        connection.close()
        return found

    def sign_in(self, email: str) -> None:
        """Through the sign-in page, as anybody."""
        form = {**self.fields("/connexion"), "email": email, "password": PASSPHRASE}
        status, _body = self.ask("/connexion", form)
        if status != 302:
            raise RuntimeError(f"sign-in of {email} answered {status}")


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one request, and the first quartile of the bare page meanwhile. `others`: cores they used."""

    p25: float
    p50: float
    p95: float
    app: float
    database: float
    bare: float
    others: float

    @property
    def fair(self) -> float:
        """What it takes where the bare page takes what it took where the bars were set.

        By first quartiles: on a quiet machine they are the medians, on a busy one those who were not made to wait.
        """
        return self.p25 / self.bare * BARE_MILLISECONDS


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: rounds, each bounded in requests and in seconds; how often each process is asked each page
    before memory counts, and how many requests before it is read."""

    rounds: int
    requests: int
    seconds: float
    first: int
    mixed: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is timed, what goes before it each time without being timed, and who answers."""

    once: Callable[[], object]
    before: Callable[[], object]
    watched: Watched


def cost(page: Asked, bare: Asked, effort: Effort) -> Cost:
    """The quietest of some rounds; stops at the first quiet one."""
    for _ in range(4):
        page.before()
        page.once()
        bare.once()
    best: Cost | None = None
    for _ in range(effort.rounds):
        found = _round(page, bare, effort)
        if best is None or found.others < best.others:
            best = found
        if best.others < QUIET:
            break
    assert best is not None
    return best


def _round(page: Asked, bare: Asked, effort: Effort) -> Cost:
    watched = page.watched
    others, began = others_seconds(watched, bare.watched), time.perf_counter()
    taken: list[float] = []
    beside: list[float] = []
    app = database = 0.0
    while not taken or (len(taken) < effort.requests and time.perf_counter() - began < effort.seconds):
        beside += [_timed(bare) for _ in range(TURN)]
        app_before, database_before = watched.app_seconds(), watched.database_seconds()
        taken += [_timed(page) for _ in range(TURN)]
        app += watched.app_seconds() - app_before
        database += watched.database_seconds() - database_before
    passed = time.perf_counter() - began
    return Cost(
        p25=_quartile(taken),
        p50=statistics.median(taken),
        p95=sorted(taken)[int(0.95 * (len(taken) - 1))],
        app=1000 * app / len(taken),
        database=1000 * database / len(taken),
        bare=_quartile(beside),
        others=max(0.0, (others_seconds(watched, bare.watched) - others) / passed),
    )


def _quartile(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=4)[0]


def _timed(asked: Asked) -> float:
    asked.before()
    at = time.perf_counter()
    asked.once()
    return 1000 * (time.perf_counter() - at)


def rate(visitor: Visitor, path: str, seconds: float, clients: int = 8) -> float:
    """Requests a second of several clients at once, over bare sockets so that asking costs little."""
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAccept-Encoding: gzip, br\r\n"
    asked += f"Cookie: {visitor.cookie}\r\nConnection: close\r\n\r\n"
    counts, until = [0] * clients, time.perf_counter() + seconds

    def go_on(client: int) -> None:
        while time.perf_counter() < until:
            if _answer(visitor.port, asked.encode()) != b"200":
                raise RuntimeError(f"{path} was not answered")
            counts[client] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=go_on, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def _answer(port: int, asked: bytes) -> bytes:
    """The status of the answer, all of it read."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
        connection.sendall(asked)
        start = connection.recv(65536)
        while connection.recv(65536):
            pass
    return start[9:12]
