"""What a team said follows it into another organisation."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from portal.accounts.models import Membership
from portal.db import db
from portal.organisations.merge import Move
from portal.teams.models import Absence, MembersReview


def _keep_absences(from_id: int, to_id: int) -> None:
    """Whoever belongs to both keeps one membership, and the absences said for the other."""
    kept = aliased(Membership)
    same = select(Membership.id, kept.id).join(kept, kept.person_id == Membership.person_id)
    both = same.where(Membership.organisation_id == from_id, kept.organisation_id == to_id)
    for double_id, kept_id in db.session.execute(both).all():
        moving = update(Absence).where(Absence.membership_id == double_id)
        db.session.execute(
            moving.values(membership_id=kept_id), execution_options={"synchronize_session": False}
        )


MOVES = (Move(_l("Reviews of the team"), MembersReview.organisation_id, prepare=_keep_absences),)
"""Before the memberships of `accounts.merge`, of which doubles end."""
