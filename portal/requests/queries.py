"""Which requests are yours, and how they are found."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, false, func, select, true
from sqlalchemy.orm import aliased, immediateload, joinedload, load_only, selectinload, with_expression
from sqlalchemy.sql.base import ExecutableOption

from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.catalogue import queries as catalogue
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import PoleFacts, ServiceFacts
from portal.catalogue.models import Service
from portal.db import db, plain_rows, require_transaction
from portal.feature import features
from portal.organisations.models import Coverage, Organisation, Partner, Pole
from portal.refusals import NotFound
from portal.requests.documents.queries import with_documents
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rows.rules import Assigned
from portal.requests.rules import Happened
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState, RequestState

_SUBMITTED = SupportRequest.state != RequestState.DRAFT


def visible_to(actor: Actor) -> Select[SupportRequest]:
    """The requests that are someone's: a pole's own, a partner's assigned, a cell's of its regions."""
    return select(SupportRequest).where(is_visible_to(actor))


def is_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition behind `visible_to`."""
    match actor.role:
        case Role.COORDINATOR | Role.MEMBER:
            return SupportRequest.pole_id == actor.organisation_id
        case Role.PRACTITIONER | Role.MANAGER:
            return SupportRequest.id.in_(
                select(Assignment.request_id).where(Assignment.partner_id == actor.organisation_id)
            )
        case Role.REGIONAL_ADMIN:
            return and_(_SUBMITTED, SupportRequest.region_code.in_(actor.region_codes))
        case Role.NATIONAL_ADMIN:
            return _SUBMITTED
        case Role.OBSERVER:
            return false()


def is_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The same, asked of each request where something else finds a few: not of all those of a partner at once."""
    if not actor.is_partner:
        return is_visible_to(actor)
    theirs = Assignment.partner_id == actor.organisation_id
    return select(Assignment.id).where(Assignment.request_id == SupportRequest.id, theirs).exists()


@cache
def anybody(role: Role) -> Actor:
    """Somebody of a role, for a statement that is built once: `named` says who, each time that it is run."""
    person_id: Any = bindparam("person_id")
    membership_id: Any = bindparam("membership_id")
    organisation_id: Any = bindparam("organisation_id")
    region_codes: Any = bindparam("region_codes", expanding=True)
    return Actor(person_id, "", "", membership_id, role, organisation_id, "", region_codes)


def named(actor: Actor | None) -> Mapping[str, Any]:
    """Who asks, for a statement built for `anybody`."""
    if actor is None:
        return {}
    return {
        "person_id": actor.person_id,
        "membership_id": actor.membership_id,
        "organisation_id": actor.organisation_id,
        "region_codes": [*actor.region_codes],
    }


def poles_asking(actor: Actor) -> Select[int]:
    """The poles whose requests one reads, by number, to be part of a query."""
    return select(SupportRequest.pole_id).where(_SUBMITTED, is_visible_to(actor))


def pole_in_full(request: SupportRequest) -> Pole:
    """The pole of a request with its few recognitions and members."""
    return db.session.scalars(_pole_in_full(), {"pole_id": request.pole_id}).unique().one()


@cache
def _pole_in_full() -> Select[Pole]:
    """Built once."""
    statement = select(Pole).where(Pole.id == bindparam("pole_id"))
    return statement.options(joinedload(Pole.recognitions), joinedload(Pole.members))


def pole_and_facts(request: SupportRequest) -> tuple[Pole, tuple[PoleFacts, ServiceFacts | None]]:
    """The same, and what is known of it and of the service asked for; for `eligibility.rules.weigh`."""
    place, about = request.pole.place, {"pole_id": request.pole_id, "service_id": request.service_id}
    values = {**about, **eligibility.moments(place, without=request.id)}
    row = db.session.execute(_pole_and_facts(), values).unique().one()
    return row[0], eligibility.known(row, place)


@cache
def _pole_and_facts() -> Select[*tuple[Any, ...]]:
    """Built once."""
    asked = Service.id == bindparam("service_id")
    return _pole_in_full().add_columns(*eligibility.facts()).outerjoin(Service, asked)


def others_of_pole(actor: Actor, request: SupportRequest, most: int) -> tuple[int, Sequence[SupportRequest]]:
    """How many more requests of its pole one reads, and the last of them."""
    about = {"pole_id": request.pole_id, "request_id": request.id}
    read = db.session.execute(_others_of_pole(actor.role, most), {**named(actor), **about}).all()
    return (read[0][1] if read else 0), [row[0] for row in read]


@cache
def _others_of_pole(role: Role, most: int) -> Select[SupportRequest, int]:
    """Built once."""
    return (
        select(SupportRequest, func.count().over())
        .where(
            is_seen_by(anybody(role)),
            SupportRequest.pole_id == bindparam("pole_id"),
            SupportRequest.id != bindparam("request_id"),
            _SUBMITTED,
        )
        .options(
            load_only(
                SupportRequest.reference, SupportRequest.subject, SupportRequest.submitted_at, raiseload=True
            ),
            joinedload(SupportRequest.service).load_only(Service.name, Service.name_en, raiseload=True),
        )
        .order_by(SupportRequest.id.desc())
        .limit(most)
    )


def get(actor: Actor, reference: str) -> SupportRequest | None:
    """One of someone's requests, with all that its page shows but the events."""
    values = {**named(actor), "reference": reference}
    return db.session.scalars(_get(actor.role), values).unique().one_or_none()


