"""E-mails as the national cell follows them, examples of each, and the mailbox of the demonstration."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.access.permissions import Open, Permission
from portal.db import transaction
from portal.notifications import queries, words
from portal.notifications.forms import LessOftenForm
from portal.notifications.outbox import service as outbox
from portal.notifications.preferences import queries as chosen
from portal.notifications.preferences import service as preferences
from portal.notifications.preferences.rules import Rhythm
from portal.notifications.previews import service as previews
from portal.notifications.returns import queries as returns
from portal.notifications.returns import service as mails
from portal.notifications.rules import HOPELESS, TRIED_FOR
from portal.notifications.sink import service as sink
from portal.organisations import queries as organisations
from portal.refusals import Conflict, NotFound
from portal.web import flash, tokens
from portal.web.blueprint import GuardedBlueprint
from portal.web.languages import LANGUAGES, current_code
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("notifications", __name__)

bp.add_app_template_filter(words.trouble_in_words)

_EMAIL = "<int:email_id>"
_FOLDERS = {"abandonnes": _l("Given up"), "en-retard": _l("Late"), "revenus": _l("Come back")}
# An e-mail brings its own styles; it gets them, on a page where nothing else works.
_EMAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Folder:
    """A list one can choose."""

    label: Any
    url: str
    count: int
    current: bool


@bp.get("/emails", access=Permission.EMAIL_SUPERVISE)
def index() -> ResponseReturnValue:
    """What was given up or is late, and whether the worker works."""
    chosen = request.args.get("liste", "abandonnes")
    if chosen not in _FOLDERS:
        abort(404)
    counts = queries.counts()
    lists = {"abandonnes": queries.given_up, "en-retard": queries.late, "revenus": returns.all_standing}
    numbers = {"abandonnes": counts.given_up, "en-retard": counts.late, "revenus": counts.came_back}
    return render_template(
        "notifications/index.html",
        counts=counts,
        worker=queries.worker(),
        chosen=chosen,
        tried_for=TRIED_FOR.days,
        folders=[
            Folder(label, url_for(".index", liste=key), numbers[key], key == chosen)
            for key, label in _FOLDERS.items()
        ],
        page=keyset_page(lists[chosen]()),
        is_hopeless=lambda error: (error or "").startswith(HOPELESS),
    )


@bp.post(f"/emails/{_EMAIL}/reessayer", access=Permission.EMAIL_SUPERVISE)
def try_again(email_id: int) -> ResponseReturnValue:
    """Send a given-up e-mail after all."""
    with transaction():
        revived = outbox.try_again(email_id)
        if not revived and not queries.exists(email_id):
            raise NotFound
    if not revived:
        raise Conflict
    flash.success(_("This e-mail will be sent again in a moment."))
    return redirect(url_for(".index"))


@bp.post("/emails/revenus/<int:failure_id>/ecrire", access=Permission.EMAIL_SUPERVISE)
def write_again(failure_id: int) -> ResponseReturnValue:
    """The address of an e-mail that came back works again."""
    with transaction():
        address = returns.address_of(failure_id)
        if address is None:
            raise NotFound
        mails.let_again(address)
    flash.success(_("The portal writes to %(email)s again.", email=address))
    return redirect(url_for(".index", liste="revenus"))


@bp.post("/emails/reessayer", access=Permission.EMAIL_SUPERVISE)
def try_all_again() -> ResponseReturnValue:
    """Send all given-up e-mails after all: the mail server had refused the portal itself."""
    with transaction():
        number = outbox.try_all_again()
    flash.success(
        ngettext(
            "%(num)d e-mail will be sent again in a moment.",
            "%(num)d e-mails will be sent again in a moment.",
            number,
        )
    )
    return redirect(url_for(".index"))


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
        return _email_page(rendered.html)
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
        return _email_page(email.html)
    text: str | None = email.text
    if email.confidential and not text and (folder := current_app.config.get("MAIL_FOLDER")):
        # Its people have no other mailbox: without its link, nobody could go on.
        text = sink.kept_text(folder, email.message_id)
    return render_template("notifications/mailbox_email.html", email=email, text=text)


def _email_page(html: str) -> Response:
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _EMAIL_POLICY
    response.headers["Cross-Origin-Opener-Policy"] = (
        "unsafe-none"  # a sandboxed page with another is not shown
    )
    return response
