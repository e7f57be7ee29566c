"""Work for the network in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.interventions.network import rules
from portal.interventions.network.rules import NetworkKind
from portal.web import durations

KINDS: Mapping[NetworkKind, Any] = {
    NetworkKind.ANIMATION: _l("Animation of the network"),
    NetworkKind.MEETING: _l("Meeting"),
    NetworkKind.PARTNERSHIP: _l("Partnership"),
}
CLOSED = _l("It was noted more than 30 days ago: it can no longer be changed.")


def time_spent(act: Any) -> str:
    """Of one act."""
    return durations.days(rules.spent(act.minutes, act.practitioners))
