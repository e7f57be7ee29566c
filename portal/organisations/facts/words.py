"""What each fact is called, and how its field asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.organisations.facts import rules


@dataclass(frozen=True, slots=True)
class Words:
    """`label`: what a fact is called. `question`: what its field says, where that is more. `hint`: said beside it."""

    label: Any
    question: Any = None
    hint: Any = ""

    @property
    def asked(self) -> Any:
        return self.label if self.question is None else self.question


WORDS: Mapping[str, Words] = {
    "name": Words(_l("Name")),
    "public_summary": Words(
        _l("Public summary"),
        _l("The project in a few sentences"),
        _l("What you do together, for whom, with whom. No names of people."),
    ),
    "town": Words(_l("Town")),
    "region": Words(_l("Region")),
    "sectors": Words(_l("Sectors")),
    "sector": Words(_l("Activity"), _l("Activity in a few words")),
    "website": Words(_l("Website")),
    "lead_organisation": Words(_l("Lead organisation"), hint=_l("The legal body that carries the project.")),
    "members": Words(
        _l("Members"),
        hint=_l("One a line. Its SIRET, if you know it, after a semicolon: Coop du Lin ; 442 293 775 00031"),
    ),
    "peer_mentor": Words(_l("Compagnon PTCE"), _l("Compagnon PTCE: welcomes other poles")),
    "published": Words(_l("In the public register"), _l("Shown in the public register")),
    "source": Words(
        _l("Sources"),
        _l("Public sources"),
        _l("Addresses of the pages that speak of this pole, one a line."),
    ),
    "everywhere": Words(_l("Works in the whole of France")),
    "regions": Words(_l("Regions")),
    "departments": Words(
        _l("Departments"), hint=_l("Those of a region that you ticked are included already.")
    ),
    "capacity_per_month": Words(
        _l("New requests in a month"),
        _l("New requests you can take in a month"),
        _l("Leave it empty if you do not want to say. Cells see it when they route."),
    ),
    "lead_siret": Words(_l("SIRET of the lead organisation"), hint=_l("14 digits.")),
    "lead_rna": Words(
        _l("RNA of the lead organisation"),
        hint=_l("For an association without SIRET: W and nine characters."),
    ),
    "shared_mailbox": Words(
        _l("Shared mailbox"),
        hint=_l("An address that the whole team reads: what concerns the team is written there too."),
    ),
}

MISSING: Mapping[str, Any] = {
    "region": _l("region"),
    "stage": _l("stage"),
    "lead": _l("SIRET or RNA of the lead organisation"),
    "public_summary": _l("public summary"),
    "places": _l("places where it works"),
}
"""What a record lacks, in the middle of a sentence."""


def missing(record: Any) -> list[Any]:
    """What a record lacks, in words for the middle of a sentence."""
    return [MISSING[fact] for fact in rules.missing(record)]
