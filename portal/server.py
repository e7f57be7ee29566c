"""How gunicorn serves the portal: `gunicorn -c python:portal.server wsgi:app`. See docs/operations.md."""

import gc
import time
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.workers.sync import SyncWorker

from config import from_environment
from portal import logs, schema, settings
from portal.db import db
from portal.web import headers, plain

_MEMORY = Path("/dev/shm")  # noqa: S108 (where heartbeats of web processes cost no disk)


class DiscreetLog(Logger):
    """Our lines: without the links whose holder needs no password, what people look for, and who they are."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.Line(paths=False))

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if self.access_log_enabled:
            seconds = request_time.total_seconds()
            status = str(resp.status).partition(" ")[0]
            self.access_log.info(logs.access_line(environ, status, resp.sent, seconds, time.time() - seconds))


class Process(SyncWorker):
    """gunicorn's own; what it refuses or fails at before the portal sees it is answered with a page as well."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        status = _status(exc)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.exception("failed outside of the pages")
        else:
            self.log.warning("a request of %s was not read: %s", addr[0] if addr else "-", type(exc).__name__)
        try:
            client.sendall(_answer(status, headers.for_all(self.wsgi)))
        except OSError as gone:
            self.log.debug("nobody waits for the page of an error: %s", gone)


def _status(error: BaseException) -> HTTPStatus:
    if isinstance(error, errors.LimitRequestLine):
        return HTTPStatus.REQUEST_URI_TOO_LONG
    if isinstance(error, errors.LimitRequestHeaders):
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    of_ours = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)
    if isinstance(error, errors.ParseException) and not isinstance(error, of_ours):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _answer(status: HTTPStatus, always: dict[str, str]) -> bytes:
    """A whole answer, as it goes over the wire."""
    page = plain.page(status).encode()
    sent = {
        **always,
        "Content-Security-Policy": headers.WITHOUT_SCRIPTS,
        "Cache-Control": "no-store",
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)),
        "Connection": "close",
    }
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in sent.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + page


from_environment()  # a setting that is missing or not understood stops here, with its own line

bind = settings.read("BIND") or f"127.0.0.1:{settings.read('PORT')}"
workers = settings.read("WEB_PROCESSES")
worker_class = "portal.server.Process"
preload_app = True
timeout = 120  # twice what an import of 10,000 lines takes: see bench/transfers.py
graceful_timeout = settings.read("WEB_GRACE_SECONDS")
control_socket_disable = True
logger_class = DiscreetLog
umask = 0o077
forwarded_allow_ips = ""  # whom to believe is counted by TRUSTED_PROXIES, in the application
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
accesslog = settings.read("ACCESS_LOG")
loglevel = settings.read("LOG_LEVEL")
proc_name = "portal"
if _MEMORY.is_dir():
    worker_tmp_dir = str(_MEMORY)


def when_ready(server: Any) -> None:
    """Before the first web process: the database must be fit, and no connection may be shared with them.

    What was loaded is set apart from what is looked through for garbage, which would copy it into each process.
    """
    with server.app.wsgi().app_context():
        try:
            schema.require_current()
        finally:
            db.engine.dispose()
    gc.collect()
    gc.freeze()
