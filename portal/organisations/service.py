"""Changes to organisations: lock, decide, change, and write it in the journal with what was before."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations import queries
from portal.organisations.facts.rules import DEDUCED, facts_kept_by, plain_facts
from portal.organisations.models import (
    Coverage,
    Funder,
    NationalCell,
    Organisation,
    Partner,
    Pole,
    PoleMember,
    PoleSector,
    RegionalCell,
)
from portal.organisations.rules import OrganisationKind
from portal.refusals import Conflict, Invalid, NotAllowed, NotFound
from portal.territories.reference import department_name, region_name
from portal.text import search_key

Facts = Mapping[str, Any]
"""Facts by name, as `facts/rules.py` calls them; what is left out stays as it is."""

_CLASSES: Mapping[OrganisationKind, type[Organisation]] = {
    OrganisationKind.POLE: Pole,
    OrganisationKind.PARTNER: Partner,
    OrganisationKind.REGIONAL_CELL: RegionalCell,
    OrganisationKind.NATIONAL_CELL: NationalCell,
    OrganisationKind.FUNDER: Funder,
}
NAME_TAKEN = _l("This name is already taken: open that record, or say what tells the two apart.")


def begin(
    actor: Actor, organisation_id: int, right: Permission = Permission.ORGANISATION_EDIT
) -> Organisation:
    """The record, locked, if it is the actor's to keep and they hold the right."""
    require_transaction()
    if not allows(actor, right):
        raise NotAllowed
    if not queries.is_editable(actor, organisation_id):
        raise NotFound
    locked = queries.locked([organisation_id])
    if not locked or locked[0].merged_into_id:
        raise NotFound
    return locked[0]


def snapshot(organisation: Organisation) -> dict[str, Any]:
    """What is said of an organisation, for the journal: plain values by name."""
    facts: dict[str, Any] = {name: getattr(organisation, name) for name in plain_facts(organisation.kind)}
    if isinstance(organisation, Pole):
        facts["town"] = organisation.town
        facts["commune_code"] = organisation.commune_code
        facts["region_code"] = organisation.region_code
        facts["sectors"] = sorted(sector.sector.value for sector in organisation.sectors)
        facts["members"] = sorted(map(_member, organisation.members))
    else:
        facts["places"] = sorted(map(_place, organisation.coverages))
    return facts


def _member(member: PoleMember) -> str:
    return f"{member.name} ({member.siret})" if member.siret else member.name


def _place(place: Coverage) -> str:
    """A region by its name, a department with its number too: overseas, both have one name."""
    if place.department_code:
        return f"{department_name(place.department_code)} ({place.department_code})"
    return region_name(place.region_code) or "FR"


def fingerprint(organisation: Organisation) -> str:
    """Changes when somebody changes what the page of an organisation lets one write."""
    return sha256(repr(sorted(snapshot(organisation).items())).encode()).hexdigest()[:16]


def change(actor: Actor, organisation_id: int, facts: Facts, seen: str = "") -> Organisation:
    """Write facts again. `seen`: the fingerprint of what was on the screen, empty to write over anything.

    NotAllowed for a fact that is not the actor's to change; Invalid on the field of a fact that is wrong.
    """
    if "name" in facts:
        queries.lock_names()
    organisation = begin(actor, organisation_id)
    if facts.keys() - facts_kept_by(actor, organisation.kind):
        raise NotAllowed
    if seen and seen != fingerprint(organisation):
        raise Invalid(
            "seen", _l("Somebody changed this page meanwhile: open it again, then make your changes.")
        )
    before = snapshot(organisation)
    if search_key(facts.get("name") or organisation.name) != search_key(organisation.name):
        require_free_name(organisation.kind, facts["name"])
    if isinstance(organisation, Pole):
        _require_region(actor, organisation, facts)
    rewrite(organisation, facts)
    db.session.flush()
    _record(Act.CHANGED, organisation, before)
    return organisation


def require_free_name(kind: OrganisationKind, name: str, but: int | None = None) -> None:
    """Invalid("name") where another record of the kind has it: whoever reads the name could not tell which is meant."""
    queries.lock_names()
    if queries.same_name(kind, search_key(name), but):
        raise Invalid("name", NAME_TAKEN)


def rewrite(organisation: Organisation, facts: Facts) -> None:
    """Write facts of a record that is locked or new; whoever calls has asked who may, and keeps the journal."""
    require_transaction()
    before = snapshot(organisation)
    _write(organisation, facts)
    _confirm(organisation, before)


