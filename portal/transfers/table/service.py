"""The columns of each file, in one readable table: the template, the import, the export and the help are made of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.accounts.words import ROLES
from portal.organisations.facts.rules import FACT, Fact, Value
from portal.organisations.words import RECOGNITIONS, SECTORS, STAGES
from portal.text import one_line, search_key
from portal.transfers.rules import TransferKind, tidy
from portal.transfers.table import forms as cells
from portal.transfers.table.forms import Vocabulary

_stages, _recognitions = Vocabulary(STAGES), Vocabulary(RECOGNITIONS)
_sectors, _roles = Vocabulary(SECTORS), Vocabulary(ROLES)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file. `head`: in French, whatever the language of the page.

    `read`: the text of a cell that is not empty, as a value; CellRefused otherwise. `write`: a value as a text that
    reads the same. `words`: what may be written, where the list is closed. `required`: no line without it.
    `kept`: an empty cell leaves what the portal has; elsewhere it empties it. `prose`: several lines are one text.
    """

    head: str
    field: str
    help: Any
    example: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = cells.write_text
    words: Vocabulary[Any] | None = None
    required: bool = False
    kept: bool = False
    prose: bool = False

    def value(self, text: str) -> Any:
        """What a cell says; each of its lines shows all it holds. CellRefused: what to write instead."""
        cells.refuse_errors(text)
        return self.read(text if self.prose else "\n".join(one_line(line) for line in text.split("\n")))

    @property
    def key(self) -> str:
        return search_key(self.head)


def _of(vocabulary: Vocabulary[Any]) -> dict[str, Any]:
    return {"read": vocabulary.read, "write": vocabulary.write, "words": vocabulary}


def _some(vocabulary: Vocabulary[Any]) -> dict[str, Any]:
    return {
        "read": lambda text: frozenset(vocabulary.read(part) for part in cells.several(text)),
        "write": lambda words: cells.join(sorted(vocabulary.write(word) for word in words or ())),
        "words": vocabulary,
    }


def _names(length: int) -> dict[str, Any]:
    """Names between bars, in the order of the alphabet, since the portal keeps them in none."""
    read = cells.short(length)
    return {
        "read": lambda text: tuple(read(part) for part in cells.several(text)),
        "write": lambda names: cells.join(sorted(names or (), key=search_key)),
    }


def _identifier(help_: Any) -> Column:
    return Column("Identifiant", "id", help_, "", cells.read_number)


_CELLS: Mapping[Value, dict[str, Any]] = {
    Value.WEBSITE: {"read": cells.read_website},
    Value.EMAIL: {"read": cells.read_email},
    Value.SIRET: {"read": cells.read_siret, "write": cells.write_siret},
    Value.RNA: {"read": cells.read_rna},
    Value.NUMBER: {"read": cells.read_capacity},
    Value.YES_NO: {"read": cells.read_yes, "write": cells.write_yes, "kept": True},
    Value.SOURCES: {"read": cells.read_sources},
    Value.TOWN: {"read": cells.read_town, "write": cells.write_town},
    Value.SECTORS: _some(_sectors),
}


def _cells_of(fact: Fact) -> dict[str, Any]:
    """How its kind of value is written in a cell, and within which limit."""
    match fact.value:
        case Value.NAME:
            return {"read": cells.short(fact.limit), "required": True}
        case Value.TEXT:
            return {"read": cells.short(fact.limit)}
        case Value.PROSE:
            return {"read": cells.long(fact.limit), "prose": True}
        case Value.MEMBERS:
            return _names(fact.limit)
    return _CELLS[fact.value]


def _fact(head: str, name: str, help_: Any, example: str) -> Column:
    """The column of a fact about an organisation."""
    return Column(head, name, help_, example, **_cells_of(FACT[name]))


def _name(example: str) -> Column:
    help_ = _l("Needed. %(count)d characters at most.", count=FACT["name"].limit)
    return _fact("Nom", "name", help_, example)


_NUMBERED = _l("Number that the portal gives. Leave it empty for a new one.")
_WEBSITE = _fact("Site", "website", _l("Address of the website."), "https://exemple.fr")
_MAILBOX = _fact(
    "Adresse partagée",
    "shared_mailbox",
    _l("E-mail address that the whole team reads."),
    "contact@exemple.fr",
)

