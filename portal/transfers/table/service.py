"""The columns of each file, in one readable table: the template, the import, the export and the help are made of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.accounts.words import ROLES
from portal.organisations.facts.rules import FACT
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


def _one(vocabulary: Vocabulary[Any]) -> dict[str, Any]:
    return {"read": vocabulary.read, "write": vocabulary.write, "words": vocabulary}


def _some(vocabulary: Vocabulary[Any]) -> dict[str, Any]:
    return {
        "read": lambda text: frozenset(vocabulary.read(part) for part in cells.several(text)),
        "write": lambda words: cells.join(sorted(vocabulary.write(word) for word in words or ())),
        "words": vocabulary,
    }


def _names(length: int) -> dict[str, Any]:
    """Names between bars, in the order of the alphabet, since the portal keeps them in none."""
    one = cells.short(length)
    return {
        "read": lambda text: tuple(one(part) for part in cells.several(text)),
        "write": lambda names: cells.join(sorted(names or (), key=search_key)),
    }


def _identifier(help_: Any) -> Column:
    return Column("Identifiant", "id", help_, "", cells.read_number)


def _name(example: str) -> Column:
    return Column(
        "Nom",
        "name",
        _l("Needed. %(count)d characters at most.", count=FACT["name"].limit),
        example,
        cells.short(FACT["name"].limit),
        required=True,
    )


_YES: dict[str, Any] = {"read": cells.read_yes, "write": cells.write_yes, "kept": True}
_NUMBERED = _l("Number that the portal gives. Leave it empty for a new one.")
_WEBSITE = Column("Site", "website", _l("Address of the website."), "https://exemple.fr", cells.read_website)
_MAILBOX = Column(
    "Adresse partagée",
    "shared_mailbox",
    _l("E-mail address that the whole team reads."),
    "contact@exemple.fr",
    cells.read_email,
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
    Column(
        "Commune",
        "town",
        _l("Its name with its department, or its INSEE code."),
        "Rouen (76)",
        cells.read_town,
        cells.write_town,
    ),
    Column(
        "Stade",
        "stage",
        _l("Left as it is where it is empty."),
        "En développement",
        **_one(_stages),
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
    Column(
        "Activité",
        "sector",
        _l("In a few words."),
        "Alimentation et insertion",
        cells.short(FACT["sector"].limit),
    ),
    Column("Secteurs", "sectors", _l("One or more, with | between them."), "", **_some(_sectors)),
    Column(
        "Reconnaissances",
        "recognitions",
        _l("One or more, each with its year in brackets, with | between them."),
        "AMI phase 2 (2021)",
        cells.read_recognitions(_recognitions),
        cells.write_recognitions(_recognitions),
        _recognitions,
    ),
    Column(
        "Structure porteuse",
        "lead_organisation",
        _l("Its name."),
        "Association d’exemple",
        cells.short(FACT["lead_organisation"].limit),
    ),
    Column(
        "SIRET",
        "lead_siret",
        _l("Of the lead organisation: 14 digits."),
        "732 829 320 00074",
        cells.read_siret,
        cells.write_siret,
    ),
    Column(
        "RNA",
        "lead_rna",
        _l("Of the lead organisation: W and nine characters."),
        "W751234567",
        cells.read_rna,
    ),
    Column(
        "Membres",
        "members",
        _l("Their names, with | between them."),
        "Coopérative A | Commune B",
        **_names(FACT["members"].limit),
    ),
    _WEBSITE,
    Column(
        "Résumé public",
        "public_summary",
        _l("Shown to all in the register. %(count)d characters at most.", count=FACT["public_summary"].limit),
        "Un projet d’exemple.",
        cells.long(FACT["public_summary"].limit),
        prose=True,
    ),
    Column("Compagnon", "peer_mentor", _l("oui or non: does it welcome other poles?"), cells.NO, **_YES),
    Column("Publié", "published", _l("oui or non: is it in the public register?"), cells.NO, **_YES),
    Column(
        "Source",
        "source",
        _l("Addresses of the pages its public facts come from, with spaces between them."),
        "https://exemple.fr/article",
        cells.read_sources,
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
    Column(
        "Capacité",
        "capacity_per_month",
        _l("New requests it can take in a month; empty where it does not say."),
        "4",
        cells.read_capacity,
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
    Column("Rôle", "role", _l("One that its kind of organisation gives."), "", **_one(_roles), required=True),
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
