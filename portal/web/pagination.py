"""Keyset pages: each costs the same however far one goes, and nothing is shown twice when rows arrive."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from sqlakeyset import BadBookmark, InvalidPage, select_page
from sqlalchemy import Select
from sqlalchemy.exc import ArgumentError, OperationalError, StatementError

from portal.db import db
from portal.web.addresses import this_path_with

PAGE_SIZE = 25
_NUMBER = re.compile(r"([<>])i:(\d{1,9})")
# What a made-up bookmark ends in: not one of ours, or of values that the columns cannot be compared with.
_NOT_A_BOOKMARK = (
    InvalidPage,
    BadBookmark,
    ValueError,
    TypeError,
    OverflowError,
    ArgumentError,
    StatementError,
)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows (things, where one thing is selected), and the pages before and after (None where there is none)."""

    rows: Sequence[Any]
    previous_url: str | None
    next_url: str | None


def keyset_page(statement: Select[Any], size: int = PAGE_SIZE) -> Page:
    """The page named by `page` in the address. `statement` must have a total order."""
    bookmark = request.args.get("page")
    try:
        page = select_page(db.session(), statement, per_page=size, page=bookmark)
    except _NOT_A_BOOKMARK as error:
        if bookmark is None or isinstance(error, OperationalError):
            raise
        abort(404)
    paging = page.paging
    return Page(
        rows=[row[0] if len(row) == 1 else row for row in page],
        previous_url=this_path_with(page=paging.bookmark_previous) if paging.has_previous else None,
        next_url=this_path_with(page=paging.bookmark_next) if paging.has_next else None,
    )


def numbered_page(read: Callable[..., Sequence[Any]], size: int = PAGE_SIZE) -> Page:
    """The same of rows that are in the order of their numbers (`id`), which need no general comparison.

    `read(mark, most, back=…)`: so many at most that follow a number (None: from the first on), or with `back` come
    before it, in their order.
    """
    bookmark = request.args.get("page")
    if bookmark is None:
        return _numbered(read(None, size + 1, back=False), size, back=False, is_first=True)
    match = _NUMBER.fullmatch(bookmark)
    if not match:
        abort(404)
    back = match[1] == "<"
    return _numbered(read(int(match[2]), size + 1, back=back), size, back=back, is_first=False)


def _numbered(rows: Sequence[Any], size: int, *, back: bool, is_first: bool) -> Page:
    more = len(rows) > size
    shown = rows[-size:] if back else rows[:size]
    before, after = (more, True) if back else (not is_first, more)
    return Page(
        rows=shown,
        previous_url=this_path_with(page=f"<i:{shown[0].id}") if before and shown else None,
        next_url=this_path_with(page=f">i:{shown[-1].id}") if after and shown else None,
    )
