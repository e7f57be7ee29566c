"""What becomes of invitations and of what a team said when its organisation ends or becomes one with another."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from portal.accounts import queries as accounts
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.organisations.handover import Ending, LeftOpen, Move
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.teams import emails, queries
from portal.teams.invitations import service as invitations
from portal.teams.models import Absence, MembersReview
from portal.web.links import Link


def _invited(organisation: Organisation) -> Sequence[Link]:
    return [Link(invitation.name) for invitation in queries.waiting_invitations(organisation.id)]


def _withdraw(ending: Ending) -> None:
    for invitation in queries.waiting_invitations(ending.organisation.id):
        invitations.revoke(ending.organisation, invitation.id)


def tell(ending: Ending) -> None:
    """Its people, once; then whoever takes over what it had open."""
    members = {member.person_id: member.person for member in accounts.people_of(ending.organisation.id)}
    others = {person.id: person for person in _who_take_over(ending) if person.id not in members}
    for people, tell_them in ((members, emails.organisation_ended), (others, emails.open_work_taken_over)):
        tell_them([person for number, person in people.items() if number != ending.actor.person_id], ending)


def _who_take_over(ending: Ending) -> Iterable[Person]:
    """Who answers for the successor; without one, the cells that answer for the regions of a cell from now on."""
    if not any(kind.asks for kind in ending.left):
        return
    if ending.successor is not None:
        yield from queries.heads_of(ending.successor.id)
    elif ending.organisation.kind is OrganisationKind.REGIONAL_CELL:
        for region_code in sorted(ending.organisation.region_codes):
            yield from accounts.cell_people(region_code)


LEFT_OPEN = (
    LeftOpen(
        _l("Invitations, which are withdrawn"), frozenset(OrganisationKind), _invited, _withdraw, asks=False
    ),
)


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