POLES = (
    _identifier(_NUMBERED),
    _name("PTCE d’exemple : effacez cette ligne"),
    Column(
        "Région",
        "region_code",
        _l("Its name. Found from the department where it is empty."),
        "Normandie",
        cells.read_region,
        cells.write_region,
    ),
    Column(
        "Département",
        "department_code",
        _l("Its name or its number. Found from the commune where it is empty."),
        "Seine-Maritime (76)",
        cells.read_department,
        cells.write_department,
    ),
    _fact("Commune", "town", _l("Its name with its department, or its INSEE code."), "Rouen (76)"),
    Column(
        "Stade",
        "stage",
        _l("Left as it is where it is empty."),
        "En développement",
        **_of(_stages),
        kept=True,
    ),
    Column(
        "Stade depuis",
        "stage_since",
        _l("Day of the present stage; today for a new stage without a day."),
        "31/12/2024",
        cells.read_past_day,
        cells.write_day,
        kept=True,
    ),
    _fact("Activité", "sector", _l("In a few words."), "Alimentation et insertion"),
    _fact("Secteurs", "sectors", _l("One or more, with | between them."), ""),
    Column(
        "Reconnaissances",
        "recognitions",
        _l("One or more, each with its year in brackets, with | between them."),
        "AMI phase 2 (2021)",
        cells.read_recognitions(_recognitions),
        cells.write_recognitions(_recognitions),
        _recognitions,
    ),
    _fact("Structure porteuse", "lead_organisation", _l("Its name."), "Association d’exemple"),
    _fact("SIRET", "lead_siret", _l("Of the lead organisation: 14 digits."), "732 829 320 00074"),
    _fact("RNA", "lead_rna", _l("Of the lead organisation: W and nine characters."), "W751234567"),
    _fact("Membres", "members", _l("Their names, with | between them."), "Coopérative A | Commune B"),
    _WEBSITE,
    _fact(
        "Résumé public",
        "public_summary",
        _l("Shown to all in the register. %(count)d characters at most.", count=FACT["public_summary"].limit),
        "Un projet d’exemple.",
    ),
    _fact("Compagnon", "peer_mentor", _l("oui or non: does it welcome other poles?"), cells.NO),
    _fact("Publié", "published", _l("oui or non: is it in the public register?"), cells.NO),
    _fact(
        "Source",
        "source",
        _l("Addresses of the pages its public facts come from, with spaces between them."),
        "https://exemple.fr/article",
    ),
    _MAILBOX,
)

PARTNERS = (
    _identifier(_NUMBERED),
    _name("Partenaire d’exemple : effacez cette ligne"),
    Column(
        "Couverture",
        "coverages",
        _l("Toute la France, or regions and departments with | between them."),
        "Normandie | Ain (01)",
        cells.read_places,
        cells.write_places,
        required=True,
    ),
    Column(
        "Services",
        "services",
        _l("Those it delivers, by the last part of their addresses, with | between them."),
        "",
        **_names(80),
    ),
    _WEBSITE,
    _MAILBOX,
    _fact(
        "Capacité",
        "capacity_per_month",
        _l("New requests it can take in a month; empty where it does not say."),
        "4",
    ),
)

PEOPLE = (
    Column(
        "Adresse électronique",
        "email",
        _l("Needed. Who has no account is invited at this address."),
        "adresse.a.effacer@exemple.fr",
        cells.read_email,
        required=True,
    ),
    Column("Prénom", "given_name", _l("Needed for an invitation."), "Camille", cells.short(80)),
    Column("Nom", "family_name", _l("Needed for an invitation."), "Exemple", cells.short(80)),
    Column("Organisation", "organisation", _l("Its name."), "PTCE d’exemple", cells.short(200)),
    Column(
        "Identifiant de l’organisation",
        "organisation_id",
        _l("The number the portal gives it; needed where several have this name."),
        "",
        cells.read_number,
    ),
    Column("Rôle", "role", _l("One that its kind of organisation gives."), "", **_of(_roles), required=True),
    Column(
        "Langue",
        "language",
        _l("fr or en: of the invitation."),
        "fr",
        cells.read_language,
    ),
    Column("Téléphone", "phone", _l("Exported only: each person keeps their own."), "", cells.short(30)),
)

COLUMNS: Mapping[TransferKind, Sequence[Column]] = {
    TransferKind.POLES: POLES,
    TransferKind.PARTNERS: PARTNERS,
    TransferKind.PEOPLE: PEOPLE,
}


@cache
def by_key(kind: TransferKind) -> Mapping[str, Column]:
    """The columns of a file by the key of their heads."""
    return {column.key: column for column in COLUMNS[kind]}


def texts(kind: TransferKind, values: Mapping[str, Any]) -> dict[str, str]:
    """The cells of what the portal holds, by field, as an export writes them."""
    return {
        column.field: tidy(column.write(values[column.field]))
        for column in COLUMNS[kind]
        if column.field in values
    }


def template(kind: TransferKind) -> Iterable[list[str]]:
    """The heads, and a line of example."""
    yield [column.head for column in COLUMNS[kind]]
    yield [column.example for column in COLUMNS[kind]]
