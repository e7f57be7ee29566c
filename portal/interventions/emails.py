"""Who is told about an intervention."""

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.interventions import words
from portal.interventions.models import Intervention
from portal.requests import emails as requests
from portal.requests.models import RequestEvent


def tell(event: RequestEvent, actor: Actor, intervention: Intervention) -> None:
    """Write the e-mails of an event, with the date, the length and the place."""
    facts = [
        (_l("Date"), intervention.on),
        (_l("Length"), words.duration(intervention.minutes)),
        (_l("Where"), words.PLACES[intervention.place_kind]),
    ]
    if intervention.place:
        facts.append((_l("Place or link"), intervention.place))
    requests.tell(event, actor, feature="interventions", facts=facts, context={"intervention": intervention})
