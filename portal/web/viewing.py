"""Looking at the portal as somebody else, read-only: what is open meanwhile, and what is refused.

By default pages are open that anybody may read, or that the person's rights open. Shut are: every change; what is one's
own (`Open.SIGNED_IN`), signing in and recovering access, what asks for a recent sign-in, links with a secret, and
downloads. A route says otherwise itself: `@bp.get(…, while_viewing=False)`. The database takes nothing, whoever tries.
"""

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import db
from portal.access.permissions import Open
from portal.web import current, flash, kept
from portal.web.blueprint import declared, said_while_viewing, sensitive

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_open(endpoint: str, method: str) -> bool:
    """May this door be tried while looking at the portal as somebody else?"""
    may_open = said_while_viewing(current_app).get(endpoint)
    if may_open is not None:
        return may_open
    rules = current_app.url_map.iter_rules(endpoint)
    return (
        method in _READS
        and declared(current_app)[endpoint] is not Open.SIGNED_IN
        and endpoint not in sensitive(current_app)
        and not endpoint.startswith("security.")
        and not any("token" in rule.arguments for rule in rules)
    )


def refusal(endpoint: str) -> ResponseReturnValue | None:
    """The page that says no, or None; writes are refused by the database itself from here on."""
    if current.is_viewing():
        if request.method in _READS or not said_while_viewing(current_app).get(endpoint):
            db.refuse_writes()
        return None if is_open(endpoint, request.method) else page()
    return _just_ended(endpoint) if g.get("viewing_ended") else None


def _just_ended(endpoint: str) -> ResponseReturnValue | None:
    """What was meant for the person looked at is not done in one's own name."""
    if request.method in _READS:
        flash.notice(_("You see the portal as yourself again."))
        return None
    if said_while_viewing(current_app).get(endpoint):
        return None
    return _shown("errors/viewing_ended.html"), 409


def page() -> ResponseReturnValue:
    """Nothing is changed, and how to leave."""
    changes = request.method not in _READS
    return _shown("errors/viewing.html", changes=changes), 403


def _shown(template: str, **values: bool) -> str:
    return render_template(template, message=None, back_url=None, typed=kept.typed_texts(), **values)


def _read_only(error: db.ReadOnly) -> ResponseReturnValue:
    return page()


def _no_download(response: Response) -> Response:
    """What is downloaded stays on a machine: it is refused even where the page is open."""
    downloads = response.headers.get("Content-Disposition", "").startswith("attachment")
    if not downloads or not current.is_viewing():
        return response
    response.close()
    return make_response(page())


def init_app(app: Flask) -> None:
    app.register_error_handler(db.ReadOnly, _read_only)
    app.after_request(_no_download)
