"""Keeping files: the content is written first, then its row in the caller's transaction.

When the transaction fails, a content stays that no row names: the daily purge removes it. A row never names nothing.
"""

import hashlib
import secrets
from datetime import date, timedelta
from typing import BinaryIO

from flask import Response, current_app, send_file
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.db import db, require_transaction
from portal.files import folder, queries, rules
from portal.files.models import StoredFile
from portal.refusals import Invalid, NotFound

_BEING_WRITTEN = timedelta(hours=6)  # longer than any transaction
_MEGABYTE = 1024 * 1024


def largest() -> int:
    """How large one file may be, in bytes."""
    size: int = current_app.config["LARGEST_FILE"]
    return size


def keep(field: str, name: str, content: BinaryIO) -> StoredFile:
    """Keep a file that somebody sent; Invalid, for this field of the form, where it is not one we take."""
    require_transaction()
    name = rules.clean_name(name)
    read = content.read(largest() + 1)
    if not read:
        raise Invalid(field, _l("This file is empty. Choose another one."))
    if len(read) > largest():
        raise Invalid(
            field,
            _l(
                "This file is too large: %(size)d MB at most. Make it smaller, or send an extract.",
                size=largest() // _MEGABYTE,
            ),
        )
    kind = rules.kind_of(name, read)
    if kind is None:
        raise Invalid(
            field,
            _l(
                "This kind of file cannot be taken. Send a PDF, a document, table or presentation of LibreOffice or"
                " Microsoft Office without macros, or a PNG or JPEG image."
            ),
        )
    key = secrets.token_hex(24)
    folder.write(key, read)
    stored = StoredFile(
        key=key,
        name=name,
        media_type=rules.MEDIA_TYPES[kind],
        size=len(read),
        sha256=hashlib.sha256(read).hexdigest(),
    )
    db.session.add(stored)
    return stored


def forget(stored: StoredFile) -> None:
    """Delete the row; the content goes with the next daily purge, once this is sure to be saved."""
    require_transaction()
    db.session.delete(stored)


def download(stored: StoredFile) -> Response:
    """The file as an answer: to be saved, never shown as a page of ours."""
    found = folder.path(stored.key)
    if not found.is_file():
        raise NotFound
    answer = send_file(
        found, mimetype=stored.media_type, as_attachment=True, download_name=stored.name, max_age=0
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def purge(_day: date) -> int:
    """Daily job. Remove the contents that no row names; return how many."""
    require_transaction()
    old = list(folder.written_before(clock.now() - _BEING_WRITTEN))
    orphans = set(old) - queries.known(old)
    for key in orphans:
        folder.remove(key)
    return len(orphans)
