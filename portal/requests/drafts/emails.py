"""A draft in which nobody writes is deleted soon."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.notifications.emails import Message
from portal.notifications.outbox.service import enqueue_all
from portal.requests import words
from portal.requests.emails import link, to_pole
from portal.requests.models import SupportRequest
from portal.requests.rules import DRAFT_WARNED_BEFORE
from portal.web.addresses import absolute_url

DRAFT_ENDS = "requests/draft_ends"


def warn_of_end(request: SupportRequest) -> None:
    """Who follows it for its pole reads it once more."""
    enqueue_all(to_pole(DRAFT_ENDS, request, end_message(request)))


def end_message(request: SupportRequest, contact: Sequence[tuple[Any, Any]] = ()) -> Message:
    """What the warning says."""
    last_day = clock.today(request.pole.place) + DRAFT_WARNED_BEFORE
    return Message(
        action_url=absolute_url("requests.show", reference=request.reference),
        facts=[
            (_l("Service"), LazyString(words.service_asked, request.service)),
            (_l("Kept until"), last_day),
            *contact,
        ],
        requests=[link(request.reference)],
        thread=request.reference,
        about=request.subject,
        context={
            "request": request,
            "pole": request.pole.name,
            "last_day": last_day,
            "action_label": _l("Open the request"),
            "why": _l("You receive this message because a request was begun for your pole and not sent."),
        },
    )
