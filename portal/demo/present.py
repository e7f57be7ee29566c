"""How the teams of the demonstration stand today: who came lately, who is away, who is invited, what to check."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.access.roles import Role
from portal.accounts import queries as accounts
from portal.accounts.models import Invitation, Membership, Person
from portal.accounts.rules import INVITATION_LASTS, new_token, token_hash
from portal.db import db
from portal.demo.accounts import ARRIVAL, COORDINATION, INTERVENTION, PARTNERSHIP, DemoAccount
from portal.demo.people import signed_by
from portal.notifications.outbox import service as outbox
from portal.organisations.models import Organisation
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import OPEN_REQUESTS, AssignmentState
from portal.teams import service as teams
from portal.teams.models import Absence, MembersReview

_CAME_WITHIN = 23
_REVIEWED = timedelta(days=30)
_REVIEW_IS_DUE = timedelta(days=95)
_ARRIVED = timedelta(days=2)
_OPENED_AFTER = timedelta(minutes=50)
_AWAY_SINCE = timedelta(days=2)
_AWAY_FOR = timedelta(days=14)


def settle(now: datetime) -> None:
    """Bring everybody to the present."""
    for number, person in enumerate(db.session.scalars(select(Person).order_by(Person.id))):
        person.last_seen_at = now - timedelta(days=number % _CAME_WITHIN)
    staffed = select(Membership.organisation_id).where(Membership.ended_at.is_(None))
    for organisation in db.session.scalars(select(Organisation).where(Organisation.id.in_(staffed))):
        organisation.members_reviewed_at = now - _REVIEWED
    pole = _first_hat(COORDINATION)
    db.session.get_one(Organisation, pole.organisation_id).members_reviewed_at = now - _REVIEW_IS_DUE
    _team_of_the_partner(now)
    _some_have_looked()
    arrived = _first_hat(ARRIVAL)
    arrived.started_at = arrived.person.created_at = now - _ARRIVED
    arrived.person.last_seen_at = now
    with outbox.silent(), clock.travelling_to(last_evening(now)):
        _somebody_left()


def _some_have_looked() -> None:
    """Most teams have opened what they were asked, the same day."""
    waiting = select(Assignment).where(
        Assignment.state.in_((AssignmentState.PROPOSED, AssignmentState.ON_HOLD)),
        Assignment.reminded_on.is_(None),
    )
    for number, assignment in enumerate(db.session.scalars(waiting.order_by(Assignment.id))):
        assignment.seen_at = assignment.proposed_at + _OPENED_AFTER if number % 3 else None


def last_evening(now: datetime) -> datetime:
    """Of the last working day that is over, whenever the demonstration is made."""
    day = clock.local(now).date() - timedelta(days=1)
    while not clock.is_working_day(day, None):
        day -= timedelta(days=1)
    return datetime.combine(day, time(18, 15), clock.PARIS)  # when all has been done


def _somebody_left() -> None:
    """A member of a pole is gone, and its coordinator follows what they had asked."""
    statement = (
        select(Membership)
        .join(SupportRequest, SupportRequest.pole_id == Membership.organisation_id)
        .where(
            Membership.role == Role.MEMBER,
            SupportRequest.contact_id == Membership.person_id,
            SupportRequest.state.in_(OPEN_REQUESTS),
        )
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .order_by(Membership.id)
        .limit(1)
    )
    for gone in db.session.scalars(statement):
        organisation = db.session.get_one(
            Organisation, gone.organisation_id, options=[selectinload(Organisation.coverages)]
        )
        heads = accounts.people_of(organisation.id)
        head = next(head for head in heads if head.role is Role.COORDINATOR)
        head.organisation = organisation
        actor = head.person.acting_for(head)
        with signed_by(actor):
            teams.end(actor, organisation, gone.id, head.person_id)


def _first_hat(account: DemoAccount) -> Membership:
    """What an account does in the first of its organisations."""
    statement = (
        select(Membership)
        .join(Membership.person)
        .where(Person.email == account.email)
        .order_by(Membership.id)
    )
    return db.session.scalars(statement.limit(1)).one()


def _team_of_the_partner(now: datetime) -> None:
    """One is away, replaced by the account that everybody may use; another is invited by its manager."""
    substitute, manager, arrived = (
        _first_hat(demo_account) for demo_account in (INTERVENTION, PARTNERSHIP, ARRIVAL)
    )
    known = {substitute.person_id, manager.person_id, arrived.person_id}
    team = accounts.people_of(manager.organisation_id)
    today = clock.local(now).date()
    for membership in [member for member in team if member.person_id not in known][:1]:
        db.session.add(
            Absence(
                membership_id=membership.id,
                starts_on=today - _AWAY_SINCE,
                ends_on=today + _AWAY_FOR,
                substitute_id=substitute.person_id,
            )
        )
    db.session.add_all(
        [
            MembersReview(
                organisation_id=manager.organisation_id, by_id=manager.person_id, at=now - _REVIEWED
            ),
            Invitation(
                organisation_id=manager.organisation_id,
                email="lina.morvan@demo.example",
                given_name="Lina",
                family_name="Morvan",
                role=Role.PRACTITIONER,
                invited_by_id=manager.person_id,
                token_hash=token_hash(new_token()),
                sent_at=now - _AWAY_SINCE,
                expires_at=now - _AWAY_SINCE + INVITATION_LASTS,
            ),
        ]
    )
