"""The figures of use, for the cells and the observer; read-only."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.catalogue.words import service_name
from portal.interventions.network import queries as network_queries
from portal.territories.reference import region_name
from portal.usage import page, queries, service, words
from portal.usage.forms import Choices, UsageForm, address
from portal.usage.page import Report, Scope
from portal.usage.rules import GUIDE_ME, Dimension, Filters, Period
from portal.usage.words import Indicator
from portal.web import current
from portal.web.addresses import with_this_query
from portal.web.blueprint import GuardedBlueprint
from portal.web.downloads import spreadsheet

bp = GuardedBlueprint("usage", __name__, url_prefix="/usage")

PATHS = {
    "mois": Dimension.MONTH,
    "services": Dimension.SERVICE,
    "partenaires": Dimension.PARTNER,
    "regions": Dimension.REGION,
    "etats": Dimension.STATE,
}
CHARTED = (words.REQUESTS, words.SUPPORT_DAYS)
MONTHS_IN_A_CHART = 13


def _read(actor: Actor) -> tuple[UsageForm, Report]:
    """What the address asks for, and its figures."""
    services, partners = queries.services(), queries.partners()
    choices = Choices(
        regions=[(code, region_name(code)) for code in page.region_codes(actor)],
        services=[
            *((str(service.id), service_name(service)) for service in services),
            (str(GUIDE_ME), words.GUIDE_ME),
        ],
        partners=[(str(id_), name) for id_, name in partners],
    )
    form = UsageForm(request.args, choices, clock.today())
    scope = Scope(actor, form.filters, services, partners)
    return form, page.build(scope, service.tallies(actor, form.filters))


@bp.get("", access=Permission.USAGE_READ)
def index() -> ResponseReturnValue:
    """Every indicator, by month, service, partner, region and state."""
    form, figures = _read(current.actor())
    asked = address(form.filters)
    network = page.network(_network(current.actor(), form.filters))
    return render_template(
        "usage/index.html",
        form=form,
        filtered=bool(request.args),
        report=figures,
        indicators=words,
        definitions=[(indicator.label, indicator.definition) for indicator in words.INDICATORS],
        words=words,
        period=words.period(form.filters.period),
        at=clock.now(),
        months={indicator.key: _by_month(indicator, figures, form.filters.period) for indicator in CHARTED},
        months_in_a_chart=MONTHS_IN_A_CHART,
        network=network,
        network_url=url_for(".export_network", **asked),
        downloads={PATHS[path]: url_for(".export", breakdown=path, **asked) for path in PATHS},
    )


@bp.get(f"/<any({','.join(PATHS)}):breakdown>.csv", access=Permission.USAGE_READ)
def export(breakdown: str) -> ResponseReturnValue:
    """A table of the page for a spreadsheet; an address that cannot be understood goes back to the page."""
    form, figures = _read(current.actor())
    if form.has_errors:
        return redirect(with_this_query(url_for(".index")))
    period = form.filters.period
    name = f"usage-{breakdown}-{period.first}-{period.last}.csv"
    return spreadsheet(name, page.for_spreadsheet(figures.tables[PATHS[breakdown]]))


@bp.get("/reseau.csv", access=Permission.USAGE_READ)
def export_network() -> ResponseReturnValue:
    """The table of work for the network for a spreadsheet."""
    form, _figures = _read(current.actor())
    if form.has_errors:
        return redirect(with_this_query(url_for(".index")))
    period = form.filters.period
    name = f"usage-reseau-{period.first}-{period.last}.csv"
    return spreadsheet(name, page.network(_network(current.actor(), form.filters), plain=True))


def _network(actor: Actor, filters: Filters) -> Sequence[Any]:
    """Of its period alone: it is of no service, and of no region."""
    first, after = filters.period.first.first_day, filters.period.after.first_day
    return network_queries.totals(actor, first, after, filters.partner_id)


def _by_month(indicator: Indicator, figures: Report, period: Period) -> list[tuple[str, float]]:
    """The name and value of each bar; a few months have short names under upright bars."""
    name = words.short_month if period.length <= MONTHS_IN_A_CHART else words.month
    rows = figures.tables[Dimension.MONTH].rows
    return [
        (name(month), indicator.compute(row.tally) or 0)
        for month, row in zip(period.months, rows, strict=True)
    ]
