"""Who is told about an intervention."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.interventions import words
from portal.interventions.models import Intervention
from portal.requests import emails as requests
from portal.requests.models import RequestEvent


def facts(intervention: Intervention) -> list[tuple[Any, Any]]:
    """The date, the length and the place."""
    found: list[tuple[Any, Any]] = [
        (_l("Date"), intervention.on),
        (_l("Length"), words.duration(intervention.minutes)),
        (_l("Where"), words.PLACES[intervention.place_kind]),
    ]
    if intervention.place:
        found.append((_l("Place or link"), intervention.place))
    return found


def tell(event: RequestEvent, actor: Actor, intervention: Intervention) -> None:
    """Write the e-mails of an event."""
    context = {"intervention": intervention}
    requests.tell(event, actor, feature="interventions", facts=facts(intervention), context=context)
