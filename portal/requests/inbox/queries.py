"""The inbox of each role: its folders, whose requests are in them, what is counted, how it is searched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from portal.access.roles import Actor, Role
from portal.accounts.models import Person
from portal.catalogue.models import Service
from portal.db import plain_rows
from portal.organisations.models import Partner, Pole
from portal.organisations.queries import is_over
from portal.requests.events.queries import still_stands
from portal.requests.listing.rules import Filters, Whose
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.queries import anybody, is_visible_to, named
from portal.requests.rules import typed_reference
from portal.requests.steps import LIVE_ASSIGNMENTS, OPEN_REQUESTS, AssignmentState, RequestState
from portal.requests.words import GUIDE_ME
from portal.teams import queries as teams
from portal.territories.reference import named_like
from portal.text import search_key

_S, _A = RequestState, AssignmentState
MOST_COUNTED = 999


@dataclass(frozen=True, slots=True)
class Folder:
    """Requests that wait for the same thing, those that wait for *us* oldest first; or, `closed`, for nothing.

    `says_state`: all in it stand where its name says. `by_date`: each has a partner that must answer by a day. `parts`:
    a partner's, where its own assignment stands; `is_late`: those of a cell with a partner that is late. These are
    found from the assignments, the others by `condition`.
    """

    slug: str
    label: Any
    condition: ColumnElement[bool]
    waits_for_us: bool = False
    closed: bool = False
    hidden_when_empty: bool = False
    says_state: bool = False
    by_date: bool = False
    parts: tuple[AssignmentState, ...] = ()
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A folder as a link; `count` as it is shown."""

    label: Any
    url: str
    count: str | None
    current: bool


def _in(*states: RequestState) -> ColumnElement[bool]:
    return SupportRequest.state.in_(states)


