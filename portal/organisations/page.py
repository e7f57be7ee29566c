"""How the pages of a record show it: facts as they are typed, and two records side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.organisations import rules, words
from portal.organisations.doubles.service import Choice
from portal.organisations.models import Organisation, Pole
from portal.organisations.rules import OrganisationKind
from portal.territories.reference import department_name, region_name


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a record, as the component folder_nav draws it."""

    label: Any
    url: str
    current: bool
    count: int | None = None


def tabs(actor: Actor, record: Organisation) -> list[Tab]:
    """The pages of a record that somebody may open; none where there is but one."""
    offered = [
        (endpoint, label)
        for endpoint, label, permission, kinds in _PAGES
        if allows(actor, permission) and record.kind in kinds
    ]
    if not rules.keeps(actor, record):
        offered = [one for one in offered if one[0] in _READ]
    drawn = [
        Tab(label, url_for(endpoint, organisation_id=record.id), endpoint == request.endpoint)
        for endpoint, label in offered
    ]
    return drawn if len(drawn) > 1 else []


_ALL = frozenset(OrganisationKind)
_POLES = frozenset({OrganisationKind.POLE})
_PARTNERS = frozenset({OrganisationKind.PARTNER})
_P = Permission
_PAGES: Sequence[tuple[str, Any, Permission, frozenset[OrganisationKind]]] = (
    ("organisations.detail", _l("Overview"), _P.PEOPLE_READ, _ALL),
    ("records.edit", _l("Edit the page"), _P.ORGANISATION_EDIT, _ALL),
    ("records.stages", _l("Stages"), _P.ORGANISATION_EDIT, _POLES),
    ("records.recognitions", _l("Recognitions"), _P.RECOGNITION_EDIT, _POLES),
    ("catalogue.deliver", _l("Services delivered"), _P.ORGANISATION_EDIT, _PARTNERS),
    ("records.absences", _l("Absences"), _P.ORGANISATION_EDIT, rules.KINDS_WITH_ABSENCES),
    ("teams.index", _l("People"), _P.PEOPLE_READ, _ALL),
    ("records.find_double", _l("Merge with a double"), _P.ORGANISATION_MERGE, _ALL),
    ("records.activity", _l("Active or not"), _P.ORGANISATION_CREATE, _ALL),
)
_READ = {"organisations.detail", "teams.index"}

_MOST_SHOWN = 120
"""Characters of a fact beside its choice."""


def typed_facts(organisation: Organisation) -> dict[str, Any]:
    """The facts of a record as its form holds them."""
    if isinstance(organisation, Pole):
        return _facts_of_pole(organisation)
    places = organisation.coverages
    return {
        "name": organisation.name,
        "website": organisation.website,
        "shared_mailbox": organisation.shared_mailbox,
        "capacity_per_month": organisation.capacity_per_month,
        "everywhere": any(not one.region_code and not one.department_code for one in places),
        "regions": [one.region_code for one in places if one.region_code],
        "departments": [one.department_code for one in places if one.department_code],
    }


def _facts_of_pole(pole: Pole) -> dict[str, Any]:
    plain = (
        "name",
        "website",
        "shared_mailbox",
        "public_summary",
        "sector",
        "lead_organisation",
        "lead_siret",
        "lead_rna",
        "peer_mentor",
        "published",
    )
    in_department = f"{pole.town} ({pole.department_code})" if pole.department_code else pole.town
    return {
        **{name: getattr(pole, name) for name in plain},
        "town": pole.commune_code or (in_department if pole.town else ""),
        "sectors": [one.sector.value for one in pole.sectors],
        "members": "\n".join(f"{one.name} ; {one.siret}" if one.siret else one.name for one in pole.members),
        "source": "\n".join(pole.sources),
    }


def merge_choices(differing: Iterable[Choice]) -> list[tuple[str, Any, list[tuple[str, Any]], str]]:
    """The fields of a merge: (name, label, choices, default); what only one record says is proposed."""
    return [
        (
            one.name,
            words.MERGED_FACTS[one.name],
            [("kept", _shown(one.name, one.kept)), ("double", _shown(one.name, one.double))],
            "double" if one.kept_is_empty else "kept",
        )
        for one in differing
    ]


def _shown(name: str, values: Sequence[Any]) -> str:
    """A group of facts in a line."""
    if name == "town":
        _code, town, department, region, _longitude, _latitude = values
        values = [town, department_name(department), region_name(region)]
    said = ", ".join(_plain(one) for one in values if one or isinstance(one, bool))
    if len(said) > _MOST_SHOWN:
        return f"{said[:_MOST_SHOWN]}…"
    return said or _("(empty)")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
