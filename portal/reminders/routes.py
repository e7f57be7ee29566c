"""What one will be reminded of, what leaves in a region, and what is held until the national cell decides."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from portal.access.permissions import Open, Permission
from portal.db import transaction
from portal.reminders import page, service
from portal.text import one_line
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("reminders", __name__, url_prefix="/rappels")


@bp.get("", access=Open.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """What whoever asks will be reminded of."""
    actor = current.actor_or_none()
    coming = page.mine(actor) if actor else ()
    return render_template("reminders/mine.html", coming=coming, days=page.DAYS)


@bp.get("/territoire", access=Permission.REQUEST_ROUTE)
def region() -> ResponseReturnValue:
    """All that leaves about what a cell sees."""
    return render_template("reminders/region.html", coming=page.of_region(current.actor()), days=page.DAYS)


@bp.get("/retenus", access=Permission.EMAIL_SUPERVISE)
def held() -> ResponseReturnValue:
    """What is held, and what was not sent."""
    shown = {"held": page.held(), "usual": page.usual(), "not_sent": page.not_sent()}
    return render_template("reminders/held.html", **shown, days=page.DAYS)


@bp.post("/retenus/laisser-partir", access=Permission.EMAIL_SUPERVISE)
def release() -> ResponseReturnValue:
    """Let what is held of a rung leave."""
    with transaction():
        count = service.release(*_which())
    flash.success(
        ngettext(
            "%(num)d reminder leaves, if it is still needed.",
            "%(num)d reminders leave, those that are still needed.",
            count,
        )
    )
    return redirect(url_for(".held"))


@bp.post("/retenus/abandonner", access=Permission.EMAIL_SUPERVISE)
def drop() -> ResponseReturnValue:
    """Never send what is held of a rung."""
    with transaction():
        count = service.drop(*_which())
    flash.success(ngettext("%(num)d reminder is dropped.", "%(num)d reminders are dropped.", count))
    return redirect(url_for(".held"))


def _which() -> tuple[str, str]:
    """The kind and the rung that a button names."""
    return one_line(request.form.get("kind", "")), one_line(request.form.get("rung", ""))
