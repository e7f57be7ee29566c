"""What a new portal starts with: the register of real poles, the national partners and the national cell."""

import csv
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.db import db, require_transaction
from portal.organisations.kinds import RecognitionKind
from portal.organisations.models import Coverage, NationalCell, Organisation, Partner, Pole, Recognition
from portal.text import search_key

DATA = Path(__file__).parent / "data"
AnOrganisation = TypeVar("AnOrganisation", bound=Organisation)


def load_register() -> int:
    """Create or update the published poles of data/ptce.csv, known by their names; return how many."""
    require_transaction()
    statement = select(Pole).where(Pole.published.is_(True)).options(selectinload(Pole.recognitions))
    known = {pole.name_key: pole for pole in db.session.scalars(statement)}
    with (DATA / "ptce.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        pole = known.get(search_key(row["name"])) or Pole(recognitions=[])
        _fill(pole, row)
        db.session.add(pole)
    return len(rows)


def _fill(pole: Pole, row: dict[str, str]) -> None:
    """Give a pole the facts of its row; its stage, which no source tells, is left alone."""
    pole.name = row["name"]
    pole.published = True
    for column in ("region_code", "department_code", "town", "sector", "lead_organisation"):
        setattr(pole, column, row[column] or None)
    pole.inferred = row["inferred"] or None
    pole.source = row["source"] or None
    if row["recognition"]:
        kind, year = RecognitionKind(row["recognition"]), int(row["recognition_year"])
        if not any((one.kind, one.year) == (kind, year) for one in pole.recognitions):
            pole.recognitions.append(Recognition(kind=kind, year=year))


def load_partners() -> dict[str, Partner]:
    """Create the partners and the national cell of data/partners.toml; return the partners by key."""
    require_transaction()
    data = tomllib.loads((DATA / "partners.toml").read_text(encoding="utf-8"))
    for cell in data["cells"]:
        _national(NationalCell, cell)
    return {partner["key"]: _national(Partner, partner) for partner in data["partners"]}


def _national(model: type[AnOrganisation], entry: dict[str, Any]) -> AnOrganisation:
    """The organisation of that kind and name, made with the whole country as its coverage if absent."""
    statement = select(model).where(model.name_key == search_key(entry["name"]))
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        found = model(name=entry["name"], coverages=[Coverage()])
        db.session.add(found)
    found.website = entry.get("website", found.website)
    return found
