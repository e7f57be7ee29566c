"""How gunicorn serves the portal: `gunicorn -c python:portal.server wsgi:app`. See docs/operations.md."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from config import from_environment
from portal import logs, schema, settings
from portal.db import db

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


from_environment()  # a setting that is missing or not understood stops here, with its own line

bind = settings.read("BIND") or f"127.0.0.1:{settings.read('PORT')}"
workers = settings.read("WEB_PROCESSES")
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
    """Before the first web process: the database must be fit, and no connection may be shared with them."""
    with server.app.wsgi().app_context():
        try:
            schema.require_current()
        finally:
            db.engine.dispose()
