"""Dates proposed to the coordinator's pole: a part of `matrix.py`, and what is typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal import clock
from portal.db import transaction
from portal.notifications.links import service as links
from portal.proposals import service
from portal.requests.by_mail.rules import LASTS
from tests.integration.requests.steps import actor_of

Values = dict[str, Any]
Stage = Callable[[Any], Values]

# fmt: off
PROPOSED = """
proposals.propose GET accepted | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
proposals.propose POST accepted | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
proposals.pick_date POST dates_proposed | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
proposals.ask_other_dates POST dates_proposed | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
proposals.take_back POST dates_proposed | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
dates_by_mail.show GET dates_mailed | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
dates_by_mail.act POST dates_mailed | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
dates_by_mail.take_back POST dates_answered | 302 302 302 302 | 302 302 302 | 302 302 302 | 302 302
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


def stages(stage: Stage) -> dict[str, Stage]:
    """`stage`: dates are proposed. The coordinator was sent a link by which to ask for others; and has done so."""

    def mailed(world: Any) -> Values:
        reader, about = world.coordinator, ("ask_other_dates", "", stage(world)["proposal_id"])
        return {"token": links.to_act(reader.person_id, reader.organisation_id, about)}

    def answered(world: Any) -> Values:
        values = mailed(world)
        link = links.opened(values["token"], LASTS)
        with transaction():
            service.ask_others_by_mail(actor_of(world.coordinator), link.key, link.about[2], "Un mardi.")
        return values

    return {"dates_mailed": mailed, "dates_answered": answered}


FORMS: dict[str, Callable[[Any, str], dict[str, Any]]] = {
    "proposals.propose": _proposed,
    "proposals.pick_date": lambda _world, _persona: {"number": "1"},
    "proposals.ask_other_dates": lambda _world, _persona: {"message": "Plutôt un mardi."},
    "proposals.take_back": lambda _world, _persona: {},
    "dates_by_mail.act": lambda _world, _persona: {"choice": "no"},
    "dates_by_mail.take_back": lambda _world, _persona: {},
}
