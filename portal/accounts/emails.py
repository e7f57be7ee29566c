"""E-mails about an account."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation, Person
from portal.accounts.rules import new_token
from portal.accounts.words import role_label
from portal.feature import features
from portal.ladder import Thing
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Letter, enqueue
from portal.notifications.previews import service as previews
from portal.organisations.models import Pole
from portal.territories.reference import place_of
from portal.web.addresses import absolute_url

RESET_INSTRUCTIONS = "accounts/reset_instructions"
PASSWORD_CHANGED = "accounts/password_changed"  # noqa: S105 (the name of a template)
INVITATION = "accounts/invitation"
ACCOUNT_CLOSED = "accounts/account_closed"


TellInvited = Callable[[Invitation, Person | None, str], None]
"""Writes to somebody invited, in whose name, with the secret of the link."""


def with_whom_to_call(message: Message, person: Person | None) -> Message:
    """The same, with whom its reader calls at the cell if they belong to a pole; without a person: as an example."""
    declared = [feature.to_call for feature in features() if feature.to_call]
    facts = [fact for to_call in declared for fact in to_call(person.id if person else None)]
    return replace(message, facts=[*message.facts, *facts])


def recipient(person: Person, place: str | None = None, organisation_id: int | None = None) -> Recipient:
    """A person as the outbox writes to them. `place`: the department where they work; `organisation_id`: for which of
    theirs they read it."""
    return Recipient(person.email, person.name, person.language, place, person.id, organisation_id)


def reset_instructions(person: Person, token: str) -> None:
    """The link to choose a new password."""
    enqueue(RESET_INSTRUCTIONS, recipient(person), _reset_message(token), confidential=True)


def _reset_message(token: str) -> Message:
    return Message(action_url=absolute_url("security.reset_password", token=token))


def password_changed(person: Person) -> None:
    """Tell the owner, who may not be the one who did it."""
    enqueue(PASSWORD_CHANGED, recipient(person), _changed_message(person))


def _changed_message(person: Person | None) -> Message:
    return with_whom_to_call(Message(action_url=absolute_url("security.forgot_password")), person)


def invitation(invited: Invitation, inviter: Person | None, token: str) -> None:
    """The link to join an organisation."""
    to = Recipient(invited.email, invited.name, invited.language)
    enqueue(INVITATION, to, _invitation_message(invited, inviter, token), confidential=True)


def invitation_to_many(invited: Invitation, inviter_email: str) -> Letter:
    """The same to whoever gets the same role there."""
    stand_in = new_token()
    to = Recipient("", "", invited.language)
    inviter = Person(email=inviter_email)
    message = replace(_invitation_message(invited, inviter, stand_in), begins=_waits_from_today(invited))
    return Letter.written(INVITATION, to, message, stand_in)


def _waits_from_today(invited: Invitation) -> Thing:
    region = invited.organisation.region_code
    place = place_of(invited.organisation.department_code, region)
    return Thing(0, clock.today(place), "", ("", {}), place, region_code=region)


def invitation_link(token: str) -> str:
    """The address that a secret opens."""
    return absolute_url("guests.accept", token=token)


def _invitation_message(invited: Invitation, inviter: Person | None, token: str) -> Message:
    return Message(
        action_url=invitation_link(token),
        facts=[
            (_l("Organisation"), invited.organisation.name),
            (_l("Your role there"), LazyString(role_label, invited.role)),
            (_l("The link works until"), invited.last_day),
        ],
        reply_to=("", inviter.email) if inviter else None,
        to_stranger=True,
        waiting=[invited.id] if invited.id else (),
        context={"organisation": invited.organisation.name, "expires_on": invited.last_day},
    )


def account_closed(person: Person, place: str | None) -> None:
    """Tell the owner, at the address the account had."""
    enqueue(ACCOUNT_CLOSED, recipient(person, place), _closed_message())


def _closed_message() -> Message:
    return Message(action_url=absolute_url("home.how_to_apply"))


def _example(message: Callable[[], Message]) -> previews.Example:
    return lambda: (Recipient("anne.le-goff@exemple.test", "Anne Le Goff"), message())


def _invited() -> Invitation:
    return Invitation(
        organisation=Pole(name="Pôle des Trois Rivières"),
        email="anne.le-goff@exemple.test",
        role=Role.COORDINATOR,
        expires_at=datetime(2026, 3, 11, 9, 30, tzinfo=UTC),
    )


def _inviter() -> Person:
    return Person(given_name="Maël", family_name="Kerdoncuff", email="personne@exemple.test")


EXAMPLES: Mapping[str, previews.Example] = {
    RESET_INSTRUCTIONS: _example(lambda: _reset_message("an-example-that-opens-nothing")),
    PASSWORD_CHANGED: _example(lambda: _changed_message(None)),
    INVITATION: _example(lambda: _invitation_message(_invited(), _inviter(), "an-example")),
    ACCOUNT_CLOSED: _example(_closed_message),
}
