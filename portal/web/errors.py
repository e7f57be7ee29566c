"""Refusals and failures as pages."""

from pathlib import Path

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.refusals import Conflict, NotAllowed, NotFound
from portal.web import flash, kept

_PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 429})


def page(status: int, message: str | None = None, back_url: str | None = None) -> ResponseReturnValue:
    """The error page of a status, with a sentence of its own where there is one."""
    return render_template(f"errors/{status}.html", message=message, back_url=back_url), status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    return page(status) if status in _PAGES else error


def _not_found(refusal: NotFound) -> ResponseReturnValue:
    return page(404)


def _not_allowed(refusal: NotAllowed) -> ResponseReturnValue:
    return page(403)


def _conflict(refusal: Conflict) -> ResponseReturnValue:
    return page(409)


def _forged_or_old(error: CSRFError) -> ResponseReturnValue:
    if request.blueprint == "security":
        if rescued := kept.rescue_page():
            return rescued
        flash.notice(_("This page had been open for too long. Please try again."))
        if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
            return redirect(url_for("home.index"))
        return redirect(url_for(request.url_rule.endpoint, **(request.view_args or {})))
    return kept.try_again_page()


def _failure(error: Exception) -> ResponseReturnValue:
    """A page that needs nothing to render."""
    template = Path(current_app.root_path).parent / "templates" / "errors" / "500.html"
    return template.read_text(encoding="utf-8"), 500


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, _forged_or_old)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(500, _failure)
