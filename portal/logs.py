"""What is written in logs: when, how grave, what and where; never a secret link, and nothing about people.

Errors are written with the place where they happened, line by line, and without their words, which may repeat what
somebody typed: only those that speak of code keep them. Addresses of pages are written as their patterns.
"""

import logging
import re
import secrets
import sys
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, request, request_started
from jinja2 import TemplateError
from sqlalchemy.exc import DBAPIError, InvalidRequestError, StatementError

from portal import engine
from portal.web.current import REQUEST_ID

PATTERN = "portal.pattern"
LINE = "%(asctime)s %(levelname)s %(message)s"
ABOUT_CODE = (
    AttributeError,
    ImportError,
    NameError,
    NotImplementedError,
    RecursionError,
    SyntaxError,
    TypeError,
    TemplateError,
    InvalidRequestError,
)
_ADDRESS = re.compile(r"[^\s@<>\"'(]+@[^\s@<>\"')]+")
_TOKEN = re.compile(r"(?=[\w.-]*\d)(?=[\w.-]*[A-Za-z])[\w.-]{24,}")
_PATH = re.compile(r"(?<![:/\w])/[^\s\"']+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+)(?:\(.*?\))?:)?(?P<name>\w+)>")
_GIVEN_ID = re.compile(r"[0-9a-fA-F-]{16,64}")
_STATIC = re.compile(r"/static/[\w./-]{1,120}")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Line(logging.Formatter):
    """A line, and under it where the error happened."""

    def __init__(self, *, paths: bool = True) -> None:
        super().__init__(LINE)
        self._paths = paths

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (logging's own)
        return moment(record.created)

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's own)
        return trace(ei[1])

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own)
        record.message = hide(record.message)
        if not self._paths:
            record.message = _QUOTED.sub("…", _PATH.sub("/…", record.message))
        return super().formatMessage(record)


def moment(seconds: float) -> str:
    """A time of day as logs have it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def hide(words: str) -> str:
    """Without addresses of people and long random texts."""
    return _TOKEN.sub("…", _ADDRESS.sub("…", words))


def trace(error: BaseException | None) -> str:
    """Where an error and those before it happened, without what they say unless that is about code."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append("".join(traceback.format_tb(error.__traceback__)) + described(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nand before, ".join(parts)


def described(error: BaseException) -> str:
    """The kind of an error, and its words where they cannot repeat what somebody typed."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, DBAPIError):
        return f"{kind}: {engine.reason(error)} in {' '.join((error.statement or '').split())[:500]}"
    if isinstance(error, ABOUT_CODE) and not isinstance(error, StatementError):
        return f"{kind}: {hide(' '.join(str(error).split()))}"
    if isinstance(error, OSError):
        return f"{kind}: {error.strerror or ''}"
    return kind


def set_up(level: str) -> None:
    """Every log of this program to its standard error, in our lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("portal").setLevel(level.upper())
    sys.excepthook = _ended


def _ended(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
    else:
        logging.getLogger("portal").critical("ended by an error", exc_info=(kind, error, where))


class RequestIds:
    """Each request has a name of its own, in logs, on pages of errors and in the answer.

    A proxy that we trust may have given it; others would write what they like into our logs.
    """

    def __init__(self, inner: Wsgi, *, believed: bool) -> None:
        self._inner = inner
        self._believed = believed

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._believed else ""
        name = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        environ[REQUEST_ID] = name

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("X-Request-ID", name)], *rest)

        return self._inner(environ, start)


def _note_pattern(app: Flask, **_extra: Any) -> None:
    """The address of the page, before anything can fail."""
    request.environ[PATTERN] = _pattern()


def _pattern() -> str:
    rule = request.url_rule
    if rule is None:
        return "-"

    def filled(match: re.Match[str]) -> str:
        value = (request.view_args or {}).get(match["name"], "…")
        return str(value) if match["kind"] == "int" else "…"

    return _ARGUMENT.sub(filled, rule.rule)


def access_line(environ: dict[str, Any], status: str, size: Any, seconds: float, at: float) -> str:
    """One request: when, who, what, how it ended, how large, how long, its name."""
    path = environ.get("PATH_INFO", "")
    known = path if status in {"200", "304"} and _STATIC.fullmatch(path) else "-"
    who = environ.get("REMOTE_ADDR") or "-"
    how = environ.get("REQUEST_METHOD", "-")
    name = environ.get(REQUEST_ID, "-")
    asked = environ.get(PATTERN, known)
    return f"{moment(at)} {who} {how} {asked} {status} {size or 0} {1000 * seconds:.0f}ms {name}"


def init_app(app: Flask) -> None:
    """Our lines, for a program with an operator; and errors without what was typed, everywhere."""
    if app.config["LOG_LEVEL"]:
        set_up(app.config["LOG_LEVEL"])
    request_started.connect(_note_pattern, app)

    def log_exception(error: Any) -> None:
        if engine.is_away(error[1]):
            engine.note_away(error[1])
            return
        name = request.environ.get(REQUEST_ID, "-")
        app.logger.error("failed at %s %s, request %s", request.method, _pattern(), name, exc_info=error)

    app.log_exception = log_exception  # type: ignore[method-assign,assignment]  # Flask's own way
