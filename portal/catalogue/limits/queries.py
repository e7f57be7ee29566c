"""What is limited, for whom there is more, and what partners have given."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, Row, String, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.catalogue.limits.models import LimitException, PartnerLimit, UseLimit
from portal.catalogue.limits.rules import Given, Measure, Year, unit_of, year_of
from portal.catalogue.models import Service
from portal.db import db
from portal.feature import features
from portal.organisations.models import Organisation, Partner, Pole

EXCEPTIONS_SHOWN = 100


def limits() -> Mapping[Measure, int]:
    """The most that each pole has in a year, of what is limited."""
    return {limit.measure: limit.maximum for limit in db.session.scalars(select(UseLimit))}


def exceptions() -> Sequence[LimitException]:
    """The last that were granted, with whom they are for, the newest first."""
    statement = select(LimitException).options(joinedload(LimitException.organisation))
    return db.session.scalars(statement.order_by(LimitException.id.desc()).limit(EXCEPTIONS_SHOWN)).all()


def excepted() -> Sequence[Row[int, str]]:
    """Those that may be granted more, by name: the poles that ask, and the partners that are limited."""
    limited = select(PartnerLimit.partner_id)
    statement = select(Organisation.id, Organisation.name).where(
        Organisation.active, or_(Organisation.id.in_(select(Pole.id)), Organisation.id.in_(limited))
    )
    return db.session.execute(statement.order_by(Organisation.name_key, Organisation.id)).all()


def partners() -> Sequence[Row[int, str]]:
    """The partners that are there, by name."""
    statement = select(Partner.id, Partner.name).where(Partner.active).order_by(Partner.name_key, Partner.id)
    return db.session.execute(statement).all()


def holds(exception: LimitException) -> bool:
    """Does it give more today, where the organisation is?"""
    day = clock.today(exception.organisation.place)
    return exception.withdrawn_on is None and exception.granted_on <= day <= exception.until


def granted(organisation_id: Any, measure: Any, today: Any) -> Any:
    """How much more than the limit an organisation has on a day, as a subquery."""
    return (
        select(func.coalesce(func.sum(LimitException.more), 0))
        .where(
            LimitException.organisation_id == organisation_id,
            LimitException.measure == measure,
            LimitException.granted_on <= today,
            LimitException.until >= today,
            LimitException.withdrawn_on.is_(None),
        )
        .scalar_subquery()
    )


def of_partners() -> Sequence[tuple[PartnerLimit, Given]]:
    """Each limit of a partner that is there, with what it has given of it, by name."""
    statement = (
        select(PartnerLimit, *_counts())
        .join(PartnerLimit.partner)
        .outerjoin(PartnerLimit.service)
        .where(Partner.active)
        .options(joinedload(PartnerLimit.partner), joinedload(PartnerLimit.service))
        .order_by(Partner.name_key, Partner.id, Service.name_key, PartnerLimit.id)
    )
    rows = db.session.execute(statement, this_year())
    return [
        (limit, Given(limit.measure, limit.service_id is not None, allowed, used))
        for limit, allowed, used in rows
    ]


def this_year() -> Mapping[str, Any]:
    """What statements about partners are asked with: the day and the year of the bundle."""
    return asked_of(clock.today())


def asked_of(day: date) -> Mapping[str, Any]:
    """The same of the year of a day, as it is or was at its end."""
    year = {f"bundle_{name}": each for name, each in year_of(day, None)._asdict().items()}
    return {**year, "bundle_today": _within(day)}


def given(*which: Any) -> Any:
    """What partners have given of some limits, in one word; for `read_given`, and asked with `this_year`."""
    allowed, used = _counts()
    service = func.coalesce(cast(PartnerLimit.service_id, String), "")
    word = cast(PartnerLimit.measure, String) + ":" + service
    for number in (allowed, used):
        word = word + ":" + cast(number, String)
    return select(func.aggregate_strings(word, " ")).where(*which).scalar_subquery()


def read_given(joined: str | None) -> Sequence[Given]:
    """What `given` tells, requests before days, all services before one."""
    parts = (word.split(":") for word in (joined or "").split())
    return sorted(
        (
            Given(Measure(measure), bool(service), int(allowed), int(used))
            for measure, service, allowed, used in parts
        ),
        key=lambda each: (list(Measure).index(each.measure), each.of_service),
    )


def _counts() -> tuple[Any, Any]:
    """What a partner may give, and has given, of the limit of a row."""
    moments: Any = [bindparam(f"bundle_{name}") for name in Year._fields]
    more = granted(PartnerLimit.partner_id, PartnerLimit.measure, bindparam("bundle_today", type_=Date))
    counts = {measure: count for feature in features() for measure, count in feature.counts_given.items()}
    used = case(
        *(
            (PartnerLimit.measure == measure, counts[measure](PartnerLimit, Year(*moments)))
            for measure in Measure
        )
    )
    return PartnerLimit.maximum + more, used


def of_pole(measure: Measure, year: Year, today: Any, without: Any) -> tuple[Any, Any, Any]:
    """Of each pole of a statement: its limit, what it is granted beyond, and what it has had of it in a year, without
    one request."""
    limit = select(UseLimit.maximum).where(UseLimit.measure == measure).scalar_subquery()
    used = next(feature.counts_use[measure] for feature in features() if measure in feature.counts_use)
    return limit, granted(Pole.id, measure, today), used(Pole.id, year, without)


def any_limit(measure: Measure, partner_ids: Collection[int]) -> bool:
    """Is it limited for poles, or for one of these partners?"""
    ours = exists().where(PartnerLimit.measure == measure, PartnerLimit.partner_id.in_(partner_ids))
    return bool(db.session.scalar(select(exists().where(UseLimit.measure == measure) | ours)))


def poles_beyond(pole_ids: Collection[int], measure: Measure, day: date) -> bool:
    """Has one of these poles had more in the year of a day than it may, as it is or was at its end?"""
    year, today = year_of(day, None), _within(day)
    maximum, more, used = of_pole(measure, year, today, None)
    statement = select(Pole.id).where(Pole.id.in_(pole_ids), used > (maximum + more) * unit_of(measure))
    return db.session.scalar(statement.limit(1)) is not None


def partners_beyond(
    partner_ids: Collection[int], service_id: int | None, measure: Measure, day: date
) -> bool:
    """Has one of these partners given more in the year of a day than it may, of a service or in all?"""
    allowed, used = _counts()
    statement = select(PartnerLimit.id).where(
        PartnerLimit.partner_id.in_(partner_ids),
        PartnerLimit.measure == measure,
        or_(PartnerLimit.service_id.is_(None), PartnerLimit.service_id == service_id),
        used > allowed * unit_of(measure),
    )
    return db.session.scalar(statement.limit(1), asked_of(day)) is not None


def _within(day: date) -> date:
    """Today, or the last day of a year that is over: what holds then."""
    return min(clock.today(), date(day.year, 12, 31))


def lock_limits(partner_ids: Collection[int]) -> bool:
    """Until the end of the transaction, nobody else gives what some partners give within a limit; has one any?"""
    limited = (
        select(PartnerLimit.id).where(PartnerLimit.partner_id.in_(partner_ids)).order_by(PartnerLimit.id)
    )
    return bool(db.session.scalars(limited.with_for_update(key_share=True)).all())
