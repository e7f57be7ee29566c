"""Invitations by the thousand: the texts are made before anything is locked, and rows are written together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts import emails, queries, rules, service
from portal.accounts.models import Invitation
from portal.db import db, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.journal.service import Noted
from portal.notifications.outbox import service as outbox
from portal.organisations.models import Organisation
from portal.refusals import Conflict

Told = tuple[int, Role, str]
Letters = Mapping[Told, outbox.Letter]
"""By organisation, role and language: these guests read the same, but for the link of each."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to invite."""

    organisation: Organisation
    email: str
    given_name: str
    family_name: str
    role: Role
    language: str

    @property
    def told(self) -> Told:
        return self.organisation.id, self.role, self.language


def letters(actor: Actor, guests: Iterable[Guest]) -> Letters:
    """What guests will read, in the name of whoever acts."""
    return {told: _letter(actor, guest) for told, guest in {guest.told: guest for guest in guests}.items()}


def _letter(actor: Actor, guest: Guest) -> outbox.Letter:
    organisation = guest.organisation
    invitation = Invitation(
        organisation=organisation,
        email=guest.email,
        role=guest.role,
        given_name="",
        family_name="",
        language=guest.language,
        expires_at=service.invitation_ends(organisation),
    )
    return emails.invitation_to_many(invitation, actor.email)


def invite(actor: Actor, guests: Sequence[Guest], written: Letters) -> None:
    """Send each a link. Conflict: nothing is written for one of them.

    Whoever calls has counted the e-mails, and looked under a lock of the organisations: nobody belongs there or has a
    link that works; one that has grown too old is sent anew.
    """
    require_transaction()
    if {guest.told for guest in guests} - written.keys():
        raise Conflict
    tokens = [rules.new_token() for _guest in guests]
    ids = _keep(actor, guests, tokens)
    noted = [
        Noted(
            number,
            f"{guest.given_name} {guest.family_name}, {guest.organisation.name}",
            {},
            {"email": guest.email, "role": guest.role},
        )
        for guest, number in zip(guests, ids, strict=True)
    ]
    journal.record_all(Act.INVITED, Subject.INVITATION, noted)
    outbox.post(
        [written[guest.told].to(guest.email, token) for guest, token in zip(guests, tokens, strict=True)]
    )


def _keep(actor: Actor, guests: Sequence[Guest], tokens: Sequence[str]) -> list[int]:
    """The numbers of the invitations, in the order of the guests."""
    known = queries.unanswered_invitations([guest.email for guest in guests])
    rows = [_row(actor, *pair) for pair in zip(guests, tokens, strict=True)]
    keys = [(row["email"], row["organisation_id"]) for row in rows]
    again = [{**row, "id": known[key]} for row, key in zip(rows, keys, strict=True) if key in known]
    new = [row for row, key in zip(rows, keys, strict=True) if key not in known]
    if again:
        db.session.execute(update(Invitation), again)
    if new:
        db.session.execute(insert(Invitation), new)
        known |= queries.unanswered_invitations([row["email"] for row in new])
    return [known[key] for key in keys]


def _row(actor: Actor, guest: Guest, token: str) -> dict[str, Any]:
    return {
        "organisation_id": guest.organisation.id,
        "email": rules.canonical_email(guest.email),
        "given_name": guest.given_name,
        "family_name": guest.family_name,
        "role": guest.role,
        "language": guest.language,
        "invited_by_id": actor.person_id,
        "token_hash": rules.token_hash(token),
        "sent_at": clock.now(),
        "expires_at": service.invitation_ends(guest.organisation),
    }
