"""What stands in the way of whoever leaves, and addresses that nobody can write to."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, and_, select, true
from sqlalchemy.orm import aliased

from portal.access.roles import HEAD_ROLES
from portal.accounts.models import Invitation, Membership, Person
from portal.applications.models import Application
from portal.calendars.models import CalendarInvitation
from portal.conversation.guests.models import Guest
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Organisation
from portal.reminders.models import ReminderLetter
from portal.safety.models import EmailChange
from portal.sessions.registrations.models import Registration
from portal.web.addresses import is_email

ADDRESSES: Sequence[tuple[Any, Any, Any]] = (
    (Person.email, Person.id, Person.active),
    (
        Invitation.email,
        Invitation.id,
        and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)),
    ),
    (Application.email, Application.reference, Application.anonymised_at.is_(None)),
    (Application.contact_email, Application.reference, Application.anonymised_at.is_(None)),
    (Organisation.shared_mailbox, Organisation.id, true()),
    (
        EmailChange.new_email,
        EmailChange.id,
        and_(EmailChange.confirmed_at.is_(None), EmailChange.stopped_at.is_(None)),
    ),
    (Guest.email, Guest.id, and_(Guest.email != "", Guest.ended_at.is_(None))),
    (Registration.email, Registration.id, Registration.email != ""),
    (CalendarInvitation.address, CalendarInvitation.id, CalendarInvitation.ended_at.is_(None)),
    (OutboxEmail.recipient, OutboxEmail.id, OutboxEmail.next_attempt_at.is_not(None)),
    (ReminderLetter.recipient, ReminderLetter.id, true()),
)
"""Each column of addresses that are written to, what names its row, and which rows still count."""


def alone_at_the_head_of(person_id: int) -> Sequence[Row[int, str]]:
    """The id and name of each active organisation for which nobody else answers, by name."""
    other = aliased(Membership)
    others = (
        select(other.id)
        .join(other.person)
        .where(
            other.organisation_id == Organisation.id,
            other.person_id != person_id,
            other.role.in_(HEAD_ROLES),
            other.ended_at.is_(None),
            Person.active,
        )
    )
    statement = (
        select(Organisation.id, Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Membership.role.in_(HEAD_ROLES),
            Membership.ended_at.is_(None),
            Organisation.active,
            ~others.exists(),
        )
        .order_by(Organisation.name_key, Organisation.id)
    )
    return db.session.execute(statement).all()


def unwritable_addresses() -> Iterator[str]:
    """Where an address is stored that no mail server takes; without the address, since logs keep what commands say."""
    for column, name, counts in ADDRESSES:
        statement = select(name, column).where(column.is_not(None), column != "", counts).order_by(name)
        for named, address in db.session.execute(statement):
            if not is_email(address):
                yield f"{column.class_.__tablename__} {named}, {column.key}"
