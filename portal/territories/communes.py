"""The communes of France: found by name or postcode, as people type them.

Read once, at first use, from data/communes.xz (`make territories` makes it) into one text of 2 MB that is
searched as it is: a table of objects would cost each web process 19 MB.
"""

import csv
import heapq
import io
import lzma
import re
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

from portal.territories.reference import DEPARTMENTS, areas_named, department_name, region_name
from portal.text import search_key

MOST_MATCHES = 12
MUCH_LARGER = 5
"""A town with so many times the inhabitants of another whose name begins it is as likely to be meant by that name."""
LONGEST_TEXT = 150
_ARTICLES = ("l", "la", "le", "les")
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
# "Lyon 3e", "Paris 11e arrondissement", "Lille cedex 9": said in addresses, not part of the name.
_IN_ADDRESSES = re.compile(r" (cedex|\d{1,2}(er|e|eme)?|arrondissement|arrdt|arr)( |$).*")
_DIVIDED = ("paris", "lyon", "marseille")  # whose arrondissements have numbers
_NUMBERS = re.compile(r"\(\s*(\w{2,3})\s*\)|\b(\d{5}|\d{2} \d{3})\b")
_DESCRIBED = re.compile(r"(.*?\(\s*(?:\d{2,3}|2[AB])\s*\)).*", re.I)
# "Nantes, Loire-Atlantique" or "Nantes (Pays de la Loire)": a name, and where it is.
_WHERE = re.compile(r"(?P<name>[^,(]+)[,(](?P<where>[^,()]+)\)?[\s,]*(?:France)?\s*", re.I)
_CODE = re.compile(r"\d[\dAB]\d{3}")


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the 101 departments. `code`: INSEE; Paris, Lyon and Marseille are one commune each.

    `population`: inhabitants, to put large towns first. `longitude`, `latitude`: degrees, WGS 84, of the town
    hall; None for a handful of communes of which no place is known.
    """

    code: str
    name: str
    department_code: str
    region_code: str
    postcodes: tuple[str, ...]
    population: int
    longitude: float | None
    latitude: float | None

    @property
    def label(self) -> str:
        """What tells it from all others, and finds it again: Saint-Denis (974)."""
        return f"{self.name} ({self.department_code})"

    @property
    def described(self) -> str:
        """Its label with where that is, which finds it again as well: Aix (19), Corrèze, Nouvelle-Aquitaine."""
        names = (self.label, department_name(self.department_code), region_name(self.region_code))
        return ", ".join(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a typed text says: a name (its key), a postcode, how the codes of the places it may be in begin."""

    key: str
    postcode: str = ""
    areas: tuple[str, ...] = ()


def commune(code: str) -> Commune | None:
    """The commune of an INSEE code."""
    place = _table().find(f"\t{code}\t ".encode()) if _CODE.fullmatch(code) else -1
    return None if place < 0 else _read(_line_at(place))


def labelled(labels: Collection[str]) -> dict[str, Commune]:
    """The communes of many labels at once, in one pass; a text that is no label is left out."""
    by_label = {}
    for line in filter(None, _table().split(b"\n")):
        _, name, code, _ = line.split(b"\t", 3)
        label = f"{name.decode()} ({_department_of(code.decode())})"
        if label in labels:
            by_label[label] = _read(line)
    return by_label


def find(typed: str) -> Commune | list[Commune]:
    """The one commune that was meant, or else those that may have been, likeliest first; none when unknown.

    Only a whole name, or a postcode of one commune alone, is taken for an answer; a name that begins that of a much
    larger town or was that of a part of it, only beside a department or a postcode. The name of a former commune means
    the one it is a part of, where no commune of today has it. A postcode of post boxes beside a whole name tells at
    least the department.
    """
    asked = _understand(typed)
    for tried in (asked, replace(asked, postcode="", areas=asked.areas or _areas(asked.postcode))):
        communes = _named(tried) if tried.key else _matching(tried)
        communes = communes or _formerly(tried)
        if not asked.postcode and not asked.areas:
            communes = _with_much_larger(tried.key, communes)
        if len(communes) == 1:
            return communes[0]
        if communes := communes or _matching(tried):
            return communes
    alone = _Asked(asked.key)
    return _matching(alone) or _formerly(alone)


def _named(asked: _Asked) -> list[Commune]:
    """The communes of that whole name, where they are said to be, large ones first."""
    lines = {*_lines_beginning(f"{asked.key}\t")}
    ranked = [ranking for line in lines if (ranking := _rank(line, asked))]
    return [_read(line) for *_, line in heapq.nsmallest(MOST_MATCHES, ranked)]


def _formerly(asked: _Asked) -> list[Commune]:
    """The communes of today that one of that whole name is a part of, where they are said to be, large ones first."""
    every = (commune(code) for code in _former().get(asked.key, ()))
    communes = [commune for commune in every if commune and _is_there(commune.code, commune.postcodes, asked)]
    return sorted(communes, key=lambda commune: -commune.population)[:MOST_MATCHES]


def _is_there(code: str, postcodes: Collection[str], asked: _Asked) -> bool:
    return code.startswith(asked.areas or "") and (not asked.postcode or asked.postcode in postcodes)


