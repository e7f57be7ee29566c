"""An example of each e-mail about an intervention."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from portal.access.permissions import Permission
from portal.interventions import emails
from portal.interventions.models import Intervention
from portal.interventions.workflow import Place
from portal.notifications.message import Message, Recipient
from portal.notifications.previews import Example
from portal.requests import examples as requests
from portal.requests.workflow import TRANSITIONS, Action, Audience


def example(action: Action, audience: Audience) -> tuple[Recipient, Message]:
    """The e-mail of an action to one of those it concerns."""
    intervention = Intervention(
        on=date(2026, 3, 18), minutes=210, place_kind=Place.ON_SITE, place="Maison des associations, Rennes"
    )
    return requests.example(action, audience, emails.facts(intervention), {"intervention": intervention})


EXAMPLES: Mapping[str, Example] = {
    requests.kind_of("interventions", action, audience): partial(example, action, audience)
    for action, move in TRANSITIONS.items()
    if move.permission is Permission.INTERVENTION_LOG
    for audience in sorted(move.tells)
}
