"""Changes to people."""

import secrets
from datetime import datetime

from flask import has_request_context
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import update

from portal import clock
from portal.access.roles import HEAD_ROLES, Actor, Role
from portal.accounts import emails, queries, rules
from portal.accounts.attempts import service as attempts
from portal.accounts.models import Invitation, Membership, Person
from portal.accounts.rules import ROLES_OF, Held
from portal.db import db, kept_if, note, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations.models import Organisation
from portal.refusals import Conflict, Invalid, NotAllowed, NotFound
from portal.territories.reference import place_of

_SAID = ("given_name", "family_name", "phone", "language")


def change_profile(
    person_id: int, *, given_name: str, family_name: str, phone: str | None, language: str
) -> Person:
    """What a person says of themself."""
    require_transaction()
    person = db.session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound
    before = {name: getattr(person, name) for name in _SAID}
    person.given_name, person.family_name = given_name, family_name
    person.phone, person.language = phone or None, language
    after = {name: getattr(person, name) for name in _SAID}
    if after != before:
        journal.record(Act.CHANGED, Subject.PERSON, person.id, person.name, before=before, after=after)
    return person


def send_reset_link(email: str) -> Held | None:
    """Write a link to choose a new password to the person of this address, if there is one and not too often.

    The same work either way, so that the time it takes tells nothing. Returns why none could leave, whoever it is.
    """
    require_transaction()
    person = queries.by_email(email)
    held = attempts.begin_link(email)
    leaves = held is None and person is not None and person.active
    someone = person if leaves and person is not None else _nobody()
    with kept_if(leaves):
        emails.reset_instructions(someone, generate_reset_password_token(someone))
    return held


def _nobody() -> Person:
    """Who asks for a link to an account that is not there."""
    return Person(
        email="nobody@portal.invalid",
        given_name="",
        family_name="Nobody",
        language="fr",
        password=secrets.token_urlsafe(60),
        fs_uniquifier=secrets.token_hex(32),
    )


def choose_password(person: Person | None, hashed: str) -> Person:
    """Give a locked person another password: every session ends, and they are told. NotFound: nobody is there."""
    require_transaction()
    if person is None:
        raise NotFound
    person.password = hashed
    person.fs_uniquifier = secrets.token_hex(32)
    emails.password_changed(person)
    return person


def keep_hash(person: Person, hashed: str | None) -> None:
    """Keep the password in its present way of hashing, if it was made anew and is still the same."""
    require_transaction()
    if hashed:
        same = Person.id == person.id, Person.password == person.password
        statement = update(Person).where(*same).values(password=hashed)
        db.session.execute(statement.execution_options(synchronize_session=False))


def create_person(email: str, given_name: str, family_name: str, hashed: str, language: str = "fr") -> Person:
    """A new person; whoever calls has locked the address."""
    require_transaction()
    person = Person(
        email=email,
        given_name=given_name,
        family_name=family_name,
        language=language,
        password=hashed,
        fs_uniquifier=secrets.token_hex(32),
    )
    db.session.add(person)
    return person


def open_again(person: Person, given_name: str, family_name: str, hashed: str) -> None:
    """A closed account lets its owner, who reads the mails of its address, in again."""
    require_transaction()
    person.given_name, person.family_name, person.password = given_name, family_name, hashed
    person.active, person.closed_at, person.idle_warned_at = True, None, None
    person.fs_uniquifier = secrets.token_hex(32)
    journal.record(Act.CREATED, Subject.PERSON, person.id, person.name)


def join(person: Person, organisation: Organisation, role: Role) -> Membership:
    """Give a person a role in an organisation; the role of a membership that exists changes.

    NotAllowed where organisations of this kind give no such role. LastHead where nobody else would answer for it.
    """
    require_transaction()
    if role not in ROLES_OF[organisation.kind]:
        raise NotAllowed
    queries.lock_people_of([organisation.id])
    membership = queries.membership_in(person.id, organisation.id) if person.id else None
    if membership is None:
        membership = Membership(person=person, organisation=organisation, role=role)
        db.session.add(membership)
    before = {} if membership.ended_at or not membership.id else {"role": membership.role}
    if before and role not in HEAD_ROLES:
        require_another_head(membership)
    if membership.ended_at:
        membership.started_at = clock.now()
    membership.role, membership.ended_at = role, None
    organisation.members_reviewed_at = organisation.members_reviewed_at or clock.now()
    db.session.flush()
    journal.record(
        Act.ROLE_CHANGED if before else Act.JOINED,
        Subject.MEMBERSHIP,
        membership.id,
        f"{person.name}, {organisation.name}",
        before=before,
        after={"role": role},
    )
    return membership


