"""The national cell sets limits, and grants more to one pole."""

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.catalogue.limits import queries, words
from portal.catalogue.limits.models import LimitException, UseLimit
from portal.catalogue.limits.rules import LONGEST_EXCEPTION, Measure
from portal.db import db, one_at_a_time, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations.models import Pole
from portal.refusals import Invalid, NotFound


def limit(wanted: Mapping[Measure, int | None]) -> None:
    """From now on each pole has at most this of each in a year; None: as much as it likes."""
    require_transaction()
    one_at_a_time("limits of the bundle")
    rows = {row.measure: row for row in db.session.scalars(select(UseLimit))}
    before = {measure: row.maximum for measure, row in rows.items()}
    for measure, maximum in wanted.items():
        if maximum is None:
            if measure in rows:
                db.session.delete(rows[measure])
        elif measure in rows:
            rows[measure].maximum = maximum
        else:
            db.session.add(UseLimit(measure=measure, maximum=maximum))
    after = {measure: maximum for measure, maximum in wanted.items() if maximum is not None}
    if before != after:
        journal.record(
            Act.CHANGED,
            Subject.SETTING,
            None,
            str(words.LIMITS),
            before={f"limit_{measure}": maximum for measure, maximum in before.items()},
            after={f"limit_{measure}": maximum for measure, maximum in after.items()},
        )


def grant(pole_id: int, measure: Measure, more: int, until: date, reason: str) -> LimitException:
    """Let one pole have more than the limit, until a day included."""
    require_transaction()
    pole = db.session.scalar(select(Pole).where(Pole.id == pole_id, Pole.active).with_for_update(read=True))
    if pole is None:
        raise Invalid("pole_id", _l("Choose a pole from the list."))
    today = clock.today(pole.place)
    if not today <= until <= today + LONGEST_EXCEPTION:
        raise Invalid("until", _l("Choose a day from today, within a year."))
    exception = LimitException(
        pole=pole, measure=measure, more=more, granted_on=today, until=until, reason=reason
    )
    db.session.add(exception)
    _record(exception, before={}, after=_facts(exception))
    return exception


def withdraw(exception_id: int) -> LimitException:
    """It gives nothing more, from now on; what was sent by it stays sent. Nothing is done to one that is over."""
    require_transaction()
    locked = select(LimitException).where(LimitException.id == exception_id).with_for_update()
    exception = db.session.scalar(locked.execution_options(populate_existing=True))
    if exception is None:
        raise NotFound
    pole = db.session.get_one(Pole, exception.pole_id)
    exception.pole = pole
    if queries.holds(exception):
        exception.withdrawn_on = clock.today(pole.place)
        _record(exception, before=_facts(exception), after={})
    return exception


def _facts(exception: LimitException) -> Mapping[str, object]:
    return {
        f"more_{exception.measure}": exception.more,
        "until": exception.until,
        "reason": exception.reason,
    }


def _record(exception: LimitException, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    pole = exception.pole
    journal.record(Act.CHANGED, Subject.ORGANISATION, pole.id, pole.name, before=before, after=after)
