"""Deny by default, at the door of every request."""

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Open, allows
from portal.web import acting, current, fresh, kept, viewing
from portal.web.addresses import this_address
from portal.web.blueprint import declare, declared, sensitive


class UndeclaredEndpoint(RuntimeError):
    """A route exists that nobody said who may use."""


def refuse_undeclared(app: Flask) -> None:
    """Stop the start if any endpoint, an extension's included, has no declared access."""
    mapped = {rule.endpoint for rule in app.url_map.iter_rules()}
    if undeclared := mapped - declared(app).keys():
        raise UndeclaredEndpoint(f"say who may use: {', '.join(sorted(undeclared))}")


def check() -> ResponseReturnValue | None:
    """Let in, ask to sign in, ask who is there, or refuse."""
    if _holds_null_character():
        abort(400)
    if request.endpoint is None:
        return None
    if viewed := viewing.refusal(request.endpoint):
        return viewed
    if other := acting.refusal(request.endpoint):
        return other
    refusal = _check_access(request.endpoint)
    if refusal is None and request.endpoint in sensitive(current_app) and not fresh.is_fresh():
        return fresh.ask()
    return refusal


def _check_access(endpoint: str) -> ResponseReturnValue | None:
    access = declared(current_app)[endpoint]
    if access is Open.PUBLIC or allows(current.actor_or_none(), access):
        return None
    if current.is_signed_in():
        if access is Open.SIGNED_IN:
            return None
        abort(403)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("security.login", next=this_address()))
    return kept.session_ended_page()


def _holds_null_character() -> bool:
    """An address with a character that no database keeps: nobody typed it, no page of ours links to it."""
    parts = [part for pair in request.args.items(multi=True) for part in pair]
    return any("\x00" in text for text in (request.path, *parts))


def keep_out_of_caches(response: Response) -> Response:
    """No shared cache keeps a page, which may bring a cookie; none at all what a signed-in person sees, what a secret
    link opens, which no robot keeps either, or a failure.

    After a failure the database may no longer say who they are: to fail again here would lose the headers still to
    come.
    """
    by_secret_link = "token" in (request.view_args or {})
    if by_secret_link:
        response.headers["X-Robots-Tag"] = "noindex"
    if response.status_code >= 500 or by_secret_link or current.is_signed_in():
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def init_app(app: Flask) -> None:
    declare(app, "static", Open.PUBLIC)
    app.before_request(check)
    app.after_request(keep_out_of_caches)
