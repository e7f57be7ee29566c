"""Who belongs to an organisation, who is invited, who is away."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts import rules as accounts
from portal.accounts.models import Invitation, Person
from portal.db import db, require_transaction
from portal.organisations.models import Organisation


def open_by_token(token: str, *, lock: bool = False) -> Invitation | None:
    """The invitation that a link still opens, organisation and inviter loaded; fresh and locked where asked."""
    statement = (
        select(Invitation)
        .join(Invitation.organisation)
        .where(
            Invitation.token_hash == accounts.token_hash(token),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > clock.now(),
            Organisation.active,
        )
        .options(joinedload(Invitation.organisation), joinedload(Invitation.invited_by))
    )
    if lock:
        require_transaction()
        statement = statement.with_for_update(of=Invitation).execution_options(populate_existing=True)
    return db.session.scalar(statement)


def dead_by_token(token: str) -> Invitation | None:
    """The invitation of a link that grew too old or was withdrawn; None once used, and for any other text."""
    statement = (
        select(Invitation)
        .where(Invitation.token_hash == accounts.token_hash(token), Invitation.accepted_at.is_(None))
        .options(joinedload(Invitation.organisation), joinedload(Invitation.invited_by))
    )
    return db.session.scalar(statement)


def has_account(email: str) -> bool:
    """Can the person of this address sign in?"""
    return db.session.scalar(select(Person.id).where(Person.email == email, Person.active)) is not None


def waiting_invitations(organisation_id: int) -> Sequence[Invitation]:
    """The invitations neither used nor withdrawn, too old ones included, by name; inviters loaded."""
    statement = (
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .options(joinedload(Invitation.invited_by))
        .order_by(Invitation.family_name, Invitation.given_name, Invitation.id)
    )
    return db.session.scalars(statement).all()


def waiting_invitation_locked(organisation_id: int, invitation_id: int) -> Invitation | None:
    """One of them, fresh and locked until the transaction ends."""
    require_transaction()
    statement = (
        select(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .options(joinedload(Invitation.organisation))
        .with_for_update(of=Invitation)
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def count_invited_since(organisation_id: int, moment: datetime) -> int:
    """How many invitations of an organisation were sent since."""
    statement = select(func.count()).where(
        Invitation.organisation_id == organisation_id, Invitation.sent_at >= moment
    )
    return db.session.scalar(statement) or 0
