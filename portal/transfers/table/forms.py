"""One cell at a time: what people and spreadsheets write in it, and how an export writes it.

`read_…` take the text of a cell that is not empty and raise CellRefused with what to do; `write_…` give text that
the same reads again. Vocabularies are written in French, the language of the files.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import clock
from portal.organisations.facts.rules import FACT
from portal.organisations.rules import (
    EARLIEST_STAGE,
    FIRST_RECOGNITION,
    RecognitionKind,
    address_flaw,
    typed_rna,
    typed_siret,
    with_scheme,
)
from portal.organisations.words import ADDRESS_FLAWS
from portal.territories import communes
from portal.territories.communes import Commune
from portal.territories.reference import DEPARTMENTS, REGIONS, department_name, region_name
from portal.text import one_line, plain_address, search_key
from portal.web.addresses import email_flaw
from portal.web.languages import LANGUAGES

Word = TypeVar("Word", bound=StrEnum)
SEPARATOR = " | "
YES, NO = "oui", "non"
_SEPARATORS = re.compile(r"[|\n]")
_YEAR = re.compile(r"(.*?)\s*\(?((?:19|20)\d\d)\)?")
_ROUNDED = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.I)
_SPREADSHEET_ERROR = re.compile(r"#([A-ZÉ]+(/[A-Z0-9])?[!?]?|DIV/0 ?!|GETTING_DATA|#+)|Err ?: ?\d+", re.I)
LARGEST_NUMBER = 2_147_483_647


class CellRefused(ValueError):
    """The cell cannot be understood; `message` says what to write."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def refuse_errors(text: str) -> None:
    """What a formula left where it could give nothing is no value: #N/A, #REF!, #NOM?, Err:502."""
    if any(_SPREADSHEET_ERROR.fullmatch(part) for part in several(text)):
        raise CellRefused(_("This is an error of your spreadsheet: correct its formula, or empty the cell."))


_RECALLED = 60


def problem(head: str, text: str, refused: CellRefused) -> str:
    """Why a cell is refused, with what it holds: whoever reads the report has not the file before them."""
    line = one_line(text)
    recalled = f"{line[:_RECALLED]}…" if len(line) > _RECALLED else line
    return _("%(head)s, “%(text)s” – %(why)s", head=head, text=recalled, why=refused.message)


class Vocabulary(Generic[Word]):
    """Words of a closed list, by their French labels or their codes."""

    def __init__(self, labels: Mapping[Word, Any]) -> None:
        self._labels = labels
        self._french: dict[Word, str] = {}
        self._keys: dict[str, Word] = {}

    def write(self, word: Word | None) -> str:
        return self.french[word] if word else ""

    def read(self, text: str) -> Word:
        word = self.find(text)
        if word is None:
            raise CellRefused(_("Write one of these: %(words)s.", words=", ".join(self.french.values())))
        return word

    def find(self, text: str) -> Word | None:
        """The word of a label or a code, None where it is neither."""
        if not self._keys:
            codes = {search_key(word.value): word for word in self._labels}
            self._keys = codes | {search_key(label): word for word, label in self.french.items()}
        return self._keys.get(search_key(text))

    @property
    def french(self) -> Mapping[Word, str]:
        """The labels; found once, since changing the language of each cell would take most of the time.

        RuntimeError: outside an application, where there are no translations and English would be kept.
        """
        if not self._french:
            with current_app.app_context(), force_locale("fr"):
                self._french = {word: str(label) for word, label in self._labels.items()}
        return self._french


def short(length: int) -> Callable[[str], str]:
    """A text of one line, up to a length."""

    def read(text: str) -> str:
        return long(length)(one_line(text))

    return read


def long(length: int) -> Callable[[str], str]:
    """A text that may have several lines, up to a length."""

    def read(text: str) -> str:
        if len(text) > length:
            raise CellRefused(
                _(
                    "Shorten this text: it has %(count)d characters, %(max)d at most.",
                    count=len(text),
                    max=length,
                )
            )
        return text

    return read


