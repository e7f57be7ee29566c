"""What the doors of the inbox and of the console are tried with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal import clock
from portal.alike.models import AlikePair, SharedRequest, SharedSession
from portal.alike.rules import Near
from portal.catalogue.limits import service as limits
from portal.catalogue.limits.rules import Measure
from portal.catalogue.models import Delivery
from portal.catalogue.room.models import ServiceRoom
from portal.catalogue.room.rules import Unit
from portal.db import db, transaction
from portal.requests.models import SupportRequest
from portal.requests.steps import AssignmentState

Values = dict[str, Any]


def _with(**fields: Any) -> Callable[[Any, str], Values]:
    return lambda _world, _persona: fields


def together(world: Any) -> Values:
    """Accepted, and led by another partner."""
    request = world.make.raw_request(world.coordinator, service=world.service)
    lead = world.make.raw_assignment(request, world.make.partner(), AssignmentState.ACCEPTED)
    led = world.make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED, lead_id=lead.id)
    return {"reference": request.reference, "assignment_id": led.id}


def _excepted(world: Any) -> Values:
    """A pole has more than the limit."""
    pole, until = world.make.pole(), clock.today() + timedelta(days=30)
    with transaction():
        granted = limits.grant(pole.id, Measure.REQUESTS, 1, until, "Deux sites")
    return {"exception_id": granted.id}


def _giving(world: Any) -> Values:
    """A partner has a limit of its own."""
    with transaction():
        row = limits.limit_partner(world.partner.id, Measure.REQUESTS, None, 40)
    assert row is not None
    return {"limit_id": row.id}


def _full(world: Any) -> Values:
    """The service has no place left."""
    with transaction() as session:
        delivering = select(Delivery.partner_id).where(Delivery.service_id == world.service.id)
        for partner_id in {world.partner.id, *session.scalars(delivering)}:
            about = {"service_id": world.service.id, "partner_id": partner_id}
            session.merge(ServiceRoom(**about, unit=Unit.SUPPORT, maximum=0, updated_on=clock.today()))
    return {"slug": world.service.slug, "organisation_id": world.partner.id, "service_id": world.service.id}


def _resembling(world: Any) -> tuple[SupportRequest, SupportRequest]:
    """Two requests of Normandie that resemble each other."""
    first, second = (
        world.make.raw_request(who, service=world.service)
        for who in (world.coordinator, world.member("other_pole"))
    )
    world.make._save(AlikePair(first_id=first.id, second_id=second.id, near=Near.REGION, shared=["statuts"]))
    return first, second


def _alike(world: Any) -> Values:
    """Two that were brought together."""
    pair = _resembling(world)
    with transaction() as session:
        held = SharedSession(title="Une journée commune")
        session.add(held)
        session.flush()
        session.add_all(SharedRequest(request_id=one.id, session_id=held.id) for one in pair)
    return {"session_id": held.id, "reference": pair[0].reference}


def _newest_pair(_world: Any, _persona: str) -> Values:
    """The references of what was last found alike; none before a stage is built."""
    first, second = aliased(SupportRequest), aliased(SupportRequest)
    pairs = select(first.reference, second.reference).select_from(AlikePair)
    pairs = pairs.join(first, first.id == AlikePair.first_id).join(second, second.id == AlikePair.second_id)
    row = db.session.execute(pairs.order_by(AlikePair.first_id.desc())).first()
    return dict(zip(("first", "second"), row or ("0000-0000", "0000-0001"), strict=True))


STAGES: dict[str, Callable[[Any], Values]] = {
    "excepted": _excepted,
    "full": _full,
    "giving": _giving,
    "alike": _alike,
    "resembling": lambda world: {"reference": _resembling(world)[0].reference},
}

FORMS: dict[str, Callable[[Any, str], Values]] = {
    "filters.keep": _with(name="À suivre", query="dossier=toutes&tri=pole"),
    "filters.remove": _with(),
    "batch.act": _with(acte="prendre"),
    "requests.take": _with(),
    "requests.assign": lambda world, _: {"referent_id": world.person("manager").id},
    "requests.chase": _with(message="Où en êtes-vous ?"),
    "requests.chase_answer": _with(message="Pouvez-vous répondre ?"),
    "requests.ask_news": _with(message=""),
    "requests.go_on": _with(),
    "requests.lead": _with(message=""),
    "requests.remind": _with(message=""),
    "requests.thank": _with(message="Merci."),
    "alike.attach": lambda *asked: {**_newest_pair(*asked), "title": "Une journée commune"},
    "alike.unlike": _newest_pair,
    "alike.show": _with(title="Une journée", note=""),
    "alike.take_out": _with(),
    "stuck.put_off": lambda _world, _persona: {
        "until": (clock.today() + timedelta(days=5)).isoformat(),
        "note": "Congés",
    },
    "room.index": _with(),
    "room.open_more": _with(),
    "waiting.join": _with(),
    "waiting.leave": _with(),
    "limits.index": _with(requests="3", days=""),
    "limits.grant": lambda world, _: {
        "organisation_id": world.coordinator.organisation_id,
        "measure": "requests",
        "more": "1",
        "until": (clock.today() + timedelta(days=30)).isoformat(),
        "reason": "Deux sites",
    },
    "limits.withdraw": _with(),
    "limits.partners": lambda world, _: {
        "partner_id": world.partner.id,
        "service_id": "",
        "measure": "requests",
        "maximum": "40",
    },
    "limits.lift": _with(),
    "stuck.take_up": _with(),
    "reminder_days.show": _with(**{"requests_unanswered-team": "4"}),
    "reminder_days.back_to_usual": _with(),
    "reminders.release": _with(kind="drafts", rung="pole"),
    "reminders.drop": _with(kind="drafts", rung="pole"),
}
