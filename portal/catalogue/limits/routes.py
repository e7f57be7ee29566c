"""The limits of the bundle, and what is granted beyond them, for the national cell."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.catalogue import queries as catalogue
from portal.catalogue.limits import queries, service, words
from portal.catalogue.limits.forms import ExceptionForm, LimitsForm, PartnerLimitForm
from portal.catalogue.limits.rules import Measure
from portal.catalogue.words import in_order, service_name
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
    """More for one pole or partner."""
    form = ExceptionForm(id_prefix="exception-")
    form.organisation_id.choices = _excepted()
    if form.submitted():
        with form.refusals(), transaction():
            service.grant(
                form.organisation_id.data,
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
    """No more for that pole or partner."""
    with transaction():
        service.withdraw(exception_id)
    flash.success(_("The exception is withdrawn. What was sent by it stays sent."))
    return redirect(url_for(".index"))


@bp.route("/partenaires", methods=["GET", "POST"], access=Permission.BUNDLE_RULE)
def partners() -> ResponseReturnValue:
    """The most that partners give, with what they have given this year."""
    form = PartnerLimitForm()
    form.partner_id.choices = choices([PICK, *((each.id, each.name) for each in queries.partners())])
    offered = in_order(catalogue.shown())
    names = ((each.id, service_name(each)) for each in offered)
    form.service_id.choices = choices([("", _("All services together")), *names])
    if form.submitted():
        with form.refusals(), transaction():
            service.limit_partner(
                form.partner_id.data, Measure(form.measure.data), form.service_id.data, form.maximum.data
            )
        if not form.errors:
            flash.success(_("This limit holds from now on. What was already asked goes on."))
            return redirect(url_for(".partners"))
    shown = render_template(
        "limits/partners.html",
        form=form,
        limits=queries.of_partners(),
        words=words,
        service_name=service_name,
    )
    return shown, 422 if form.errors else 200


@bp.post("/partenaires/<int:limit_id>/lever", access=Permission.BUNDLE_RULE)
def lift(limit_id: int) -> ResponseReturnValue:
    """That partner gives as much as it likes."""
    with transaction():
        service.lift(limit_id)
    flash.success(_("The limit is lifted."))
    return redirect(url_for(".partners"))


def _excepted() -> list[tuple[str, str]]:
    return choices([PICK, *((each.id, each.name) for each in queries.excepted())])


def _page(limits: LimitsForm, exception: ExceptionForm) -> ResponseReturnValue:
    exception.organisation_id.choices = _excepted()
    shown = render_template(
        "limits/index.html",
        limits=limits,
        exception=exception,
        exceptions=queries.exceptions(),
        holds=queries.holds,
        words=words,
    )
    return shown, 422 if limits.errors or exception.errors else 200
