"""E-mails about who belongs to an organisation."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import Role
from portal.accounts.emails import recipient
from portal.accounts.models import Invitation, Person
from portal.accounts.words import role_label
from portal.notifications.message import Message
from portal.notifications.outbox import enqueue
from portal.organisations.models import Organisation
from portal.web.addresses import absolute_url


def _team_url(organisation: Organisation) -> str:
    return absolute_url("teams.index", organisation_id=organisation.id)


def invitation_accepted(inviter: Person, person: Person, organisation: Organisation, role: Role) -> None:
    """Their guest came."""
    enqueue("teams/invitation_accepted", recipient(inviter), accepted_message(person, organisation, role))


def accepted_message(person: Person, organisation: Organisation, role: Role) -> Message:
    return Message(
        action_url=_team_url(organisation),
        facts=[
            (_l("Organisation"), organisation.name),
            (_l("Name"), person.name),
            (_l("Role"), LazyString(role_label, role)),
        ],
        reply_to=(person.name, person.email),
        context={"name": person.name, "organisation": organisation.name},
    )


def invitation_wanted(invitation: Invitation) -> None:
    """Their guest came too late."""
    if invitation.invited_by is not None:
        enqueue("teams/invitation_wanted", recipient(invitation.invited_by), wanted_message(invitation))


def wanted_message(invitation: Invitation) -> Message:
    return Message(
        action_url=_team_url(invitation.organisation),
        facts=[(_l("Organisation"), invitation.organisation.name), (_l("E-mail"), invitation.email)],
        reply_to=(invitation.name, invitation.email),
        context={"name": invitation.name, "organisation": invitation.organisation.name},
    )
