"""The home of a signed-in person: what waits for them, what is late, one thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.catalogue.words import service_name
from portal.db import db
from portal.requests import inbox, page
from portal.requests.models import SupportRequest

SHOWN = 5
UNDER_WAY = "en-cours"


@dataclass(frozen=True, slots=True)
class Section:
    """The first requests of a folder, and the way to all of them."""

    label: Any
    count: int
    url: str
    rows: Sequence[SupportRequest]


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
    return render_template(
        "home/dashboard.html",
        tiles=[(one.label, counts[one.slug], _address(one.slug)) for one in folders],
        sections=[
            _section(actor, one, counts[one.slug])
            for one in folders
            if counts[one.slug] and (one.waits_for_us or one.slug == UNDER_WAY)
        ],
        late=inbox.late_count(actor) if actor.is_partner else 0,
        main=_main_action(actor, folders),
        reads=reads,
        shows_pole=not actor.is_pole,
        state_tag=page.state_tag,
        holder=page.holder,
        service_name=service_name,
    )


def _address(slug: str) -> str:
    return url_for("requests.index", dossier=slug)


def _section(actor: Actor, folder: inbox.Folder, count: int) -> Section:
    rows = db.session.scalars(inbox.listing(actor, folder, inbox.Filters()).limit(SHOWN)).all()
    return Section(folder.label, count, _address(folder.slug), rows)


def _main_action(actor: Actor, folders: Sequence[inbox.Folder]) -> MainAction:
    if allows(actor, Permission.REQUEST_DRAFT):
        return MainAction(_l("Ask for support"), url_for("requests.new"), "plus-lg")
    if not folders:
        return MainAction(_l("Read the usage figures"), url_for("usage.index"), "bar-chart")
    label = _l("Answer the requests") if actor.is_partner else _l("Route the requests")
    return MainAction(label, _address(folders[0].slug), "inbox")
