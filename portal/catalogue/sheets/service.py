"""Changes to sheets: lock, decide, change, write it in the journal with what was before, tell."""

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.catalogue import steps
from portal.catalogue.models import Delivery, Service, ServicePlace, ServiceStage
from portal.catalogue.room import service as room
from portal.catalogue.rules import Family, Format, ServiceKind, ServiceState
from portal.catalogue.sheets import emails, queries, rules
from portal.catalogue.versions.rules import place, recognition, recognition_of
from portal.db import db, one_at_a_time, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations.rules import Stage
from portal.refusals import Conflict, Invalid, NotAllowed, NotFound
from portal.steps import Step
from portal.text import search_key
from portal.web.addresses import words_after

Facts = Mapping[str, Any]
"""What a sheet says, by the names of `forms.SheetForm`; what is left out stays as it is."""


class SharedService(Conflict):
    """Several partners deliver it: the national cell suspends or archives it."""


def begin(actor: Actor, service_id: int) -> Service:
    """A sheet that the actor keeps, locked."""
    require_transaction()
    if not allows(actor, Permission.SERVICE_KEEP):
        raise NotAllowed
    service = queries.locked(actor, service_id)
    if service is None:
        raise NotFound
    return service


def snapshot(service: Service) -> dict[str, Any]:
    """What a sheet says, for the journal: plain values by name."""
    named = {
        "service_family": service.family,
        "service_kind": service.kind,
        "service_format": service.format,
        "stages": [stage for stage in Stage if stage in service.admitted_stages],
        "recognitions": sorted(recognition(each.kind, each.year) for each in service.recognitions),
        "places": sorted(place(at.region_code, at.department_code) for at in service.places),
    }
    plain = (*rules.TEXTS, *rules.OF_THE_NATIONAL_CELL, "days_to_answer", "notice_until")
    facts = {name: getattr(service, name) for name in plain}
    lists = {
        "service_languages": sorted(service.languages),
        "service_time_counted": sorted(service.time_counted),
    }
    return {**facts, **named, **lists}


def fingerprint(service: Service) -> str:
    """Changes when somebody changes what the sheet says."""
    return sha256(repr(sorted(snapshot(service).items())).encode()).hexdigest()[:16]


def create(actor: Actor, facts: Facts) -> Service:
    """A new draft; a partner delivers what it drafts."""
    require_transaction()
    if not allows(actor, Permission.SERVICE_KEEP):
        raise NotAllowed
    _require_free_name(facts["name"])
    service = Service(
        slug=_new_slug(facts["name"]),
        stored_state=ServiceState.DRAFT,
        stages=[],
        recognitions=[],
        places=[],
        deliveries=[Delivery(partner_id=actor.organisation_id)] if actor.is_partner else [],
        **dict.fromkeys(rules.TEXTS, ""),
        languages=[],
        time_counted=[],
        direct=False,
        inferred=False,
    )
    _write(actor, service, facts)
    db.session.add(service)
    db.session.flush()
    _record(Act.CREATED, service, {}, snapshot(service))
    return service


def _require_free_name(name: str, but: int | None = None) -> None:
    """Invalid("name") where another sheet has it: whoever reads the name could not tell which is meant."""
    one_at_a_time("names of services")
    if queries.is_name_taken(search_key(name)[:180], but):
        raise Invalid(
            "name", _l("Another service has this name: change that one, or say what tells the two apart.")
        )


def _new_slug(name: str) -> str:
    slug = "-".join(search_key(name).split())[:70].strip("-") or "service"
    taken = queries.slugs_like(slug) | words_after("/services/")
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return slug if slug not in taken else next(free for free in numbered if free not in taken)


