"""A mail server that takes its time."""

import asyncio
from contextlib import ExitStack

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.machine import free_port

SECONDS_A_MESSAGE = 0.1


class _Slow:
    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        await asyncio.sleep(SECONDS_A_MESSAGE)
        return "250 OK"


def slow_server(stack: ExitStack) -> int:
    """Its port; it stops with the stack."""
    controller = Controller(_Slow(), hostname="127.0.0.1", port=free_port())
    controller.start()
    stack.callback(controller.stop)
    return int(controller.port)