@cache
def _get(role: Role) -> Select[SupportRequest]:
    """Built once."""
    which = SupportRequest.reference == bindparam("reference"), is_seen_by(anybody(role))
    return (
        select(SupportRequest)
        .where(*which)
        .options(*_whole(), with_its_cell(), *with_documents(anybody(role)))
    )


def get_locked(actor: Actor | None, reference: str) -> SupportRequest | None:
    """The same, locked and fresh until the transaction ends; `actor` None: the portal itself."""
    require_transaction()
    values = {**named(actor), "reference": reference}
    return db.session.scalar(_get_locked(actor.role if actor else None), values)


@cache
def _get_locked(role: Role | None) -> Select[SupportRequest]:
    """Built once."""
    theirs = [is_seen_by(anybody(role))] if role else []
    return (
        select(SupportRequest)
        .where(SupportRequest.reference == bindparam("reference"), *theirs)
        .with_for_update(of=SupportRequest)
        .execution_options(populate_existing=True)
        .options(*_whole(locked=True))
    )


def _whole(locked: bool = False) -> tuple[ExecutableOption, ...]:
    """What a request's page and e-mails show. Under a lock nothing is joined: outer joins cannot be locked."""
    load = selectinload if locked else joinedload
    return (
        load(SupportRequest.pole),
        load(SupportRequest.service),
        *([] if locked else [load(SupportRequest.service_version)]),
        load(SupportRequest.contact),
        load(SupportRequest.assignments).options(
            joinedload(Assignment.partner),
            joinedload(Assignment.referent),
            immediateload(Assignment.request),  # no query: an assignment keeps its request
        ),
    )


def with_its_cell() -> ExecutableOption:
    """Load whether a regional cell is at work where the pole was: else the national one looks for a partner."""
    its_own = Coverage.region_code == SupportRequest.region_code
    followed = accounts.followed_regions().where(its_own).exists()
    return with_expression(SupportRequest.has_own_cell, followed)


def lock_pole(pole_id: int) -> Pole:
    """Let one person of a pole write at a time, until the transaction ends. NotFound for a pole just ended."""
    require_transaction()
    pole = db.session.scalar(_pole_to_lock(), {"pole_id": pole_id})
    if pole is None:
        raise NotFound
    return pole


@cache
def _pole_to_lock() -> Select[Pole]:
    """Built once."""
    return select(Pole).where(Pole.id == bindparam("pole_id"), Pole.active).with_for_update(key_share=True)


def pole(pole_id: int) -> Pole:
    """A pole that is there."""
    return db.session.scalars(select(Pole).where(Pole.id == pole_id)).one()


def by_once(pole_id: int, once: str) -> SupportRequest | None:
    """The request that a form already created, with its pole, and whom it went to."""
    return db.session.scalar(_by_once(), {"once": once, "pole_id": pole_id})


@cache
def _by_once() -> Select[SupportRequest]:
    """Built once."""
    form = SupportRequest.once == bindparam("once"), SupportRequest.pole_id == bindparam("pole_id")
    asked = selectinload(SupportRequest.assignments).joinedload(Assignment.partner)
    return select(SupportRequest).where(*form).options(joinedload(SupportRequest.pole), asked)


def reference_exists(reference: str) -> bool:
    return bool(db.session.scalar(select(exists().where(SupportRequest.reference == reference))))


def is_own(actor: Actor | None, assignment: Assignment | Assigned) -> bool:
    """A partner has its own assignments alone; whoever else has the request, and the portal, has them all."""
    return not (actor and actor.is_partner) or assignment.partner_id == actor.organisation_id


def owned_by(actor: Actor | None) -> ColumnElement[bool]:
    """The same of the assignments of a query."""
    return Assignment.partner_id == actor.organisation_id if actor and actor.is_partner else true()


def own_assignments(actor: Actor | None, request: SupportRequest) -> list[Assignment]:
    """What somebody reads whole."""
    return [assignment for assignment in request.assignments if is_own(actor, assignment)]


def own_assignment(actor: Actor | None, request: SupportRequest, assignment_id: int) -> Assignment:
    """One of them, or NotFound."""
    for assignment in own_assignments(actor, request):
        if assignment.id == assignment_id:
            return assignment
    raise NotFound


