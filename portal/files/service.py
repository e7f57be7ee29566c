"""Keeping files: the content is checked and written first, then its row in the caller's transaction.

When that transaction fails, the content is removed again; what a crash leaves, the daily purge removes. So a row
always has its content, and nothing slow happens under a lock.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import islice
from typing import BinaryIO, Protocol

from flask import current_app, send_file
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import ServiceUnavailable

from portal import clock
from portal.db import db, require_transaction, transaction
from portal.feature import features
from portal.files import queries, words
from portal.files.contents import rules as contents
from portal.files.models import StoredFile
from portal.files.rules import FileState, Unfit
from portal.files.scan import service as scan
from portal.files.storage import service as storage
from portal.refusals import Invalid, NotFound
from portal.web import errors

log = logging.getLogger(__name__)
_BEING_WRITTEN = timedelta(hours=6)  # longer than any transaction
_MEGABYTE = 1024 * 1024
_LOOKED_UP_AT_ONCE = 500


class Readable(Protocol):
    """Bytes, once."""

    def read(self, size: int, /) -> bytes: ...


def largest() -> int:
    """How large one file may be, in bytes."""
    size: int = current_app.config["LARGEST_FILE"]
    return size


@contextmanager
def received(field: str, name: str, content: Readable) -> Iterator[StoredFile]:
    """A file that somebody sent, on the disk: open the transaction that saves its row inside.

    Invalid, for this field of the form, where it is not one we take.
    """
    stored, read = _checked(field, contents.clean_name(name), content)
    _write(field, stored.key, read)
    try:
        yield stored
    except BaseException:
        storage.place().remove(stored.key)
        raise


def _write(field: str, key: str, content: bytes) -> None:
    try:
        storage.place().write(key, content)
    except OSError as error:
        log.error("a document could not be kept: %s", error.strerror or error)
        raise Invalid(
            field,
            _l(
                "The portal cannot keep documents right now: the place for them is full or cannot be reached. Nothing"
                " was saved. Try again later, and tell your regional cell if it lasts."
            ),
        ) from error


def largest_megabytes() -> int:
    """How large one file may be, as people say it."""
    return largest() // _MEGABYTE


def _checked(field: str, name: str, content: Readable) -> tuple[StoredFile, bytes]:
    read = content.read(largest() + 1)
    if not read:
        raise Invalid(field, _l("This file is empty. Choose another one."))
    if len(read) > largest():
        raise Invalid(
            field,
            _l(
                "This file is too large: %(size)d MB at most. Make it smaller, or send an extract.",
                size=largest_megabytes(),
            ),
        )
    try:
        name, kind = contents.named(name, read)
    except Unfit as unfit:
        raise Invalid(field, words.refusal(unfit)) from unfit
    stored = StoredFile(
        key=secrets.token_hex(24),
        name=name,
        media_type=contents.MEDIA_TYPES[kind],
        size=len(read),
        state=FileState.BEING_CHECKED if scan.is_on() else FileState.READY,
        sha256=hashlib.sha256(read).hexdigest(),
    )
    return stored, read


def check(file_id: int) -> bool:
    """Ask the scanner about a file that waits for it; True: it waits no more. What is infected goes, and who sent it
    is told.

    Without a scanner, those that waited for one are let go: whoever took it away decided so.
    """
    stored = queries.get(file_id)
    if stored is None:
        return False
    verdict = _look_at(stored) if scan.is_on() else scan.Verdict()
    if verdict is None:
        return False
    with transaction():
        stored = queries.locked(file_id)
        if stored is None or stored.state is not FileState.BEING_CHECKED:
            return False
        stored.state = FileState.INFECTED if verdict.virus else FileState.READY
        for feature in features() if verdict.virus else ():
            if feature.tells_infected:
                feature.tells_infected(stored, verdict.virus or "")
    if verdict.virus:
        log.warning("file %d held a virus, and is removed: %s", file_id, verdict.virus)
        storage.place().remove(stored.key)
    return True


def _look_at(stored: StoredFile) -> scan.Verdict | None:
    """None: nothing is known of it yet."""
    try:
        with closing(_opened(stored.key)) as content:
            return scan.scan(content)
    except (NotFound, ServiceUnavailable, scan.NotScanned) as error:
        log.warning("file %d could not be checked: %s", stored.id, error)
        return None


def forget(stored: StoredFile) -> None:
    """Delete the row; the content goes with the next daily purge, once this is sure to be saved."""
    require_transaction()
    db.session.delete(stored)


def download(stored: StoredFile) -> ResponseReturnValue:
    """The file as an answer: to be saved, never shown as a page of ours."""
    if stored.state is FileState.BEING_CHECKED:
        return errors.page(
            409, _l("This document is being checked for viruses. It can be saved in a few moments.")
        )
    if stored.state is FileState.INFECTED:
        raise NotFound
    content = _opened(stored.key)
    answer = send_file(
        content, mimetype=stored.media_type, as_attachment=True, download_name=stored.name, max_age=0
    )
    answer.content_length = stored.size
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _opened(key: str) -> BinaryIO:
    try:
        content = storage.place().opened(key)
    except OSError as error:
        log.error("a document could not be read: %s", error.strerror or error)
        raise ServiceUnavailable from error
    if content is None:
        raise NotFound
    return content


def orphans(after: str, most: int) -> Sequence[str]:
    """The contents that no row names, by name, from after one; what may be in a transaction under way is left."""
    old = storage.place().written_before(clock.now() - _BEING_WRITTEN, after)
    names: list[str] = []
    while len(names) < most and (some := list(islice(old, _LOOKED_UP_AT_ONCE))):
        known = queries.known(some)
        names += [name for name in some if name not in known]
    return names[:most]


def remove(names: Sequence[str]) -> int:
    """Remove such contents for good: no row can name them any more."""
    for name in names:
        storage.place().remove(name)
    return len(names)
