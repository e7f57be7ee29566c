"""The inbox of each role: its folders, what is counted, how it is searched and ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    UnaryExpression,
    and_,
    bindparam,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload, load_only

from portal.access.roles import Actor, Role
from portal.accounts.models import Person
from portal.catalogue.models import Service
from portal.db import db
from portal.organisations.models import Partner, Pole
from portal.organisations.queries import is_over
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import anybody, is_visible_to, named, with_its_cell
from portal.requests.rules import typed_reference
from portal.requests.steps import LIVE_ASSIGNMENTS, OPEN_REQUESTS, AssignmentState, RequestState
from portal.requests.words import GUIDE_ME
from portal.teams import queries as teams
from portal.territories.reference import named_like
from portal.text import search_key

_S, _A = RequestState, AssignmentState
_OPEN = (_S.DRAFT, *sorted(OPEN_REQUESTS))
MOST_COUNTED = 999


@dataclass(frozen=True, slots=True)
class Folder:
    """Requests that wait for the same thing, those that wait for *us* oldest first; or, `closed`, for nothing."""

    slug: str
    label: Any
    condition: ColumnElement[bool]
    waits_for_us: bool = False
    closed: bool = False
    hidden_when_empty: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A folder as a link; `count` as it is shown."""

    label: Any
    url: str
    count: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person is looking for; None: everything."""

    text: str = ""
    service_id: int | None = None
    region_code: str | None = None
    partner_id: int | None = None


def _in(*states: RequestState) -> ColumnElement[bool]:
    return SupportRequest.state.in_(states)


def _some_assignment(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Some assignment of the request is such; correlated, so that only the rows at hand are looked at."""
    return select(Assignment.id).where(Assignment.request_id == SupportRequest.id, *conditions).exists()