def events(request: SupportRequest, actor: Actor | None = None) -> Sequence[Happened]:
    """What happened, oldest first; a partner sees what concerns the request and itself, poles alone what is between
    them."""
    statement = _events(actor.role if actor else None)
    read = plain_rows(statement, {**named(actor), "request_id": request.id})
    return [Happened(*row) for row in read]


@cache
def _events(role: Role | None) -> Select[*tuple[Any, ...]]:
    """Built once."""
    actor, partner, other = anybody(role) if role else None, aliased(Partner), aliased(Pole)
    any_of_it = aliased(RequestEvent)
    last = select(func.max(any_of_it.id)).where(any_of_it.request_id == bindparam("request_id"))
    statement = (
        select(
            RequestEvent.action,
            RequestEvent.at,
            accounts.name_of(Person),
            Organisation.name,
            func.coalesce(partner.name, other.name),
            RequestEvent.reason,
            RequestEvent.message,
            RequestEvent.assignment_id,
            RequestEvent.act,
            RequestEvent.actor_id,
            RequestEvent.organisation_id,
            RequestEvent.id == last.scalar_subquery(),
        )
        .outerjoin(RequestEvent.actor)
        .outerjoin(RequestEvent.organisation)
        .outerjoin(RequestEvent.assignment)
        .outerjoin(partner, partner.id == Assignment.partner_id)
        .outerjoin(other, other.id == RequestEvent.pole_id)
        .where(RequestEvent.request_id == bindparam("request_id"))
        .order_by(RequestEvent.id)
    )
    if actor and not actor.is_pole:
        statement = statement.where(RequestEvent.pole_id.is_(None))
    if actor and actor.is_partner:
        own = select(Assignment.id).where(Assignment.request_id == bindparam("request_id"), owned_by(actor))
        statement = statement.where(
            RequestEvent.assignment_id.is_(None) | RequestEvent.assignment_id.in_(own)
        )
    return statement


def partners(partner_ids: Collection[int]) -> Mapping[int, Partner]:
    """Active partners by id, none of which ends or is merged until the transaction ends."""
    require_transaction()
    here = select(Partner).where(Partner.id.in_(partner_ids), Partner.active).order_by(Partner.id)
    locked = db.session.scalars(here.with_for_update(read=True))
    return {partner.id: partner for partner in locked}


def held_of_services(partner_id: int, service_ids: Collection[int]) -> Sequence[str]:
    """The requests for some services that a partner holds, waiting or accepted."""
    statement = (
        select(SupportRequest.reference)
        .join(SupportRequest.assignments)
        .where(
            Assignment.partner_id == partner_id,
            Assignment.state.in_(LIVE_ASSIGNMENTS),
            SupportRequest.service_id.in_(service_ids),
        )
    )
    return db.session.scalars(statement.order_by(SupportRequest.reference)).all()


_ACTIVE_PARTNERS = (
    select(Partner.id, Partner.name).where(Partner.active).order_by(Partner.name_key, Partner.id)
)


def active_partners() -> Sequence[Row[int, str]]:
    """The partners that can be asked, in French order: number and name."""
    return plain_rows(_ACTIVE_PARTNERS, {}).all()


def active_service(service_id: int, *, lock: bool = False) -> Service | None:
    """A service that can be asked for. `lock`: until the end it stays, and only we take its places."""
    statement = select(Service).where(Service.id == service_id, catalogue.is_open())
    if lock:
        require_transaction()
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalar(statement)


_OPEN_SERVICES = (
    select(Service.id, Service.name, Service.name_en)
    .where(catalogue.is_open())
    .order_by(Service.name_key, Service.id)
)


def active_services() -> Sequence[Row[int, str, str]]:
    """The services that can be asked for, in French order: number and names."""
    return plain_rows(_OPEN_SERVICES, {}).all()


def overdue(due_before: date, after: int, most: int) -> Sequence[int]:
    """The requests with an assignment still waiting whose due date passed before a day, by number, from after one."""
    statement = (
        select(SupportRequest.id)
        .join(SupportRequest.assignments)
        .where(
            SupportRequest.id > after,
            Assignment.state == AssignmentState.PROPOSED,
            Assignment.due_on < due_before,
        )
        .distinct()
    )
    return db.session.scalars(statement.order_by(SupportRequest.id).limit(most)).all()


def reference_of(request_id: int) -> str:
    """What people call a request."""
    return db.session.scalars(select(SupportRequest.reference).where(SupportRequest.id == request_id)).one()


def poles_joined(request_ids: Collection[int]) -> Mapping[int, Sequence[Pole]]:
    """The poles that some requests are of, beside the one that asks."""
    declared = (feature.joined_poles(request_ids) for feature in features() if feature.joined_poles)
    return {number: poles for joined in declared for number, poles in joined.items()}
