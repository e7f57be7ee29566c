"""What the portal holds, in bulk: the number of queries follows that of batches, never that of lines."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import selectinload, undefer

from portal import clock
from portal.accounts.models import Invitation, Membership, Person
from portal.accounts.queries import answers_for_it
from portal.catalogue.models import Delivery, Service
from portal.db import db
from portal.organisations.models import Organisation, Partner, Pole
from portal.organisations.rules import OrganisationKind, reaches
from portal.transfers.models import Transfer, TransferLine
from portal.transfers.rules import Outcome, TransferKind

BATCH = 500
MODELS: dict[TransferKind, type[Pole] | type[Partner]] = {
    TransferKind.POLES: Pole,
    TransferKind.PARTNERS: Partner,
}
_POLE_PARTS = (Pole.recognitions, Pole.stage_changes, Pole.sectors, Pole.members)


def batches(things: Collection[Any]) -> Iterator[list[Any]]:
    """The things, some hundreds at a time."""
    left = iter(things)
    while batch := list(islice(left, BATCH)):
        yield batch


def mine(person_id: int, transfer_id: int, *, whole: bool = False) -> Transfer | None:
    """A file that this person brought; `whole`: with its content."""
    statement = select(Transfer).where(Transfer.id == transfer_id, Transfer.owner_id == person_id)
    return db.session.scalar(statement.options(undefer(Transfer.content)) if whole else statement)


def waiting(person_id: int) -> Sequence[Transfer]:
    """The files this person brought and has not imported, the newest first."""
    statement = (
        select(Transfer)
        .where(Transfer.owner_id == person_id, Transfer.applied_at.is_(None))
        .order_by(Transfer.id.desc())
        .limit(10)
    )
    return db.session.scalars(statement).all()


def locked(person_id: int, transfer_id: int) -> Transfer | None:
    """The same with its content, when it is its turn: files are imported one after another.

    All the files that wait are locked in one order, so that whoever imports meanwhile is waited for.
    """
    everybody = select(Transfer.id).where(Transfer.applied_at.is_(None)).order_by(Transfer.id)
    db.session.execute(everybody.with_for_update())
    statement = (
        select(Transfer)
        .where(Transfer.id == transfer_id, Transfer.owner_id == person_id)
        .options(undefer(Transfer.content))
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def report(transfer_id: int, outcome: Outcome | None) -> Select[TransferLine]:
    """The lines of a report, errors first, or those of one outcome."""
    statement = select(TransferLine).where(TransferLine.transfer_id == transfer_id)
    if outcome:
        statement = statement.where(TransferLine.outcome == outcome)
    return statement.order_by(TransferLine.rank, TransferLine.number)


def all_lines(transfer_id: int) -> Iterator[TransferLine]:
    """The whole report in the order of the file, read a batch at a time."""
    last = 0
    while True:
        statement = (
            select(TransferLine)
            .where(TransferLine.transfer_id == transfer_id, TransferLine.number > last)
            .order_by(TransferLine.number)
            .limit(BATCH)
        )
        rows = db.session.scalars(statement).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].number


def keys_of(kind: OrganisationKind | None) -> Sequence[Any]:
    """By what organisations are known in a file: every one of a kind, or of every kind."""
    columns = Organisation.__table__.c
    names = ("id", "kind", "name", "name_key", "active", "merged_into_id", "lead_siret", "lead_rna")
    statement = select(*(columns[name] for name in names)).order_by(columns.id)
    return db.session.execute(statement.where(columns.kind == kind) if kind else statement).all()


def organisations(kind: TransferKind, ids: Collection[int]) -> Sequence[Any]:
    """Poles or partners with all that a file says of them."""
    statement = _whole(kind).where(MODELS[kind].id.in_(ids))
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _whole(kind: TransferKind) -> Select[Any]:
    if kind is TransferKind.POLES:
        return select(Pole).options(*(selectinload(part) for part in _POLE_PARTS))
    return select(Partner).options(selectinload(Partner.coverages))


def exported(kind: TransferKind, region_code: str | None) -> Iterator[list[Any]]:
    """The active poles or partners by name, in batches; those of a region, or that work in some part of it."""
    model = MODELS[kind]
    statement = _whole(kind).where(model.active, model.merged_into_id.is_(None))
    if region_code and kind is TransferKind.POLES:
        statement = statement.where(Pole.region_code == region_code)
    last: tuple[str, int] | None = None
    while True:
        place = tuple_(model.name_key, model.id)
        after = statement.where(place > tuple_(*last)) if last else statement
        rows = list(db.session.scalars(after.order_by(model.name_key, model.id).limit(BATCH)))
        if not rows:
            return
        last = rows[-1].name_key, rows[-1].id
        if region_code and kind is TransferKind.PARTNERS:
            rows = [row for row in rows if reaches(row.coverages, region_code)]
        yield rows


def deliveries(partner_ids: Collection[int]) -> dict[int, list[str]]:
    """The slugs of the services that partners deliver."""
    statement = (
        select(Delivery.partner_id, Service.slug)
        .join(Delivery.service)
        .where(Delivery.partner_id.in_(partner_ids))
        .order_by(Service.slug)
    )
    names: dict[int, list[str]] = {}
    for partner_id, slug in db.session.execute(statement):
        names.setdefault(partner_id, []).append(slug)
    return names


def services() -> dict[str, int]:
    """The services by slug, with their ids."""
    return dict(db.session.execute(select(Service.slug, Service.id)).all())


def delivered(partner_id: int) -> Select[int]:
    """The services that a partner delivers."""
    return select(Delivery.service_id).where(Delivery.partner_id == partner_id)


def lock_organisations(ids: Collection[int]) -> None:
    """Let one transaction at a time change these organisations and their people."""
    for batch in batches(sorted(ids)):
        statement = select(Organisation.id).where(Organisation.id.in_(batch)).order_by(Organisation.id)
        db.session.execute(statement.with_for_update(key_share=True))


def organisations_by_id(ids: Collection[int]) -> dict[int, Organisation]:
    """Organisations by number."""
    by_id: dict[int, Organisation] = {}
    for batch in batches(ids):
        rows = db.session.scalars(select(Organisation).where(Organisation.id.in_(batch)))
        by_id.update((row.id, row) for row in rows)
    return by_id


def people(emails: Collection[str]) -> Sequence[Any]:
    """The names of the active people of some addresses."""
    statement = select(Person.email, Person.given_name, Person.family_name)
    return db.session.execute(statement.where(Person.email.in_(emails), Person.active)).all()


def places(emails: Collection[str]) -> Sequence[Any]:
    """Where the active people of some addresses belong, and their roles."""
    statement = (
        select(Membership.id, Person.email, Membership.organisation_id, Membership.role)
        .join(Membership.person)
        .where(Person.email.in_(emails), Person.active, Membership.ended_at.is_(None))
    )
    return db.session.execute(statement).all()


def invited(emails: Collection[str]) -> Sequence[Any]:
    """The invitations of some addresses whose links still work."""
    statement = select(Invitation.id, Invitation.email, Invitation.organisation_id, Invitation.role).where(
        Invitation.email.in_(emails),
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > clock.now(),
    )
    return db.session.execute(statement).all()


def heads(organisation_ids: Collection[int]) -> Iterator[Any]:
    """The memberships of the active people who answer for some organisations."""
    for batch in batches(sorted(organisation_ids)):
        yield from db.session.execute(
            select(Membership.id, Membership.organisation_id)
            .join(Membership.person)
            .where(
                Membership.organisation_id.in_(batch),
                answers_for_it(),
            )
        )


def exported_people(region_code: str | None) -> Iterator[Any]:
    """Who belongs where, by name; of a region: those of its poles."""
    place, last = tuple_(Person.name_key, Membership.id), ("", 0)
    while True:
        statement = (
            select(
                Membership.id,
                Membership.role,
                Person.name_key,
                Person.email,
                Person.given_name,
                Person.family_name,
                Person.language,
                Person.phone,
                Organisation.id.label("organisation_id"),
                Organisation.name.label("organisation"),
            )
            .join(Membership.person)
            .join(Membership.organisation)
            .where(place > last, Membership.ended_at.is_(None), Person.active, Organisation.active)
            .order_by(Person.name_key, Membership.id)
            .limit(BATCH)
        )
        if region_code:
            statement = statement.where(Organisation.__table__.c.region_code == region_code)
        rows = db.session.execute(statement).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].name_key, rows[-1].id
