"""The life of a sheet: one table. No Flask, no database.

    draft ─publish▶ published ─suspend▶ suspended ─reopen▶ published
      │                 └────── archive ──┴▶ archived ─publish▶ published
     ask: by a partner, to the national cell, which publishes

What is suspended also reopens by itself, on its day.
"""

from portal.access.permissions import Permission
from portal.catalogue.rules import SHOWN_STATES, ServiceState
from portal.steps import Audience, Step

_P, _S = Permission, ServiceState
_BACK = "the page of the service offers the way back"

ASK = Step("service.ask", _P.SERVICE_KEEP, {_S.DRAFT}, None, {Audience.CELL}, stays=_BACK)
PUBLISH = Step(
    "service.publish",
    _P.SERVICE_PUBLISH,
    {_S.DRAFT, _S.ARCHIVED},
    _S.PUBLISHED,
    {Audience.PARTNERS},
    stays=_BACK,
)
SUSPEND = Step(
    "service.suspend", _P.SERVICE_KEEP, SHOWN_STATES, _S.SUSPENDED, {Audience.PARTNERS}, stays=_BACK
)
REOPEN = Step("service.reopen", _P.SERVICE_KEEP, {_S.SUSPENDED}, _S.PUBLISHED, stays=_BACK)
ARCHIVE = Step(
    "service.archive",
    _P.SERVICE_KEEP,
    {_S.DRAFT, *SHOWN_STATES},
    _S.ARCHIVED,
    {Audience.PARTNERS},
    stays=_BACK,
)
CHECK = Step("service.check", _P.SERVICE_KEEP, SHOWN_STATES, None, stays=_BACK)
OF_SERVICES = (ASK, PUBLISH, CHECK, SUSPEND, REOPEN, ARCHIVE)
"""In the order in which the page offers them."""

CLOSING = frozenset({SUSPEND, ARCHIVE})
"""Nobody can ask any more: what hangs on the service is told before. Where several partners deliver it, the national
cell does it."""
