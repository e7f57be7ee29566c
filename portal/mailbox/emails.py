"""What who writes to the portal by e-mail is told."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.accounts.emails import recipient, with_whom_to_call
from portal.accounts.models import Person
from portal.mailbox.rules import Why
from portal.mailbox.words import WHYS
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.notifications.previews.service import Example
from portal.web.addresses import absolute_url

IS_THIS_YOU, NOT_TAKEN = "mailbox/is_this_you", "mailbox/not_taken"
DOCUMENTS, STRANGER = "mailbox/documents_not_taken", "mailbox/stranger"


def is_this_you(person: Person, received_id: int, sender: str) -> None:
    """An answer came from an address that is not theirs."""
    message = with_whom_to_call(_is_this_you(received_id, sender), person)
    enqueue(IS_THIS_YOU, recipient(person), message)


def _is_this_you(received_id: int, sender: str) -> Message:
    return Message(
        action_url=absolute_url("mailbox.held", received_id=received_id),
        facts=[(_l("It came from"), sender)],
        context={
            "action_label": _l("Read it and say"),
            "why": _l("You receive this message because an answer to one of your e-mails came."),
        },
    )


def not_taken(person: Person, why: Why, key: str, text: str) -> None:
    """An answer is not taken, and why: once."""
    to, message = Recipient(person.email, "", person.language), _not_taken(why, text)
    enqueue(NOT_TAKEN, to, with_whom_to_call(message, person), dedupe=f"not taken:{key}")


def nobody_answers(address: str, language: str, key: str, text: str) -> None:
    """The same to an address of which nobody reads here any more."""
    message = _not_taken(Why.NO_READER, text)
    enqueue(NOT_TAKEN, Recipient(address, "", language), message, dedupe=f"not taken:{key}")


def _not_taken(why: Why, text: str) -> Message:
    return Message(
        action_url=absolute_url("requests.index"),
        quote=text or None,
        context={
            "reason": WHYS[why],
            "action_label": _l("Open the portal"),
            "why": _l("You receive this message because you answered an e-mail of the portal."),
        },
    )


def documents_not_taken(person: Person, refused: Sequence[tuple[str, Any]], key: str) -> None:
    """What was written is said; these documents are not."""
    message = with_whom_to_call(_documents(refused), person)
    enqueue(DOCUMENTS, recipient(person), message, dedupe=f"documents:{key}")


def _documents(refused: Sequence[tuple[str, Any]]) -> Message:
    too_many = _l("too many at once")
    return Message(
        action_url=absolute_url("requests.index"),
        facts=[(name, reason or too_many) for name, reason in refused],
        context={
            "action_label": _l("Send them in the portal"),
            "why": _l("You receive this message because you answered an e-mail of the portal."),
        },
    )


def stranger(address: str) -> None:
    """Nobody reads what is sent there: said to an address once, without a word of theirs."""
    enqueue(STRANGER, Recipient(address, ""), _stranger(), dedupe=f"stranger:{address}"[:160])


def _stranger() -> Message:
    return Message(
        action_url=absolute_url("home.help_and_contact"),
        to_stranger=True,
        context={
            "action_label": _l("See whom to ask"),
            "why": _l("You receive this message, once, because you wrote to this address."),
        },
    )


def _example(message: Any) -> tuple[Recipient, Message]:
    return Recipient("lise.marchand@exemple.test", "Lise Marchand"), message()


def _with_contact(message: Any) -> tuple[Recipient, Message]:
    return _example(lambda: with_whom_to_call(message(), None))


EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        IS_THIS_YOU: partial(_with_contact, partial(_is_this_you, 12, "lise@chez-elle.test")),
        NOT_TAKEN: partial(_with_contact, partial(_not_taken, Why.NOT_NOW, "Nous sommes douze.")),
        DOCUMENTS: partial(_with_contact, partial(_documents, [("programme.exe", _l("too many at once"))])),
        STRANGER: partial(_example, _stranger),
    }
)
