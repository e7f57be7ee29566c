"""Recent sign-in: a sensitive page asks again who is there when the last proof is old.

A route says so itself, `@bp.post(…, access=…, fresh=True)`; what was typed in a post is kept meanwhile.
"""

from datetime import timedelta

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.web import kept
from portal.web.addresses import this_address

_PROVED_AT = "fs_paa"  # Flask-Security's own name: seconds since 1970


def is_fresh() -> bool:
    """Did whoever is signed in prove who they are a short while ago, in this session?"""
    within: timedelta = current_app.config["SECURITY_FRESHNESS"]
    return bool(session.get(_PROVED_AT, 0) > (clock.now() - within).timestamp())


def renew() -> None:
    """They have just proved it."""
    session[_PROVED_AT] = clock.now().timestamp()


def ask() -> ResponseReturnValue:
    """Ask who is there, then lead back: to the page, or to the form with what was typed in it."""
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("security.verify", next=this_address()))
    return kept.prove_again_page()