def _with_much_larger(key: str, exact: list[Commune]) -> list[Commune]:
    """Communes of one name, with the much larger ones whose names begin with it, an article before or not, or that a
    former one of that name is a part of; large ones first: Aix, and Aix-en-Provence."""
    if not exact:
        return exact
    least = MUCH_LARGER * max(1, *(commune.population for commune in exact))
    begun = (key, *(f"{article} {key}" for article in _ARTICLES))
    longer = {
        line
        for beginning in begun
        for line in _lines_beginning(beginning)
        if line[len(beginning) : len(beginning) + 1] in b"\t "
    }
    meant = (*map(_read, longer), *_formerly(_Asked(key)))
    larger = [
        commune for commune in dict.fromkeys(meant) if commune.population >= least and commune not in exact
    ]
    larger.sort(key=lambda commune: -commune.population)
    return sorted([*larger[: MOST_MATCHES // 2], *exact], key=lambda commune: -commune.population)[
        :MOST_MATCHES
    ]


def search(text: str, limit: int = MOST_MATCHES) -> list[Commune]:
    """The communes of a postcode, or with a word that the text begins: exact names and large ones first."""
    return _matching(_understand(text), limit)


def _understand(typed: str) -> _Asked:
    postcode = department = ""
    typed = _DESCRIBED.sub(r"\1", typed[:LONGEST_TEXT])
    areas: tuple[str, ...] = ()
    if (match := _WHERE.fullmatch(typed)) and (areas := areas_named(match["where"])):
        typed = match["name"]
    for in_brackets, number in _NUMBERS.findall(typed):
        postcode = number.replace(" ", "") or postcode
        department = in_brackets.upper() or department
    words = [_SHORT.get(word, word) for word in search_key(_NUMBERS.sub(" ", typed)).split()]
    if _says_its_department(words):
        department = department or words[-1].upper()
        words.pop()
    key = _IN_ADDRESSES.sub("", " ".join(words))
    return _Asked(key, postcode, (department,) if department else areas)


def _says_its_department(words: list[str]) -> bool:
    """Is the last word the number of a department, as in "Lons 39", and not part of an address, as in "Lyon 03"?"""
    numbered = words[1:] and words[-1].upper() in DEPARTMENTS
    return bool(numbered) and words[0] not in _DIVIDED and "cedex" not in words


def _areas(postcode: str) -> tuple[str, ...]:
    """How the codes of communes begin where a postcode begins so; Corsica's 20 is 2A and 2B."""
    if postcode.startswith("20"):
        return "2A", "2B"
    return (_department_of(postcode),) if postcode else ()


def _matching(asked: _Asked, limit: int = MOST_MATCHES) -> list[Commune]:
    """The likeliest communes: the whole name, then names it begins, then names with a word it begins; by size."""
    if asked.key:
        lines = {*_lines_beginning(asked.key), *_lines_with(f" {asked.key}")}
    else:
        lines = {*_lines_with(f" {asked.postcode} ")} if asked.postcode else set()
    ranked = [ranking for line in lines if (ranking := _rank(line, asked))]
    return [_read(line) for *_, line in heapq.nsmallest(limit, ranked)]


def _rank(line: bytes, asked: _Asked) -> tuple[int, int, bytes] | None:
    """Where a line comes in the answer; None if it is not what is asked."""
    name, _, code, postcodes, population, *_ = line.split(b"\t")
    if not _is_there(code.decode(), postcodes.decode().split(), asked):
        return None
    key = asked.key.encode()
    article, _, without = name.partition(b" ")
    names = (name, without) if article.decode() in _ARTICLES else (name,)
    if any(name.startswith(key) for name in names):
        return 0 if key in names else 1, -int(population), line
    return (2, -int(population), line) if b" " + key in name else None


@cache
def _table() -> bytes:
    """A line for each commune, in their order: key, name, code, postcodes between spaces, population, longitude,
    latitude."""
    packed = Path(__file__).parent / "data" / "communes.xz"
    columns = [io.BytesIO(column) for column in lzma.decompress(packed.read_bytes()).split(b"\f")]
    lines = []
    for row in zip(*columns, strict=True):
        name, code, postcodes, *others = (cell.strip() for cell in row)
        cells = (search_key(name.decode()).encode(), name, code, b" " + postcodes + b" ", *others)
        lines.append(b"\t".join(cells))
    return b"\n" + b"\n".join(sorted(lines)) + b"\n"


@cache
def _places() -> "array[int]":  # which is a type from Python 3.12 on
    """Where each line begins."""
    return array("I", (line_end.end() for line_end in re.finditer(rb"\n(?=.)", _table())))


@cache
def _former() -> dict[str, list[str]]:
    """The codes of the communes of today, by the keys of the names of former ones."""
    names: dict[str, list[str]] = {}
    with (Path(__file__).parent / "data" / "former.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names.setdefault(search_key(row["name"]), []).append(row["code"])
    return names


def _lines_beginning(text: str) -> Iterator[bytes]:
    """The lines whose key begins so, which stand side by side."""
    table, places, wanted = _table(), _places(), text.encode()
    first = bisect_left(places, wanted, key=lambda place: table[place : place + len(wanted)])
    for place in islice(places, first, None):
        if not table.startswith(wanted, place):
            break
        yield _line_at(place)


def _lines_with(text: str) -> Iterator[bytes]:
    """The lines that hold a text; more than once where they hold it twice."""
    table, wanted = _table(), text.encode()
    place = table.find(wanted)
    while place >= 0:
        yield _line_at(place + 1)
        place = table.find(wanted, place + 1)


def _line_at(place: int) -> bytes:
    table = _table()
    return table[table.rfind(b"\n", 0, place) + 1 : table.find(b"\n", place)]


def _department_of(code: str) -> str:
    return code[: 3 if code.startswith("97") else 2]


def _read(line: bytes) -> Commune:
    _, name, code, postcodes, population, longitude, latitude = line.decode().split("\t")
    department = _department_of(code)
    return Commune(
        code=code,
        name=name,
        department_code=department,
        region_code=DEPARTMENTS[department].region_code,
        postcodes=tuple(postcodes.split()),
        population=int(population),
        longitude=float(longitude) if longitude else None,
        latitude=float(latitude) if latitude else None,
    )
