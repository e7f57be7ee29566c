"""E-mails about who belongs to an organisation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient, with_whom_to_call
from portal.accounts.models import Invitation, Membership, Person
from portal.accounts.rules import IDLE_CLOSED_AFTER
from portal.accounts.words import role_label
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Letter, enqueue
from portal.notifications.previews.service import Example
from portal.organisations.handover import Ending
from portal.organisations.models import Organisation, Pole
from portal.organisations.queries import place_of
from portal.organisations.rules import Left
from portal.teams.calling.emails import EXAMPLE, of_pole
from portal.teams.models import Absence
from portal.teams.rules import WORKING_DAYS_TO_REVIEW, review_due_on
from portal.teams.waiting import emails as waiting
from portal.web.addresses import absolute_url
from portal.web.links import Link

REVIEW_DUE = "teams/review_due"


def _team_url(organisation: Organisation) -> str:
    return absolute_url("teams.index", organisation_id=organisation.id)


def invitation_accepted(inviter: Person, person: Person, organisation: Organisation, role: Role) -> None:
    """Their guest came."""
    to = recipient(inviter, organisation_id=organisation.id)
    enqueue(
        "teams/invitation_accepted", to, of_pole(accepted_message(person, organisation, role), organisation)
    )


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
        message = of_pole(wanted_message(invitation), invitation.organisation)
        enqueue("teams/invitation_wanted", recipient(invitation.invited_by), message)


def wanted_message(invitation: Invitation) -> Message:
    return Message(
        action_url=_team_url(invitation.organisation),
        facts=[(_l("Organisation"), invitation.organisation.name), (_l("E-mail"), invitation.email)],
        reply_to=(invitation.name, invitation.email),
        context={"name": invitation.name, "organisation": invitation.organisation.name},
    )


def role_changed(person: Person, actor: Actor, organisation: Organisation, role: Role) -> None:
    """Somebody gave them another role."""
    message = of_pole(role_changed_message(actor, organisation, role), organisation)
    enqueue("teams/role_changed", recipient(person), message)


def role_changed_to_many(actor: Actor, organisation: Organisation, role: Role, language: str) -> Letter:
    """The same to all who get the same role there."""
    message = of_pole(role_changed_message(actor, organisation, role), organisation)
    return Letter.written("teams/role_changed", Recipient("", "", language), message)


def role_changed_message(actor: Actor, organisation: Organisation, role: Role) -> Message:
    return Message(
        action_url=absolute_url("home.index"),
        facts=[
            (_l("Organisation"), organisation.name),
            (_l("Your role there"), LazyString(role_label, role)),
        ],
        reply_to=(actor.person_name, actor.email),
        context={"name": actor.person_name, "organisation": organisation.name},
    )


def membership_ended(membership: Membership, actor: Actor) -> None:
    """Somebody ended what they did in an organisation."""
    message = of_pole(membership_ended_message(membership.organisation, actor), membership.organisation)
    enqueue("teams/membership_ended", recipient(membership.person), message)


def membership_ended_message(organisation: Organisation, actor: Actor) -> Message:
    return Message(
        action_url=absolute_url("home.index"),
        facts=[(_l("Organisation"), organisation.name)],
        reply_to=(actor.person_name, actor.email),
        context={"name": actor.person_name, "organisation": organisation.name},
    )


def colleague_left(heads: Iterable[Person], membership: Membership, successor: Person | None) -> None:
    """Somebody left by themself: those who answer for the organisation hear of it."""
    message = of_pole(colleague_left_message(membership, successor), membership.organisation)
    for head in heads:
        enqueue("teams/colleague_left", recipient(head, organisation_id=membership.organisation_id), message)


def colleague_left_message(membership: Membership, successor: Person | None) -> Message:
    organisation, person = membership.organisation, membership.person
    facts: list[tuple[Any, Any]] = [(_l("Organisation"), organisation.name)]
    if successor is not None:
        facts.append((_l("Takes over the open work"), successor.name))
    return Message(
        action_url=_team_url(organisation),
        facts=facts,
        reply_to=(person.name, person.email),
        context={"name": person.name, "organisation": organisation.name},
    )


def work_handed_over(colleague: Person, actor: Actor, membership: Membership, left: Sequence[Left]) -> None:
    """They take over what somebody leaves."""
    message = of_pole(handed_over_message(actor, membership, left), membership.organisation)
    enqueue("teams/work_handed_over", recipient(colleague), message)


def handed_over_message(actor: Actor, membership: Membership, left: Sequence[Left]) -> Message:
    organisation, person = membership.organisation, membership.person
    return Message(
        action_url=absolute_url("requests.index"),
        facts=[(_l("Organisation"), organisation.name)] + [(kind.label, tuple(kind.links)) for kind in left],
        reply_to=(actor.person_name, actor.email),
        context={"name": person.name, "organisation": organisation.name},
    )


def organisation_ended(people: Iterable[Person], ending: Ending) -> None:
    """The organisation they belong to no longer uses the portal, and they no longer open what it had."""
    message = of_pole(ended_message(_without_links(ending)), ending.organisation)
    for person in people:
        enqueue("teams/organisation_ended", recipient(person), message)


def _without_links(ending: Ending) -> Ending:
    left = [replace(kind, links=[Link(each.name) for each in kind.links]) for kind in ending.left]
    return replace(ending, left=left)


def open_work_taken_over(people: Iterable[Person], ending: Ending) -> None:
    """What an organisation had open is theirs from now on."""
    message = of_pole(ended_message(ending), ending.successor)
    for person in people:
        enqueue("teams/open_work_taken_over", recipient(person), message)


def ended_message(ending: Ending) -> Message:
    facts: list[tuple[Any, Any]] = [(_l("Organisation"), ending.organisation.name)]
    facts += [(kind.label, tuple(kind.links)) for kind in ending.left]
    if ending.successor is not None:
        facts.append((_l("Takes over the open work"), ending.successor.name))
    return Message(
        action_url=absolute_url("home.index"),
        facts=facts,
        quote=ending.reason,
        quoted_by=ending.actor.signature,
        reply_to=(ending.actor.person_name, ending.actor.email),
        context={"name": ending.actor.person_name, "organisation": ending.organisation.name},
    )


def work_left(colleagues: Iterable[Person], membership: Membership, left: Sequence[Left]) -> None:
    """The account of a colleague was closed by the portal: what they had open is the team's."""
    message = of_pole(work_left_message(membership, left), membership.organisation)
    for colleague in colleagues:
        enqueue("teams/work_left", recipient(colleague, place_of(membership.organisation_id)), message)


