"""Where contents are kept: a folder of this machine. Another place to keep them has these five functions too."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app


def write(key: str, content: bytes) -> None:
    """Keep a content, safely on the disk when this returns."""
    target = path(key)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = target.with_suffix(".part")
    try:
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def path(key: str) -> Path:
    """Where a content is, or would be; two letters of its key make a folder, so that none grows too large."""
    return _root() / key[:2] / key


def remove(key: str) -> None:
    """Forget a content; harmless when it is gone already."""
    path(key).unlink(missing_ok=True)


def written_before(moment: datetime) -> Iterator[str]:
    """The names of what was written before a moment, half-written files included."""
    for file in _root().glob("*/*"):
        if datetime.fromtimestamp(file.stat().st_mtime, UTC) < moment:
            yield file.name


def _root() -> Path:
    return Path(current_app.config["FILES_FOLDER"])
