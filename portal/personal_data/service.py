"""A person's copy of what the portal knows of them, and the end of their account."""

import json
from datetime import date, datetime, time
from typing import Any

from portal import clock
from portal.access.roles import Actor
from portal.accounts import personal as accounts
from portal.accounts import queries as people
from portal.accounts import service as account
from portal.accounts.models import Membership, Person
from portal.db import db, require_transaction
from portal.feature import features
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.personal_data import words
from portal.personal_data.rules import Place, WorkToHandOver
from portal.refusals import NotFound
from portal.teams import queries as team
from portal.teams import service


def everything_about(person: Person) -> str:
    """The copy, as JSON: dates in ISO 8601 and UTC, closed vocabularies in the words of the code."""
    sources = (feature.about_person for feature in features() if feature.about_person)
    parts = {name: part for about in sources for name, part in about(person).items()}
    copy = {
        "made_at": clock.now(),
        "language_of_explanations": person.language,
        "what_each_part_holds": {name: str(words.SECTIONS[name]) for name in parts},
        **parts,
    }
    return json.dumps(copy, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    """What JSON has no word for."""
    return value.isoformat() if isinstance(value, (date, datetime, time)) else str(value)


def remember_copy(person: Person) -> None:
    """Note that a copy was taken, which an intruder might do too."""
    require_transaction()
    journal.record(Act.EXPORTED, Subject.PERSON, person.id, person.name)


def close_account(person_id: int, actor: Actor | None) -> None:
    """Close one's own account for good.

    LastHead: an organisation would be left without anybody to answer for it. WorkToHandOver: colleagues could take
    over what is open, and nobody said who.
    """
    require_transaction()
    person = db.session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or not person.active:
        raise NotFound
    left = [
        Place(place.organisation_id, place.id, place.organisation.name)
        for place in _places_with_work(person_id)
    ]
    account.close_account(person, by=actor)
    if left:
        raise WorkToHandOver(left)
    forget(person)


def _places_with_work(person_id: int) -> list[Membership]:
    """Where the organisation still comes here: elsewhere nobody can say who takes over."""
    memberships = [
        membership for membership in people.memberships_of(person_id) if membership.organisation.active
    ]
    return [
        membership
        for membership in memberships
        if service.open_work(membership) and team.colleagues(membership)
    ]


def forget_closed(person_id: int) -> bool:
    """Remove the name of a closed account. False: it was removed meanwhile."""
    person = people.person_who(person_id, accounts.is_closed_and_known())
    if person is None:
        return False
    forget(person)
    return True


def forget(person: Person) -> None:
    """Remove who a closed account belonged to, everywhere but in texts and in logs, which end by themselves."""
    for feature in features():
        if feature.forgets_person:
            feature.forgets_person(person)
