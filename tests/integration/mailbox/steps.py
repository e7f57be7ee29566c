"""E-mails of the portal that are answered."""

from email.message import EmailMessage

from flask import current_app
from sqlalchemy import select

from portal.accounts.models import Membership
from portal.db import db
from portal.mailbox import service as mailbox
from portal.mailbox.rules import Outcome
from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.models import OutboxEmail
from tests.integration.conversation.steps import messages

INBOX = "portail@reponses.test"


def got(who: Membership | str, kind: str | None = None) -> OutboxEmail:
    """The last e-mail to somebody."""
    address = who if isinstance(who, str) else who.person.email
    statement = select(OutboxEmail).where(OutboxEmail.recipient == address)
    if kind:
        statement = statement.where(OutboxEmail.kind == kind)
    return db.session.scalars(statement.order_by(OutboxEmail.id.desc()).limit(1)).one()


def kinds_to(address: str) -> list[str]:
    found = select(OutboxEmail.kind).where(OutboxEmail.recipient == address).order_by(OutboxEmail.id)
    return list(db.session.scalars(found))


def address_of(email: OutboxEmail) -> str:
    return addresses.written(INBOX, current_app.config["SECRET_KEY"], Use.ANSWER, email.id)


def written(sender: str, text: str, message_id: str = "<1@exemple.test>", **headers: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["Subject"], letter["Message-ID"] = sender, "Re: Lisez", message_id
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text)
    return letter


def answer(
    who: Membership, text: str, sender: str = "", envelope: str | None = None, **headers: str
) -> Outcome:
    """Somebody answers the last e-mail they got."""
    sender = sender or who.person.email
    letter = written(sender, text, **headers)
    email = got(who)
    return mailbox.receive(address_of(email), letter.as_bytes(), sender if envelope is None else envelope)


def said() -> list[str]:
    return [one.text for one in messages()]
