"""The main menu: one list, of which each person sees what they may open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request, url_for

from portal.access.permissions import Access, Open, allows
from portal.web import current


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu. `access` None: as the page itself; `visitors_only`: hidden once signed in."""

    endpoint: str
    label: Any
    access: Access
    values: dict[str, Any] = field(default_factory=dict)
    visitors_only: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A line as shown."""

    label: Any
    url: str
    current: bool
    count: int | None = None


def items() -> list[Item]:
    """The menu of whoever looks."""
    actor = current.actor_or_none()
    entries: Sequence[Entry] = current_app.extensions["portal-navigation"]
    shown = [entry for entry in entries if allows(actor, entry.access)]
    return [
        Item(entry.label, url_for(entry.endpoint, **entry.values), _is_current(entry))
        for entry in shown
        if not (entry.visitors_only and actor is not None)
    ]


def _is_current(entry: Entry) -> bool:
    if entry.endpoint == "home.index":
        return request.endpoint == entry.endpoint
    return request.blueprint == entry.endpoint.split(".")[0] and (
        request.endpoint == entry.endpoint or entry.endpoint.endswith(".index")
    )


__all__ = ["Entry", "Item", "Open", "items"]
