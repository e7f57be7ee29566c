"""E-mails about looking at the portal as somebody."""

from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor, Role
from portal.accounts.emails import recipient, with_whom_to_call
from portal.accounts.models import Person
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.people.models import Viewing
from portal.web.addresses import absolute_url

VIEWED = "people/viewed"


def viewed(person: Person, actor: Actor, viewing: Viewing) -> None:
    """Tell a person who looks at the portal as them, and why; Reply-To asks that colleague."""
    message = _message(actor, viewing.reason, viewing.started_at)
    enqueue(VIEWED, recipient(person), with_whom_to_call(message, person))


def _message(actor: Actor, reason: str, at: datetime) -> Message:
    return Message(
        action_url=absolute_url("home.privacy"),
        facts=[(_l("Who"), actor.signature), (_l("When"), at)],
        quote=reason,
        quoted_by=actor.signature,
        reply_to=(actor.person_name, actor.email),
        context={"viewer": actor.person_name},
    )


def _example() -> tuple[Recipient, Message]:
    actor = Actor(1, "Inès Caron", "ines.caron@exemple.test", 1, Role.NATIONAL_ADMIN, 1, "Cellule nationale")
    reason = "Vous ne voyez plus vos demandes : je cherche pourquoi."
    message = _message(actor, reason, datetime(2026, 11, 23, 14, 5, tzinfo=UTC))
    return Recipient("anne.le-goff@exemple.test", "Anne Le Goff"), with_whom_to_call(message, None)


EXAMPLES = {VIEWED: _example}
