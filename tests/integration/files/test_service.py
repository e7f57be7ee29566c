"""A row never names nothing, and what no row names goes."""

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.db import transaction
from portal.files import service
from portal.files.models import StoredFile
from portal.files.storage import service as storage
from tests.days import days_ago
from tests.jobs import do

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_folder(app, database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "FILES_FOLDER", str(tmp_path))


def keep() -> StoredFile:
    with service.received("document", "statuts.pdf", io.BytesIO(PDF)) as stored, transaction() as session:
        session.add(stored)
    return stored


def keep_then_fail() -> None:
    with service.received("document", "statuts.pdf", io.BytesIO(PDF)) as stored, transaction() as session:
        session.add(stored)
        raise RuntimeError


def leave_an_orphan() -> Path:
    """What a crash between the content and its row leaves."""
    storage.place().write("ab" * 24, PDF)
    return storage.place().path("ab" * 24)


def age(key: str, hours: int) -> None:
    then = (clock.now() - timedelta(hours=hours)).timestamp()
    os.utime(storage.place().path(key), (then, then))


def purge() -> int:
    return do("remove orphaned files")


def test_the_content_is_under_a_random_key_which_others_cannot_read() -> None:
    one, other = keep(), keep()
    assert one.key != other.key
    assert storage.place().path(one.key).read_bytes() == PDF
    assert "statuts" not in str(storage.place().path(one.key))
    assert storage.place().path(one.key).parent.stat().st_mode & 0o077 == 0


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        keep_then_fail()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_crash_leaves_an_orphan_that_the_purge_removes() -> None:
    left = leave_an_orphan()
    assert purge() == 0, "it may belong to a transaction under way"
    age(left.name, hours=7)
    assert purge() == 1
    assert not left.exists()


def test_the_purge_keeps_what_a_row_names() -> None:
    one = keep()
    age(one.key, hours=1000)
    assert purge() == 0
    assert storage.place().path(one.key).is_file()


def test_a_forgotten_file_goes_with_the_next_purge() -> None:
    one = keep()
    with transaction():
        service.forget(one)
    assert storage.place().path(one.key).is_file(), "until it is sure that the row is gone"
    age(one.key, hours=7)
    assert purge() == 1


def test_half_written_files_go_too(tmp_path: Path) -> None:
    half = tmp_path / "ab" / "abc.part"
    half.parent.mkdir()
    half.write_bytes(b"half")
    then = (days_ago(1)).timestamp()
    os.utime(half, (then, then))
    assert purge() == 1


def test_a_purge_before_the_first_file_is_harmless() -> None:
    assert purge() == 0
