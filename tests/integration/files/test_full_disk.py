"""A disk without room: said in a sentence, nothing half-written is left, and what was there stays."""

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import config
from portal.applications.steps import State
from portal.db import db
from portal.files.models import StoredFile
from portal.files.storage import service as storage
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.applications import steps


def full(*_everything: Any, **_named: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FullAfterAWhile(io.FileIO):
    """A file on a disk whose last bytes it takes."""

    def write(self, content: Any) -> int:
        super().write(bytes(content)[:10])
        return full()


@pytest.fixture
def path(make: Builder, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(app.config, "FILES_FOLDER", str(tmp_path))
    return f"/candidater/suivi/{make.link(make.raw_application(State.DRAFT))}"


AT: dict[str, tuple[str, Callable[..., Any]]] = {
    "its folder": ("mkdir", full),
    "its first byte": ("open", full),
    "half of it": ("open", lambda self, _mode: FullAfterAWhile(str(self), "wb")),
    "its name": ("replace", full),
}


def only_in(folder: Path, usual: Callable[..., Any], instead: Callable[..., Any]) -> Callable[..., Any]:
    """The rest of the machine has room."""

    def act(path: Path, *everything: Any, **named: Any) -> Any:
        return (instead if path.is_relative_to(folder) else usual)(path, *everything, **named)

    return act


@pytest.mark.parametrize("moment", AT)
def test_a_document_that_has_no_room_is_refused_and_leaves_nothing(
    browse: Callable[[None], Browser], path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    visitor = browse(None)
    assert steps.upload(visitor, path, "avant.pdf", steps.PDF).status_code == 302
    [before] = db.session.query(StoredFile)
    name, instead = AT[moment]
    with monkeypatch.context() as patched:
        patched.setattr(Path, name, only_in(tmp_path, getattr(Path, name), instead))
        answer = steps.upload(visitor, path, "apres.pdf", steps.PDF)
    assert answer.status_code == 422
    assert "ne peut pas garder de document" in answer.text
    assert "avant.pdf" in answer.text
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [storage.place().path(before.key)]
    assert db.session.query(StoredFile).all() == [before]
    assert steps.upload(visitor, path, "apres.pdf", steps.PDF).status_code == 302, "and later it is taken"


def test_a_form_that_has_no_room_on_its_way_is_for_later(
    start: Callable[[Any], Flask], database_url: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is large waits in a temporary file while it is read."""
    settings = config.Testing(database_url)
    settings.TESTING = False
    serving = start(settings)
    visitor = Browser(serving, None)
    visitor.get("/donnees-personnelles")
    monkeypatch.setattr(serving.request_class, "_get_file_stream", full)
    answer = steps.upload(visitor, path, "apres.pdf", steps.PDF)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert db.session.query(StoredFile).all() == []
