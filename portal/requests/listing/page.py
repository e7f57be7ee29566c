"""The page of the inbox: its folders, whose requests, what is looked for, and its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.catalogue import queries as catalogue
from portal.catalogue.words import in_order, service_name
from portal.requests import queries
from portal.requests.batch import page as batch
from portal.requests.export import page as export
from portal.requests.inbox import queries as inbox
from portal.requests.listing import queries as listing
from portal.requests.listing.rules import Filters, Order, Whose
from portal.requests.rows import page as rows
from portal.requests.saved import queries as saved
from portal.requests.saved import rules as saved_rules
from portal.requests.saved.forms import KeepForm
from portal.requests.words import GUIDE_ME
from portal.territories.reference import REGIONS
from portal.text import one_line
from portal.web.converters import key

ALL = "toutes"
ASK_FOR_GUIDANCE = 0
LONGEST_SEARCH = 200
Word = TypeVar("Word", bound=StrEnum)

_WHOSE = {Whose.MINE: _l("Mine"), Whose.TEAM: _l("My team’s"), Whose.ALL: _l("All")}
_WHOSE_EXPLAINED = {
    "partner": _l(
        "Mine: those you have. My team’s: those that somebody of your team has. All: nobody’s yet, too."
    ),
    "cell": _l("Mine: those you did something about. My team’s: those your cell did. All: your territory’s."),
    "pole": _l("Mine: those of which you are the contact. All: your pole’s."),
}
_ORDERS = {
    Order.USUAL: _l("The usual order"),
    Order.DUE: _l("Answer due first"),
    Order.OLDEST: _l("Oldest first"),
    Order.NEWEST: _l("Newest first"),
    Order.POLE: _l("By pole"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some links, of which one is where we are."""

    label: Any
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A filter kept under a name."""

    id: int
    name: str
    url: str
    current: bool


def service_choices() -> list[tuple[int, str]]:
    """The services one can ask for, "guide me" first."""
    offered = ((service.id, service_name(service)) for service in in_order(queries.active_services()))
    return [(ASK_FOR_GUIDANCE, str(GUIDE_ME)), *offered]


def shown(actor: Actor) -> Mapping[str, Any]:
    """What the template of the inbox draws."""
    filters = asked()
    folders = inbox.folders(actor)
    counts = inbox.counts(actor, folders, filters.whose)
    folder = _opened(actor, folders, counts)
    page = listing.page(actor, folder, filters)
    lines = rows.lines(actor, page.rows, says_state=not (folder and folder.says_state))
    query = saved_rules.tidy(request.query_string.decode())
    slug = folder.slug if folder else ALL
    return {
        "folder": folder,
        "slug": slug,
        "tabs": [_tab(tab, folder, counts, filters) for tab in [*inbox.shown(folders, counts), None]],
        "filters": filters,
        "filtered": replace(filters, whose=Whose.ALL) != Filters(),
        "whose": _whose(actor, folder, filters),
        "whose_explained": _WHOSE_EXPLAINED[_side(actor)],
        "selects": _selects(actor, filters),
        "may_draft": allows(actor, Permission.REQUEST_DRAFT),
        "page": page,
        "export_url": url_for("requests.export", **{**saved_rules.parts(query), "dossier": slug}),
        "lines": lines,
        "columns": rows.columns(lines),
        "acts": batch.offered(actor, folder) if lines else [],
        "kept": [
            Kept(id_, name, url_for("requests.index", **saved_rules.parts(kept)), kept == query)
            for id_, name, kept in saved.of_actor(actor)
        ],
        "keep": KeepForm(formdata=None, id_prefix="keep-", query=query) if filters != Filters() else None,
    }


def exported(actor: Actor) -> Sequence[int]:
    """The requests of the list that the address asks for, by number."""
    filters = asked()
    folders = inbox.folders(actor)
    folder = _opened(actor, folders, inbox.counts(actor, folders, filters.whose))
    return listing.numbers(actor, folder, filters, export.MOST)


def asked() -> Filters:
    """What the address asks for; what is no choice asks for nothing."""
    return Filters(
        text=one_line(request.args.get("recherche", ""))[:LONGEST_SEARCH],
        service_id=request.args.get("service", type=key),
        region_code=request.args.get("region") or None,
        partner_id=request.args.get("partenaire", type=key),
        whose=_word("qui", Whose.ALL),
        order=_word("tri", Order.USUAL),
    )


def _word(name: str, usual: Word) -> Word:
    return request.args.get(name, default=usual, type=type(usual))


def _opened(actor: Actor, folders: Sequence[inbox.Folder], counts: Mapping[str, int]) -> inbox.Folder | None:
    wanted = request.args.get("dossier", inbox.to_open(actor, folders, counts).slug)
    folder = next((folder for folder in folders if folder.slug == wanted), None)
    if folder is None and wanted != ALL:
        abort(404)
    return folder


def _tab(
    folder: inbox.Folder | None, opened: inbox.Folder | None, counts: Mapping[str, int], filters: Filters
) -> inbox.Tab:
    label = folder.label if folder else _("All requests")
    count = inbox.count_label(counts.get(folder.slug)) if folder else None
    mine: dict[str, Any] = {} if filters.whose is Whose.ALL else {"qui": filters.whose.value}
    url = url_for("requests.index", dossier=folder.slug if folder else ALL, **mine)
    return inbox.Tab(label, url, count, folder is opened)


def _side(actor: Actor) -> str:
    if actor.is_pole:
        return "pole"
    return "partner" if actor.is_partner else "cell"


def _whose(actor: Actor, folder: inbox.Folder | None, filters: Filters) -> list[Choice]:
    """A pole's team is its pole: there is nothing between."""
    offered = [whose for whose in Whose if not (actor.is_pole and whose is Whose.TEAM)]
    dossier = folder.slug if folder else ALL
    return [
        Choice(
            _WHOSE[whose], url_for("requests.index", qui=whose.value, dossier=dossier), whose is filters.whose
        )
        for whose in offered
    ]


def _services(filters: Filters) -> list[tuple[int, str]]:
    """Those one can ask for, and the one that is looked for, open or not."""
    offered = service_choices()
    if filters.service_id is None or filters.service_id in dict(offered):
        return offered
    closed = catalogue.named(filters.service_id)
    return [*offered, (closed.id, service_name(closed))] if closed else offered


def _selects(actor: Actor, filters: Filters) -> list[tuple[str, Any, list[tuple[Any, Any]], Any]]:
    """The filters drawn as lists: name, label, choices, choice."""
    shown: list[tuple[str, Any, list[tuple[Any, Any]], Any]] = [
        ("service", _("Service"), [("", _("All services")), *_services(filters)], filters.service_id)
    ]
    if actor.is_cell:
        codes = actor.region_codes or REGIONS.keys()
        regions = [(region.code, region.name) for region in REGIONS.values() if region.code in codes]
        if len(regions) > 1:
            shown.append(("region", _("Region"), [("", _("All regions")), *regions], filters.region_code))
        partners = [(partner.id, partner.name) for partner in queries.active_partners()]
        shown.append(("partenaire", _("Partner"), [("", _("All partners")), *partners], filters.partner_id))
    orders = [(order.value, label) for order, label in _ORDERS.items()]
    return [*shown, ("tri", _("Order"), orders, filters.order.value)]