def work_left_message(membership: Membership, left: Sequence[Left]) -> Message:
    organisation = membership.organisation
    return Message(
        action_url=absolute_url("requests.index"),
        facts=[(_l("Organisation"), organisation.name)] + [(kind.label, tuple(kind.links)) for kind in left],
        context={"name": membership.person.name, "organisation": organisation.name},
    )


def standing_in(substitute: Person, actor: Actor, absence: Absence) -> None:
    """They were named to stand in for a colleague."""
    enqueue("teams/standing_in", recipient(substitute), _of_absence(actor, absence))


def declared_absent(actor: Actor, absence: Absence) -> None:
    """A manager announced the absence of a member."""
    enqueue("teams/declared_absent", recipient(absence.membership.person), _of_absence(actor, absence))


def _of_absence(actor: Actor, absence: Absence) -> Message:
    return of_pole(absence_message(actor, absence), absence.membership.organisation)


def absence_message(actor: Actor, absence: Absence) -> Message:
    person, organisation = absence.membership.person, absence.membership.organisation
    facts: list[tuple[Any, Any]] = [
        (_l("Organisation"), organisation.name),
        (_l("First day"), absence.starts_on),
        (_l("Last day"), absence.ends_on),
    ]
    if absence.substitute is not None:
        facts.append((_l("Replaced by"), absence.substitute.name))
    return Message(
        action_url=_team_url(organisation),
        facts=facts,
        reply_to=(actor.person_name, actor.email),
        context={
            "name": person.name,
            "by": actor.person_name,
            "organisation": organisation.name,
            "replaced": absence.substitute is not None,
            "until": absence.ends_on,
        },
    )


def review_due(heads: Iterable[Person], organisation: Organisation) -> None:
    """Once for each time it is due."""
    due_on, place = review_due_on(organisation.members_reviewed_at), place_of(organisation.id)
    until = clock.add_working_days(clock.today(place), WORKING_DAYS_TO_REVIEW, place)
    message = of_pole(review_due_message(organisation, until), organisation)
    for head in heads:
        dedupe = f"members-review:{organisation.id}:{due_on}:{head.id}"
        enqueue(REVIEW_DUE, recipient(head, place), message, dedupe=dedupe)


