"""Keep a filter of the inbox under a name, and remove it."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.db import transaction
from portal.requests.saved import service
from portal.requests.saved.forms import KeepForm
from portal.requests.saved.rules import parts, tidy
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("filters", __name__, url_prefix="/demandes/filtres")


@bp.post("", access=Permission.REQUEST_READ)
def keep() -> ResponseReturnValue:
    """Keep what the list shows, and show it again."""
    form = KeepForm()
    query = tidy(form.query.data or "")
    if form.submitted():
        with form.refusals(), transaction():
            service.keep(current.actor(), form.name.data, query)
    if form.errors:
        flash.problem(" ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        flash.success(_("The filter “%(name)s” is kept: you find it above your lists.", name=form.name.data))
    return redirect(url_for("requests.index", **parts(query)))


@bp.post("/<int:filter_id>/retirer", access=Permission.REQUEST_READ)
def remove(filter_id: int) -> ResponseReturnValue:
    """Keep a filter no longer."""
    with transaction():
        service.remove(current.actor(), filter_id)
    flash.success(_("The filter is removed."))
    return redirect(url_for("requests.index"))
