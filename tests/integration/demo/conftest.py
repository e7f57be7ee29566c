"""The demonstration: invented once by whichever test process needs it first, then copied for the tests of each file."""

import fcntl
import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal.db import Model, db
from portal.demo import load, run
from portal.demo.load import Loaded

LOADED = "loaded.json"


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `make demo` left when it had invented its year, before it ran anything; only copied."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "demonstration"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = shared / "demonstration-begun"
            (begun / LOADED).write_text(json.dumps(asdict(_invent(begun))))
            begun.rename(folder)
    return folder


def _invent(folder: Path) -> Loaded:
    """Do what `make demo` does in this folder until there is something to run."""
    found: list[Loaded | None] = []
    real = load.load
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("PORTAL_DATA", str(folder)), ("PORT", str(port)), ("PORTAL_ENVIRONMENT", "")):
            patch.setenv(name, value)
        patch.setattr(run, "stop_on_signals", lambda: None)
        patch.setattr(run, "_run", lambda _port: None)
        patch.setattr(load, "load", lambda: found.append(real()))
        run.main([])
    (loaded,) = found
    assert loaded is not None, "the database was not empty"
    return loaded


@pytest.fixture(scope="module")
def demonstration(app: Flask, invented: Path) -> Iterator[Loaded]:
    """An application context on a database that holds the demonstration; emptied afterwards."""
    shutil.copytree(invented / "files", app.config["FILES_FOLDER"], dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        salt = (invented / "password-salt").read_text()
        patch.setitem(app.config, "SECURITY_PASSWORD_SALT", salt)  # its people sign in
        with (
            closing(sqlite3.connect(invented / "portal.sqlite")) as copy,
            closing(sqlite3.connect(db.engine.url.database or "")) as own,
        ):
            copy.backup(own)
        yield Loaded(**json.loads((invented / LOADED).read_text()))
        db.session.rollback()
        _empty()


def _empty() -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        for table in reversed(Model.metadata.sorted_tables):
            connection.execute(text(f'DELETE FROM "{table.name}"'))
        connection.commit()
