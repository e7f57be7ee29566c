"""Troubles in words, and why an e-mail waits."""

from datetime import datetime
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l

from portal import acts
from portal.notifications.preferences.rules import Rhythm
from portal.notifications.rules import Trouble, trouble

TROUBLES = {
    Trouble.UNKNOWN_ADDRESS: _l("This address does not exist, or takes no e-mail."),
    Trouble.MAILBOX_FULL: _l("The mailbox is full."),
    Trouble.TOO_BIG: _l("The e-mail is too big for the mailbox."),
    Trouble.UNWANTED: _l("The mail server takes this e-mail for spam and refuses it."),
    Trouble.LATER: _l("The mail server asked to try later."),
    Trouble.REFUSED: _l("The mail server refused this e-mail."),
    Trouble.NOT_AN_ADDRESS: _l("This is not an e-mail address that can be written to."),
    Trouble.NOT_WRITTEN: _l("The portal could not make an e-mail of this. Tell the person who runs it."),
    Trouble.PAUSED: _l("Earlier e-mails to this address came back: the portal no longer writes to it."),
    Trouble.NO_ANSWER: _l("The mail server broke off before it had answered."),
}

RHYTHMS = {
    Rhythm.AT_ONCE: _l("At once"),
    Rhythm.DAILY: _l("In one e-mail a day"),
    Rhythm.WEEKLY: _l("In one e-mail a week"),
    Rhythm.NEVER: _l("Never by e-mail"),
}


class Waiting(Protocol):
    """What is known of an e-mail that has not left, by the names of its columns."""

    @property
    def created_at(self) -> datetime: ...
    @property
    def next_attempt_at(self) -> datetime | None: ...
    @property
    def last_error(self) -> str | None: ...
    @property
    def held_at(self) -> datetime | None: ...
    @property
    def digest_at(self) -> datetime | None: ...


def why_held(email: Waiting) -> Any:
    """Why an e-mail that leaves later does not leave now."""
    if email.held_at:
        return _l("the national cell has paused e-mails of its kind")
    if email.digest_at:
        return _l("its reader gets such e-mails together")
    if email.last_error:
        return _l("the mail server did not take it at once")
    if email.next_attempt_at and email.next_attempt_at <= email.created_at + acts.TIME:
        return _l("what it tells can still be undone")
    return _l("its reader is not at work, or wants quiet")


def trouble_in_words(error: str) -> Any:
    """What an error kept with an e-mail means."""
    return TROUBLES[trouble(error)]
