"""Static files: compressed once, in memory, and kept by browsers for a year, since their address changes with them."""

import gzip
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.responders import Response, StaticFile

from portal.web import headers

ONE_YEAR = 31_536_000
_TEXTS = frozenset({".css", ".js", ".svg"})


class _Text(StaticFile):
    """A text with its compressed form."""

    def __init__(self, path: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(path, *args, **kwargs)
        self._compressed = gzip.compress(Path(path).read_bytes(), mtime=0)

    def get_response(self, method: str, request_headers: dict[str, str]) -> Response:
        plain = super().get_response(method, request_headers)
        if plain.status != HTTPStatus.OK or "gzip" not in request_headers.get("HTTP_ACCEPT_ENCODING", ""):
            return plain
        if plain.file:
            plain.file.close()
        smaller = {
            **dict(plain.headers),
            "Content-Length": str(len(self._compressed)),
            "Content-Encoding": "gzip",
        }
        return Response(
            plain.status, list(smaller.items()), BytesIO(self._compressed) if plain.file else None
        )


class _Files(WhiteNoise):
    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        plain = super().get_static_file(path, url, stat_cache)
        if Path(path).suffix not in _TEXTS:
            return plain
        _encoding, _path, own = plain.alternatives[0]
        return _Text(path, own, stat_cache=stat_cache)


def before(app: Flask) -> WhiteNoise:
    """The application behind its static files."""
    always = headers.for_all(app)

    def add_headers(response: Any, path: str, url: str) -> None:
        for header, value in always.items():
            response[header] = value
        if Path(path).suffix in _TEXTS:
            response["Vary"] = "Accept-Encoding"

    return _Files(
        app.wsgi_app,
        root=app.static_folder,
        prefix="static/",
        max_age=ONE_YEAR,
        allow_all_origins=False,
        add_headers_function=add_headers,
    )
