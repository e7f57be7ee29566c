"""Keyset pages: each costs the same however far one goes, and nothing is shown twice when rows arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from sqlakeyset import BadBookmark, InvalidPage, select_page
from sqlalchemy import Select
from sqlalchemy.exc import ArgumentError, OperationalError, StatementError

from portal.db import db
from portal.web.addresses import this_path_with

PAGE_SIZE = 25
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
        found = select_page(db.session(), statement, per_page=size, page=bookmark)
    except _NOT_A_BOOKMARK as error:
        if bookmark is None or isinstance(error, OperationalError):
            raise
        abort(404)
    paging = found.paging
    return Page(
        rows=[row[0] if len(row) == 1 else row for row in found],
        previous_url=this_path_with(page=paging.bookmark_previous) if paging.has_previous else None,
        next_url=this_path_with(page=paging.bookmark_next) if paging.has_next else None,
    )
