"""A folder of this machine, where contents are kept."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from portal.setting_kinds import is_writable


@dataclass(frozen=True, slots=True)
class Folder:
    """Two letters of a key make a folder in it, so that none grows too large."""

    root: Path

    def __str__(self) -> str:
        return str(self.root)

    def write(self, key: str, content: bytes) -> None:
        """Keep a content, safely on the disk when this returns."""
        target = self.path(key)
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

    def opened(self, key: str) -> BinaryIO | None:
        """A content, to be read and closed; None where it is not there."""
        try:
            return self.path(key).open("rb")
        except FileNotFoundError:
            return None

    def path(self, key: str) -> Path:
        """Where a content is, or would be."""
        return self.root / key[:2] / key

    def remove(self, key: str) -> None:
        """Forget a content; harmless when it is gone already."""
        self.path(key).unlink(missing_ok=True)

    def written_before(self, moment: datetime, after: str) -> Iterator[str]:
        """What was written before a moment, by name, in order, from after one; half-written files included."""
        for part in sorted(self.root.glob("*")):
            for file in sorted(part.glob("*")) if part.name >= after[:2] else ():
                if file.name > after and datetime.fromtimestamp(file.stat().st_mtime, UTC) < moment:
                    yield file.name

    def is_well(self) -> bool:
        """Can it be written?"""
        return is_writable(self.root)

    def free_megabytes(self) -> int | None:
        """How much room there is."""
        there = next((parent for parent in (self.root, *self.root.parents) if parent.exists()), None)
        return shutil.disk_usage(there).free // 1024**2 if there else 0