def write_text(value: object) -> str:
    return "" if value is None else str(value)


def read_number(text: str) -> int:
    """A whole number; spreadsheets may have written 1 200 or 12,0. Whether 1,000 is one or a thousand, nobody knows."""
    digits = re.sub(r"[.,]00?$", "", re.sub(r"\s", "", text))
    is_one = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(LARGEST_NUMBER))
    if not is_one or int(digits) > LARGEST_NUMBER:
        raise CellRefused(_("Write a whole number."))
    return int(digits)


def read_capacity(text: str) -> int:
    number = read_number(text)
    most = FACT["capacity_per_month"].limit
    if not 1 <= number <= most:
        raise CellRefused(_("Write a number between 1 and %(most)d.", most=most))
    return number


def read_yes(text: str) -> bool:
    key = search_key(text)
    if key in {"oui", "o", "yes", "vrai", "true", "1", "x"}:
        return True
    if key in {"non", "n", "no", "faux", "false", "0"}:
        return False
    raise CellRefused(_("Write oui or non."))


def write_yes(value: bool | None) -> str:
    return YES if value else NO


def read_past_day(text: str) -> date:
    """A day that has come, written 31/12/2026 or 2026-12-31; a time after it is left out."""
    for pattern in clock.WRITTEN_DAYS:
        try:
            day = datetime.strptime(text.partition(" ")[0], pattern).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
        if not EARLIEST_STAGE <= day <= clock.today():
            raise CellRefused(_("Write a day that is not in the future, since 2000."))
        return day
    raise CellRefused(_("Write a day as 31/12/2026."))


def write_day(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def read_siret(text: str) -> str:
    if _ROUNDED.fullmatch(text):
        raise CellRefused(
            _("Your spreadsheet has rounded this number: make the column a text column, then type it again.")
        )
    siret = typed_siret(text)
    if siret is None:
        raise CellRefused(_("Check this number: a SIRET has 14 digits, and these do not make one."))
    return siret


def write_siret(number: str | None) -> str:
    """In groups, which spreadsheets leave as text."""
    return f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}" if number else ""


def read_rna(text: str) -> str:
    rna = typed_rna(text)
    if rna is None:
        raise CellRefused(_("Check this number: an RNA begins with W and has nine characters after it."))
    return rna


def read_email(text: str) -> str:
    address = plain_address(text)
    if flaw := email_flaw(address):
        raise CellRefused(str(flaw))
    return address


def read_website(text: str) -> str:
    """An address of the web; people leave https:// out."""
    address = with_scheme(one_line(text))
    if flaw := address_flaw(address):
        raise CellRefused(str(ADDRESS_FLAWS[flaw]))
    return long(FACT["website"].limit)(address)


def read_sources(text: str) -> str:
    """Addresses of pages, separated by spaces."""
    addresses = text.split()
    for address in addresses:
        if address_flaw(address):
            raise CellRefused(_("“%(address)s” is not the address of a page.", address=address[:80]))
    return " ".join(addresses)


def read_language(text: str) -> str:
    if text.lower() not in LANGUAGES:
        raise CellRefused(_("Write one of these: %(words)s.", words=", ".join(LANGUAGES)))
    return text.lower()


def several(text: str) -> list[str]:
    """The parts of a cell that holds several things; repeated ones once."""
    parts = (" ".join(part.split()) for part in _SEPARATORS.split(text))
    return list(dict.fromkeys(part for part in parts if part))


def join(parts: Sequence[str]) -> str:
    return SEPARATOR.join(parts)


Recognised = frozenset[tuple[RecognitionKind, int | None]]


def read_recognitions(vocabulary: Vocabulary[RecognitionKind]) -> Callable[[str], Recognised]:
    """AMI phase 2 (2021) | Signataire de la charte (2024)."""
    return lambda text: frozenset(_recognition(vocabulary, part) for part in several(text))


