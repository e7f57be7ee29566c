"""Digests: what people chose to get together leaves in one e-mail, at their hour, if anything of it is left to say."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import update

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.db import db, require_transaction
from portal.news.digests import emails, queries
from portal.news.digests.rules import Entry
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences import service as preferences
from portal.organisations.models import Organisation


def send(person_id: int) -> int:
    """Write the digest of somebody; 1 if there was anything to say."""
    require_transaction()
    preferences.lock(person_id)
    entries = queries.waiting(person_id)
    person = next(iter(accounts.by_numbers([person_id])), None)
    told, named = _of_use(person, entries) if person else ([], {})
    if person and told:
        emails.write(person, _organisation(person, told[-1]), told, named)
    _finish(person_id, {entry.id for entry in told})
    return int(bool(told))


def _of_use(person: Person, entries: Sequence[Entry]) -> tuple[list[Entry], dict[str, str]]:
    """What may still be read: of an organisation they are of, on a request that is still theirs; and what these are
    about."""
    told: list[Entry] = []
    named: dict[str, str] = {}
    for membership in person.memberships:
        own = [entry for entry in entries if entry.organisation_id == membership.organisation_id]
        references = [entry.thread for entry in own if entry.thread]
        subjects = queries.subjects(person.acting_for(membership), references)
        named |= subjects
        told += [entry for entry in own if entry.thread is None or entry.thread in subjects]
    return told, named


def _organisation(person: Person, entry: Entry) -> Organisation | None:
    """The organisation of somebody that an entry is for."""
    theirs = {membership.organisation_id: membership.organisation for membership in person.memberships}
    return theirs.get(entry.organisation_id or 0)


def _finish(person_id: int, told: Collection[int]) -> None:
    """Nothing of what was due waits any more; what was told says when."""
    due = OutboxEmail.person_id == person_id, OutboxEmail.digest_at <= clock.now()
    for which, values in (
        ((*due, OutboxEmail.id.in_(told)), {"digest_at": None, "digested_at": clock.now()}),
        (due, {"digest_at": None}),
    ):
        statement: Any = update(OutboxEmail).where(*which).values(values)
        db.session.execute(statement.execution_options(synchronize_session=False))
