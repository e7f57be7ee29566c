"""Invitations not taken up and teams not gone through, as their ladders see them."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access.roles import Actor
from portal.accounts import queries as accounts
from portal.accounts.models import Invitation, Membership
from portal.db import db
from portal.ladder import Ask, Thing, with_number
from portal.organisations import queries as organisations
from portal.organisations.models import Organisation
from portal.teams.rules import REVIEWED_EVERY, review_due_on
from portal.territories.reference import place_of

OLDEST_INVITATION = timedelta(days=30)
OLDEST_REVIEW = timedelta(days=45)


def invitations(ask: Ask) -> Sequence[Thing]:
    """Those that were sent not long ago, whether or not their link still works; sent again, it is another round."""
    rows = (
        select(Invitation.id, Invitation.given_name, Invitation.family_name, Invitation.sent_at, *_WHERE)
        .join(Invitation.organisation)
        .where(
            *with_number(ask, Invitation.id),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.sent_at > clock.days_ago(OLDEST_INVITATION),
            Organisation.active,
            *_seen(ask.actor),
        )
        .order_by(Invitation.id)
        .limit(ask.most)
    )
    return [_invitation(row) for row in db.session.execute(rows)]


def _invitation(row: Any) -> Thing:
    place = place_of(row.department_code, row.region_code)
    sent_on = clock.day_of(row.sent_at, place)
    return Thing(
        row.id,
        sent_on,
        f"{row.given_name} {row.family_name}, {row.name}",
        ("teams.index", {"organisation_id": row.organisation_id}),
        place,
        round=str(sent_on),
        region_code=row.region_code,
        goes_to={"inviter": row.organisation_id},
    )


def reviews(ask: Ask) -> Sequence[Thing]:
    """The teams that somebody should have gone through."""
    heads = select(Membership.organisation_id).join(Membership.person).where(accounts.answers_for_it())
    rows = (
        select(Organisation.members_reviewed_at, *_WHERE)
        .where(
            *with_number(ask, Organisation.id),
            Organisation.active,
            Organisation.members_reviewed_at <= clock.end_of(ask.until - REVIEWED_EVERY),
            Organisation.members_reviewed_at >= clock.end_of(ask.today - REVIEWED_EVERY - OLDEST_REVIEW),
            Organisation.id.in_(heads),
            *_seen(ask.actor),
        )
        .order_by(Organisation.id)
        .limit(ask.most)
    )
    return [
        _review(row, due_on)
        for row in db.session.execute(rows)
        if (due_on := review_due_on(row.members_reviewed_at))
    ]


def _review(row: Any, due_on: date) -> Thing:
    return Thing(
        row.organisation_id,
        due_on,
        row.name,
        ("teams.review", {"organisation_id": row.organisation_id}),
        place_of(row.department_code, row.region_code),
        round=str(due_on),
        region_code=row.region_code,
        goes_to={"heads": row.organisation_id},
    )


_WHERE: Collection[Any] = (
    Organisation.id.label("organisation_id"),
    Organisation.name,
    Organisation.department_code,
    Organisation.region_code,
)


def _seen(actor: Actor | None) -> Sequence[ColumnElement[bool]]:
    """One's own; a cell's, those it may read about."""
    if actor is None:
        return []
    if actor.is_cell:
        return [Organisation.id.in_(organisations.readable_numbers(actor))]
    return [Organisation.id == actor.organisation_id]


def lock_invitation(number: int) -> None:
    """It stays as it is until the transaction ends."""
    db.session.execute(select(Invitation.id).where(Invitation.id == number).with_for_update())


def lock_team(number: int) -> None:
    """The same of who belongs to an organisation."""
    accounts.lock_people_of([number])


def invitation(number: int) -> Invitation:
    """One of them with its organisation and who sent it, read again."""
    statement = (
        select(Invitation)
        .where(Invitation.id == number)
        .options(joinedload(Invitation.organisation), joinedload(Invitation.invited_by))
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def organisation(number: int) -> Organisation:
    """An organisation, read again."""
    return db.session.get_one(Organisation, number, populate_existing=True)
