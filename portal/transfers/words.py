"""What imports and exports are called, and what is wrong with a file."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.text import one_line
from portal.transfers.rules import MOST_LINES, Flaw, Outcome, TransferKind, Unreadable

KINDS: Mapping[TransferKind, Any] = {
    TransferKind.POLES: _l("Poles"),
    TransferKind.PARTNERS: _l("Partners"),
    TransferKind.PEOPLE: _l("People"),
}
IMPORTS: Mapping[TransferKind, Any] = {
    TransferKind.POLES: _l("Import poles"),
    TransferKind.PARTNERS: _l("Import partners"),
    TransferKind.PEOPLE: _l("Import people"),
}
HOLDS: Mapping[TransferKind, Any] = {
    TransferKind.POLES: _l("PTCE with their territory, stage, recognitions, lead organisation and members."),
    TransferKind.PARTNERS: _l("Partners with where they work and the services they deliver."),
    TransferKind.PEOPLE: _l("Who acts for which organisation, and in what role."),
}
FOUND: Mapping[TransferKind, Any] = {
    TransferKind.POLES: _l("by identifier, else by SIRET or RNA of the lead organisation, else by name"),
    TransferKind.PARTNERS: _l("by identifier, else by name"),
    TransferKind.PEOPLE: _l("by e-mail address and organisation"),
}
PATHS = {
    TransferKind.POLES: "poles",
    TransferKind.PARTNERS: "partenaires",
    TransferKind.PEOPLE: "personnes",
}
"""The kinds in addresses and in the names of files."""
KINDS_BY_PATH = {path: kind for kind, path in PATHS.items()}

OUTCOMES: Mapping[Outcome, Any] = {
    Outcome.ERROR: _l("To correct"),
    Outcome.CREATE: _l("Creation"),
    Outcome.CHANGE: _l("Changed"),
    Outcome.NOTHING: _l("Nothing to do"),
}
OUTCOME_PATHS = {
    Outcome.ERROR: "a-corriger",
    Outcome.CREATE: "nouvelles",
    Outcome.CHANGE: "modifiees",
    Outcome.NOTHING: "sans-changement",
}
OUTCOME_ICONS = {
    Outcome.ERROR: "exclamation-octagon",
    Outcome.CREATE: "plus-lg",
    Outcome.CHANGE: "pencil",
    Outcome.NOTHING: "check-lg",
}
TONES = {
    Outcome.ERROR: "danger",
    Outcome.CREATE: "success",
    Outcome.CHANGE: "info",
    Outcome.NOTHING: "neutral",
}
_FLAWS: Mapping[Flaw, Any] = {
    Flaw.EMPTY: _l("This file is empty: choose another, or fill in the template."),
    Flaw.NOT_TEXT: _l(
        "This is not a CSV file. In your spreadsheet, save the sheet as CSV, then send that file."
    ),
    Flaw.NO_KNOWN_COLUMN: _l(
        "The first line names none of the columns of the template: copy its first line to the top of your file."
    ),
    Flaw.UNKNOWN_COLUMN: _l(
        "The column “%(detail)s” is unknown: rename it as in the template, or delete it."
    ),
    Flaw.COLUMN_TWICE: _l("The column “%(detail)s” is there twice: delete one of the two."),
    Flaw.MISSING_COLUMN: _l("The column “%(detail)s” is missing: add it as in the template."),
    Flaw.HUGE_CELL: _l(
        "A cell near line %(detail)s is too long to be read: check that each quotation mark is closed."
    ),
    Flaw.QUOTES: _l(
        "From line %(detail)s on the file cannot be read: a quotation mark is opened and not closed, or the other"
        " way round."
    ),
    Flaw.TOO_MANY_COLUMNS: _l(
        "This file has more than 200 columns: keep those of the template, and check what separates them."
    ),
    Flaw.DAMAGED: _l(
        "The accents of this file are damaged, as in “%(detail)s”: export it again from where it comes, as UTF-8."
    ),
    Flaw.TOO_MANY_LINES: _l(
        "This file has more than %(detail)s lines: send it in several parts.",
    ),
    Flaw.NO_LINE: _l("This file has a line of heads and nothing below: add at least one line."),
}


def flaw(problem: Unreadable) -> str:
    """Why a file cannot be read, and what to do."""
    detail = str(MOST_LINES) if problem.flaw is Flaw.TOO_MANY_LINES else one_line(problem.detail)
    return str(_FLAWS[problem.flaw]).replace("%(detail)s", detail)


def change(head: str, before: str, after: str) -> str:
    """A cell before and after."""
    return _(
        "%(head)s: %(before)s → %(after)s",
        head=head,
        before=before or _("(empty)"),
        after=after or _("(empty)"),
    )


def report_heads() -> list[str]:
    """The columns of a whole report as a file."""
    return [_("Line"), _("Name"), _("Outcome"), _("What changes, or what to correct")]
