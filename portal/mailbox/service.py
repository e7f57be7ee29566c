"""What comes by e-mail: each is taken to what its address is for, which we signed; what stands in it proves nothing."""

import logging
from dataclasses import replace

from flask import current_app

from portal.accounts.attempts import service as attempts
from portal.db import transaction
from portal.feature import features
from portal.mailbox import emails, queries
from portal.mailbox.letters import rules as letters
from portal.mailbox.letters.rules import CalendarReply, Received
from portal.mailbox.replies import service as replies
from portal.mailbox.rules import Outcome
from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.returns import service as returns
from portal.text import plain_address
from portal.web.addresses import is_email

log = logging.getLogger(__name__)


def receive(recipient: str, content: bytes, sender: str | None = None) -> Outcome:
    """Take an e-mail that a mail server hands over. `sender`: of its envelope, where known; empty: it answers nobody.

    An error of the database is the caller's: it comes again later.
    """
    outcome = _taken(recipient, content, sender)
    log.info("an e-mail was received: %s", outcome)
    return outcome


def _taken(recipient: str, content: bytes, sender: str | None) -> Outcome:
    config = current_app.config
    address = addresses.read(config["MAIL_INBOX"], config["SECRET_KEY"], recipient)
    if address is None:
        return _of_stranger(recipient, letters.read(sender, content))
    use, email_id = address
    if use is Use.RETURN:
        with transaction():
            noted = returns.came_back(email_id, content)
        return Outcome.NOTED if noted else Outcome.NOTHING
    letter = letters.read(sender, content)
    if use is Use.CALENDAR:
        return _of_invitation(email_id, letter) or _of_stranger(recipient, letter)
    return _of_calendar(email_id, letter) or replies.take(email_id, letter)


def _of_calendar(email_id: int, letter: Received) -> Outcome | None:
    """The answer of a calendar goes to whoever declared the event, in the name of who got the e-mail."""
    answer, asked = letters.calendar_reply(letter.calendar), queries.answered(email_id)
    if (
        answer is None
        or asked is None
        or answer.attendee != asked.recipient
        or letter.sender != asked.recipient
    ):
        return None
    return _handed_on(answer)


def _of_invitation(number: int, letter: Received) -> Outcome | None:
    """The same where the address itself is that of an invitation: whoever declared it knows whom it invited."""
    answer = letters.calendar_reply(letter.calendar)
    if answer is None or letter.sender != answer.attendee:
        return None
    return _handed_on(replace(answer, number=number))


def _handed_on(answer: CalendarReply) -> Outcome | None:
    with transaction():
        taken = any(
            feature.takes_calendar_reply(answer) for feature in features() if feature.takes_calendar_reply
        )
    return Outcome.CALENDAR if taken else None


def _of_stranger(recipient: str, letter: Received) -> Outcome:
    """Somebody wrote to an address that is none: they are told, once, unless a program wrote."""
    config = current_app.config
    inbox, sender = config["MAIL_INBOX"], plain_address(letter.sender)
    ours = {inbox, config["MAIL_SENDER"]}
    is_here = inbox and recipient.lower().rpartition("@")[2] == inbox.rpartition("@")[2]
    if not is_here or letter.automatic or sender in ours or sender.startswith(inbox.partition("@")[0] + "+"):
        return Outcome.NOT_OURS
    with transaction():
        if not is_email(sender) or not attempts.may_tell_strangers():
            return Outcome.NOT_OURS
        emails.stranger(sender)
    return Outcome.STRANGER
