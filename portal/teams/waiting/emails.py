"""What people are reminded of about teams: one function for each rung, and its example."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.access.roles import HEAD_ROLES
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.accounts.models import Invitation, Person
from portal.ladder import explained
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope
from portal.notifications.previews.service import Example
from portal.organisations.models import Organisation, Pole
from portal.organisations.queries import place_of
from portal.teams import queries as teams
from portal.teams.calling.emails import EXAMPLE, of_pole
from portal.teams.rules import review_due_on
from portal.teams.waiting import queries
from portal.web.addresses import absolute_url

NOT_TAKEN, REVIEW_LATE = "teams/invitation_not_taken", "teams/review_late"
WHY_INVITATION = _l("You receive this message because somebody you invited has not come yet.")
WHY_REVIEW = _l("You receive this message because you answer for this organisation.")


def not_taken(number: int) -> Sequence[Envelope]:
    """Who invited them; who answers for the organisation, where that person has left."""
    invitation = queries.invitation(number)
    inviter, message = invitation.invited_by, of_pole(not_taken_message(invitation), invitation.organisation)
    people = accounts.people_of(invitation.organisation_id)
    if inviter is not None and inviter.active and inviter.id not in {each.person_id for each in people}:
        return [Envelope(NOT_TAKEN, recipient(inviter, accounts.place_of(inviter.id)), message)]
    wanted = [each.person_id for each in people if inviter is not None and each.person_id == inviter.id]
    return _to_heads(NOT_TAKEN, invitation.organisation_id, message, wanted)


def review_late(number: int) -> Sequence[Envelope]:
    """Who answers for the organisation."""
    organisation = queries.organisation(number)
    return _to_heads(REVIEW_LATE, number, of_pole(review_late_message(organisation), organisation), [])


def _to_heads(kind: str, organisation_id: int, message: Message, wanted: Sequence[int]) -> Sequence[Envelope]:
    people, place = accounts.people_of(organisation_id), place_of(organisation_id)
    heads = [person.person_id for person in people if person.role in HEAD_ROLES]
    to = teams.addressees(organisation_id, people, wanted or heads, HEAD_ROLES)
    return [Envelope(kind, recipient(addressee.person, place), message) for addressee in to]


def not_taken_message(invitation: Invitation) -> Message:
    """Who, since when, until when the link works."""
    facts: list[tuple[Any, Any]] = [
        (_l("Organisation"), invitation.organisation.name),
        (_l("E-mail"), invitation.email),
        (_l("Last day of the link"), invitation.last_day),
    ]
    return Message(
        action_url=absolute_url("teams.index", organisation_id=invitation.organisation.id),
        facts=facts,
        context={
            "name": invitation.name,
            "organisation": invitation.organisation.name,
            "action_label": _l("Send it again or withdraw it"),
        },
    )


def review_late_message(organisation: Organisation) -> Message:
    """Since when it is due."""
    return Message(
        action_url=absolute_url("teams.review", organisation_id=organisation.id),
        facts=[
            (_l("Organisation"), organisation.name),
            (_l("To be done since"), review_due_on(organisation.members_reviewed_at)),
        ],
        context={
            "organisation": organisation.name,
            "action_label": _l("Check the people of the team"),
        },
    )


_READER = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")


def _of_invitation() -> tuple[Recipient, Message]:
    invitation = Invitation(
        organisation=Pole(id=12, name="Pôle des Trois Rivières"),
        email="personne@exemple.test",
        given_name="Maël",
        family_name="Kerdoncuff",
        invited_by=Person(given_name="Anne", family_name="Le Goff", email="anne@exemple.test"),
        expires_at=datetime(2026, 3, 30, 9, tzinfo=UTC),
    )
    return _READER, explained(_to_pole(not_taken_message(invitation)), WHY_INVITATION, None)


def _of_review() -> tuple[Recipient, Message]:
    pole = Pole(id=12, name="Pôle des Trois Rivières", members_reviewed_at=datetime(2025, 12, 1, tzinfo=UTC))
    return _READER, explained(_to_pole(review_late_message(pole)), WHY_REVIEW, None)


def _to_pole(message: Message) -> Message:
    return replace(message, facts=[*message.facts, EXAMPLE])


REMINDERS: Mapping[str, Example] = {NOT_TAKEN: _of_invitation, REVIEW_LATE: _of_review}
