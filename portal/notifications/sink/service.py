"""A mail server for the demonstration: it takes everything and writes it into a folder, one .eml file each."""

import asyncio
import signal
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class _Folder:
    """Writes messages as 000001.eml, 000002.eml…, after those already there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._number = max(
            (int(path.stem) for path in folder.glob("[0-9]*.eml") if path.stem.isdigit()), default=0
        )

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self._number += 1
        content = envelope.original_content or b""
        (self._folder / f"{self._number:06d}.eml").write_bytes(content)
        return "250 OK"


def kept_text(folder: str | Path, message_id: str) -> str | None:
    """The text of an e-mail it took, links included; the latest are looked through first."""
    for path in sorted(Path(folder).glob("[0-9]*.eml"), reverse=True):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["Message-ID"] == message_id:
            body = message.get_body(("plain",))
            return str(body.get_content()) if body else None
    return None


def run(host: str, port: int, folder: str | Path) -> None:
    """Take mail until SIGTERM or SIGINT."""
    asyncio.run(_serve(host, port, _Folder(Path(folder))))


async def _serve(host: str, port: int, handler: _Folder) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: SMTP(handler, hostname=host), host, port)
    await stop.wait()
    server.close()
