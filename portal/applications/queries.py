"""Which applications are yours, and how they are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.models import Membership, Person
from portal.accounts.rules import canonical_email, token_hash
from portal.applications import rules
from portal.applications.models import (
    Application,
    ApplicationDocument,
    ApplicationEvent,
    ApplicationLink,
    CompanyRecord,
)
from portal.applications.rules import Known
from portal.applications.steps import CLOSED, OPEN, WAITING_FOR_US, State
from portal.db import Moment, db, require_transaction
from portal.organisations.models import Pole
from portal.organisations.queries import is_over

_SENT = Application.state != State.DRAFT
MOST_LINKS = 5


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the list; None asks for nothing. `late`: only what is past its due date."""

    state: State | None = None
    region_code: str | None = None
    late: bool = False


def visible_to(actor: Actor) -> Select[Application]:
    """The applications that are someone's: a cell's of its regions, once sent."""
    return select(Application).where(is_visible_to(actor))


def is_visible_to(actor: Actor) -> ColumnElement[bool]:
    return _is_visible_to(actor.role, actor.region_codes)


def _is_visible_to(role: Role, region_codes: Any) -> ColumnElement[bool]:
    match role:
        case Role.REGIONAL_ADMIN:
            return and_(_SENT, Application.region_code.in_(region_codes))
        case Role.NATIONAL_ADMIN:
            return _SENT
        case _:
            return false()


def of_file(file_id: int) -> Application | None:
    """The application that a file was sent with."""
    sent = select(Application).join(ApplicationDocument).where(ApplicationDocument.file_id == file_id)
    return db.session.scalar(sent)


def listing(actor: Actor, filters: Filters) -> Select[Application]:
    """The list of a cell, the last sent first; no more of each than a line shows."""
    statement = visible_to(actor).where(*_asked(filters))
    shown = (
        Application.reference,
        Application.name,
        Application.state,
        Application.region_code,
        Application.town,
        Application.submitted_at,
        Application.due_on,
        Application.department_code,
        Application.opinion,
    )
    sent_at = func.coalesce(Application.submitted_at, Application.created_at, type_=Moment)
    return statement.options(load_only(*shown, raiseload=True)).order_by(
        sent_at.desc(), Application.id.desc()
    )


