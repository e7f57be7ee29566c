"""What the state of an account is called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.accounts.models import Person
from portal.people.rules import State

STATES: Mapping[State, Any] = {
    State.ACTIVE: _l("Active account"),
    State.IDLE: _l("Idle account, told that it will close"),
    State.CLOSED: _l("Closed account"),
}
TONES: Mapping[State, str] = {State.ACTIVE: "success", State.IDLE: "warning", State.CLOSED: "neutral"}


def state_of(person: Person) -> State:
    """How an account stands."""
    if not person.active:
        return State.CLOSED
    return State.IDLE if person.idle_warned_at else State.ACTIVE
