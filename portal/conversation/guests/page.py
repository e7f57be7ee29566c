"""The conversation as a guest has it: what was written for them to read, with its documents."""

from collections.abc import Sequence
from functools import partial

from flask import url_for
from flask_babel import gettext as _

from portal.conversation.guests import queries
from portal.conversation.guests.models import Guest
from portal.conversation.models import Message
from portal.conversation.page import Entry
from portal.conversation.queries import MESSAGE
from portal.documents import page as documents
from portal.documents.models import Document
from portal.web import templating


def entries(guest: Guest, token: str) -> Sequence[Entry]:
    """The last messages, oldest first."""
    messages = queries.messages(guest)
    who = {message.id: _who(guest, message) for message in messages}
    sent = documents.by_parent(MESSAGE, who, partial(_door, token))
    return [
        Entry(
            at=message.at,
            when=templating.moment(message.at, guest.request.pole.place),
            who=who[message.id],
            text=message.text,
            documents=sent.get(message.id, ()),
            mine=message.guest_id == guest.id,
        )
        for message in messages
    ]


def _who(guest: Guest, message: Message) -> str:
    """Guests hear who other guests came for, not who they are."""
    organisation = message.organisation.name if message.organisation else ""
    if message.guest_id == guest.id:
        return guest.name
    if message.author:
        return f"{message.author.name}, {organisation}"
    return _("Guest of %(organisation)s", organisation=organisation)


def _door(token: str, document: Document) -> str:
    return url_for("guest_pages.document", token=token, document_id=document.id)
