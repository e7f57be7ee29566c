"""An example of each e-mail of teams."""

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor, Role
from portal.accounts.models import Invitation, Membership, Person
from portal.notifications.message import Message, Recipient
from portal.notifications.previews import Example
from portal.organisations.endings import Ending
from portal.organisations.models import Pole
from portal.organisations.rules import Left
from portal.teams import emails
from portal.teams.models import Absence

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


def _membership() -> Membership:
    return Membership(person=_colleague(), organisation=_pole(), role=Role.COORDINATOR)


def _absence() -> Absence:
    return Absence(
        membership=_membership(),
        starts_on=date(2026, 12, 21),
        ends_on=date(2027, 1, 3),
        substitute=Person(given_name="Anne", family_name="Le Goff", email="anne.le-goff@exemple.test"),
    )


_ACTOR = Actor(1, "Inès Delorme", "ines@exemple.test", 1, Role.COORDINATOR, 12, "Pôle des Trois Rivières")
_LEFT = [Left(_l("Requests they follow"), ("1203-4078", "1220-7960"))]
_ENDING = Ending(
    Actor(2, "Nora Vasseur", "nora@exemple.test", 2, Role.NATIONAL_ADMIN, 1, "Cellule nationale"),
    Pole(id=12, name="Pôle des Trois Rivières"),
    Pole(id=13, name="Pôle des Étangs"),
    "Le pôle s’arrête à la fin de l’année.",
    [Left(_l("Requests"), ("1203-4078", "1220-7960"))],
)

EXAMPLES: Mapping[str, Example] = {
    "teams/invitation_accepted": _example(
        lambda: emails.accepted_message(_colleague(), _pole(), Role.MEMBER)
    ),
    "teams/invitation_wanted": _example(lambda: emails.wanted_message(_guest())),
    "teams/role_changed": _example(lambda: emails.role_changed_message(_ACTOR, _pole(), Role.MEMBER)),
    "teams/membership_ended": _example(lambda: emails.membership_ended_message(_pole(), _ACTOR)),
    "teams/colleague_left": _example(
        lambda: emails.colleague_left_message(_membership(), _absence().substitute)
    ),
    "teams/work_handed_over": _example(lambda: emails.handed_over_message(_ACTOR, _membership(), _LEFT)),
    "teams/work_left": _example(lambda: emails.work_left_message(_membership(), _LEFT)),
    "teams/organisation_ended": _example(lambda: emails.ended_message(_ENDING)),
    "teams/open_work_taken_over": _example(lambda: emails.ended_message(_ENDING)),
    "teams/standing_in": _example(lambda: emails.absence_message(_ACTOR, _absence())),
    "teams/declared_absent": _example(lambda: emails.absence_message(_ACTOR, _absence())),
    "teams/review_due": _example(lambda: emails.review_due_message(_pole())),
    "teams/account_idle": _example(lambda: emails.account_idle_message(date(2026, 3, 4))),
    "teams/nobody_left": _example(lambda: emails.nobody_left_message(_pole(), _colleague())),
}
