"""Files that are made while they are read."""

from collections.abc import Iterable, Sequence

from flask import Response, stream_with_context

from portal import spreadsheets


def spreadsheet(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """Rows as a CSV file to save."""
    response = Response(
        stream_with_context(spreadsheets.written(rows)), content_type="text/csv; charset=utf-8"
    )
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
