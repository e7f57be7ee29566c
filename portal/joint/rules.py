"""How many poles a request can have, and how long they have to say so. Pure: no Flask, no database."""

from collections.abc import Mapping

from portal.joint.steps import JointState

MOST_POLES = 10
"""So many are invited to one request, or have joined it, at a time."""
MOST_TIMES = 3
"""So often one pole is invited to one request."""
WORKING_DAYS_TO_JOIN = 10
WORKING_DAYS_BEFORE_A_REMINDER = 5
LONGEST_WORD = 1000

_STRENGTH: Mapping[JointState, int] = {JointState.JOINED: 2, JointState.INVITED: 1}


def strength(state: JointState) -> int:
    """Where two poles become one, the stronger of what each has with a request stays."""
    return _STRENGTH.get(state, 0)