def create(actor: Actor, kind: OrganisationKind, facts: Facts) -> Organisation:
    """A new organisation. Invalid("name") where one of this kind already has the name."""
    require_transaction()
    if not allows(actor, Permission.ORGANISATION_CREATE):
        raise NotAllowed
    organisation = _CLASSES[kind](name=facts["name"], coverages=[], absences=[])
    if isinstance(organisation, Pole):
        organisation.sectors, organisation.members = [], []
        organisation.stage_changes, organisation.recognitions = [], []
    require_free_name(kind, facts["name"])
    if kind is OrganisationKind.NATIONAL_CELL:
        organisation.coverages = [Coverage()]
    _write(organisation, facts)
    db.session.add(organisation)
    db.session.flush()
    _record(Act.CREATED, organisation, {})
    return organisation


def bring_back(actor: Actor, organisation_id: int, reason: str) -> Organisation:
    """An organisation that had ended uses the portal again. How one ends: `handover`."""
    organisation = begin(actor, organisation_id, Permission.ORGANISATION_CREATE)
    if organisation.active:
        raise Conflict
    organisation.active = True
    journal.record(
        Act.CHANGED,
        Subject.ORGANISATION,
        organisation.id,
        organisation.name,
        before={"active": False},
        after={"active": True, "reason": reason},
    )
    return organisation


def _record(act: Act, organisation: Organisation, before: Mapping[str, Any]) -> None:
    after = snapshot(organisation)
    if before != after:
        journal.record(
            act, Subject.ORGANISATION, organisation.id, organisation.name, before=before, after=after
        )


def _require_region(actor: Actor, pole: Pole, facts: Facts) -> None:
    """A cell follows a pole by its region: only cells move it to another."""
    town = facts.get("town")
    moves = town is not None and pole.region_code is not None and town.region_code != pole.region_code
    if moves and "region" not in facts_kept_by(actor, pole.kind):
        raise Invalid(
            "town", _l("This town is in another region: ask your cell, which moves poles between regions.")
        )


def _write(organisation: Organisation, facts: Facts) -> None:
    for name in facts.keys() & set(plain_facts(organisation.kind)):
        value = facts[name]
        setattr(organisation, name, value if value or isinstance(value, bool) else None)
    if isinstance(organisation, Pole):
        _write_pole(organisation, facts)
    elif facts.keys() & {"everywhere", "regions", "departments"}:
        _write_places(organisation, facts)


def _write_pole(pole: Pole, facts: Facts) -> None:
    if "town" in facts:
        _write_town(pole, facts["town"])
    if "sectors" in facts:
        known = {sector.sector: sector for sector in pole.sectors}
        pole.sectors = [known.get(fact) or PoleSector(sector=fact) for fact in facts["sectors"]]
    if "members" in facts:
        ours = {member.name: member for member in pole.members}
        pole.members = [ours.get(name) or PoleMember(name=name) for name in facts["members"]]
        for member in pole.members:
            member.siret = facts["members"][member.name]


def _write_town(pole: Pole, town: Any) -> None:
    """All that a commune tells; a pole that no longer says its town keeps its region, by which it is followed."""
    pole.commune_code = town.code if town else None
    pole.town = town.name if town else None
    pole.longitude, pole.latitude = (town.longitude, town.latitude) if town else (None, None)
    if town:
        pole.department_code, pole.region_code = town.department_code, town.region_code


def _write_places(organisation: Organisation, facts: Facts) -> None:
    """The whole country alone, or regions and departments; those that were there keep their rows."""
    wanted = {(code, None) for code in facts.get("regions", ())}
    wanted |= {(None, code) for code in facts.get("departments", ())}
    if facts.get("everywhere"):
        wanted = {(None, None)}
    known = {
        (coverage.region_code, coverage.department_code): coverage for coverage in organisation.coverages
    }
    organisation.coverages = [
        known.get(place) or Coverage(region_code=place[0], department_code=place[1])
        for place in sorted(wanted, key=str)
    ]


def _confirm(organisation: Organisation, before: Mapping[str, Any]) -> None:
    """What a person changed is no longer deduced."""
    if not isinstance(organisation, Pole) or not organisation.inferred:
        return
    after = snapshot(organisation)
    confirmed = {mark for fact, marks in DEDUCED.items() if before[fact] != after[fact] for mark in marks}
    left = [mark for mark in organisation.inferred.split() if mark not in confirmed]
    organisation.inferred = " ".join(left) or None
