"""What is on which day: a list, a week, a month, and the same as a file."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.agenda import page
from portal.web import current
from portal.web.blueprint import GuardedBlueprint
from portal.web.downloads import spreadsheet

bp = GuardedBlueprint("agenda", __name__, url_prefix="/agenda")


@bp.get("", access=Permission.REQUEST_READ)
def index() -> ResponseReturnValue:
    """What is planned and what was done, of one's own, one's team, pole or region."""
    return render_template("agenda/index.html", **page.shown(current.actor()))


@bp.get("/interventions.csv", access=Permission.REQUEST_READ)
def export() -> ResponseReturnValue:
    """The same for a spreadsheet."""
    return spreadsheet("interventions.csv", page.exported(current.actor()))
