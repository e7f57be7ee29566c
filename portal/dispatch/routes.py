"""E-mails as the national cell follows them: lists, each of them, what is paused, figures."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access.permissions import Permission
from portal.db import transaction
from portal.dispatch import page, service, words
from portal.dispatch import queries as lists
from portal.notifications import queries
from portal.notifications.outbox import service as outbox
from portal.notifications.pauses import queries as pauses
from portal.notifications.returns import queries as returns
from portal.notifications.returns import service as mails
from portal.notifications.routes import email_page
from portal.notifications.rules import TRIED_FOR
from portal.refusals import Conflict, NotFound
from portal.text import one_line
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("dispatch", __name__, url_prefix="/emails")

_EMAIL = "<int:email_id>"


@bp.get("", access=Permission.EMAIL_SUPERVISE)
def index() -> ResponseReturnValue:
    """What became of e-mails, and whether the worker works."""
    chosen = request.args.get("liste", "abandonnes")
    if chosen not in page.LISTS:
        abort(404)
    counts = queries.counts()
    listed = keyset_page(page.LISTS[chosen]())
    is_returns = chosen == "revenus"
    return render_template(
        "dispatch/index.html",
        counts=counts,
        worker=queries.worker(),
        pauses=pauses.since(),
        chosen=chosen,
        label=words.LISTS[chosen],
        may_be_given_up=chosen in lists.WAITING,
        tried_for=TRIED_FOR.days,
        folders=page.folders(counts, chosen),
        page=listed,
        rows=listed.rows if is_returns else page.shown(current.actor(), listed.rows),
    )


@bp.get(f"/{_EMAIL}", access=Permission.EMAIL_SUPERVISE)
def show(email_id: int) -> ResponseReturnValue:
    """One of them, as its reader sees it but for the keys in it: as text, or `?format=html`."""
    email = queries.with_bodies(email_id)
    if email is None:
        raise NotFound
    (shown,) = page.shown(current.actor(), [email])
    if request.args.get("format") == "html":
        if shown.is_apart or not email.html:
            raise NotFound
        return email_page(page.without_keys(email.html))
    text = "" if shown.is_apart else page.without_keys(email.text)
    return render_template("dispatch/show.html", shown=shown, email=email, text=text)


@bp.get("/chiffres", access=Permission.EMAIL_SUPERVISE)
def figures() -> ResponseReturnValue:
    """How many are delivered, how soon, and where they fail."""
    return render_template("dispatch/figures.html", figures=page.figures(), days=page.DAYS)


@bp.get("/pauses", access=Permission.EMAIL_SUPERVISE)
def paused() -> ResponseReturnValue:
    """What is paused, and what may be."""
    now = page.paused()
    return render_template(
        "dispatch/pauses.html", paused=now, all_paused=page.is_all_paused(now), kinds=page.kinds()
    )


@bp.post("/pauses", access=Permission.EMAIL_SUPERVISE)
def pause() -> ResponseReturnValue:
    """E-mails of a kind no longer leave."""
    with transaction():
        service.pause(_kind())
    flash.success(_("They wait until you let them leave."))
    return redirect(url_for(".paused"))


@bp.post("/pauses/reprendre", access=Permission.EMAIL_SUPERVISE)
def resume() -> ResponseReturnValue:
    """They leave again."""
    with transaction():
        service.resume(_kind())
    flash.success(_("They leave again, and what was held with them."))
    return redirect(url_for(".paused"))


@bp.post("/pauses/abandonner", access=Permission.EMAIL_SUPERVISE)
def drop() -> ResponseReturnValue:
    """What is held of a kind never leaves."""
    with transaction():
        count = service.drop(_kind())
    flash.success(_dropped(count))
    return redirect(url_for(".paused"))


def _dropped(count: int) -> str:
    return ngettext(
        "%(num)d e-mail will not leave; its reader finds it in the portal.",
        "%(num)d e-mails will not leave; their readers find them in the portal.",
        count,
    )


def _kind() -> str:
    """The kind that a button names."""
    return one_line(request.form.get("kind", ""))


@bp.get("/abandonner", access=Permission.EMAIL_SUPERVISE)
def giving_up() -> ResponseReturnValue:
    """How many of a list would never leave."""
    chosen = _list(request.args.get("liste", "retenus"))
    count, last = lists.count_to_give_up(chosen)
    return render_template(
        "dispatch/giving_up.html", chosen=chosen, label=words.LISTS[chosen], count=count, last=last
    )


@bp.post("/abandonner", access=Permission.EMAIL_SUPERVISE)
def give_up() -> ResponseReturnValue:
    """Those that were counted never leave."""
    chosen = _list(request.form.get("liste", ""))
    with transaction():
        count = service.give_up(chosen, request.form.get("last", 0, type=int))
    flash.success(_dropped(count))
    return redirect(url_for(".index", liste=chosen))


def _list(chosen: str) -> str:
    """A list of what waits."""
    if chosen not in lists.WAITING:
        raise NotFound
    return chosen


@bp.post(f"/{_EMAIL}/reessayer", access=Permission.EMAIL_SUPERVISE)
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


@bp.post(f"/{_EMAIL}/renvoyer", access=Permission.EMAIL_SUPERVISE)
def send_again(email_id: int) -> ResponseReturnValue:
    """Send once more what left already."""
    with transaction():
        sent = outbox.send_again(email_id)
        if not sent and not queries.exists(email_id):
            raise NotFound
    if not sent:
        raise Conflict
    flash.success(_("This e-mail will be sent again in a moment."))
    return redirect(url_for(".show", email_id=email_id))


@bp.post("/revenus/<int:failure_id>/ecrire", access=Permission.EMAIL_SUPERVISE)
def write_again(failure_id: int) -> ResponseReturnValue:
    """The address of an e-mail that came back works again."""
    with transaction():
        address = returns.address_of(failure_id)
        if address is None:
            raise NotFound
        mails.let_again(address)
    flash.success(_("The portal writes to %(email)s again.", email=address))
    return redirect(url_for(".index", liste="revenus"))


@bp.post("/reessayer", access=Permission.EMAIL_SUPERVISE)
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
