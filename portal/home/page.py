"""The home of a signed-in person: what waits for them, what is late, one thing to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.applications import queries as applications
from portal.requests import page
from portal.requests.inbox import queries as inbox
from portal.requests.rows.rules import Row
from portal.teams.rules import is_review_due

SHOWN = 5
UNDER_WAY = "en-cours"


@dataclass(frozen=True, slots=True)
class Section:
    """The first requests of a folder, and the way to all of them."""

    label: Any
    count: int
    url: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class MainAction:
    """The one thing to do first."""

    label: Any
    url: str
    icon: str


def show(actor: Actor) -> ResponseReturnValue:
    """The home of whoever acts."""
    reads = allows(actor, Permission.REQUEST_READ)
    folders = [one for one in inbox.folders(actor) if not one.closed] if reads else []
    counts = inbox.counts(actor, folders) if reads else {}
    folders = inbox.shown(folders, counts)
    return render_template(
        "home/dashboard.html",
        tiles=[
            *((one.label, counts[one.slug], _address(one.slug)) for one in folders),
            *_applications(actor),
        ],
        sections=_sections(actor, folders, counts),
        late=inbox.late_count(actor) if actor.is_partner else 0,
        review_due=_review_due(actor),
        main=_main_action(actor, folders),
        reads=reads,
        shows_pole=not actor.is_pole,
        **page.row_words(actor),
    )


def _review_due(actor: Actor) -> bool:
    """Is it time for somebody who answers for an organisation to go through its people?"""
    if not allows(actor, Permission.PEOPLE_MANAGE):
        return False
    return is_review_due(actor.members_reviewed_at, clock.today())


def _applications(actor: Actor) -> list[tuple[Any, int, str]]:
    """The tile of a cell: the applications that wait for its opinion or its decision."""
    if not allows(actor, Permission.APPLICATION_READ):
        return []
    count = applications.waiting_for(actor).count
    return [(_l("Applications that wait for you"), count, url_for("applications.index"))]


def _address(slug: str) -> str:
    return url_for("requests.index", dossier=slug)


def _sections(actor: Actor, folders: Sequence[inbox.Folder], counts: Mapping[str, int]) -> Sequence[Section]:
    """What waits for whoever acts and what is under way, where there is any."""
    shown = [one for one in folders if counts[one.slug] and (one.waits_for_us or one.slug == UNDER_WAY)]
    rows = inbox.firsts(actor, shown, SHOWN)
    sections = (Section(one.label, counts[one.slug], _address(one.slug), rows[one.slug]) for one in shown)
    return [one for one in sections if one.rows]


def _main_action(actor: Actor, folders: Sequence[inbox.Folder]) -> MainAction:
    if allows(actor, Permission.REQUEST_DRAFT):
        return MainAction(_l("Ask for support"), url_for("requests.new"), "plus-lg")
    if not folders:
        return MainAction(_l("Read the usage figures"), url_for("usage.index"), "bar-chart")
    label = _l("Answer the requests") if actor.is_partner else _l("Route the requests")
    return MainAction(label, _address(folders[0].slug), "inbox")
