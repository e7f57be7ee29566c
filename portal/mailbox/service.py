"""What comes by e-mail: each is taken to what its address is for, which we signed; what stands in it proves nothing."""

import logging
from enum import StrEnum

from flask import current_app

from portal.db import transaction
from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.returns import service as returns

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of an e-mail."""

    NOT_OURS = "to no address that the portal wrote"
    NOTED = "an e-mail came back, and is noted"
    NOTHING = "it says nothing that the portal takes"


def receive(recipient: str, content: bytes) -> Outcome:
    """Take an e-mail that a mail server hands over. An error of the database is the caller's: it comes again later."""
    outcome = _taken(recipient, content)
    log.info("an e-mail was received: %s", outcome)
    return outcome


def _taken(recipient: str, content: bytes) -> Outcome:
    config = current_app.config
    found = addresses.read(config["MAIL_INBOX"], config["SECRET_KEY"], recipient)
    if found is None:
        return Outcome.NOT_OURS
    use, email_id = found
    if use is Use.RETURN:
        with transaction():
            noted = returns.came_back(email_id, content)
        return Outcome.NOTED if noted else Outcome.NOTHING
    return Outcome.NOTHING
