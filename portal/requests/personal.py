"""What requests hold of people: shown to them, closed when nothing happens any more, made anonymous in time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import Membership
from portal.catalogue.models import Service
from portal.db import Moment, db, require_transaction
from portal.documents import service as documents
from portal.organisations.models import Organisation, Partner, Pole
from portal.requests import rules, steps
from portal.requests.answers import words as answers
from portal.requests.closing import service as closing
from portal.requests.documents.service import ASSIGNMENT, REQUEST
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.saved.models import SavedFilter
from portal.requests.steps import OPEN_REQUESTS, SET_REQUESTS, CloseReason, RequestState
from portal.text import search_key

_FINISHED = (*sorted(SET_REQUESTS), RequestState.COMPLETED)
_QUIET = {"synchronize_session": False}


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Requests they wrote or are the contact of, assignments they are the referent of, what they did, and what they
    keep to find them."""
    sent = select(RequestEvent.request_id).where(
        RequestEvent.actor_id == person_id, RequestEvent.action == steps.SUBMIT.name
    )
    requests = (
        _plain(
            SupportRequest, "id", "once", "pole_id", "service_id", "contact_id", "search_text", "answers_text"
        )
        .add_columns(Pole.name.label("pole"), Service.name.label("service"))
        .join(SupportRequest.pole)
        .outerjoin(SupportRequest.service)
        .where(or_(SupportRequest.contact_id == person_id, SupportRequest.id.in_(sent)))
        .order_by(SupportRequest.id)
    )
    assignments = (
        _plain(Assignment, "id", "request_id", "partner_id", "referent_id")
        .add_columns(SupportRequest.reference.label("request"), Partner.name.label("partner"))
        .join(Assignment.request)
        .join(Assignment.partner)
        .where(Assignment.referent_id == person_id)
        .order_by(Assignment.id)
    )
    events = (
        _plain(
            RequestEvent, "id", "request_id", "assignment_id", "actor_id", "organisation_id", "pole_id", "act"
        )
        .add_columns(SupportRequest.reference.label("request"), Organisation.name.label("acting_for"))
        .join(RequestEvent.request)
        .outerjoin(RequestEvent.organisation)
        .where(RequestEvent.actor_id == person_id)
        .order_by(RequestEvent.id)
    )
    return {
        "requests": [{**row, "answers": answers.in_a_copy(row["answers"])} for row in _rows(requests)],
        "assignments_as_referent": _rows(assignments),
        "things_done_on_requests": _rows(events),
        "filters_of_requests": _rows(_filters_of(person_id)),
    }


def _filters_of(person_id: int) -> Select[*tuple[Any, ...]]:
    return (
        _plain(SavedFilter, "id", "membership_id")
        .add_columns(Organisation.name.label("organisation"))
        .join(Membership, Membership.id == SavedFilter.membership_id)
        .join(Membership.organisation)
        .where(Membership.person_id == person_id)
        .order_by(SavedFilter.id)
    )


def forget(person_id: int) -> None:
    """The telephone typed in requests goes with the account of their contact, and so do the filters they kept."""
    require_transaction()
    theirs = select(Membership.id).where(Membership.person_id == person_id)
    kept = delete(SavedFilter).where(SavedFilter.membership_id.in_(theirs))
    db.session.execute(kept.execution_options(**_QUIET))
    statement = update(SupportRequest).where(SupportRequest.contact_id == person_id).values(phone=None)
    db.session.execute(statement.execution_options(**_QUIET))


def _plain(model: Any, *without: str) -> Select[*tuple[Any, ...]]:
    """The columns of a table that are said as they are."""
    return select(*(column for column in model.__table__.columns if column.name not in without))


def _rows(statement: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(statement).mappings()]


def is_dormant(silent_since: datetime) -> ColumnElement[bool]:
    """Open, and nobody has touched it since."""
    return and_(SupportRequest.state.in_(sorted(OPEN_REQUESTS)), _silent(silent_since))


def is_old(silent_since: datetime, closed_before: datetime) -> ColumnElement[bool]:
    """Closed, and old enough to be anonymised."""
    closed = and_(SupportRequest.state.in_(_FINISHED), SupportRequest.closed_at < closed_before)
    return and_(closed, _silent(silent_since))


def is_draft_due() -> ColumnElement[bool]:
    """A draft in which nobody writes: to be warned of, or warned of long enough ago to be deleted."""
    silent_since = clock.days_ago(rules.DRAFT_KEPT - rules.DRAFT_WARNED_BEFORE)
    warned = SupportRequest.warned_at
    return and_(
        SupportRequest.state == RequestState.DRAFT,
        func.coalesce(SupportRequest.changed_at, SupportRequest.created_at, type_=Moment) < silent_since,
        or_(warned.is_(None), warned < clock.days_ago(rules.DRAFT_WARNED_BEFORE)),
        _silent(silent_since),
    )


def locked_if(request_id: int, which: ColumnElement[bool]) -> SupportRequest | None:
    """A request, if it is still so of it now that it is locked: nothing more can happen to it."""
    require_transaction()
    db.session.execute(select(SupportRequest.id).where(SupportRequest.id == request_id).with_for_update())
    still = select(SupportRequest).where(SupportRequest.id == request_id, which)
    named = joinedload(SupportRequest.pole), joinedload(SupportRequest.service)
    return db.session.scalar(still.options(*named).execution_options(populate_existing=True))


def close_dormant(request: SupportRequest) -> None:
    """Drop it, in the portal's name; everyone concerned is told."""
    closing.drop(None, request.reference, Details(reason=CloseReason.DORMANT))


def anonymise(request_ids: Sequence[int]) -> None:
    """Blank what tells about people in requests, their assignments and their events; nothing that is counted."""
    parts = select(Assignment.id).where(Assignment.request_id.in_(request_ids))
    documents.forget_of(REQUEST, request_ids)
    documents.forget_of(ASSIGNMENT, db.session.scalars(parts).all())
    requests = db.session.scalars(
        select(SupportRequest)
        .where(SupportRequest.id.in_(request_ids))
        .execution_options(populate_existing=True)
    )
    for request in requests:
        request.search_text = search_key(request.reference)
        request.subject = request.need = request.answers_text = ""
        request.answers = []
        request.phone = request.contact_id = None
        request.anonymised_at = clock.now()
    _blank(Assignment, Assignment.request_id.in_(request_ids), review=None, referent_id=None)
    _blank(RequestEvent, RequestEvent.request_id.in_(request_ids), message=None, actor_id=None)


def _blank(model: Any, which: ColumnElement[bool], **values: None) -> None:
    db.session.execute(update(model).where(which).values(values).execution_options(**_QUIET))


def _silent(since: datetime) -> ColumnElement[bool]:
    """Nobody did anything on it since, and it is not anonymised yet. What the portal itself did does not count.

    Whatever people do, interventions included, leaves an event.
    """
    recent = exists().where(
        RequestEvent.request_id == SupportRequest.id,
        RequestEvent.at >= since,
        RequestEvent.actor_id.is_not(None),
    )
    return and_(SupportRequest.anonymised_at.is_(None), SupportRequest.created_at < since, ~recent)
