"""What poles were refused, for the national cell: how many of them, of which service, for which rule."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.permissions import Permission
from portal.catalogue.blocked import queries
from portal.catalogue.eligibility.words import RULES
from portal.catalogue.words import service_name
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("blocked", __name__, url_prefix="/regles-du-bouquet/refus")
YEARS_SHOWN = 3


@bp.get("", access=Permission.BUNDLE_RULE)
def index() -> ResponseReturnValue:
    """Of one year, this one where none is asked for."""
    today = clock.today()
    years = [today.year - ago for ago in range(YEARS_SHOWN)]
    asked = request.args.get("annee", today.year, type=int)
    year = asked if asked in years else today.year
    return render_template(
        "blocked/index.html",
        counts=queries.counts(year),
        rules=RULES,
        service_name=service_name,
        year=year,
        years=years,
        today=today,
    )
