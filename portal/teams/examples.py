"""An example of each e-mail of teams."""

from collections.abc import Callable, Mapping

from portal.access.roles import Role
from portal.accounts.models import Invitation, Person
from portal.notifications.message import Message, Recipient
from portal.notifications.previews import Example
from portal.organisations.models import Pole
from portal.teams import emails

_READER = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")


def _example(message: Callable[[], Message]) -> Example:
    return lambda: (_READER, message())


def _pole() -> Pole:
    return Pole(id=12, name="Pôle des Trois Rivières")


def _colleague() -> Person:
    return Person(given_name="Maël", family_name="Kerdoncuff", email="personne@exemple.test")


def _guest() -> Invitation:
    return Invitation(
        organisation=_pole(), email="personne@exemple.test", given_name="Maël", family_name="Kerdoncuff"
    )


EXAMPLES: Mapping[str, Example] = {
    "teams/invitation_accepted": _example(
        lambda: emails.accepted_message(_colleague(), _pole(), Role.MEMBER)
    ),
    "teams/invitation_wanted": _example(lambda: emails.wanted_message(_guest())),
}
