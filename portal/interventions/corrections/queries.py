"""Corrections that are read with their intervention, and whom they name."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from portal.accounts.models import Person
from portal.db import db
from portal.interventions.corrections.models import Correction
from portal.interventions.corrections.rules import SERVED, Names
from portal.interventions.models import Intervention
from portal.organisations.models import Organisation


def with_corrections() -> ExecutableOption:
    """Load what was corrected of interventions, and by whom."""
    return joinedload(Intervention.corrections).joinedload(Correction.by)


def names(interventions: Iterable[Intervention]) -> Names:
    """Of those that are read with their corrections; no statement where these name nobody."""
    changes = [correction.changes for each in interventions for correction in each.corrections]
    people = {number for each in changes for side in each.get("people", ()) for number in side}
    poles = {number for each in changes for side in each.get("poles", ()) for number in side}
    poles |= {side[0] for each in changes for side in each.get(SERVED, ())}
    return Names(_names(Person, people), _names(Organisation, poles))


def _names(model: Any, numbers: set[int]) -> Mapping[int, str]:
    rows = db.session.scalars(select(model).where(model.id.in_(numbers))) if numbers else ()
    return {row.id: row.name for row in rows}
