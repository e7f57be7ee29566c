"""The national cell sets limits, and grants more to one pole or partner."""

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.catalogue.limits import queries, words
from portal.catalogue.limits.models import LimitException, PartnerLimit, UseLimit
from portal.catalogue.limits.rules import LONGEST_EXCEPTION, Measure
from portal.db import db, one_at_a_time, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations.models import Organisation, Partner
from portal.organisations.rules import OrganisationKind
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


def limit_partner(
    partner_id: int, measure: Measure, service_id: int | None, maximum: int | None
) -> PartnerLimit | None:
    """From now on a partner gives at most so much in a year, for a service or all; None: as much as it likes."""
    require_transaction()
    one_at_a_time("limits of the bundle")
    partner = db.session.scalar(select(Partner).where(Partner.id == partner_id, Partner.active))
    if partner is None:
        raise Invalid("partner_id", _l("Choose a partner from the list."))
    which = PartnerLimit.partner_id == partner_id, PartnerLimit.measure == measure
    row = db.session.scalar(select(PartnerLimit).where(*which, PartnerLimit.service_id == service_id))
    before = row.maximum if row else None
    if maximum is None:
        if row:
            db.session.delete(row)
    elif row:
        row.maximum = maximum
    else:
        row = PartnerLimit(partner_id=partner_id, measure=measure, service_id=service_id, maximum=maximum)
        db.session.add(row)
    if before != maximum:
        _record(
            partner,
            before={f"gives_{measure}": before} if before is not None else {},
            after={f"gives_{measure}": maximum} if maximum is not None else {},
        )
    return row


def lift(limit_id: int) -> None:
    """A partner gives as much as it likes; nothing is done where somebody lifted it meanwhile."""
    require_transaction()
    row = db.session.get(PartnerLimit, limit_id)
    if row is not None:
        limit_partner(row.partner_id, row.measure, row.service_id, None)


def grant(organisation_id: int, measure: Measure, more: int, until: date, reason: str) -> LimitException:
    """Let one pole or partner have more than the limit, until a day included; the same words twice on a day are one."""
    require_transaction()
    one_at_a_time("limits of the bundle")
    there = select(Organisation).where(
        Organisation.id == organisation_id,
        Organisation.active,
        Organisation.kind.in_((OrganisationKind.POLE, OrganisationKind.PARTNER)),
    )
    organisation = db.session.scalar(there.with_for_update(read=True))
    if organisation is None:
        raise Invalid("organisation_id", _l("Choose an organisation from the list."))
    today = clock.today(organisation.place)
    if not today <= until <= today + LONGEST_EXCEPTION:
        raise Invalid("until", _l("Choose a day from today, within a year."))
    facts = {"measure": measure, "more": more, "granted_on": today, "until": until, "reason": reason}
    same = select(LimitException).filter_by(organisation_id=organisation.id, withdrawn_on=None, **facts)
    if known := db.session.scalar(same.limit(1)):
        return known
    exception = LimitException(organisation=organisation, **facts)
    db.session.add(exception)
    _record(organisation, before={}, after=_facts(exception))
    return exception


def withdraw(exception_id: int) -> LimitException:
    """It gives nothing more, from now on; what was sent by it stays sent. Nothing is done to one that is over."""
    require_transaction()
    locked = select(LimitException).where(LimitException.id == exception_id).with_for_update()
    exception = db.session.scalar(locked.execution_options(populate_existing=True))
    if exception is None:
        raise NotFound
    organisation = db.session.get_one(Organisation, exception.organisation_id)
    exception.organisation = organisation
    if queries.holds(exception):
        exception.withdrawn_on = clock.today(organisation.place)
        _record(organisation, before=_facts(exception), after={})
    return exception


def _facts(exception: LimitException) -> Mapping[str, object]:
    return {
        f"more_{exception.measure}": exception.more,
        "until": exception.until,
        "reason": exception.reason,
    }


def _record(organisation: Organisation, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    about = organisation.id, organisation.name
    journal.record(Act.CHANGED, Subject.ORGANISATION, *about, before=before, after=after)
