"""Invitations once sent: accepted, sent again, withdrawn, asked for again."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts_queries
from portal.accounts import service as accounts
from portal.accounts.attempts import service as attempts
from portal.accounts.models import Invitation, Membership, Person
from portal.db import db, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations.models import Organisation
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.teams import emails, queries, rules


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a manager invites, to do what."""

    email: str
    given_name: str
    family_name: str
    role: Role
    language: str


def invite(actor: Actor, organisation: Organisation, invited: Invited) -> Invitation:
    """Invite somebody into an organisation whose people the actor keeps; so many a day at most."""
    require_transaction()
    if not rules.manages(actor, organisation):
        raise NotAllowed
    accounts_queries.lock_people_of([organisation.id])  # who invites at the same moment is counted
    sent = queries.count_invited_since(organisation.id, clock.now() - timedelta(days=1))
    if sent >= rules.MOST_INVITED_A_DAY:
        raise Invalid("email", _l("Too many invitations today. Go on tomorrow, or ask the national cell."))
    if not attempts.may_write_to(invited.email):
        raise Invalid(
            "email", _l("The portal has written to this address often today. Invite this person tomorrow.")
        )
    return accounts.invite(
        organisation,
        invited.email,
        invited.given_name,
        invited.family_name,
        invited.role,
        invited.language,
    )


def send_again(organisation: Organisation, invitation_id: int) -> Invitation:
    """Send a new link, which kills the one before; TooOften after a few in a day."""
    invitation = _waiting(organisation, invitation_id)
    if not (attempts.may_send_invitation(invitation.id) and attempts.may_write_to(invitation.email)):
        raise rules.TooOften
    accounts.send_invitation(invitation)
    _record(Act.INVITED, invitation)
    return invitation


def revoke(organisation: Organisation, invitation_id: int) -> Invitation:
    """The link opens nothing any more."""
    invitation = _waiting(organisation, invitation_id)
    invitation.revoked_at = clock.now()
    _record(Act.INVITATION_REVOKED, invitation)
    return invitation


def _waiting(organisation: Organisation, invitation_id: int) -> Invitation:
    accounts_queries.lock_people_of([organisation.id])
    invitation = queries.waiting_invitation_locked(organisation.id, invitation_id)
    if invitation is None:
        raise NotFound
    return invitation


def join(token: str, person: Person) -> Membership:
    """The signed-in person accepts. NotAllowed: the link was sent to another address. LinkSpent: used meanwhile."""
    invitation = _spend(token)
    if person.email != invitation.email:
        raise NotAllowed
    return _admit(invitation, person)


def join_as_new(token: str, given_name: str, family_name: str, hashed: str) -> Person:
    """Whoever reads the mails of the address gets an account there, or opens a closed one again, and joins.

    NotAllowed: the address has an account, which must sign in. LinkSpent: used meanwhile.
    """
    invitation = _spend(token)
    accounts_queries.lock_address(invitation.email)
    person = accounts_queries.by_email(invitation.email)
    if person is not None and person.active:
        raise NotAllowed
    if person is None:
        person = accounts.create_person(
            invitation.email, given_name, family_name, hashed, invitation.language
        )
    else:
        accounts.open_again(person, given_name, family_name, hashed)
    db.session.flush()
    _admit(invitation, person)
    return accounts_queries.by_email(invitation.email) or person  # with what they now belong to


def _spend(token: str) -> Invitation:
    """The invitation of a link, used by nobody else from now on; its organisation's people are locked first."""
    seen = queries.open_by_token(token)
    if seen is None:
        raise rules.LinkSpent
    accounts_queries.lock_people_of([seen.organisation_id])
    invitation = queries.open_by_token(token, lock=True)
    if invitation is None:
        raise rules.LinkSpent
    invitation.accepted_at = clock.now()
    return invitation


def _admit(invitation: Invitation, person: Person) -> Membership:
    organisation = invitation.organisation
    person.confirmed_at = person.confirmed_at or clock.now()
    membership = accounts_queries.membership_in(person.id, organisation.id)
    if membership is None or membership.ended_at is not None:
        membership = accounts.join(person, organisation, invitation.role)
    _record(Act.INVITATION_ACCEPTED, invitation)
    if invitation.invited_by is not None and invitation.invited_by.active:
        emails.invitation_accepted(invitation.invited_by, person, organisation, invitation.role)
    return membership


def ask_again(token: str) -> None:
    """Tell the inviter that their guest needs another link, once a day at most; nothing for any other text."""
    require_transaction()
    invitation = queries.dead_by_token(token)
    if invitation is None or invitation.invited_by is None or not invitation.invited_by.active:
        return
    if attempts.may_ask_for_invitation(invitation.id):
        emails.invitation_wanted(invitation)


def _record(act: Act, invitation: Invitation) -> None:
    name = f"{invitation.name}, {invitation.organisation.name}"
    journal.record(act, Subject.INVITATION, invitation.id, name, after={"role": invitation.role})