def change(actor: Actor, service_id: int, facts: Facts, seen: str = "") -> Service:
    """Write a sheet again. `seen`: the fingerprint of what was on the screen, empty to write over anything."""
    service = begin(actor, service_id)
    if seen and seen != fingerprint(service):
        raise Invalid(
            "seen", _l("Somebody changed this sheet meanwhile: open it again, then make your changes.")
        )
    if search_key(facts.get("name", service.name)) != search_key(service.name):
        _require_free_name(facts["name"], service.id)
    before = snapshot(service)
    _write(actor, service, facts)
    db.session.flush()
    after = snapshot(service)
    if before != after:
        service.edited_at = clock.now()
        _record(Act.CHANGED, service, before, after)
    return service


def _write(actor: Actor, service: Service, facts: Facts) -> None:
    if facts.keys() & set(rules.OF_THE_NATIONAL_CELL) and not allows(actor, Permission.SERVICE_PUBLISH):
        raise NotAllowed
    until = facts.get("notice_until")
    if until and until != service.notice_until and until < clock.today():
        raise Invalid("notice_until", _l("This day is over: the notice would never be shown."))
    for name in facts.keys() & set(rules.COLUMNS):
        setattr(service, name, _TYPES.get(name, _as_it_is)(facts[name]))
    if "stages" in facts:
        _write_stages(service, {Stage(stage) for stage in facts["stages"] or ()})
    if "recognitions" in facts:
        service.recognise(set(map(recognition_of, facts["recognitions"] or ())))
    if "regions" in facts:
        wanted: set[tuple[str | None, str | None]] = {(code, None) for code in facts["regions"] or ()}
        _write_places(service, wanted | {(None, code) for code in facts["departments"] or ()})


def _as_it_is(value: Any) -> Any:
    return value


_TYPES: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(rules.TEXTS, lambda text: text or ""),
    "family": Family,
    "kind": ServiceKind,
    "format": Format,
    "languages": lambda codes: sorted(codes or ()),
    "time_counted": lambda names: sorted(names or ()),
}
"""What is not typed as its column holds it."""


def _write_stages(service: Service, wanted: set[Stage]) -> None:
    known = {stage.stage: stage for stage in service.stages}
    service.stages = [known.get(stage) or ServiceStage(stage=stage) for stage in sorted(wanted)]


def _write_places(service: Service, wanted: set[tuple[str | None, str | None]]) -> None:
    known = {(place.region_code, place.department_code): place for place in service.places}
    service.places = [
        known.get(place) or ServicePlace(region_code=place[0], department_code=place[1])
        for place in sorted(wanted, key=str)
    ]


def _record(act: Act, service: Service, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    journal.record(act, Subject.SERVICE, service.id, service.name, before=before, after=after)


def why_not(actor: Actor, step: Step[ServiceState], service: Service) -> Conflict | None:
    """What stands in the way of a step."""
    if refused := step.why_not(service.state):
        return refused
    if step in steps.CLOSING and not allows(actor, Permission.SERVICE_PUBLISH) and _is_shared(service):
        return SharedService()
    return None


def _is_shared(service: Service) -> bool:
    return sum(delivery.partner.active for delivery in service.deliveries) > 1


def act(actor: Actor, service_id: int, step: Step[ServiceState], day: date | None = None) -> Service:
    """Do a step. `day`: when it reopens, or is checked again."""
    service = begin(actor, service_id)
    if not allows(actor, step.right):
        raise NotAllowed
    if refused := why_not(actor, step, service):
        raise refused
    before = _life(service)
    if step.target is not None:
        service.stored_state = step.target
        service.reopens_on = day if step is steps.SUSPEND else None
    if step is steps.CHECK:
        service.checked_on, service.check_due_on = clock.today(), day
        service.checked_by_id, service.inferred = actor.organisation_id, False
    service.asked_at = clock.now() if step is steps.ASK else None if step.target else service.asked_at
    db.session.flush()
    _record(Act.CHANGED, service, before, _life(service))
    emails.tell(step, service, actor)
    if step is steps.ARCHIVE:
        room.end(service.id)
    return service


def _life(service: Service) -> dict[str, Any]:
    names = ("reopens_on", "asked_at", "checked_on", "check_due_on", "inferred")
    return {"service_state": service.state, **{name: getattr(service, name) for name in names}}
