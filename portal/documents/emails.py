"""E-mails about documents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from portal.accounts.emails import recipient, with_whom_to_call
from portal.accounts.models import Person
from portal.documents import queries
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.notifications.previews.service import Example
from portal.web.addresses import absolute_url
from portal.web.links import Link

INFECTED = "documents/infected"


def infected(to: Person, document: Document, virus: str) -> None:
    """What somebody sent held a virus, and is gone."""
    parent = queries.parents().get(document.kind or "")
    on = parent.link(document.parent_id or 0) if parent else None
    enqueue(INFECTED, recipient(to), with_whom_to_call(infected_message(document, virus, on), to))


def infected_message(document: Document, virus: str, on: Link | None) -> Message:
    """`on`: what it was sent for; None: its form was not taken yet."""
    return Message(
        action_url=(on.url if on else None) or absolute_url("home.index"),
        facts=[
            (_l("Document"), document.file.name),
            *([(_l("Sent with"), on.name)] if on else ()),
            (_l("Sent on"), document.sent_at),
            (_l("What was found"), virus),
        ],
        context={"name": document.file.name},
    )


def _of_infected() -> tuple[Recipient, Message]:
    document = Document(
        file=StoredFile(name="facture.pdf"), sent_at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC), kind="request"
    )
    person = Person(
        email="lise.marchand@exemple.test", given_name="Lise", family_name="Marchand", language="fr"
    )
    on = Link("2041-7755", f"{absolute_url('requests.index')}/2041-7755")
    message = infected_message(document, "Win.Test.EICAR_HDB-1", on)
    return recipient(person), with_whom_to_call(message, None)


EXAMPLES: Mapping[str, Example] = MappingProxyType({INFECTED: _of_infected})
