"""The limits of the bundle, and what is granted beyond them, for the national cell."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.catalogue.limits import queries, service, words
from portal.catalogue.limits.forms import ExceptionForm, LimitsForm
from portal.catalogue.limits.rules import Measure
from portal.db import transaction
from portal.web import flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.forms import PICK, choices

bp = GuardedBlueprint("limits", __name__, url_prefix="/regles-du-bouquet")


@bp.route("", methods=["GET", "POST"], access=Permission.BUNDLE_RULE)
def index() -> ResponseReturnValue:
    """The limits, with what is counted."""
    limits = queries.limits()
    form = LimitsForm(data={measure.value: maximum for measure, maximum in limits.items()})
    if form.submitted():
        with transaction():
            service.limit(form.limits())
        flash.success(_("These limits hold from now on."))
        return redirect(url_for(".index"))
    return _page(form, ExceptionForm(formdata=None, id_prefix="exception-"))


@bp.post("/exceptions", access=Permission.BUNDLE_RULE)
def grant() -> ResponseReturnValue:
    """More for one pole."""
    form = ExceptionForm(id_prefix="exception-")
    form.pole_id.choices = _poles()
    if form.submitted():
        with form.refusals(), transaction():
            service.grant(
                form.pole_id.data,
                Measure(form.measure.data),
                form.more.data,
                form.until.data,
                form.reason.data,
            )
        if not form.errors:
            flash.success(_("The exception holds from now on."))
            return redirect(url_for(".index"))
    limits = queries.limits()
    typed = {measure.value: maximum for measure, maximum in limits.items()}
    return _page(LimitsForm(formdata=None, data=typed), form)


@bp.post("/exceptions/<int:exception_id>/retirer", access=Permission.BUNDLE_RULE)
def withdraw(exception_id: int) -> ResponseReturnValue:
    """No more for that pole."""
    with transaction():
        service.withdraw(exception_id)
    flash.success(_("The exception is withdrawn. What was sent by it stays sent."))
    return redirect(url_for(".index"))


def _poles() -> list[tuple[str, str]]:
    return choices([PICK, *((pole.id, pole.name) for pole in queries.poles())])


def _page(limits: LimitsForm, exception: ExceptionForm) -> ResponseReturnValue:
    exception.pole_id.choices = _poles()
    shown = render_template(
        "limits/index.html",
        limits=limits,
        exception=exception,
        exceptions=queries.exceptions(),
        holds=queries.holds,
        words=words,
    )
    return shown, 422 if limits.errors or exception.errors else 200
