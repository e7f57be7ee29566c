"""A cell chooses when reminders leave in its region; the national cell also for a service."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Permission
from portal.db import transaction
from portal.reminders.days import page, service
from portal.reminders.days.forms import form_of, name_of
from portal.reminders.days.rules import Of, exceptions
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.forms import PortalForm

bp = GuardedBlueprint("reminder_days", __name__, url_prefix="/rappels/delais")
_ONE = "/<any(region, service):scope>/<which>"
_LOOK = "voir"


@bp.get("", access=Permission.REQUEST_ROUTE)
def index() -> ResponseReturnValue:
    """For which region or service; at once where there is one only."""
    offered = page.offered(current.actor())
    if len(offered) == 1:
        return redirect(url_for(".show", scope=offered[0].scope, which=offered[0].which))
    return render_template("reminders/days/index.html", sections=page.sections(offered))


@bp.route(_ONE, methods=["GET", "POST"], access=Permission.REQUEST_ROUTE)
def show(scope: str, which: str) -> ResponseReturnValue:
    """The days, and what others would change before they are kept."""
    of = page.of(current.actor(), scope, which)
    form = form_of(of, page.rungs(of))(data=page.typed(of))
    moved = None
    if form.submitted():
        days = _days(of, form)
        if request.form.get("faire") != _LOOK:
            with transaction():
                service.choose(of, days)
            flash.success(_("These days hold from now on."))
            return redirect(url_for(".show", scope=scope, which=which))
        moved = page.preview(current.actor(), of, days)
    shown = render_template("reminders/days/show.html", of=of, form=form, moved=moved)
    return shown, 422 if form.errors else 200


@bp.post(f"{_ONE}/habituels", access=Permission.REQUEST_ROUTE)
def back_to_usual(scope: str, which: str) -> ResponseReturnValue:
    """Choose nothing: the usual days hold again."""
    of = page.of(current.actor(), scope, which)
    with transaction():
        service.choose(of, {})
    flash.success(_("The usual days hold again."))
    return redirect(url_for(".show", scope=scope, which=which))


def _days(of: Of, form: PortalForm) -> dict[tuple[str, str], int]:
    rungs = page.rungs(of)
    typed = {which: form[name_of(which)].data for which in rungs}
    return {**exceptions(of, typed, {which: rung for which, (_ladder, rung) in rungs.items()})}
