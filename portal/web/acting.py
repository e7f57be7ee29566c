"""For whom one acts: a form is done for the organisation it was opened for, and a page that belongs to another of one's
organisations says so, with a button to act for it.

Whoever has several organisations switches between them, often in another tab; a form and a link of an e-mail do not
follow. Deny by default: each endpoint belongs to an organisation unless it is declared `of_oneself`.
"""

from contextlib import closing

from flask import current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from portal import db
from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.refusals import Refusal
from portal.web import current, flash, kept, tokens
from portal.web.addresses import this_address
from portal.web.blueprint import declared, is_of_an_organisation

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def refusal(endpoint: str) -> ResponseReturnValue | None:
    """None where a form was opened for whom one acts for now, or its person has just chosen to act for them again."""
    actor = current.actor_or_none()
    if request.method in _READS or actor is None or not is_of_an_organisation(current_app, endpoint):
        return None
    try:
        drawn_for = tokens.drawn_for()
        if drawn_for == actor.membership_id or not tokens.is_said():
            return None  # a token that does not say is refused as forged
    except RequestEntityTooLarge:
        return None  # who may not send at all hears that first
    if tokens.MEANT in request.form:
        tokens.require_valid()
        if current.act_for(drawn_for):
            return None
    return _ask(endpoint, actor, drawn_for)


def _ask(endpoint: str, actor: Actor, drawn_for: int | None) -> ResponseReturnValue:
    """Nothing is sent before the person has said for whom."""
    opened_for = next((choice for choice in current.choices() if choice.membership_id == drawn_for), None)
    offered = [
        reader
        for reader in (opened_for, actor)
        if reader is not None and _may_send(endpoint, reader, opened_for)
    ]
    page = render_template(
        "errors/other_organisation.html",
        opened_for=opened_for,
        actor_now=actor,
        offered=[(actor, tokens.token(actor.membership_id)) for actor in offered],
        hidden=kept.fields_to_send_again(),
        address=this_address(),
        resuming=kept.is_resuming(),
        meant=tokens.MEANT,
        message=None,
        back_url=None,
        typed=kept.typed_texts(),
    )
    return page, 409


def _may_send(endpoint: str, actor: Actor, opened_for: Actor | None) -> bool:
    """Does it make sense to send the form as this one? What names a thing is sent only by who may open its page."""
    if not allows(actor, declared(current_app)[endpoint]):
        return False
    if actor == opened_for or not request.view_args:
        return True
    adapter = current_app.create_url_adapter(request)
    try:
        page, values = adapter.match(request.path, method="GET") if adapter else ("", {})
    except (MethodNotAllowed, NotFound, RequestRedirect):
        return False
    return _may_read(page, dict(values), actor)


def _may_read(endpoint: str, values: dict[str, object], reader: Actor) -> bool:
    """Is there a page for this one? It is made as if it were opened, read-only, and thrown away."""
    actor, method = current.actor(), request.method
    current.look_through(reader)
    request.method = "GET"
    try:
        with db.reading_only():
            response = make_response(current_app.view_functions[endpoint](**values))
    except (HTTPException, Refusal, db.ReadOnly):
        return False
    finally:
        current.look_through(actor)
        request.method = method
    with closing(response):
        return response.status_code < 400


def elsewhere(status: int) -> ResponseReturnValue | None:
    """For a page that the organisation one acts for may not open: whose it is among one's own, None where it is no
    one's. Who has just signed in has chosen none yet, and acts for that one at once."""
    actor = _who_may_open()
    if actor is None:
        return None
    if current.ACTING_FOR not in session:
        current.act_for(actor.membership_id)
        flash.notice(
            _("This page is what you follow for %(name)s: you now act for it.", name=actor.organisation_name)
        )
        return redirect(this_address())
    page = render_template(
        "errors/elsewhere.html",
        would_be=actor,
        switch=url_for("accounts.switch_organisation"),
        address=this_address(),
        status=status,
        message=None,
        back_url=None,
        typed=(),
    )
    return page, status


def _who_may_open() -> Actor | None:
    endpoint, actor = request.endpoint, current.actor_or_none()
    if request.method != "GET" or endpoint is None or actor is None:
        return None
    if not is_of_an_organisation(current_app, endpoint):
        return None
    others = [choice for choice in current.choices() if choice.membership_id != actor.membership_id]
    access = declared(current_app)[endpoint]
    values = dict(request.view_args or {})
    return next(
        (other for other in others if allows(other, access) and _may_read(endpoint, values, other)), None
    )
