"""The home of a signed-in person: what waits for them, what comes this week, one thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.home.first_steps import page as first_steps
from portal.home.todo import page as todo
from portal.home.todo.words import due
from portal.requests.inbox import queries as inbox


@dataclass(frozen=True, slots=True)
class MainAction:
    """The one thing to do first."""

    label: Any
    url: str
    icon: str


def show(actor: Actor) -> ResponseReturnValue:
    """The home of whoever acts."""
    reads = allows(actor, Permission.REQUEST_READ)
    folders = [folder for folder in inbox.folders(actor) if not folder.closed] if reads else []
    counts = inbox.counts(actor, folders) if reads else {}
    folders = inbox.shown(folders, counts)
    days = todo.days(actor)
    return render_template(
        "home/dashboard.html",
        first_steps=first_steps.shown(actor),
        tasks=todo.tasks(actor, [folder for folder in folders if counts[folder.slug]], days),
        longer=[
            (inbox.count_label(counts[folder.slug]), folder.label, _address(folder.slug))
            for folder in folders
            if folder.waits_for_us and counts[folder.slug] > todo.SHOWN
        ],
        week=todo.this_week(actor, days),
        tiles=[
            (folder.label, inbox.count_label(counts[folder.slug]), _address(folder.slug))
            for folder in folders
        ],
        main=_main_action(actor, folders),
        reads=reads,
        due=due,
    )


def _address(slug: str) -> str:
    return url_for("requests.index", dossier=slug)


def _main_action(actor: Actor, folders: Sequence[inbox.Folder]) -> MainAction:
    if allows(actor, Permission.REQUEST_DRAFT):
        return MainAction(_l("Ask for support"), url_for("writing.new"), "plus-lg")
    if not folders:
        return MainAction(_l("Read the usage figures"), url_for("usage.index"), "bar-chart")
    label = _l("Answer the requests") if actor.is_partner else _l("Route the requests")
    return MainAction(label, _address(folders[0].slug), "inbox")