def review_due_message(organisation: Organisation, until: date) -> Message:
    return Message(
        action_url=absolute_url("teams.review", organisation_id=organisation.id),
        facts=[(_l("Organisation"), organisation.name), (_l("To be done by"), until)],
        waiting=[organisation.id],
        context={"organisation": organisation.name, "until": until},
    )


def account_idle(person: Person, day: date) -> None:
    """Once for each warning."""
    message = with_whom_to_call(account_idle_message(day), person)
    to = recipient(person, accounts.place_of(person.id))
    enqueue("teams/account_idle", to, message, dedupe=f"idle:{person.id}:{day}")


def account_idle_message(day: date) -> Message:
    return Message(
        action_url=absolute_url("security.login"),
        facts=[(_l("Sign in by"), day + IDLE_CLOSED_AFTER)],
        context={"closes_on": day + IDLE_CLOSED_AFTER},
    )


def nobody_left(reader: Person, organisation: Organisation, person: Person) -> None:
    """The last one who answered for an organisation is gone, since they no longer came."""
    enqueue("teams/nobody_left", recipient(reader), nobody_left_message(organisation, person))


def nobody_left_message(organisation: Organisation, person: Person) -> Message:
    return Message(
        action_url=_team_url(organisation),
        facts=[(_l("Organisation"), organisation.name), (_l("Name"), person.name)],
        context={"name": person.name, "organisation": organisation.name},
    )


_READER = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")


def _example(message: Callable[[], Message]) -> Example:
    return lambda: (_READER, message())


def _to_pole(message: Callable[[], Message]) -> Example:
    def example() -> tuple[Recipient, Message]:
        told = message()
        return _READER, replace(told, facts=[*told.facts, EXAMPLE])

    return example


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


def _left(label: Any) -> list[Left]:
    requests = absolute_url("requests.index")
    return [Left(label, [Link(literal, f"{requests}/{literal}") for literal in ("1203-4078", "1220-7960")])]


def _followed() -> list[Left]:
    return _left(_l("Requests they follow"))


def _ending() -> Ending:
    return Ending(
        Actor(2, "Nora Vasseur", "nora@exemple.test", 2, Role.NATIONAL_ADMIN, 1, "Cellule nationale"),
        Pole(id=12, name="Pôle des Trois Rivières"),
        Pole(id=13, name="Pôle des Étangs"),
        "Le pôle s’arrête à la fin de l’année.",
        _left(_l("Requests")),
    )


EXAMPLES: Mapping[str, Example] = {
    "teams/invitation_accepted": _to_pole(lambda: accepted_message(_colleague(), _pole(), Role.MEMBER)),
    "teams/invitation_wanted": _to_pole(lambda: wanted_message(_guest())),
    "teams/role_changed": _to_pole(lambda: role_changed_message(_ACTOR, _pole(), Role.MEMBER)),
    "teams/membership_ended": _to_pole(lambda: membership_ended_message(_pole(), _ACTOR)),
    "teams/colleague_left": _to_pole(lambda: colleague_left_message(_membership(), _absence().substitute)),
    "teams/work_handed_over": _to_pole(lambda: handed_over_message(_ACTOR, _membership(), _followed())),
    "teams/work_left": _to_pole(lambda: work_left_message(_membership(), _followed())),
    "teams/organisation_ended": _to_pole(lambda: ended_message(_without_links(_ending()))),
    "teams/open_work_taken_over": _to_pole(lambda: ended_message(_ending())),
    "teams/standing_in": _to_pole(lambda: absence_message(_ACTOR, _absence())),
    "teams/declared_absent": _to_pole(lambda: absence_message(_ACTOR, _absence())),
    REVIEW_DUE: _to_pole(lambda: review_due_message(_pole(), date(2026, 3, 11))),
    "teams/account_idle": _to_pole(lambda: account_idle_message(date(2026, 3, 4))),
    "teams/nobody_left": _example(lambda: nobody_left_message(_pole(), _colleague())),
    **waiting.REMINDERS,
}
