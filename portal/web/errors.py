"""Refusals and failures as pages, each of which gives back what was typed.

The only handlers for the whole portal are here. A feature that words its own refusals does so on its blueprint.
"""

import errno
from datetime import datetime, timedelta
from html import escape

from flask import Flask, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from werkzeug.exceptions import HTTPException

from portal import clock, engine
from portal.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from portal.web import acting, addresses, current, flash, kept, plain, tokens

RETRY_SECONDS = "30"
_PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 429})
_AGAIN = frozenset({429})  # where sending the same once more can help
_STATUSES: dict[type[Refusal], int] = {NotFound: 404, NotAllowed: 403, Invalid: 400, Conflict: 409}
_OF_THE_ANSWER = frozenset({"content-type", "content-length"})


def page(
    status: int, message: object = None, back_url: str | None = None, from_when: datetime | None = None
) -> ResponseReturnValue:
    """The error page of a status, with a sentence of its own where there is one. `from_when`: trying again can help."""
    if status in {403, 404} and (response := acting.elsewhere(status)):
        return response
    name = status if status in _PAGES else 400
    html = render_template(
        f"errors/{name}.html",
        status=status,
        message=message,
        back_url=back_url,
        from_when=from_when,
        typed=kept.typed_texts(),
        keeps_files=_keeps_files(),
        again=kept.fields_to_send_again() if status in _AGAIN and request.method == "POST" else [],
    )
    return html, status


def _keeps_files() -> bool:
    try:
        return bool(kept.files_kept())
    except HTTPException:  # it was too large to be read
        return False


def _meant() -> str | None:
    """The page whose address was only written otherwise: a final slash, capital letters."""
    unknown = request.endpoint is None or request.path.endswith("/")
    return addresses.canonical() if unknown and request.method in {"GET", "HEAD"} else None


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    if status >= 500:
        return unavailable() if status == 503 else (_plain(500), status)
    if status == 404 and (meant := _meant()):
        return redirect(meant, 308)
    answer = make_response(page(status, from_when=_from_when(error)))
    for name, value in error.get_headers(request.environ):
        if name.lower() not in _OF_THE_ANSWER:
            answer.headers.setdefault(name, value)
    return answer


def _from_when(error: HTTPException) -> datetime | None:
    """When the same may be tried again, where the refusal says it in seconds or as a moment."""
    when = getattr(error, "retry_after", None)
    return clock.now() + timedelta(seconds=when) if isinstance(when, int) else when


def _refused(refusal: Refusal) -> ResponseReturnValue:
    status = next((status for kind, status in _STATUSES.items() if isinstance(refusal, kind)), 409)
    return page(status, refusal.message if isinstance(refusal, Invalid) else None)


def _forged_or_old(error: CSRFError) -> ResponseReturnValue:
    if request.blueprint == "security":
        if rescued := kept.rescue_page():
            return rescued
        flash.notice(_("This page had been open for too long. Please try again."))
        if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
            return redirect(url_for("home.index"))
        return redirect(addresses.this_address())
    return kept.try_again_page()


def _failure(error: Exception) -> ResponseReturnValue:
    """A page that needs nothing to render but the form that was sent."""
    cause = getattr(error, "original_exception", None)
    if cause is not None and (engine.is_away(cause) or _has_no_room(cause)):
        return unavailable()
    return _plain(500), 500


def _has_no_room(error: BaseException) -> bool:
    """Is a disk full, that of temporary files for one?"""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def database(error: Exception) -> ResponseReturnValue:
    """Where the database is away, a page says so; its other errors are ours."""
    if not engine.is_away(error):
        raise error
    engine.note_away(error)
    return unavailable()


def unavailable() -> ResponseReturnValue:
    """Later, of itself: for people and for programs."""
    return _plain(503), 503, {"Retry-After": RETRY_SECONDS}


def _plain(status: int) -> str:
    return plain.page(status, current.request_id(), _given_back())


def _given_back() -> str:
    """What was typed, and a button to send it once more; empty where even that cannot be read."""
    try:
        texts, fields = kept.typed_texts(), [(tokens.FIELD, request.form.get(tokens.FIELD, ""))]
        if not texts and not kept.files_kept():
            return ""
        fields += kept.fields_to_send_again()
        blocks = "".join(f'<div class="said">{_lines(text)}</div>' for text in texts)
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields
        )
        return _AGAIN_AFTER_A_FAILURE.format(
            blocks=blocks, path=escape(addresses.this_address()), hidden=hidden
        )
    except Exception as error:
        if not engine.is_away(error):
            current_app.logger.exception("what was typed could not be given back")
        return ""


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.splitlines()))


_AGAIN_AFTER_A_FAILURE = (
    '<section class="prose"><h2>Ce que vous aviez saisi <span lang="en">(what you had typed)</span></h2>'
    "{blocks}"
    '<form method="post" action="{path}">{hidden}'
    '<div class="actions"><button class="btn btn-secondary" type="submit">Envoyer à nouveau '
    '<span lang="en">(send again)</span></button></div></form></section>'
)


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, _forged_or_old)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(DBAPIError, database)
    app.register_error_handler(NoneFree, database)
    app.register_error_handler(500, _failure)
