"""Roles by the thousand: the texts are made before anything is locked, and rows are written together."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row as Record
from sqlalchemy import update

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Membership
from portal.accounts.rules import ROLES_OF, LastHead
from portal.db import db, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.journal.service import Noted
from portal.notifications.outbox import service as outbox
from portal.organisations.models import Organisation
from portal.refusals import Conflict, NotAllowed
from portal.teams import emails, queries, rules

Told = tuple[int, Role, str]
Letters = Mapping[Told, outbox.Letter]
"""By organisation, role and language: these members read the same."""
_QUIET = {"synchronize_session": False}


class NewRole(NamedTuple):
    """A role that a member gets."""

    membership_id: int
    organisation: Organisation
    role: Role


def letters(actor: Actor, wanted: Sequence[NewRole]) -> Letters:
    """What members will read, in the name of whoever acts."""
    held = queries.held([change.membership_id for change in wanted])
    told = {
        (role.organisation.id, role.role, held[role.membership_id].language): role.organisation
        for role in wanted
        if role.membership_id in held
    }
    return {
        (number, role, language): emails.role_changed_to_many(actor, organisation, role, language)
        for (number, role, language), organisation in told.items()
    }


def change_roles(actor: Actor, wanted: Sequence[NewRole], written: Letters) -> None:
    """Give members other roles, and tell each; `require_heads` comes after the last of them.

    Conflict: one is no member any more, or nothing is written for one. Whoever calls has locked the organisations.
    """
    require_transaction()
    for organisation, role in dict.fromkeys((change.organisation, change.role) for change in wanted):
        if not rules.manages(actor, organisation) or role not in ROLES_OF[organisation.kind]:
            raise NotAllowed
    held = queries.held([change.membership_id for change in wanted])
    if held.keys() != {change.membership_id for change in wanted}:
        raise Conflict
    changed = [
        (change, held[change.membership_id])
        for change in wanted
        if held[change.membership_id].role is not change.role
    ]
    if not changed:
        return
    _write([change for change, _ in changed])
    noted = [
        Noted(
            change.membership_id,
            f"{before.name}, {change.organisation.name}",
            {"role": before.role},
            {"role": change.role},
        )
        for change, before in changed
    ]
    journal.record_all(Act.ROLE_CHANGED, Subject.MEMBERSHIP, noted)
    told = [(change, before) for change, before in changed if before.person_id != actor.person_id]
    if told:
        outbox.post([_to(*pair, written) for pair in told])


def _to(role: NewRole, member: Record[Any], written: Letters) -> dict[str, Any]:
    letter = written.get((role.organisation.id, role.role, member.language))
    if letter is None:
        raise Conflict
    return letter.to_known(member.email, member.name)


def require_heads(organisations: Collection[Organisation]) -> None:
    """LastHead where nobody answers for one of these, which are active and locked."""
    answered = queries.answered_for([organisation.id for organisation in organisations])
    for organisation in organisations:
        if organisation.active and organisation.id not in answered:
            raise LastHead(organisation.id)


def _write(changed: Sequence[NewRole]) -> None:
    rows = [{"id": role.membership_id, "role": role.role} for role in changed]
    db.session.execute(update(Membership), rows)
    unseen = {role.organisation.id for role in changed if role.organisation.members_reviewed_at is None}
    if unseen:
        statement = update(Organisation).where(Organisation.id.in_(unseen))
        db.session.execute(statement.values(members_reviewed_at=clock.now()), execution_options=_QUIET)
