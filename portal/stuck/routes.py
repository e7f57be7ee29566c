"""The console of a cell, what a partner says of its silent requests, and what is put off."""

from functools import partial
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.db import transaction
from portal.refusals import Conflict
from portal.requests.refused import words as refusals
from portal.stuck import page, queries, service
from portal.stuck.forms import SnoozeForm
from portal.stuck.rules import Basket
from portal.web import current, errors, flash
from portal.web.addresses import is_local_path
from portal.web.blueprint import GuardedBlueprint
from portal.web.pagination import numbered_page

bp = GuardedBlueprint("stuck", __name__, url_prefix="/suivi")
MOST_PUT_OFF = 50


@bp.get("", access=Permission.REQUEST_ROUTE)
def index() -> ResponseReturnValue:
    """All baskets, or one of them."""
    actor = current.actor()
    shown: dict[str, Any] = {"partners": page.partners(), "put_off": queries.put_off(actor, MOST_PUT_OFF)}
    if "panier" not in request.args:
        sections, (to_decide, resembling) = page.sections(actor)
        shown |= {"to_decide": to_decide, "alike": resembling}
        return render_template("stuck/index.html", sections=sections, listed=None, **shown)
    basket = request.args.get("panier", type=Basket) or abort(404)
    listed = numbered_page(partial(queries.page_of, actor, basket))
    return render_template(
        "stuck/index.html", sections=[page.whole(actor, basket, listed)], listed=listed, **shown
    )


@bp.get("/sans-nouvelles", access=Permission.ASSIGNMENT_DECIDE)
def quiet() -> ResponseReturnValue:
    """What a partner accepted and has not touched for long: it goes on, it is finished, or it is handed back."""
    listed = numbered_page(partial(queries.page_of, current.actor(), Basket.SILENT))
    return render_template("stuck/quiet.html", rows=page.quiet(listed.rows), listed=listed)


@bp.post("/<reference>/plus-tard", access=Permission.REQUEST_ROUTE)
def put_off(reference: str) -> ResponseReturnValue:
    """Leave a request alone until a day."""
    form = SnoozeForm()
    if form.submitted():
        with form.refusals(), transaction():
            service.put_off(current.actor(), reference, form.until.data, form.note.data or "")
    if form.errors:
        return render_template("stuck/put_off.html", form=form, reference=reference, back=_back()), 422
    flash.success(_("It is put off, and comes back by itself, or as soon as something happens to it."))
    return redirect(_back())


@bp.post("/<reference>/reprendre", access=Permission.REQUEST_ROUTE)
def take_up(reference: str) -> ResponseReturnValue:
    """Put a request off no longer."""
    with transaction():
        service.take_up(current.actor(), reference)
    flash.success(_("It is put off no longer."))
    return redirect(_back())


def _back() -> str:
    target = request.form.get("retour", "")
    return target if is_local_path(target) else url_for(".index")


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    return errors.page(409, refusals.refusal_sentence(refusal), url_for(".index"))
