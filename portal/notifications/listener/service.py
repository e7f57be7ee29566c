"""A listener for a mail server of ours: it hands e-mails over by LMTP (RFC 2033), one recipient at a time."""

import asyncio
import logging
import signal
from collections.abc import Callable

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

log = logging.getLogger(__name__)
Take = Callable[[str, str, bytes], object]


class _Handler:
    """Answers for each e-mail: taken, or later. What cannot be taken now stays with the mail server, which tries
    again."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def handle_RCPT(
        self, _server: LMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: LMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        try:
            await asyncio.to_thread(self._take, envelope.mail_from or "", envelope.rcpt_tos[0], content)
        except Exception as error:  # whatever it is, the e-mail must not be lost
            log.error("an e-mail could not be taken, and comes again: %s", type(error).__name__)
            return "451 4.3.0 Not now, try again later"
        return "250 2.0.0 Taken"


def run(listen: str, largest: int, take: Take) -> None:
    """Take mail until SIGTERM or SIGINT. `listen`: a machine and a port, or unix: and the path of a socket. `largest`:
    in bytes."""
    asyncio.run(_serve(listen, largest, take))


async def _serve(listen: str, largest: int, take: Take) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def conversation() -> LMTP:
        return LMTP(_Handler(take), data_size_limit=largest, hostname="portal", enable_SMTPUTF8=False)

    if listen.startswith("unix:"):
        server = await loop.create_unix_server(conversation, listen.removeprefix("unix:"))
    else:
        host, _colon, port = listen.rpartition(":")
        server = await loop.create_server(conversation, host.strip("[]"), int(port))
    log.info("listening for mail on %s", listen)
    await stop.wait()
    server.close()
