"""Dates for calendars: the links that programs read, and one date as a file."""

from datetime import datetime
from typing import Any

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from portal import clock
from portal.access.permissions import Open, Permission
from portal.access.roles import Actor
from portal.calendars import emails, rules, words
from portal.calendars.feeds import queries, service
from portal.calendars.rules import Scope
from portal.db import transaction
from portal.web import current, flash
from portal.web.addresses import absolute_url
from portal.web.blueprint import GuardedBlueprint
from portal.web.forms import PortalForm

bp = GuardedBlueprint("calendars", __name__)

_TYPE = "text/calendar; charset=utf-8"


@bp.route("/mon-compte/calendrier", methods=["GET", "POST"], access=Open.SIGNED_IN)
def index() -> ResponseReturnValue:
    """My dates in my calendar: make a link, which is shown once, or cut it."""
    actor = current.actor_or_none()
    if actor is None or actor.role not in queries.WITH_DATES:
        return render_template("calendars/index.html", rows=(), form=None)
    form, made = PortalForm(), None
    if form.submitted():
        made = _act(actor)
    feeds = {feed.scope: feed for feed in queries.of(actor)}
    rows = [(scope, words.scope_label(scope, actor), feeds.get(scope)) for scope in Scope]
    return render_template("calendars/index.html", rows=rows, form=form, made=made)


def _act(actor: Actor) -> dict[str, Any] | None:
    """What the button of one of the links does; nothing where the form is of no button."""
    scope = next((each for each in Scope if each.value == request.form.get("scope")), None)
    if scope is None:
        return None
    if request.form.get("what") == "cut":
        with transaction():
            service.cut(actor, scope)
        flash.success(_("The link no longer works. Take the calendar out of your program too."))
        return None
    with transaction():
        token = service.make(actor, scope)
    https = absolute_url(".feed", token=token)
    return {"scope": scope, "https": https, "webcal": "webcal" + https[https.index(":") :]}


@bp.get("/calendrier/<token>.ics", access=Open.PUBLIC)
def feed(token: str) -> ResponseReturnValue:
    """What a calendar program reads again and again; the rights of its owner are asked each time."""
    answer = service.read(token) or abort(404)
    if isinstance(answer, datetime):
        raise TooManyRequests(retry_after=answer)
    calendar, mark = answer
    response = Response(calendar, content_type=_TYPE)
    response.set_etag(mark)
    return response.make_conditional(request)


@bp.get("/calendrier/interventions/<int:intervention_id>.ics", access=Permission.REQUEST_READ)
def download(intervention_id: int) -> ResponseReturnValue:
    """One date as a file, for who uses no invitations."""
    actor = current.actor()
    seen = queries.readable(actor, intervention_id) or abort(404)
    shown = emails.shown(seen, emails.page_of(seen, actor.organisation_id))
    response = Response(rules.feed(words.title(seen), [shown], clock.now()), content_type=_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="intervention.ics"'
    return response