def _asked(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = []
    if filters.state:
        conditions.append(Application.state == filters.state)
    if filters.region_code:
        conditions.append(Application.region_code == filters.region_code)
    if filters.late:
        conditions.append(_is_late())
    return conditions


def _is_late() -> ColumnElement[bool]:
    return and_(Application.state.in_(WAITING_FOR_US), is_over(Application.due_on, Application))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a cell: applications for its opinion or its decision, and how many of them are late."""

    count: int
    late: int


def waiting_for(actor: Actor) -> Waiting:
    """What waits for the cell of an actor: for opinions a regional one, for decisions the national one."""
    result = db.session.execute(_waiting_for(actor.role), {"region_codes": [*actor.region_codes]})
    return Waiting(*result.one())


@cache
def _waiting_for(role: Role) -> Select[int, int]:
    """Built once."""
    held = Application.state == State.SUBMITTED
    if role is Role.NATIONAL_ADMIN:
        unfollowed = and_(held, Application.region_code.not_in(accounts.followed_regions()))
        held = or_(Application.state == State.ADVISED, unfollowed)
    visible = _is_visible_to(role, bindparam("region_codes", expanding=True))
    late = func.count().filter(is_over(Application.due_on, Application))
    return select(func.count(), late).select_from(Application).where(visible, held)


def get(actor: Actor, reference: str) -> Application | None:
    """One of someone's applications, documents loaded."""
    statement = visible_to(actor).where(Application.reference == reference).options(*_whole())
    return db.session.scalar(statement)


def get_locked(actor: Actor, reference: str) -> Application | None:
    """The same, locked and fresh until the transaction ends."""
    return _locked(visible_to(actor).where(Application.reference == reference))


def by_token(token: str) -> Application | None:
    """The application that a link opens, documents loaded; None for a link that is unknown or too old."""
    return db.session.scalar(_opened_by(token).options(*_whole()))


def by_token_locked(token: str) -> Application | None:
    """The same, locked and fresh until the transaction ends."""
    return _locked(_opened_by(token))


def locked_if(application_id: int, which: ColumnElement[bool]) -> Application | None:
    """Whoever's application it is, for the portal itself, if it is still so of it."""
    return _locked(select(Application).where(Application.id == application_id, which))


def _opened_by(token: str) -> Select[Application]:
    good = select(ApplicationLink.application_id).where(
        ApplicationLink.token_hash == token_hash(token), ApplicationLink.expires_at > clock.now()
    )
    return select(Application).where(Application.id.in_(good))


def _locked(statement: Select[Application]) -> Application | None:
    require_transaction()
    statement = statement.with_for_update(of=Application).execution_options(populate_existing=True)
    return db.session.scalar(statement.options(*_whole()))


def _whole() -> tuple[ExecutableOption, ...]:
    return (selectinload(Application.documents).joinedload(ApplicationDocument.file),)


def reference_exists(reference: str) -> bool:
    return bool(db.session.scalar(select(exists().where(Application.reference == reference))))


def draft_of(email: str, name: str) -> Application | None:
    """The draft that somebody already began under this name."""
    statement = select(Application).where(
        Application.email == canonical_email(email),
        Application.name == name,
        Application.state == State.DRAFT,
    )
    return db.session.scalars(statement.order_by(Application.id)).first()


def of_address(email: str) -> Sequence[Application]:
    """The last applications written from an address, of which somebody lost the link."""
    statement = (
        select(Application)
        .where(Application.email == canonical_email(email), Application.anonymised_at.is_(None))
        .order_by(Application.id.desc())
        .limit(MOST_LINKS)
    )
    return db.session.scalars(statement).all()


def events(application: Application) -> Sequence[ApplicationEvent]:
    """What happened, oldest first, with who did it."""
    statement = (
        select(ApplicationEvent)
        .where(ApplicationEvent.application_id == application.id)
        .options(joinedload(ApplicationEvent.actor), joinedload(ApplicationEvent.organisation))
        .order_by(ApplicationEvent.id)
    )
    return db.session.scalars(statement).all()


def company(siret: str | None) -> CompanyRecord | None:
    """What the public register last said of a SIRET, while it is remembered."""
    if siret is None:
        return None
    since = clock.days_ago(rules.COMPANY_REMEMBERED)
    return db.session.scalar(
        select(CompanyRecord).where(CompanyRecord.siret == siret, CompanyRecord.checked_at >= since)
    )


def others(application: Application) -> list[Known]:
    """The poles and the other applications that this one may be a double of, with what is compared."""
    return [*_poles(application), *_applications(application)]


def _poles(application: Application) -> list[Known]:
    emails: dict[int, set[str]] = {}
    own = [email for email in (application.email, application.contact_email) if email]
    people = (
        select(Membership.organisation_id, Person.email)
        .join(Membership.person)
        .where(Person.email.in_(own), Membership.ended_at.is_(None))
    )
    for organisation_id, email in db.session.execute(people):
        emails.setdefault(organisation_id, set()).add(email)
    columns = select(Pole.id, Pole.name, Pole.lead_siret, Pole.lead_rna, Pole.region_code)
    return [
        Known(name, frozenset(emails.get(pole_id, ())), siret, rna, region, pole_id=pole_id)
        for pole_id, name, siret, rna, region in db.session.execute(
            columns.where(Pole.active, Pole.id != (application.pole_id or 0)).order_by(Pole.id)
        )
    ]


def _applications(application: Application) -> list[Known]:
    rows = db.session.execute(
        select(
            Application.name,
            Application.email,
            Application.contact_email,
            Application.lead_siret,
            Application.lead_rna,
            Application.region_code,
            Application.reference,
        )
        .where(_SENT, Application.id != application.id, Application.anonymised_at.is_(None))
        .order_by(Application.id)
    )
    return [
        Known(name, frozenset(filter(None, (email, contact))), siret, rna, region, reference=reference)
        for name, email, contact, siret, rna, region, reference in rows
    ]


def is_draft_due() -> ColumnElement[bool]:
    """A draft that nobody writes in: to be warned of, or warned of long enough ago to be deleted."""
    return and_(
        Application.state == State.DRAFT,
        Application.changed_at < clock.days_ago(rules.DRAFT_KEPT - rules.WARNED_BEFORE),
        or_(Application.warned_at.is_(None), Application.warned_at < clock.days_ago(rules.WARNED_BEFORE)),
    )


def is_old(day: date) -> ColumnElement[bool]:
    """Sent, nothing has happened since before a day, and it still tells who."""
    moment = clock.end_of(day - timedelta(days=1))
    return and_(
        Application.state.in_(OPEN | CLOSED),
        Application.changed_at <= moment,
        Application.anonymised_at.is_(None),
    )
