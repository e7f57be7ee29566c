"""E-mails about looking at the portal as somebody."""

from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.accounts.emails import recipient
from portal.accounts.models import Person
from portal.notifications.message import Message, Recipient
from portal.notifications.outbox import enqueue
from portal.people.models import Viewing
from portal.web.addresses import absolute_url

VIEWED = "people/viewed"


def viewed(person: Person, actor: Actor, viewing: Viewing) -> None:
    """Tell a person who looks at the portal as them, and why; Reply-To asks that colleague."""
    message = _message(
        actor.person_name, actor.organisation_name, actor.email, viewing.reason, viewing.started_at
    )
    enqueue(VIEWED, recipient(person), message)


def _message(name: str, organisation: str, email: str, reason: str, at: datetime) -> Message:
    return Message(
        action_url=absolute_url("home.privacy"),
        facts=[(_l("Who"), f"{name}, {organisation}"), (_l("When"), at)],
        quote=reason,
        quoted_by=name,
        reply_to=(name, email),
        context={"viewer": name},
    )


def _example() -> tuple[Recipient, Message]:
    message = _message(
        "Inès Caron",
        "Cellule nationale",
        "ines.caron@exemple.test",
        "Vous ne voyez plus vos demandes : je cherche pourquoi.",
        datetime(2026, 11, 23, 14, 5, tzinfo=UTC),
    )
    return Recipient("anne.le-goff@exemple.test", "Anne Le Goff"), message


EXAMPLES = {VIEWED: _example}
