"""The life of a session. No Flask, no database.

draft ─publish▶ open ─cancel▶ cancelled
                 └─close▶ held
"""

from enum import StrEnum

from portal.access.permissions import Permission
from portal.steps import Step


class SessionState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CANCELLED = "cancelled"
    HELD = "held"


_P, _S = Permission, SessionState
Moves = Step[SessionState]

PUBLISH: Moves = Step(
    "session.publish", _P.SESSION_KEEP, {_S.DRAFT}, _S.OPEN, stays="it can be cancelled on its page"
)
EDIT: Moves = Step(
    "session.edit", _P.SESSION_KEEP, {_S.DRAFT, _S.OPEN}, None, stays="it can be changed again"
)
CANCEL: Moves = Step(
    "session.cancel",
    _P.SESSION_KEEP,
    {_S.OPEN},
    _S.CANCELLED,
    stays="a page asks before, and who was told is",
)
CLOSE: Moves = Step(
    "session.close", _P.SESSION_KEEP, {_S.OPEN}, _S.HELD, stays="who came can be corrected for thirty days"
)
RECTIFY: Moves = Step("session.rectify", _P.SESSION_KEEP, {_S.HELD}, None, stays="it can be corrected again")
RECTIFY_LATER: Moves = Step(
    "session.rectify_later", _P.REQUEST_ROUTE, {_S.HELD}, None, stays="it can be corrected again"
)
OF_SESSIONS = (PUBLISH, EDIT, CANCEL, CLOSE, RECTIFY, RECTIFY_LATER)
ONCE_BEGUN = frozenset({CLOSE, RECTIFY, RECTIFY_LATER})
"""What tells what happened; all else is done before, but that it does not take place, or did not."""
AT_ANY_TIME = frozenset({CANCEL})
