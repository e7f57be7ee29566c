"""What a cell does with requests and a session. No Flask, no database.

The request stays where it is: its partner ends it, as any other.
"""

from portal.access.permissions import Permission
from portal.requests.steps import OPEN_REQUESTS, RequestState
from portal.steps import Audience, Step

_ROUTE, _POLE = Permission.REQUEST_ROUTE, frozenset({Audience.POLE})

ATTACH: Step[RequestState] = Step("attach_session", _ROUTE, OPEN_REQUESTS, None, _POLE)
DETACH: Step[RequestState] = Step("detach_session", _ROUTE, OPEN_REQUESTS, None, _POLE)
OF_NEEDS = (ATTACH, DETACH)