def _some_assignment(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Some assignment of the request is such; correlated, so that only the rows at hand are looked at."""
    return select(Assignment.id).where(Assignment.request_id == SupportRequest.id, *conditions).exists()


def _late(actor: Actor) -> Select[int | None]:
    """The requests one sees with a partner that is late (for a partner: itself), from the assignments, which are few.

    Their state is said in the statement: the index holds those alone.
    """
    proposed: BindParameter[AssignmentState] = bindparam(None, _A.PROPOSED, literal_execute=True)
    own = Assignment.partner_id == actor.organisation_id if actor.is_partner else is_visible_to(actor)
    return (
        select(Assignment.request_id)
        .join(Assignment.request)
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(Assignment.state == proposed, is_over(Assignment.due_on, Pole), own)
        .distinct()
    )


def _pole_folders() -> Sequence[Folder]:
    question = and_(_in(_S.PROPOSED, _S.ACCEPTED), _some_assignment(Assignment.state == _A.ON_HOLD))
    return [
        Folder("a-repondre", _l("Questions to answer"), question, waits_for_us=True, says_state=True),
        Folder("en-cours", _l("In progress"), _in(*OPEN_REQUESTS)),
        Folder("brouillons", _l("Drafts"), _in(_S.DRAFT), waits_for_us=True, says_state=True),
        Folder("terminees", _l("Finished"), _in(_S.COMPLETED), closed=True, says_state=True),
        Folder("sans-suite", _l("Withdrawn or dropped"), _in(_S.WITHDRAWN, _S.DROPPED), closed=True),
    ]


def _partner_folders(partner_id: int) -> Sequence[Folder]:
    def mine(slug: str, label: Any, *parts: AssignmentState, **how: bool) -> Folder:
        ours = _some_assignment(Assignment.partner_id == partner_id, Assignment.state.in_(parts))
        return Folder(slug, label, ours, parts=parts, says_state=len(parts) == 1, **how)

    lost = (_A.DECLINED, _A.HANDED_BACK, _A.EXPIRED, _A.CANCELLED)
    return [
        mine("a-traiter", _l("To answer"), _A.PROPOSED, waits_for_us=True, by_date=True),
        mine("en-attente", _l("Waiting for the pole"), _A.ON_HOLD),
        mine("en-cours", _l("In progress"), _A.ACCEPTED),
        mine("terminees", _l("Finished"), _A.COMPLETED, closed=True),
        mine("declinees", _l("Declined or taken back"), *lost, closed=True),
    ]


def _cell_folders(actor: Actor) -> Sequence[Folder]:
    is_late = SupportRequest.id.in_(_late(actor))
    return [
        Folder("a-orienter", _l("To route"), _in(_S.TO_ROUTE), waits_for_us=True),
        Folder("en-retard", _l("Late"), is_late, waits_for_us=True, by_date=True, is_late=True),
        Folder("proposees", _l("Waiting for a partner"), _in(_S.PROPOSED), says_state=True),
        Folder("en-cours", _l("In progress"), _in(_S.ACCEPTED), says_state=True),
        Folder("terminees", _l("Finished"), _in(_S.COMPLETED), closed=True, says_state=True),
        Folder("sans-suite", _l("Withdrawn or dropped"), _in(_S.WITHDRAWN, _S.DROPPED), closed=True),
    ]


def folders(actor: Actor) -> Sequence[Folder]:
    """The folders of whoever acts, the first being the one to open; who it is, `named` says when they are looked at."""
    return _folders(actor.role)


@cache
def _folders(role: Role) -> Sequence[Folder]:
    """Built once."""
    actor = anybody(role)
    if actor.is_pole:
        return (*_pole_folders(), _of_absent_colleagues(actor))
    if actor.is_partner:
        return (*_partner_folders(actor.organisation_id), _of_absent_colleagues(actor))
    return _cell_folders(actor)


def _of_absent_colleagues(actor: Actor) -> Folder:
    """What those for whom one stands in today have on hand for their partner, or asked for their pole."""
    absent = teams.replaced_by(actor)
    if actor.is_pole:
        held = and_(_in(_S.DRAFT, *OPEN_REQUESTS), SupportRequest.contact_id.in_(absent))
    else:
        held = SupportRequest.id.in_(
            select(Assignment.request_id).where(
                Assignment.partner_id == actor.organisation_id,
                Assignment.referent_id.in_(absent),
                Assignment.state.in_(LIVE_ASSIGNMENTS),
            )
        )
    return Folder(
        "collegues-absents", _l("For absent colleagues"), held, waits_for_us=True, hidden_when_empty=True
    )


@cache
def _by_slug(role: Role) -> Mapping[str, Folder]:
    """The same by their names in addresses."""
    return {folder.slug: folder for folder in _folders(role)}


def keys(role: Role, slug: str | None, whose: Whose = Whose.ALL) -> Select[Any]:
    """The requests of a folder (None: all one sees), by number, as directly as they are found."""
    actor, folder = anybody(role), _by_slug(role)[slug] if slug else None
    if folder and folder.is_late:
        return _late(actor).where(belongs(actor, whose))
    if actor.is_partner and (folder is None or folder.parts):
        parts = Assignment.state.in_(folder.parts) if folder else true()
        own = (Assignment.partner_id == actor.organisation_id, Assignment.request_id.is_not(None))
        statement = select(Assignment.request_id).where(*own, parts)
        if whose is not Whose.ALL:
            statement = statement.where(_held_by(actor, whose))
        return statement if folder and not folder.closed else statement.distinct()
    inside = folder.condition if folder else true()
    seen = true() if actor.is_partner else is_visible_to(actor)  # a partner's folders hold its own alone
    return select(SupportRequest.id).where(seen, inside, belongs(actor, whose))


def belongs(actor: Actor, whose: Whose) -> ColumnElement[bool]:
    """Is a request somebody's own, or their team's? A pole's is its contact's, a partner's is with whoever has it,
    a cell's with who last did something about it, or its cell."""
    if whose is Whose.ALL:
        return true()
    if actor.is_pole:
        return SupportRequest.contact_id == actor.person_id if whose is Whose.MINE else true()
    if actor.is_partner:
        return _some_assignment(Assignment.partner_id == actor.organisation_id, _held_by(actor, whose))
    did = (
        RequestEvent.actor_id == actor.person_id
        if whose is Whose.MINE
        else RequestEvent.organisation_id == actor.organisation_id
    )
    events = select(RequestEvent.id).where(RequestEvent.request_id == SupportRequest.id, did, still_stands())
    return events.exists()


def _held_by(actor: Actor, whose: Whose) -> ColumnElement[bool]:
    """Has the person an assignment, or anybody of the team?"""
    return (
        Assignment.referent_id == actor.person_id
        if whose is Whose.MINE
        else Assignment.referent_id.is_not(None)
    )


def to_open(actor: Actor, offered: Sequence[Folder], counts: Mapping[str, int]) -> Folder:
    """The folder that opens by itself: the first that waits for somebody, for a pole the first that holds something."""
    held = (folder for folder in offered if counts[folder.slug] and (folder.waits_for_us or actor.is_pole))
    return next(held, offered[0])


def shown(offered: Sequence[Folder], counts: Mapping[str, int]) -> list[Folder]:
    """The folders worth showing."""
    return [folder for folder in offered if counts.get(folder.slug) or not folder.hidden_when_empty]


def counts(actor: Actor, shown: Sequence[Folder], whose: Whose = Whose.ALL) -> Mapping[str, int]:
    """How many requests each folder holds, MOST_COUNTED + 1 at most, in one query."""
    slugs = tuple(folder.slug for folder in shown)
    row = plain_rows(_counts(actor.role, slugs, whose, MOST_COUNTED + 1), named(actor)).one()
    return dict(zip(slugs, row, strict=True))


@cache
def _counts(role: Role, slugs: tuple[str, ...], whose: Whose, most: int) -> Select[*tuple[int, ...]]:
    """Built once."""
    counted = (keys(role, slug, whose).limit(most).subquery() for slug in slugs)
    return select(*(select(func.count()).select_from(subquery).scalar_subquery() for subquery in counted))


def count_label(count: int | None) -> str | None:
    """A count as its folder shows it."""
    if count is None:
        return None
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def firsts(
    actor: Actor, shown: Sequence[Folder], most: int, but: Select[int] | None = None
) -> Mapping[str, Sequence[int]]:
    """The first requests of each folder, `most` each, none twice, by number: by the day where partners have one to
    answer by, else in the order of the folder; one query, however many. `but`: those to leave out."""
    if not shown:
        return {}
    statement = _firsts(actor.role, tuple(folder.slug for folder in shown), most, but)
    begin: dict[str, list[tuple[date | None, int]]] = {folder.slug: [] for folder in shown}
    for slug, request_id, due_on in plain_rows(statement, named(actor)):
        begin[slug].append((due_on, request_id))
    numbers: dict[str, list[int]] = {}
    seen: set[int] = set()
    for folder in shown:
        in_order = sorted(begin[folder.slug], reverse=not folder.waits_for_us)
        numbers[folder.slug] = [number for _due_on, number in in_order if number not in seen][:most]
        seen.update(numbers[folder.slug])
    return numbers


@cache
def _firsts(
    role: Role, slugs: tuple[str, ...], most: int, but: Select[int] | None = None
) -> CompoundSelect[*tuple[Any, ...]]:
    """Built once. As many more of each as those before it may show."""
    beginnings = []
    for place, slug in enumerate(slugs, start=1):
        statement, folder = keys(role, slug), _by_slug(role)[slug]
        key = statement.selected_columns[0]
        if but is not None:
            statement = statement.where(key.not_in(but))
        due = _due(anybody(role), key) if folder.by_date else cast(null(), Date)
        order = (due, key) if folder.by_date else (key if folder.waits_for_us else key.desc(),)
        numbers = statement.add_columns(due.label("due")).order_by(*order).limit(place * most).subquery()
        beginnings.append(select(literal(slug), *numbers.c))
    return union_all(*beginnings)


def _due(actor: Actor, request_id: ColumnElement[int]) -> ScalarSelect[date]:
    """The first day by which a partner must answer: for a partner, itself."""
    asked = aliased(Assignment)
    ours = asked.partner_id == actor.organisation_id if actor.is_partner else true()
    due = select(func.min(asked.due_on)).where(
        asked.request_id == request_id, asked.state == _A.PROPOSED, ours
    )
    return due.scalar_subquery()


def _shows(actor: Actor, word: str) -> ColumnElement[bool]:
    """Is a word of a search in what a request says, or in a name that stands beside it now, for this reader?"""

    def named(entity: Any, *columns: Any) -> Select[int]:
        return select(entity.id).where(or_(*(column.contains(word, autoescape=True) for column in columns)))

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


def matching(actor: Actor, statement: Select[int], filters: Filters) -> Select[int]:
    """Those of a statement that match what is looked for."""
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
