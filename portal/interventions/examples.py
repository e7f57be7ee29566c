"""An example of each e-mail about an intervention."""

from collections.abc import Mapping
from datetime import date, time
from functools import partial

from portal.access.permissions import Permission
from portal.accounts.models import Person
from portal.interventions import emails
from portal.interventions.models import Intervention, Practice
from portal.interventions.workflow import InterventionState, Place
from portal.notifications.message import Message, Recipient
from portal.notifications.previews import Example
from portal.requests import examples as requests
from portal.requests.emails import kind_of
from portal.requests.workflow import TRANSITIONS, Action, Audience


def example(action: Action, audience: Audience) -> tuple[Recipient, Message]:
    """The e-mail of an action to one of those it concerns."""
    intervention = Intervention(
        on=date(2026, 3, 18),
        starts_at=time(9, 30),
        minutes=210,
        place_kind=Place.ON_SITE,
        place="Maison des associations, Rennes",
        state=InterventionState.CALLED_OFF if action is Action.CALL_OFF else InterventionState.PLANNED,
        practices=[Practice(person=Person(given_name="Bertrand", family_name="Noël"))],
    )
    moved = action is Action.CORRECT
    before = (
        emails.meeting(intervention)._replace(on=date(2026, 3, 17), starts_at=time(14)) if moved else None
    )
    facts = emails.facts(intervention, None, before)
    return requests.example(action, audience, facts, {"intervention": intervention, "moved": moved})


EXAMPLES: Mapping[str, Example] = {
    kind_of("interventions", action, audience): partial(example, action, audience)
    for action, move in TRANSITIONS.items()
    if move.permission is Permission.INTERVENTION_LOG
    for audience in sorted(move.tells)
}
