"""`make demo`: everything on this machine, until Ctrl-C. `python -m portal.demo.run [--reset]`."""

import os
import shutil
import socket
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import flask_migrate
from flask import Flask

from config import Demonstration
from portal import create_app, schema
from portal.db import db, transaction
from portal.demo import accounts, load
from portal.demo.processes import Ended, Programs, Stopped, stop_on_signals

LOOPBACK = "127.0.0.1"
_READY_SECONDS = 30.0
_GUNICORN = ("-m", "gunicorn", "-c", "python:portal.server", "wsgi:app")
_WORKER = ("-m", "flask", "--app", "wsgi", "worker")
_OURS = ("portal.sqlite", "portal.sqlite-wal", "portal.sqlite-shm", "secret-key", "password-salt")


def main(arguments: list[str]) -> None:
    """Prepare what is missing, then run web, worker and mail server together."""
    stop_on_signals()
    port = _port(os.environ.get("PORT") or "8000")
    os.environ |= {"PORTAL_ENVIRONMENT": "demonstration", "PORT": str(port)}
    try:
        if "--reset" in arguments:
            _reset(Demonstration.folder())
        _prepare(create_app(Demonstration()))
        _run(port)
    except Stopped:
        print("\nStopped. What you did is kept; make demo goes on from there.")
    except Ended as error:
        raise SystemExit(str(error)) from None


def _port(given: str) -> int:
    """The port to serve on, free for now."""
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise SystemExit(f"PORT is {given!r}: choose a number from 1 to 65535, as in: make demo PORT=8123")
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, int(given)))
        except PermissionError:
            raise SystemExit(f"Port {given} is reserved. Choose another one: make demo PORT=8123") from None
        except OSError:
            other = 8123 if given != "8123" else 8124
            raise SystemExit(
                f"Port {given} is already in use. Choose another one: make demo PORT={other}"
            ) from None
    return int(given)


def _free_port() -> int:
    with closing(socket.create_server((LOOPBACK, 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


def _reset(folder: Path) -> None:
    """Remove what a demonstration made, and nothing else."""
    for name in _OURS:
        (folder / name).unlink(missing_ok=True)
    for name in ("emails", "files"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _prepare(app: Flask) -> None:
    """The tables of this version, and activity where there is none."""
    with app.app_context():
        flask_migrate.upgrade(str(schema.MIGRATIONS))
        if load.is_empty():
            print("Inventing a year of activity, once: half a minute at most…", flush=True)
            with transaction():
                load.load()
        db.session.remove()
        db.engine.dispose()


def _run(port: int) -> None:
    mail_port = _free_port()
    environment = {
        "SMTP_PORT": str(mail_port),
        "BIND": f"{LOOPBACK}:{port}",
        "WEB_PROCESSES": "2",
        "WEB_GRACE_SECONDS": "2",
        "ACCESS_LOG": "",
        "LOG_LEVEL": "warning",
    }
    with Programs() as programs:
        mail = ("-m", "portal.demo.mailbox", str(mail_port), str(Demonstration.folder() / "emails"))
        for name, command in (("mail server", mail), ("web server", _GUNICORN)):
            programs.start(name, [sys.executable, *command], environment)
        _wait_until_ready(programs, port)
        programs.start("worker", [sys.executable, *_WORKER], environment)
        print(_welcome(port), flush=True)
        programs.watch()


def _wait_until_ready(programs: Programs, port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        programs.check()
        try:
            with urlopen(f"http://{LOOPBACK}:{port}/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise Ended(f"The web server did not answer within {_READY_SECONDS:.0f} seconds.")


def _welcome(port: int) -> str:
    widest = max(len(account.email) for account in accounts.ACCOUNTS)
    lines = [f"  {account.email:<{widest}}  {account.role}" for account in accounts.ACCOUNTS]
    return "\n".join(
        (
            "",
            f"The portal is at http://{LOOPBACK}:{port}/",
            "",
            f"Accounts, all with the passphrase {accounts.PASSPHRASE}",
            *lines,
            "",
            f"E-mails it sends: http://{LOOPBACK}:{port}/demonstration/emails",
            "Everything is invented, except the public register. Ctrl-C ends it; make demo-reset starts over.",
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
