"""What is known of poles and services, to say who may ask for what: all of it in one statement."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Date,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from portal import clock
from portal.catalogue import queries as catalogue
from portal.catalogue.eligibility.rules import (
    Eligibility,
    PoleFacts,
    Recognised,
    ServiceFacts,
    Use,
    Where,
    weigh,
)
from portal.catalogue.limits import queries as limits
from portal.catalogue.limits.models import PartnerLimit
from portal.catalogue.limits.rules import Measure, Year, year_of
from portal.catalogue.models import Delivery, Service, ServicePlace, ServiceRecognition, ServiceStage
from portal.catalogue.room import queries as room
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.catalogue.room.rules import KEPT_FOR, Room
from portal.db import db, plain_rows
from portal.organisations.models import Coverage, Partner, Pole, Recognition
from portal.organisations.rules import RecognitionKind, Stage


def of(pole_id: int, place: str | None, service_ids: Collection[int]) -> Mapping[int, Eligibility]:
    """What is said to a pole, by whose clocks, of some services that are there, by number."""
    values = {"pole_id": pole_id, "service_ids": list(service_ids), **moments(place)}
    read = plain_rows(_of(), values).all()
    pole = _pole(read[0], place) if read else PoleFacts()
    return {row.about_service: weigh(pole, _service(row)) for row in read}


def about(pole_id: int, place: str | None, service_id: int | None) -> Eligibility | None:
    """The same of one service, or None: “guide me”, of which the reasons of the pole alone are said. None: nothing is
    said."""
    if service_id is not None:
        return of(pole_id, place, [service_id]).get(service_id)
    row = plain_rows(_own(), {"pole_id": pole_id, **moments(place)}).one_or_none()
    ruling = weigh(_pole(row, place), None) if row else None
    return ruling if ruling and ruling.reasons else None


@cache
def _own() -> Select[*tuple[Any, ...]]:
    """Built once."""
    statement = select(*_of_pole()).where(Pole.id == bindparam("pole_id"))
    return statement.execution_options(autoflush=False)


def moments(place: str | None, without: int = 0) -> Mapping[str, Any]:
    """What the statements are asked with: the day and the year of a pole, and the request to leave out, by number."""
    today = clock.today(place)
    year = year_of(today, place)
    return {
        **limits.this_year(),
        "today": today,
        "kept_since": clock.today() - KEPT_FOR,
        "without": without,
        **{f"year_{name}": each for name, each in year._asdict().items()},
    }


@cache
def _of() -> Select[*tuple[Any, ...]]:
    """Built once. What is being written changes nothing of it. The limit keeps what is of the pole from being counted
    again for each service."""
    asking = select(*_of_pole()).where(Pole.id == bindparam("pole_id")).limit(1).subquery("asking")
    return (
        select(*_of_service(), *asking.c)
        .select_from(Service)
        .join(Pole, Pole.id == bindparam("pole_id"))
        .join(asking, true())
        .where(Service.id.in_(bindparam("service_ids", expanding=True)))
        .execution_options(autoflush=False)
    )


_WITHOUT: Any = bindparam("without")


def facts(without: Any = _WITHOUT) -> tuple[Any, ...]:
    """The columns that say it of a pole and a service, in any statement that has both; for `read`. `without`: the
    number of the request to leave out, a column where the statement has several."""
    return (*_of_service(without), *_of_pole(without))


def _of_service(without: Any = _WITHOUT) -> tuple[Any, ...]:
    """What is of a service, and its places as they stand for a pole."""
    return (
        Service.id.label("about_service"),
        catalogue.is_open().label("service_is_open"),
        Service.reopens_on.label("service_reopens_on"),
        *stated(),
        _places().label("service_places"),
        *_room(without),
        _given().label("service_given"),
    )


def _of_pole(without: Any = _WITHOUT) -> tuple[Any, ...]:
    """What is of a pole, whatever it asks for."""
    return (
        Pole.stage.label("pole_stage"),
        Pole.region_code.label("pole_region"),
        Pole.department_code.label("pole_department"),
        Pole.active.label("pole_is_active"),
        _joined(_pair(Recognition.kind, Recognition.year), Recognition.pole_id == Pole.id).label(
            "pole_recognitions"
        ),
        *(column for measure in Measure for column in _use(measure, without)),
    )


def stated() -> tuple[Any, ...]:
    """The columns that say for whom and where a service is, of any statement that has it."""
    return (
        _joined(
            _pair(ServicePlace.region_code, ServicePlace.department_code),
            ServicePlace.service_id == Service.id,
        ).label("service_offered"),
        _joined(ServiceStage.stage, ServiceStage.service_id == Service.id).label("service_stages"),
        _joined(
            _pair(ServiceRecognition.kind, ServiceRecognition.year),
            ServiceRecognition.service_id == Service.id,
        ).label("service_recognitions"),
    )


def read(row: Row[*tuple[Any, ...]], place: str | None) -> Eligibility:
    """What the columns of `facts` come to, by the clocks of a place."""
    return weigh(*known(row, place))


def known(row: Row[*tuple[Any, ...]], place: str | None) -> tuple[PoleFacts, ServiceFacts | None]:
    """What the columns of `facts` say, for `weigh`; None: of no service."""
    return _pole(row, place), _service(row) if row.about_service else None


def _pole(row: Row[*tuple[Any, ...]], place: str | None) -> PoleFacts:
    return PoleFacts(
        stage=row.pole_stage,
        recognitions=recognised(row.pole_recognitions),
        region_code=row.pole_region,
        department_code=row.pole_department,
        active=row.pole_is_active,
        uses=[use for measure in Measure if (use := _read_use(row, measure))],
        new_year=year_of(clock.today(place), place).after,
    )


def _service(row: Row[*tuple[Any, ...]]) -> ServiceFacts:
    return ServiceFacts(
        is_open=row.service_is_open,
        reopens_on=row.service_reopens_on,
        offered=places_of(row.service_offered),
        stages=frozenset(stages_of(row.service_stages)),
        recognitions=recognised(row.service_recognitions),
        places=places_of(row.service_places),
        room=_read_room(row),
        given=limits.read_given(row.service_given),
        new_year=year_of(clock.today(), None).after,
    )


def _room(without: Any) -> Sequence[Any]:
    """The places that the partners of a service state, whether all do, and what its requests have taken of them; asked
    only where one of them states any."""
    total = room.stated(Service.id).correlate(Service)
    all_of_them = total.with_only_columns(
        and_(func.count(ServiceRoom.maximum) > 0, func.count(ServiceRoom.maximum) == func.count())
    )
    moments: Any = [bindparam(f"bundle_{name}") for name in Year._fields]
    is_stated = exists().where(ServiceRoom.service_id == Service.id)
    return (
        case((is_stated, total.scalar_subquery())).label("room_stated"),
        case((is_stated, all_of_them.scalar_subquery())).label("room_is_limited"),
        case((is_stated, room.taken_of(Service.id, Year(*moments), without))).label("room_taken"),
        *_waiting(),
    )


def _given() -> Any:
    """What the one partner of a service has given of its limits; where there are several, another can be asked."""
    other, colleague = aliased(Delivery), aliased(Partner)
    only = (
        select(func.min(other.partner_id))
        .join(colleague, colleague.id == other.partner_id)
        .where(other.service_id == Service.id, colleague.active)
        .having(func.count() == 1)
        .correlate(Service)
        .scalar_subquery()
    )
    of_service = or_(PartnerLimit.service_id.is_(None), PartnerLimit.service_id == Service.id)
    return limits.given(PartnerLimit.partner_id == only, of_service)


def _waiting() -> Sequence[Any]:
    """How many poles wait, where this one stands, and how many come before it."""
    mine = select(WaitingPlace.id).where(
        WaitingPlace.service_id == Service.id, WaitingPlace.pole_id == Pole.id
    )
    other = aliased(WaitingPlace)
    asker = aliased(Pole)
    all_of_them = (
        select(func.count(other.id))
        .join(asker, asker.id == other.pole_id)
        .where(other.service_id == Service.id, asker.active)
    )
    own = mine.correlate(Service, Pole).scalar_subquery()
    first = or_(other.told_on.is_(None), other.told_on >= bindparam("kept_since", type_=Date))
    before = all_of_them.where(or_(own.is_(None), other.id < own), first)
    up_to = all_of_them.where(other.id <= own)
    return (
        all_of_them.correlate(Service, Pole).scalar_subquery().label("room_waiting"),
        up_to.correlate(Service, Pole).scalar_subquery().label("room_position"),
        before.correlate(Service, Pole).scalar_subquery().label("room_ahead"),
    )


def _read_room(row: Row[*tuple[Any, ...]]) -> Room | None:
    if not row.room_is_limited:
        return None
    position = row.room_position or None
    return Room(row.room_stated or 0, row.room_taken, row.room_waiting, position, row.room_ahead)


def _use(measure: Measure, without: Any) -> Sequence[Any]:
    """The limit, what is granted beyond it, and what is used of it, by features above."""
    moments: Any = [bindparam(f"year_{name}") for name in Year._fields]
    year, today = Year(*moments), bindparam("today", type_=Date)
    columns = limits.of_pole(measure, year, today, without)
    names = ("maximum", "more", "used")
    return [column.label(f"{measure}_{name}") for name, column in zip(names, columns, strict=True)]


def _read_use(row: Row[*tuple[Any, ...]], measure: Measure) -> Use | None:
    maximum, more, used = (getattr(row, f"{measure}_{name}") for name in ("maximum", "more", "used"))
    return None if maximum is None else Use(measure, maximum, more, used)


def recognitions(service_id: int) -> Collection[Recognised]:
    """The recognitions that let a pole ask for a service; none: every pole may."""
    wanted = select(ServiceRecognition.kind, ServiceRecognition.year)
    rows = db.session.execute(wanted.where(ServiceRecognition.service_id == service_id))
    return [Recognised(kind, year) for kind, year in rows]


def joined_places(which: Any) -> Any:
    """The places where somebody works, in one word; for `places_of`."""
    return _joined(_pair(Coverage.region_code, Coverage.department_code), which)


def _joined(word: Any, which: Any) -> Any:
    """Words of some rows in one."""
    return select(func.aggregate_strings(cast(word, String), " ")).where(which).scalar_subquery()


def _places() -> Any:
    """Where the partners of a service work; the one pair of the whole country holds nothing."""
    partner = aliased(Partner)
    words = func.aggregate_strings(_pair(Coverage.region_code, Coverage.department_code), " ")
    return (
        select(words)
        .select_from(Delivery)
        .join(partner, partner.id == Delivery.partner_id)
        .join(Coverage, Coverage.organisation_id == partner.id)
        .where(Delivery.service_id == Service.id, partner.active)
        .correlate(Service)
        .scalar_subquery()
    )


def _pair(first: Any, second: Any) -> Any:
    """Two words in one, either of which may be missing."""
    return func.coalesce(cast(first, String), "") + ":" + func.coalesce(cast(second, String), "")


def _pairs(joined: str | None) -> Iterator[tuple[str, str]]:
    for pair in (joined or "").split():
        first, _, second = pair.partition(":")
        yield first, second


def stages_of(joined: str | None) -> list[Stage]:
    return [Stage(word) for word in (joined or "").split()]


def places_of(joined: str | None) -> list[Where]:
    return [Where(region or None, department or None) for region, department in _pairs(joined)]


def recognised(joined: str | None) -> frozenset[Recognised]:
    return frozenset(
        Recognised(RecognitionKind(kind), int(year) if year else None) for kind, year in _pairs(joined)
    )
