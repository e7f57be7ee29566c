"""E-mails to guests: their address was typed by somebody else, so that none repeats what was typed, not even names."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.conversation.guests.models import Guest
from portal.documents.models import Document
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.notifications.previews.service import Example
from portal.web.addresses import absolute_url

INVITED, WRITTEN = "conversation/guest_invited", "conversation/guest_message"
INFECTED = "conversation/guest_infected"
Facts = Sequence[tuple[Any, Any]]


def invited(guest: Guest, token: str) -> None:
    """The link that lets them in."""
    _send(INVITED, guest, token)


def written(guest: Guest, token: str) -> None:
    """Somebody wrote for them to read."""
    _send(WRITTEN, guest, token)


def infected(guest: Guest, document: Document, token: str) -> None:
    """What they sent held a virus, and is gone; the page says which, by its name."""
    _send(INFECTED, guest, token, [(_l("Sent on"), document.sent_at)])


def _send(kind: str, guest: Guest, token: str, facts: Facts = ()) -> None:
    until = clock.day_of(guest.expires_at, guest.request.pole.place)
    to = Recipient(guest.email, "", guest.language)
    enqueue(kind, to, message(token, guest.organisation.name, until, facts), confidential=True)


def message(token: str, organisation: str, until: date, facts: Facts = ()) -> Message:
    """The same words to everybody, with a link of their own."""
    return Message(
        action_url=absolute_url("guest_pages.show", token=token),
        facts=[(_l("Invited by"), organisation), *facts, (_l("The link works until"), until)],
        to_stranger=True,
        context={
            "until": until,
            "organisation": organisation,
            "action_label": _l("Open the conversation"),
            "why": _l(
                "You receive this message because somebody typed your address to invite you. It is deleted a month"
                " after the invitation ends."
            ),
        },
    )


def _example(facts: Facts = ()) -> tuple[Recipient, Message]:
    to = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")
    return to, message("an-example-that-opens-nothing", "Agence Alliée", date(2026, 4, 30), facts)


GUEST_EXAMPLES: Mapping[str, Example] = {
    INVITED: _example,
    WRITTEN: _example,
    INFECTED: partial(_example, [(_l("Sent on"), datetime(2026, 3, 4, 9, 30, tzinfo=UTC))]),
}
