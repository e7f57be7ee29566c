"""What became of the last e-mails of a request to a partner, and of a partner to its pole."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, bindparam, select, union

from portal.access.permissions import Permission
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Organisation
from portal.requests import steps
from portal.requests.emails import kind_of
from portal.steps import Audience

_OF_THE_PARTNER = frozenset({Permission.ASSIGNMENT_DECIDE, Permission.TEAM_ASSIGN})
TO_PARTNERS = frozenset(
    kind_of("requests", step, Audience.PARTNER)
    for step in (*steps.OF_REQUESTS, *steps.OF_ASSIGNMENTS)
    if step.right not in _OF_THE_PARTNER and step.tells & {Audience.PARTNER, Audience.PARTNERS}
)
"""What others tell a partner."""
TO_POLES = frozenset(
    kind_of("requests", step, Audience.POLE)
    for step in steps.OF_ASSIGNMENTS
    if step.right is Permission.ASSIGNMENT_DECIDE and Audience.POLE in step.tells
)
"""What a partner tells the pole."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to somebody of an organisation, and what became of it, by the names of its columns."""

    organisation_id: int
    id: int
    kind: str
    answers: str | None
    created_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    given_up_at: datetime | None
    last_error: str | None
    held_at: datetime | None
    digest_at: datetime | None
    read_at: datetime | None


def letters(reference: str, kinds: Collection[str], organisation_ids: Collection[int]) -> Sequence[Letter]:
    """The e-mails of these kinds about a request to these organisations, as long as they are kept, last first."""
    values = {"reference": reference, "kinds": [*kinds], "organisation_ids": [*organisation_ids]}
    written = [Letter(*row) for row in db.session.execute(_letters(), values)]
    return sorted(written, key=lambda letter: letter.id, reverse=True)


@cache
def _letters() -> CompoundSelect[*tuple[Any, ...]]:
    """Built once."""
    asked: BindParameter[Any] = bindparam("organisation_ids", expanding=True)
    kinds: BindParameter[Any] = bindparam("kinds", expanding=True)
    shown = [getattr(OutboxEmail, each.name) for each in fields(Letter)[1:]]
    about = OutboxEmail.thread == bindparam("reference"), OutboxEmail.kind.in_(kinds)
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
