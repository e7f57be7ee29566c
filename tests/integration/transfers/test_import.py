"""Imports in two steps: a look that changes nothing, then all the lines or none."""

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.db import db
from portal.organisations.kinds import RecognitionKind, Stage
from portal.organisations.models import Pole
from tests.builders import Builder
from tests.integration.transfers.files import import_file, look, text_of

HEADS = ("Nom", "Commune", "Stade", "Stade depuis", "SIRET", "Reconnaissances", "Membres", "Publié")


def test_a_pole_is_created_with_all_that_its_line_says(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    line = (
        "Pôle du Lin",
        "Rouen (76)",
        "Émergent",
        "01/02/2024",
        "732 829 320 00074",
        "AMI phase 2 (2021)",
        "B | A",
        "oui",
    )
    look(browser, "poles", text_of(HEADS, line))
    assert db.session.scalar(select(func.count()).select_from(Pole)) == 0, "a look changes nothing"
    import_file(browser, "poles", HEADS, line)
    pole = db.session.scalars(
        select(Pole).options(
            selectinload(Pole.recognitions), selectinload(Pole.members), selectinload(Pole.stage_changes)
        )
    ).one()
    assert (pole.name, pole.town, pole.department_code, pole.region_code) == (
        "Pôle du Lin",
        "Rouen",
        "76",
        "28",
    )
    assert pole.stage is Stage.EMERGING
    assert pole.lead_siret == "73282932000074"
    assert [(one.kind, one.year) for one in pole.recognitions] == [(RecognitionKind.AMI_PHASE_2, 2021)]
    assert {one.name for one in pole.members} == {"A", "B"}
    assert pole.published
