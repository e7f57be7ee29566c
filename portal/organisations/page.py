"""How the pages of a record show it: facts as they are typed, and two records side by side."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.organisations import rules
from portal.organisations.doubles.service import Choice
from portal.organisations.facts.rules import Fact, Value, facts_of
from portal.organisations.facts.words import WORDS
from portal.organisations.models import Organisation
from portal.territories.reference import department_name, region_name
from portal.web.navigation import pages_of_a_record


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
        entry
        for entry in pages_of_a_record()
        if allows(actor, entry.access) and (not entry.kinds or record.kind in entry.kinds)
    ]
    if not rules.keeps(actor, record):
        offered = [entry for entry in offered if entry.access is Permission.PEOPLE_READ]
    drawn = [
        Tab(
            entry.label,
            url_for(entry.endpoint, organisation_id=record.id),
            entry.endpoint == request.endpoint,
        )
        for entry in offered
    ]
    return drawn if len(drawn) > 1 else []


_MOST_SHOWN = 120
"""Characters of a fact beside its choice."""


def typed_facts(organisation: Organisation) -> dict[str, Any]:
    """The facts of a record as its form holds them."""
    return {fact.name: _typed(fact, organisation) for fact in facts_of(organisation.kind)}


def _typed(fact: Fact, organisation: Organisation) -> Any:
    held = _HELD.get(fact.value)
    return held(organisation) if held else getattr(organisation, fact.name)


def _town(pole: Any) -> str | None:
    """Its code, by which the field finds it, or what was typed before communes were known by their codes."""
    if pole.commune_code or not pole.town:
        return pole.commune_code or ""
    return f"{pole.town} ({pole.department_code})" if pole.department_code else pole.town


def _member(member: Any) -> str:
    return f"{member.name} ; {member.siret}" if member.siret else member.name


_HELD: Mapping[Value, Callable[[Any], Any]] = {
    Value.TOWN: _town,
    Value.REGION: lambda pole: pole.region_code,
    Value.SECTORS: lambda pole: [sector.sector.value for sector in pole.sectors],
    Value.MEMBERS: lambda pole: "\n".join(map(_member, pole.members)),
    Value.SOURCES: lambda pole: "\n".join(pole.sources),
    Value.EVERYWHERE: lambda organisation: any(
        not at.region_code and not at.department_code for at in organisation.coverages
    ),
    Value.REGIONS: lambda organisation: [at.region_code for at in organisation.coverages if at.region_code],
    Value.DEPARTMENTS: lambda organisation: [
        at.department_code for at in organisation.coverages if at.department_code
    ],
}
"""What is not typed as its column holds it."""


def merge_choices(differing: Iterable[Choice]) -> list[tuple[str, Any, list[tuple[str, Any]], str]]:
    """The fields of a merge: (name, label, choices, default); what only one record says is proposed."""
    return [
        (
            choice.name,
            WORDS[choice.name].label,
            [("kept", _shown(choice.kept)), ("double", _shown(choice.double))],
            "double" if choice.kept_is_empty else "kept",
        )
        for choice in differing
    ]


def _shown(values: Mapping[str, Any]) -> str:
    """What is chosen together, in a line."""
    text = ", ".join(
        _plain(column, value) for column, value in values.items() if value or isinstance(value, bool)
    )
    if len(text) > _MOST_SHOWN:
        return f"{text[:_MOST_SHOWN]}…"
    return text or _("(empty)")


def _plain(column: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _NAMED[column](value) if column in _NAMED else str(value)


_NAMED: Mapping[str, Callable[[str], str]] = {"department_code": department_name, "region_code": region_name}
