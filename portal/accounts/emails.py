"""E-mails about an account."""

from collections.abc import Callable

from portal.accounts.models import Person
from portal.notifications import previews
from portal.notifications.message import Message, Recipient, render
from portal.notifications.outbox import enqueue
from portal.web.addresses import absolute_url

RESET_INSTRUCTIONS = "accounts/reset_instructions"
PASSWORD_CHANGED = "accounts/password_changed"  # noqa: S105 (the name of a template)


def recipient(person: Person) -> Recipient:
    """A person as the outbox writes to them."""
    return Recipient(person.email, person.name, person.language)


def reset_instructions(person: Person, token: str) -> None:
    """The link to choose a new password."""
    enqueue(RESET_INSTRUCTIONS, recipient(person), _reset_message(token), confidential=True)


def reset_instructions_for_nobody() -> None:
    """Take the time that writing to somebody takes."""
    render(RESET_INSTRUCTIONS, Recipient("nobody@portal.invalid", "Nobody"), _reset_message("x" * 120))


def _reset_message(token: str) -> Message:
    return Message(action_url=absolute_url("security.reset_password", token=token))


def password_changed(person: Person) -> None:
    """Tell the owner, who may not be the one who did it."""
    enqueue(PASSWORD_CHANGED, recipient(person), _changed_message())


def _changed_message() -> Message:
    return Message(action_url=absolute_url("security.forgot_password"))


def _example(message: Callable[[], Message]) -> previews.Example:
    return lambda: (Recipient("anne.le-goff@exemple.test", "Anne Le Goff"), message())


previews.register(RESET_INSTRUCTIONS, _example(lambda: _reset_message("an-example-that-opens-nothing")))
previews.register(PASSWORD_CHANGED, _example(_changed_message))
