"""Who was named in a shared mailbox hears what was done in their name."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.notifications.previews.service import Example
from portal.organisations.models import Pole
from portal.requests.emails import link
from portal.requests.models import SupportRequest
from portal.web.addresses import absolute_url

IN_YOUR_NAME = "requests/in_your_name"


def in_your_name(actor: Actor, request: SupportRequest, what: Any) -> None:
    """Somebody who reads the shared mailbox of their organisation typed their name."""
    (person,) = accounts.by_numbers([actor.person_id])
    to = recipient(person, organisation_id=actor.organisation_id)
    enqueue_all([Envelope(IN_YOUR_NAME, to, _message(actor.organisation_name, request, what))])


def _message(team: str, request: SupportRequest, what: Any) -> Message:
    return Message(
        action_url=absolute_url("requests.show", reference=request.reference),
        facts=[(_l("Pole"), request.pole.name), (_l("What happened"), what)],
        requests=[link(request.reference)],
        thread=request.reference,
        about=request.subject,
        context={
            "request": request,
            "team": team,
            "action_label": _l("Open the request"),
            "why": _l("You receive this message because your name was typed."),
        },
    )


def _example() -> tuple[Recipient, Message]:
    pole = Pole(name="Pôle des Trois Rivières")
    request = SupportRequest(reference="1203-4078", pole=pole, subject="Partager trois ateliers")
    message = _message("Coopérative Les Passerelles", request, _l("Accept"))
    return Recipient("bertrand.noel@exemple.test", "Bertrand Noël"), message


NAMED_EXAMPLES: Mapping[str, Example] = {IN_YOUR_NAME: _example}
