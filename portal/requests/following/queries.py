"""What became of the e-mails that asked partners."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, bindparam, select, union

from portal.accounts.models import Membership, Person
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Organisation
from portal.requests.emails import ASKS_A_PARTNER


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to somebody of a partner: when it was written, and what became of it; None and None: it waits."""

    partner_id: int
    email_id: int
    written_at: datetime
    sent_at: datetime | None
    given_up_at: datetime | None


def letters(reference: str, partner_ids: Collection[int]) -> Sequence[Letter]:
    """The e-mails that asked these partners for a request, as long as they are kept."""
    values = {
        "reference": reference,
        "kind": ASKS_A_PARTNER,
        "partner_ids": [*partner_ids],
    }
    return [Letter(*row) for row in db.session.execute(_letters(), values)]


@cache
def _letters() -> CompoundSelect[int, int, datetime, datetime | None, datetime | None]:
    """Built once."""
    asked: BindParameter[Any] = bindparam("partner_ids", expanding=True)
    shown = OutboxEmail.id, OutboxEmail.created_at, OutboxEmail.sent_at, OutboxEmail.given_up_at
    about = OutboxEmail.thread == bindparam("reference"), OutboxEmail.kind == bindparam("kind")
    people = (
        select(Membership.organisation_id, *shown)
        .join(Person, Person.email == OutboxEmail.recipient)
        .join(Membership, Membership.person_id == Person.id)
        .where(*about, Membership.organisation_id.in_(asked))
    )
    mailboxes = (
        select(Organisation.id, *shown)
        .join(Organisation, Organisation.shared_mailbox == OutboxEmail.recipient)
        .where(*about, Organisation.id.in_(asked))
    )
    return union(people, mailboxes)
