"""A stand-in for clamd: it speaks INSTREAM, VERSION and PING, and finds what tests call a virus."""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

VIRUS = b"%PDF-1.4\n% EICAR-STANDARD-ANTIVIRUS-TEST-FILE\n%%EOF\n"
_MARK = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@dataclass
class Scanner:
    """What tests see of it. `largest`: StreamMaxLength; `broken`: what it says of every content."""

    address: str
    looked_at: list[bytes] = field(default_factory=list)
    largest: int = 25 * 1024 * 1024
    broken: bytes | None = None


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            command = self.rfile.readline().strip()
            answers = {b"nPING": b"PONG\n", b"nVERSION": b"ClamAV 1.4.3/27820/Sat Nov 28 10:23:45 2026\n"}
            self.wfile.write(answers.get(command) or self._scan())

    def _scan(self) -> bytes:
        scanner, content = self.server.scanner, b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > scanner.largest:
                return b"INSTREAM size limit exceeded. ERROR\n"
        scanner.looked_at.append(content)
        if scanner.broken:
            return scanner.broken
        return b"stream: Win.Test.EICAR_HDB-1 FOUND\n" if _MARK in content else b"stream: OK\n"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    scanner: Scanner


@contextmanager
def scanner() -> Iterator[Scanner]:
    """One that runs."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.scanner = Scanner(f"127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.scanner
        finally:
            server.shutdown()
            thread.join()
