"""E-mails to guests: their address was typed by somebody else, so that none repeats what was typed, not even names."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.conversation.guests.models import Guest
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.notifications.previews.service import Example
from portal.web.addresses import absolute_url

INVITED, WRITTEN = "conversation/guest_invited", "conversation/guest_message"


def invited(guest: Guest, token: str) -> None:
    """The link that lets them in."""
    _send(INVITED, guest, token)


def written(guest: Guest, token: str) -> None:
    """Somebody wrote for them to read."""
    _send(WRITTEN, guest, token)


def _send(kind: str, guest: Guest, token: str) -> None:
    until = clock.day_of(guest.expires_at, None)
    to = Recipient(guest.email, "", guest.language)
    enqueue(kind, to, message(token, guest.organisation.name, until), confidential=True)


def message(token: str, organisation: str, until: date) -> Message:
    """The same words to everybody, with a link of their own."""
    return Message(
        action_url=absolute_url("guest_pages.show", token=token),
        facts=[(_l("Invited by"), organisation), (_l("The link works until"), until)],
        to_stranger=True,
        context={
            "organisation": organisation,
            "action_label": _l("Open the conversation"),
            "why": _l(
                "You receive this message because somebody typed your address to invite you. It is deleted a month"
                " after the invitation ends."
            ),
        },
    )


def _example() -> tuple[Recipient, Message]:
    to = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")
    return to, message("an-example-that-opens-nothing", "Agence Alliée", date(2026, 4, 30))


GUEST_EXAMPLES: Mapping[str, Example] = {kind: partial(_example) for kind in (INVITED, WRITTEN)}
