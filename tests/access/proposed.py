"""Dates proposed to the coordinator's pole: a part of `matrix.py`, and what is typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal import clock

# fmt: off
PROPOSED = """
proposals.propose GET accepted | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
proposals.propose POST accepted | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
proposals.pick_date POST dates_proposed | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
proposals.ask_other_dates POST dates_proposed | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
proposals.take_back POST dates_proposed | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
"""
# fmt: on


def _proposed(world: Any, persona: str) -> dict[str, Any]:
    return {
        "once": f"once-{persona}",
        "on_1": (clock.today() + timedelta(days=3)).isoformat(),
        "starts_at_1": "09:30",
        "minutes": "210",
        "place_kind": "on_site",
        "place": "Rouen",
        "practitioner_ids": [world.person("practitioner").id],
    }


FORMS: dict[str, Callable[[Any, str], dict[str, Any]]] = {
    "proposals.propose": _proposed,
    "proposals.pick_date": lambda _world, _persona: {"number": "1"},
    "proposals.ask_other_dates": lambda _world, _persona: {"message": "Plutôt un mardi."},
    "proposals.take_back": lambda _world, _persona: {},
}
