"""Looking for viruses, where the settings name a clamd: it gets each content, and says what it found."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from flask import current_app

if TYPE_CHECKING:
    from clamav_client.clamd import ClamdNetworkSocket

USUAL_PORT = 3310
_LONGEST_SCAN = 120.0
_LONGEST_PING = 3.0


class Away(OSError):
    """No scanner answers."""


class NotScanned(Exception):
    """It answers, and cannot look at this content: too large for its settings, for one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`virus`: the name of what was found; None: nothing."""

    virus: str | None = None


def is_on() -> bool:
    """Is there a scanner to ask?"""
    return bool(current_app.config["CLAMD_HOST"])


def version() -> str:
    """What answers; Away, where nothing does."""
    with _asking(_LONGEST_PING) as client:
        return client.version().strip()


def answers() -> bool:
    """Is it there now?"""
    try:
        version()
    except Away:
        return False
    return True


def scan(content: BinaryIO) -> Verdict:
    """Ask it about a content. Away, or NotScanned, where nothing is known of it yet."""
    try:
        with _asking(_LONGEST_SCAN) as client:
            answer = client.instream(content)
    except Away as error:
        if answers():
            raise NotScanned(str(error)) from error
        raise
    status, virus = answer.get("stream", ("", None))
    match status:
        case "OK":
            return Verdict()
        case "FOUND":
            return Verdict(virus or "?")
        case _:
            raise NotScanned(f"it says {status or 'nothing'}")


@contextmanager
def _asking(timeout: float) -> Iterator["ClamdNetworkSocket"]:
    """Away, whatever goes wrong; the library leaves a connection open that failed."""
    from clamav_client.clamd import ClamdError

    client = _client(timeout)
    try:
        yield client
    except (ClamdError, OSError, UnicodeDecodeError) as error:
        raise Away(f"the scanner does not answer: {error}") from error
    finally:
        if opened := getattr(client, "clamd_socket", None):
            opened.close()


def _client(timeout: float) -> "ClamdNetworkSocket":
    from clamav_client.clamd import ClamdNetworkSocket, ClamdUnixSocket

    where: str = current_app.config["CLAMD_HOST"]
    if where.startswith("unix:"):
        return ClamdUnixSocket(where.removeprefix("unix:"), int(timeout))
    name, colon, port = where.rpartition(":")
    return ClamdNetworkSocket(name if colon else where, int(port) if colon else USUAL_PORT, timeout)
