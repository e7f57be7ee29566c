"""What a new portal starts with: the register of real poles, the national partners and the national cell."""

import csv
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from portal.db import db
from portal.organisations.models import (
    Coverage,
    NationalCell,
    Organisation,
    Partner,
    Pole,
    PoleSector,
    Recognition,
)
from portal.organisations.queries import lock_names
from portal.organisations.rules import RecognitionKind, Sector
from portal.territories import communes
from portal.territories.communes import Commune
from portal.text import search_key

DATA = Path(__file__).parent / "data"
AnOrganisation = TypeVar("AnOrganisation", bound=Organisation)
_FACTS = (
    "region_code",
    "department_code",
    "town",
    "sector",
    "lead_organisation",
    "inferred",
    "source",
)


def load_register() -> int:
    """Publish the poles of data/ptce.csv, once each, and follow the file's corrections; return how many.

    What people have changed since the file was last read is theirs, a name or a withdrawal included.
    """
    lock_names()
    known = _known()
    with (DATA / "ptce.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        pole = known.get(search_key(row["name"]))
        if pole is None:
            pole = Pole(published=True, recognitions=[], sectors=[])
            db.session.add(pole)
        _follow(pole, row)
    return len(rows)


def _known() -> dict[str, Pole]:
    """The poles of the register, by the name the file had for them or else by their own; of one name, the one that is
    no double."""
    statement = (
        select(Pole)
        .where(or_(Pole.file_row.is_not(None), Pole.published.is_(True)))
        .options(selectinload(Pole.recognitions), selectinload(Pole.sectors))
        .order_by(Pole.merged_into_id.is_(None), Pole.published, Pole.id)
    )
    poles = db.session.scalars(statement).all()
    by_own_name = {pole.name_key: pole for pole in poles if pole.file_row is None}
    return by_own_name | {search_key(pole.file_row["name"]): pole for pole in poles if pole.file_row}


def _follow(pole: Pole, row: dict[str, str]) -> None:
    """Give a pole what its row newly says; its stage, which no source tells, is left alone."""
    before = pole.file_row or {}
    if not pole.name:
        pole.name = row["name"]
    for column in _FACTS:
        if getattr(pole, column) == (before.get(column) or None):
            setattr(pole, column, row[column] or None)
    sectors = {sector.sector for sector in pole.sectors}
    if sectors == _sectors(before) != _sectors(row):
        pole.sectors = [PoleSector(sector=sector) for sector in sorted(_sectors(row))]
    recognition = (row["recognition"], row["recognition_year"])
    if row["recognition"] and recognition != (before.get("recognition"), before.get("recognition_year")):
        _recognise(pole, RecognitionKind(recognition[0]), int(recognition[1]))
    if pole.town and pole.commune_code is None and row["town"] != before.get("town"):
        _place(pole)
    pole.file_row = dict(row)


def _sectors(row: dict[str, str]) -> set[Sector]:
    return {Sector(word) for word in row.get("sectors", "").split()}


def _recognise(pole: Pole, kind: RecognitionKind, year: int) -> None:
    if not any((recognition.kind, recognition.year) == (kind, year) for recognition in pole.recognitions):
        pole.recognitions.append(Recognition(kind=kind, year=year))


def _place(pole: Pole) -> None:
    """Its commune and where that is, when its town is only one in its department."""
    commune = communes.find(f"{pole.town} ({pole.department_code or ''})")
    if isinstance(commune, Commune) and commune.department_code == pole.department_code:
        pole.commune_code = commune.code
        pole.longitude, pole.latitude = commune.longitude, commune.latitude


def load_partners() -> dict[str, Partner]:
    """Create the partners and the national cell of data/partners.toml; return the partners by key."""
    lock_names()
    data = tomllib.loads((DATA / "partners.toml").read_text(encoding="utf-8"))
    for cell in data["cells"]:
        _national(NationalCell, cell)
    return {partner["key"]: _national(Partner, partner) for partner in data["partners"]}


def _national(model: type[AnOrganisation], entry: dict[str, Any]) -> AnOrganisation:
    """The organisation of that kind and name, or the one that it became one with; made, for the whole country, if
    absent."""
    statement = select(model).where(model.name_key == search_key(entry["name"]))
    an_organisation = db.session.scalars(
        statement.order_by(model.merged_into_id.is_not(None), model.id)
    ).first()
    while an_organisation is not None and an_organisation.merged_into_id:
        an_organisation = db.session.get(model, an_organisation.merged_into_id)
    if an_organisation is None:
        an_organisation = model(name=entry["name"], coverages=[Coverage()])
        db.session.add(an_organisation)
    an_organisation.website = entry.get("website", an_organisation.website)
    return an_organisation