def _late(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Looked up from the late assignments, which are few, rather than from each open request of a cell."""
    asked, pole = aliased(SupportRequest), aliased(Pole)
    late = (
        select(Assignment.request_id)
        .join(asked, asked.id == Assignment.request_id)
        .join(pole, pole.id == asked.pole_id)
        .where(Assignment.state == _A.PROPOSED, is_over(Assignment.due_on, pole), *conditions)
    )
    return and_(_in(_S.PROPOSED, _S.ACCEPTED), SupportRequest.id.in_(late))


def _pole_folders() -> Sequence[Folder]:
    question = and_(_in(_S.PROPOSED, _S.ACCEPTED), _some_assignment(Assignment.state == _A.ON_HOLD))
    return [
        Folder("a-repondre", _l("Questions to answer"), question, waits_for_us=True),
        Folder("en-cours", _l("In progress"), _in(*OPEN_REQUESTS)),
        Folder("brouillons", _l("Drafts"), _in(_S.DRAFT), waits_for_us=True),
        Folder("terminees", _l("Finished"), _in(_S.COMPLETED), closed=True),
        Folder("sans-suite", _l("Withdrawn or dropped"), _in(_S.WITHDRAWN, _S.DROPPED), closed=True),
    ]


def _partner_folders(partner_id: int) -> Sequence[Folder]:
    ours = Assignment.partner_id == partner_id

    def mine(*states: AssignmentState) -> ColumnElement[bool]:
        return _some_assignment(ours, Assignment.state.in_(states))

    opened = _in(*OPEN_REQUESTS)
    lost = mine(_A.DECLINED, _A.HANDED_BACK, _A.EXPIRED, _A.CANCELLED)
    return [
        Folder("a-traiter", _l("To answer"), and_(opened, mine(_A.PROPOSED)), waits_for_us=True),
        Folder("en-attente", _l("Waiting for the pole"), and_(opened, mine(_A.ON_HOLD))),
        Folder("en-cours", _l("In progress"), and_(opened, mine(_A.ACCEPTED))),
        Folder("terminees", _l("Finished"), mine(_A.COMPLETED), closed=True),
        Folder("declinees", _l("Declined or taken back"), lost, closed=True),
    ]


def _cell_folders() -> Sequence[Folder]:
    return [
        Folder("a-orienter", _l("To route"), _in(_S.TO_ROUTE), waits_for_us=True),
        Folder("en-retard", _l("Late"), _late(), waits_for_us=True),
        Folder("proposees", _l("Waiting for a partner"), _in(_S.PROPOSED)),
        Folder("en-cours", _l("In progress"), _in(_S.ACCEPTED)),
        Folder("terminees", _l("Finished"), _in(_S.COMPLETED), closed=True),
        Folder("sans-suite", _l("Withdrawn or dropped"), _in(_S.WITHDRAWN, _S.DROPPED), closed=True),
    ]


def folders(actor: Actor) -> Sequence[Folder]:
    """The folders of whoever acts, the first being the one to open; who it is, `named` says when they are looked at."""
    return _folders(actor.role)


@cache
def _folders(role: Role) -> Sequence[Folder]:
    actor = anybody(role)
    if actor.is_pole:
        return (*_pole_folders(), _of_absent_colleagues(actor))
    if actor.is_partner:
        return (*_partner_folders(actor.organisation_id), _of_absent_colleagues(actor))
    return _cell_folders()


def _of_absent_colleagues(actor: Actor) -> Folder:
    """What those for whom one stands in today follow for their partner, or asked for their pole."""
    absent = teams.replaced_by(actor)
    if actor.is_pole:
        held = and_(_in(_S.DRAFT, *OPEN_REQUESTS), SupportRequest.contact_id.in_(absent))
    else:
        followed = _some_assignment(
            Assignment.partner_id == actor.organisation_id,
            Assignment.referent_id.in_(absent),
            Assignment.state == _A.ACCEPTED,
        )
        held = and_(_in(*OPEN_REQUESTS), followed)
    return Folder(
        "collegues-absents", _l("For absent colleagues"), held, waits_for_us=True, hidden_when_empty=True
    )


def to_open(actor: Actor, found: Sequence[Folder], counts: Mapping[str, int]) -> Folder:
    """The folder that opens by itself: for a pole the first that holds something, for others what waits for them."""
    return next((one for one in found if actor.is_pole and counts[one.slug]), found[0])


def shown(found: Sequence[Folder], counts: Mapping[str, int]) -> list[Folder]:
    """The folders worth showing."""
    return [one for one in found if counts.get(one.slug) or not one.hidden_when_empty]


def counts(actor: Actor, shown: Sequence[Folder]) -> Mapping[str, int]:
    """How many requests each folder holds, in one query; of closed ones, which pile up, MOST_COUNTED + 1 at most."""
    slugs = tuple(folder.slug for folder in shown)
    row = db.session.execute(_counts(actor.role, slugs, MOST_COUNTED + 1), named(actor)).one()
    return dict(zip(slugs, row, strict=True))


@cache
def _counts(role: Role, slugs: tuple[str, ...], most: int) -> Select[*tuple[int, ...]]:
    """Built once."""
    visible = is_visible_to(anybody(role))
    return (
        select(
            *(
                _piled(visible, folder, most) if folder.closed else func.count().filter(folder.condition)
                for folder in _named(role, slugs)
            )
        )
        .select_from(SupportRequest)
        .where(visible, SupportRequest.state.in_(_OPEN))
    )


def _named(role: Role, slugs: Sequence[str]) -> list[Folder]:
    found = {folder.slug: folder for folder in _folders(role)}
    return [found[slug] for slug in slugs]


def _piled(visible: ColumnElement[bool], folder: Folder, most: int) -> ScalarSelect[int]:
    some = select(SupportRequest.id).where(visible, folder.condition).limit(most)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def count_label(count: int | None) -> str | None:
    """A count as its folder shows it."""
    if count is None:
        return None
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def late_count(actor: Actor) -> int:
    """How many of the requests one sees have a partner that is late: of one's own, for a partner."""
    return db.session.scalar(_late_count(actor.role), named(actor)) or 0


@cache
def _late_count(role: Role) -> Select[int]:
    """Built once."""
    actor = anybody(role)
    late = _late(Assignment.partner_id == actor.organisation_id) if actor.is_partner else _late()
    return select(func.count()).select_from(SupportRequest).where(is_visible_to(actor), late)


def listing(actor: Actor, folder: Folder | None, filters: Filters) -> Select[int]:
    """The requests of a folder (None: all one sees) that match, by number, in a total order."""
    statement = select(SupportRequest.id).where(is_visible_to(actor))
    if folder is not None:
        statement = statement.where(folder.condition).params(named(actor))
    return _matching(actor, statement, filters).order_by(_order(folder))


def rows(request_ids: Sequence[int]) -> list[SupportRequest]:
    """These requests, in this order, with all that a row shows."""
    read = db.session.scalars(_rows(), {"request_ids": [*request_ids]}).unique()
    found = {request.id: request for request in read}
    return [found[one] for one in request_ids if one in found]


@cache
def _rows() -> Select[SupportRequest]:
    """Built once."""
    return (
        select(SupportRequest)
        .where(SupportRequest.id.in_(bindparam("request_ids", expanding=True)))
        .options(
            with_its_cell(),
            load_only(
                SupportRequest.reference,
                SupportRequest.subject,
                SupportRequest.service_id,
                SupportRequest.region_code,
                SupportRequest.state,
                SupportRequest.submitted_at,
                raiseload=True,
            ),
            joinedload(SupportRequest.pole).load_only(
                Pole.name, Pole.department_code, Pole.region_code, raiseload=True
            ),
            joinedload(SupportRequest.service).load_only(Service.name, Service.name_en, raiseload=True),
            joinedload(SupportRequest.assignments).options(
                load_only(
                    Assignment.request_id,
                    Assignment.partner_id,
                    Assignment.state,
                    Assignment.due_on,
                    raiseload=True,
                ),
                joinedload(Assignment.partner).load_only(Partner.name, raiseload=True),
                joinedload(Assignment.referent).load_only(
                    Person.given_name, Person.family_name, raiseload=True
                ),
            ),
        )
    )


def firsts(actor: Actor, shown: Sequence[Folder], most: int) -> Mapping[str, Sequence[SupportRequest]]:
    """The first rows of each folder, `most` each, that no folder before it holds; two queries, however many."""
    if not shown:
        return {}
    statement = _firsts(actor.role, tuple(folder.slug for folder in shown), most)
    numbers: dict[str, list[int]] = {folder.slug: [] for folder in shown}
    for slug, request_id in db.session.execute(statement, named(actor)):
        numbers[slug].append(request_id)
    read = {one.id: one for one in rows([*chain(*numbers.values())])}
    return {
        slug: [read[one] for one in sorted(found, reverse=not waits) if one in read]
        for (slug, found), waits in zip(numbers.items(), (one.waits_for_us for one in shown), strict=True)
    }


@cache
def _firsts(role: Role, slugs: tuple[str, ...], most: int) -> CompoundSelect[str, int]:
    """Built once."""
    folders = _named(role, slugs)
    beginnings = (
        select(literal(folder.slug), SupportRequest.id)
        .where(
            is_visible_to(anybody(role)),
            folder.condition,
            *(not_(before.condition) for before in folders[:place]),
        )
        .order_by(_order(folder))
        .limit(most)
        .subquery()
        for place, folder in enumerate(folders)
    )
    return union_all(*(select(one) for one in beginnings))


def _order(folder: Folder | None) -> UnaryExpression[int]:
    """What waits for somebody, oldest first; the rest, newest first."""
    oldest_first = folder is not None and folder.waits_for_us
    return SupportRequest.id.asc() if oldest_first else SupportRequest.id.desc()


def _shows(actor: Actor, word: str) -> ColumnElement[bool]:
    """Is a word of a search in what a request says, or in a name that stands beside it now, for this reader?"""

    def named(entity: Any, *columns: Any) -> Select[int]:
        return select(entity.id).where(or_(*(one.contains(word, autoescape=True) for one in columns)))

    people = named(Person, Person.name_key)
    parts = select(Assignment.request_id).where(
        or_(
            Assignment.partner_id.in_(named(Partner, Partner.name_key)),
            and_(Assignment.state == _A.ACCEPTED, Assignment.referent_id.in_(people)),
        )
    )
    asks: ColumnElement[bool] = SupportRequest.contact_id.in_(people)
    if actor.is_partner:
        parts = parts.where(Assignment.partner_id == actor.organisation_id)
        asks = and_(asks, _some_assignment(Assignment.partner_id == actor.organisation_id, _calls_the_pole()))
    regions, _departments = named_like(word)
    guided = word in search_key(str(GUIDE_ME))
    return or_(
        SupportRequest.search_text.contains(word, autoescape=True),
        SupportRequest.pole_id.in_(named(Pole, Pole.name_key)),
        SupportRequest.service_id.in_(named(Service, Service.names_key)),
        and_(SupportRequest.service_id.is_(None), true() if guided else false()),
        SupportRequest.region_code.in_(regions),
        SupportRequest.id.in_(parts),
        asks,
    )


def _calls_the_pole() -> ColumnElement[bool]:
    """`page.shows_contact` in SQL."""
    return Assignment.state.in_((*LIVE_ASSIGNMENTS, _A.COMPLETED))


def _matching(actor: Actor, statement: Select[int], filters: Filters) -> Select[int]:
    reference = typed_reference(filters.text)
    words = search_key(filters.text).split()
    if reference:
        statement = statement.where(SupportRequest.reference == reference)
    elif filters.text and not words:
        statement = statement.where(false())
    else:
        statement = statement.where(*(_shows(actor, word) for word in words))
    if filters.service_id == 0:
        statement = statement.where(SupportRequest.service_id.is_(None))
    elif filters.service_id is not None:
        statement = statement.where(SupportRequest.service_id == filters.service_id)
    if filters.region_code:
        statement = statement.where(SupportRequest.region_code == filters.region_code)
    if filters.partner_id is not None:
        statement = statement.where(_some_assignment(Assignment.partner_id == filters.partner_id))
    return statement
