"""How gunicorn serves the portal: `gunicorn -c python:portal.server wsgi:app`. See docs/operations.md."""

import re
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from config import from_environment
from portal import schema, settings
from portal.db import db

_MEMORY = Path("/dev/shm")  # noqa: S108 (where heartbeats of web processes cost no disk)
_SECRET_LINK = re.compile(
    r"(/mot-de-passe-oublie/|/invitation/|/candidater/suivi/|/(?:nouvelle|ancienne)-adresse/)[^\s?/]+"
)


class DiscreetLog(Logger):
    """Access logs without the links whose holder needs no password."""

    def atoms(self, *request: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(*request)
        return {
            name: _SECRET_LINK.sub(r"\1…", value) if isinstance(value, str) else value
            for name, value in found.items()
        }


from_environment()  # a setting that is missing or not understood stops here, with its own line

bind = settings.read("BIND") or f"127.0.0.1:{settings.read('PORT')}"
workers = settings.read("WEB_PROCESSES")
preload_app = True
timeout = 120  # twice what an import of 10,000 lines takes: see bench/transfers.py
graceful_timeout = settings.read("WEB_GRACE_SECONDS")
control_socket_disable = True
logger_class = DiscreetLog
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(M)sms "%(a)s"'
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