def write_recognitions(vocabulary: Vocabulary[RecognitionKind]) -> Callable[[Recognised], str]:
    def write(recognitions: Recognised) -> str:
        in_order = sorted(recognitions or (), key=lambda recognition: (recognition[1] or 0, recognition[0]))
        return join([vocabulary.write(kind) + (f" ({year})" if year else "") for kind, year in in_order])

    return write


def _recognition(vocabulary: Vocabulary[RecognitionKind], text: str) -> tuple[RecognitionKind, int | None]:
    if kind := vocabulary.find(text):
        return kind, None
    dated = _YEAR.fullmatch(text)
    if dated is None:
        return vocabulary.read(text), None
    year = int(dated[2])
    if not FIRST_RECOGNITION <= year <= clock.today().year:
        raise CellRefused(
            _(
                "Write the year of a recognition: between %(first)d and %(last)d.",
                first=FIRST_RECOGNITION,
                last=clock.today().year,
            )
        )
    return vocabulary.read(dated[1]), year


Places = frozenset[tuple[str | None, str | None]]
"""Regions and departments by code; neither: the whole country."""
WHOLE_COUNTRY = "Toute la France"
_BRACKETED = re.compile(r"(.*)\((\w{1,3})\)\s*")


def read_region(text: str) -> str:
    key = search_key(text)
    for region in REGIONS.values():
        if key == region.sort_key:  # its number is that of a department, which may be meant
            return region.code
    raise CellRefused(_("Write the name of a region as INSEE does, for instance Normandie."))


def write_region(code: str | None) -> str:
    return region_name(code)


def read_department(text: str) -> str:
    """Eure (27), 27, Eure; 1 for 01, as spreadsheets make it."""
    bracketed = _BRACKETED.fullmatch(text)
    code = (bracketed[2] if bracketed else text).strip().upper().zfill(2)
    if code in DEPARTMENTS:
        return code
    key = search_key(text)
    for department in DEPARTMENTS.values():
        if search_key(department.name) == key:
            return department.code
    raise CellRefused(_("Write a department with its number, for instance Eure (27)."))


def write_department(code: str | None) -> str:
    return f"{department_name(code)} ({code})" if code else ""


def read_town(text: str, department_code: str = "") -> Commune:
    """Rouen (76), or the INSEE code 76540. `department_code`: what the line says beside, which tells homonyms apart."""
    town = communes.commune(text) or communes.find(text)
    if not isinstance(town, Commune) and department_code and "(" not in text:
        town = communes.find(f"{text} ({department_code})")
    if isinstance(town, Commune):
        return town
    if town:
        names = " ; ".join(commune.described for commune in town[:5])
        raise CellRefused(_("Several communes may be meant: write one of %(names)s.", names=names))
    raise CellRefused(
        _("No commune of today has this name: write that one with its department, for instance Rouen (76).")
    )


def write_town(town: Commune | str | None) -> str:
    """A commune by its label, or the text that was typed before communes were known by their codes."""
    return town.label if isinstance(town, Commune) else town or ""


def read_places(text: str) -> Places:
    """Toute la France, or regions by name and departments: Normandie | Ain (01)."""
    parts = several(text)
    if any(search_key(part) in {"toute la france", "france entiere"} for part in parts):
        if len(parts) > 1:
            raise CellRefused(_("Write either Toute la France, or regions and departments."))
        return frozenset({(None, None)})
    return frozenset(_place(part) for part in parts)


def _place(text: str) -> tuple[str | None, str | None]:
    """A region by its name, else a department."""
    key = search_key(text)
    for region in REGIONS.values():
        if key == region.sort_key:
            return region.code, None
    try:
        return None, read_department(text)
    except CellRefused:
        raise CellRefused(
            _("Write Toute la France, or regions and departments such as Normandie | Ain (01).")
        ) from None


def write_places(places: Places) -> str:
    if not places:
        return ""
    if (None, None) in places:
        return WHOLE_COUNTRY
    return join(sorted(write_region(region) or write_department(department) for region, department in places))
