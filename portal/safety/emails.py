"""E-mails that watch over an account; always to its owner, who may not be the one who acted."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.accounts.emails import recipient, with_whom_to_call
from portal.accounts.models import Person
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.notifications.previews import service as previews
from portal.safety.words import PROTECTIONS, Protection, device
from portal.web.addresses import absolute_url

NEW_SIGN_IN = "safety/new_sign_in"
PROTECTION_CHANGED = "safety/protection_changed"
CONFIRM_ADDRESS = "safety/confirm_address"
ADDRESS_TAKEN = "safety/address_taken"
ADDRESS_CHANGE_ASKED = "safety/address_change_asked"
ADDRESS_CHANGED = "safety/address_changed"


def new_sign_in(person: Person, browser: str, system: str, address: str) -> None:
    """Somebody signed in from a browser that was never seen on this account."""
    message = _sign_in_message(browser, system, address, clock.now())
    enqueue(NEW_SIGN_IN, recipient(person), with_whom_to_call(message, person))


def _sign_in_message(browser: str, system: str, address: str, at: datetime) -> Message:
    return Message(
        action_url=absolute_url("safety.sessions"),
        facts=[
            (_l("When"), at),
            (_l("Browser"), LazyString(device, browser, system)),
            (_l("Network address"), address),
        ],
    )


def protection_changed(person: Person, what: Protection, name: str | None = None) -> None:
    """Something that protects the account was added, removed or used up."""
    message = with_whom_to_call(_protection_message(what, name), person)
    enqueue(PROTECTION_CHANGED, recipient(person), message)


def _protection_message(what: Protection, name: str | None) -> Message:
    facts: list[tuple[Any, Any]] = [(_l("What changed"), PROTECTIONS[what])]
    if name:
        facts.append((_l("Name"), name))
    return Message(action_url=absolute_url("safety.overview"), facts=facts)


def confirm_address(new_email: str, person: Person, token: str) -> None:
    """The link to use another address, sent there."""
    to = Recipient(new_email, person.name, person.language)
    enqueue(CONFIRM_ADDRESS, to, _confirm_message(token), confidential=True)


def _confirm_message(token: str) -> Message:
    return Message(action_url=absolute_url("safety.confirm_address", token=token), to_stranger=True)


def address_taken(taken: Person) -> None:
    """Their address was asked for by another account: only they are told that it has one."""
    enqueue(ADDRESS_TAKEN, recipient(taken), _taken_message())


def _taken_message() -> Message:
    return Message(action_url=absolute_url("security.login"))


def address_change_asked(person: Person, new_email: str, token: str) -> None:
    """Tell the present address, with a link that stops it all."""
    message = with_whom_to_call(_asked_message(new_email, token), person)
    enqueue(ADDRESS_CHANGE_ASKED, recipient(person), message, confidential=True)


def _asked_message(new_email: str, token: str) -> Message:
    return Message(
        action_url=absolute_url("safety.stop_address", token=token),
        facts=[(_l("New address"), new_email)],
    )


def address_changed(person: Person, old_email: str) -> None:
    """Tell the address that is no longer used."""
    to = Recipient(old_email, person.name, person.language)
    enqueue(ADDRESS_CHANGED, to, with_whom_to_call(_changed_message(person.email), person))


def _changed_message(new_email: str) -> Message:
    return Message(action_url=absolute_url("home.privacy"), facts=[(_l("New address"), new_email)])


def _example(message: Callable[[], Message]) -> previews.Example:
    return lambda: (Recipient("anne.le-goff@exemple.test", "Anne Le Goff"), message())


def _with_contact(message: Callable[[], Message]) -> previews.Example:
    return _example(lambda: with_whom_to_call(message(), None))


_MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_NEW = "anne@exemple.test"
_TOKEN = "an-example-that-opens-nothing"  # noqa: S105 (it is none)


EXAMPLES: Mapping[str, previews.Example] = {
    NEW_SIGN_IN: _with_contact(lambda: _sign_in_message("Firefox", "Windows", "192.0.2.7", _MORNING)),
    PROTECTION_CHANGED: _with_contact(lambda: _protection_message(Protection.PASSKEY_ADDED, "Mon téléphone")),
    CONFIRM_ADDRESS: _example(lambda: _confirm_message(_TOKEN)),
    ADDRESS_TAKEN: _example(_taken_message),
    ADDRESS_CHANGE_ASKED: _with_contact(lambda: _asked_message(_NEW, _TOKEN)),
    ADDRESS_CHANGED: _with_contact(lambda: _changed_message(_NEW)),
}
