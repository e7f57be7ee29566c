"""Which memberships and rights follow an organisation into another."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import clock
from portal.access.roles import HEAD_ROLES
from portal.accounts.models import Invitation, Membership
from portal.db import db
from portal.organisations.handover import Move


def _join_memberships(from_id: int, to_id: int) -> None:
    """Whoever belongs to both keeps the wider of their two memberships: current before ended, head before others."""
    both = select(Membership).where(Membership.organisation_id.in_((from_id, to_id)))
    rows = db.session.scalars(both.execution_options(populate_existing=True)).all()
    doubles = {row.person_id: row for row in rows if row.organisation_id == from_id}
    for kept in rows:
        double = doubles.get(kept.person_id)
        if kept is double or double is None:
            continue
        kept.role = max(kept, double, key=_width).role
        ended = [membership.ended_at for membership in (kept, double) if membership.ended_at]
        kept.ended_at = max(ended) if len(ended) == 2 else None
        kept.started_at = min(kept.started_at, double.started_at)
    db.session.flush()


def _width(membership: Membership) -> tuple[bool, bool]:
    return membership.ended_at is None, membership.role in HEAD_ROLES


def _revoke_second_invitations(from_id: int, to_id: int) -> None:
    """An address invited by both keeps the link of the kept record alone."""
    open_ones = [Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)]
    invited = select(Invitation.email).where(Invitation.organisation_id == to_id, *open_ones)
    second = update(Invitation).where(
        Invitation.organisation_id == from_id,
        Invitation.email.in_(db.session.scalars(invited).all()),
        *open_ones,
    )
    db.session.execute(
        second.values(revoked_at=clock.now()), execution_options={"synchronize_session": False}
    )


MOVES = (
    Move(_l("People"), Membership.organisation_id, unique=("person_id",), prepare=_join_memberships),
    Move(_l("Invitations"), Invitation.organisation_id, prepare=_revoke_second_invitations),
)
