"""The main menu: one list, of which each person sees what they may open."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from portal.access.permissions import Access, Open, Permission, allows
from portal.access.roles import Actor
from portal.web import current

_EXTENSION = "portal-menu"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu. `includes`: beginnings of other endpoints that belong under it; `visitors_only`: hidden
    once signed in; `unless`: hidden from those who hold this right, who have something wider; `explanation`: what
    one does there, where the entry is a card of a page instead of a line; `kinds`: of which records it is a page, where
    not of all; `leads_to`: what the site map lists after it."""

    endpoint: str
    label: Any
    access: Access
    includes: tuple[str, ...] = ()
    visitors_only: bool = False
    unless: Permission | None = None
    explanation: Any = None
    kinds: AbstractSet[str] = frozenset()
    leads_to: "Sequence[Entry]" = ()


@dataclass(frozen=True, slots=True)
class Menu:
    """`main`: the line on every page; `administration`: the tools behind its last entry; `site_map`: all, in parts;
    `record`: the pages of an organisation."""

    main: Sequence[Entry]
    administration: Sequence[Entry]
    site_map: Mapping[Any, Sequence[Entry]]
    record: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Item:
    """A line as shown."""

    label: Any
    url: str
    current: bool
    count: int | None = None
    explanation: Any = None


def init_app(app: Flask, menu: Menu) -> None:
    """Keep the menu of this application."""
    app.extensions[_EXTENSION] = menu


def _menu() -> Menu:
    menu: Menu = current_app.extensions[_EXTENSION]
    return menu


def items() -> list[Item]:
    """The menu of whoever looks."""
    return _for_whoever_looks(_menu().main)


def administration() -> list[Item]:
    """The tools behind the menu's last line, for whoever looks."""
    return _for_whoever_looks(_menu().administration)


def site_map() -> list[tuple[Any, list[Item]]]:
    """Every page that needs no choice before it, in parts, for whoever looks."""
    shown = [(title, _for_whoever_looks(entries)) for title, entries in _menu().site_map.items()]
    return [(title, pages) for title, pages in shown if pages]


def pages_of_a_record() -> Sequence[Entry]:
    """The pages that an organisation may have, in order."""
    return _menu().record


def _for_whoever_looks(entries: Sequence[Entry]) -> list[Item]:
    actor = current.actor_or_none()
    shown = [
        entry
        for entry in entries
        if _may_open(actor, entry.access) and not (entry.unless and allows(actor, entry.unless))
    ]
    return [
        Item(entry.label, url_for(entry.endpoint), _is_current(entry), explanation=entry.explanation)
        for entry in shown
        if not (entry.visitors_only and current.is_signed_in())
    ]


def _may_open(actor: Actor | None, access: Access) -> bool:
    """Whoever signed in has an account, with or without an organisation; the one looked at keeps theirs shut."""
    if access is Open.SIGNED_IN:
        return current.is_signed_in() and not (actor and actor.viewed_by)
    return allows(actor, access)


def _is_current(entry: Entry) -> bool:
    endpoint = request.endpoint or ""
    return endpoint == entry.endpoint or endpoint.startswith(entry.includes)