def invite(
    organisation: Organisation,
    email: str,
    given_name: str,
    family_name: str,
    role: Role,
    language: str = "fr",
    tell: emails.TellInvited = emails.invitation,
) -> Invitation:
    """Send a link to join an organisation, in the name of whoever acts; one that has grown too old is sent anew.

    `tell`: writes the e-mail with the link, where what happens says more than that.

    Invalid: a member already, or invited already; nothing tells if the address has an account elsewhere.
    NotAllowed where organisations of this kind give no such role.
    """
    require_transaction()
    if role not in ROLES_OF[organisation.kind]:
        raise NotAllowed
    _lock_while_active(organisation)
    invitation = _old_invitation(organisation, email) or Invitation(organisation=organisation, email=email)
    invitation.given_name, invitation.family_name = given_name, family_name
    invitation.role, invitation.language = role, language
    invitation.invited_by_id = _signed_in_id()
    db.session.add(invitation)
    send_invitation(invitation, tell)
    journal.record(
        Act.INVITED,
        Subject.INVITATION,
        invitation.id,
        f"{invitation.name}, {organisation.name}",
        after={"email": invitation.email, "role": role},
    )
    return invitation


def _old_invitation(organisation: Organisation, email: str) -> Invitation | None:
    """One that has grown too old. Invalid: a member already, or invited already."""
    if queries.is_member(organisation.id, email):
        raise Invalid(
            "email", _l("This person already belongs to the organisation: change their role instead.")
        )
    invitation = queries.unanswered_invitation(organisation.id, email)
    if invitation is not None and invitation.is_open:
        raise Invalid(
            "email", _l("This person is already invited: send the link again from the list instead.")
        )
    return invitation


def _lock_while_active(organisation: Organisation) -> None:
    """Let nobody else change who belongs there. Conflict: it ended meanwhile."""
    queries.lock_people_of([organisation.id])
    if not queries.is_active(organisation.id):
        raise Conflict


def send_invitation(invitation: Invitation, tell: emails.TellInvited = emails.invitation) -> None:
    """Write the link, organisation loaded; the link sent before opens nothing any more."""
    require_transaction()
    token = rules.new_token()
    invitation.token_hash = rules.token_hash(token)
    invitation.sent_at = clock.now()
    invitation.expires_at = invitation_ends(invitation.organisation)
    db.session.flush()
    inviter = db.session.get(Person, invitation.invited_by_id) if invitation.invited_by_id else None
    tell(invitation, inviter, token)


def invitation_ends(organisation: Organisation) -> datetime:
    """When a link sent now opens nothing any more: at the end of a day of the organisation's place."""
    place = place_of(organisation.department_code, organisation.region_code)
    return clock.end_of(clock.today(place) + rules.INVITATION_LASTS, place)


def _signed_in_id() -> int | None:
    return current_user.id if has_request_context() and current_user.is_authenticated else None


def end_membership(membership: Membership) -> None:
    """The person, loaded with the organisation, no longer belongs there. LastHead: nobody else answers for it."""
    require_transaction()
    queries.lock_people_of([membership.organisation_id])
    require_another_head(membership)
    _end(membership)


def require_another_head(membership: Membership) -> None:
    """LastHead if this is the last person who answers for the organisation, whose people are locked.

    Nobody need answer for one that no longer comes here.
    """
    db.session.refresh(membership, ["role", "ended_at"])
    is_head = membership.role in HEAD_ROLES and membership.organisation.active
    if is_head and not queries.other_heads(membership):
        raise rules.LastHead(membership.organisation_id)


def _end(membership: Membership) -> None:
    if membership.ended_at is not None:
        return
    membership.ended_at = clock.now()
    name = f"{membership.person.name}, {membership.organisation.name}"
    journal.record(
        Act.LEFT, Subject.MEMBERSHIP, membership.id, name, before={"role": membership.role}, after={}
    )


def close_account(person: Person, *, by: Actor | None) -> list[Organisation]:
    """End what a person belongs to and every session, and let them in no more; `personal_data` removes the name.

    `by` None: the portal itself, which closes the account even of the last person who answers for an organisation;
    somebody else gets LastHead. Returns the organisations left without anybody to answer for them.
    """
    require_transaction()
    memberships = queries.memberships_of(person.id)
    queries.lock_people_of([membership.organisation_id for membership in memberships])
    place, left_alone = queries.place_of(person.id), []
    for membership in memberships:
        try:
            require_another_head(membership)
        except rules.LastHead:
            if by is not None:
                raise
            left_alone.append(membership.organisation)
        _end(membership)
    person.active, person.closed_at = False, clock.now()
    person.fs_uniquifier = secrets.token_hex(32)
    journal.record(Act.CLOSED, Subject.PERSON, person.id, person.name)
    emails.account_closed(person, place)
    return left_alone


def note_seen(person: Person) -> None:
    """The person came: noted at most once a day, where nobody else is writing."""
    if person.last_seen_at is None or clock.now() - person.last_seen_at > rules.SEEN_EVERY:
        note(Person, Person.id == person.id, last_seen_at=clock.now(), idle_warned_at=None)


def came(person_id: int) -> None:
    """The person signs in: their account is in use, from this very transaction on."""
    require_transaction()
    statement = update(Person).where(Person.id == person_id)
    values = {"last_seen_at": clock.now(), "idle_warned_at": None}
    db.session.execute(statement.values(values).execution_options(synchronize_session=False))
