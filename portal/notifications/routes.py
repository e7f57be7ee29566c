"""Getting e-mails less often, examples of each, and the mailbox of the demonstration."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Open
from portal.db import transaction
from portal.notifications import queries, words
from portal.notifications.forms import LessOftenForm
from portal.notifications.preferences import queries as chosen
from portal.notifications.preferences import service as preferences
from portal.notifications.preferences.rules import Rhythm
from portal.notifications.previews import service as previews
from portal.notifications.sink import service as sink
from portal.organisations import queries as organisations
from portal.refusals import NotFound
from portal.web import flash, tokens
from portal.web.blueprint import GuardedBlueprint
from portal.web.languages import LANGUAGES, current_code
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("notifications", __name__)

bp.add_app_template_filter(words.trouble_in_words)

_EMAIL = "<int:email_id>"
# An e-mail brings its own styles; it gets them, on a page where nothing else works.
_EMAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


_LESS_OFTEN = "/courriels/moins-souvent/<token>"


@bp.route(_LESS_OFTEN, methods=["GET", "POST"], access=Open.PUBLIC)
def less_often(token: str) -> ResponseReturnValue:
    """Get e-mails of a topic less often, or no longer, without signing in; at once where a mail program asks."""
    stop = preferences.stop_of(token)
    topic = chosen.topic_named(stop.topic) if stop else None
    if stop is None or topic is None:
        raise NotFound
    if request.form.get("List-Unsubscribe") == "One-Click":  # RFC 8058: no cookie, so no token of a page
        with transaction():
            preferences.change(stop, Rhythm.NEVER)
        return Response(status=200, mimetype="text/plain")
    if request.method == "POST":
        tokens.require_valid()
    form = LessOftenForm(rhythm=preferences.rhythm_now(stop))
    if form.submitted():
        with transaction():
            preferences.change(stop, Rhythm(form.rhythm.data))
        flash.success(_("It is noted. You can change it again by the same link."))
        return redirect(url_for(".less_often", token=token))
    name = organisations.name_of(stop.organisation_id) if stop.organisation_id else None
    shown = render_template("notifications/less_often.html", form=form, topic=topic, organisation=name)
    return shown, 422 if form.errors else 200


bp.record_once(lambda state: state.app.extensions["csrf"].exempt(less_often))


View = Callable[..., ResponseReturnValue]


def _only_with(setting: str) -> Callable[[View], View]:
    """The page does not exist where the setting is off; what it shows is invented, so anybody may see it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_app.config[setting]:
                abort(404)
            return view(*args, **kwargs)

        return wrapped

    return decorate


@bp.get("/apercus-emails", access=Open.PUBLIC, while_viewing=False)
@_only_with("EMAIL_PREVIEWS")
def preview_list() -> ResponseReturnValue:
    """Every kind of e-mail the portal sends."""
    examples = [(kind, previews.subject(kind, current_code())) for kind in previews.kinds()]
    return render_template("notifications/previews.html", examples=examples)


@bp.get("/apercus-emails/<path:kind>", access=Open.PUBLIC, while_viewing=False)
@_only_with("EMAIL_PREVIEWS")
def preview(kind: str) -> ResponseReturnValue:
    """One kind, with invented people: as text, or `?format=html`."""
    language = request.args.get("language", current_code())
    if language not in LANGUAGES or kind not in previews.kinds():
        abort(404)
    rendered = previews.rendered(kind, language)
    if request.args.get("format") == "html":
        return email_page(rendered.html)
    return render_template("notifications/preview.html", kind=kind, email=rendered, language=language)


@bp.get("/demonstration/emails", access=Open.PUBLIC, while_viewing=False)
@_only_with("DEMONSTRATION")
def mailbox() -> ResponseReturnValue:
    """What the demonstration sent, to whom: its people have no mailboxes."""
    return render_template("notifications/mailbox.html", page=keyset_page(queries.sent()))


@bp.get(f"/demonstration/emails/{_EMAIL}", access=Open.PUBLIC, while_viewing=False)
@_only_with("DEMONSTRATION")
def mailbox_email(email_id: int) -> ResponseReturnValue:
    """One sent e-mail: as text, or `?format=html`."""
    email = queries.one_sent(email_id)
    if email is None:
        raise NotFound
    if request.args.get("format") == "html" and email.html:
        return email_page(email.html)
    text: str | None = email.text
    if email.confidential and not text and (folder := current_app.config.get("MAIL_FOLDER")):
        # Its people have no other mailbox: without its link, nobody could go on.
        text = sink.kept_text(folder, email.message_id)
    return render_template("notifications/mailbox_email.html", email=email, text=text)


def email_page(html: str) -> Response:
    """An e-mail as mail programs show it, and nothing of ours around it."""
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _EMAIL_POLICY
    response.headers["Cross-Origin-Opener-Policy"] = (
        "unsafe-none"  # a sandboxed page with another is not shown
    )
    return response
