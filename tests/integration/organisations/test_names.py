"""A name that another record of the kind has is refused wherever one is given: page, creation, file, command."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db
from portal.organisations.models import Organisation, RegionalCell
from tests.builders import Builder
from tests.integration.organisations.steps import Browse, address, read
from tests.integration.requests.steps import check_refused
from tests.integration.transfers.files import look, text_of

TAKEN = "Ce nom est déjà pris"


@pytest.mark.parametrize("typed", ["Pôle du Lin", "POLE DU LIN", "pôle  du lin"])
def test_nobody_takes_the_name_of_another(typed: str, make: Builder, browse: Browse) -> None:
    make.pole(name="Pôle du Lin")
    other, partner, browser = (
        make.pole(name="Pôle du Bois"),
        make.partner(name="Le Bois"),
        browse(make.national_admin()),
    )
    check_refused(browser.post("/organisations/nouvelle", {"kind": "pole", "name": typed}), "name")
    answer = browser.post(address(other), {"name": typed, "town": ""})
    check_refused(answer, "name")
    assert read(other).name == "Pôle du Bois"
    _address, page = look(browser, "poles", text_of(("Identifiant", "Nom"), (str(other.id), typed)))
    assert TAKEN in page
    assert browser.post(address(partner), {"name": typed, "everywhere": "y"}).status_code == 302, (
        "of another kind"
    )


def test_a_record_keeps_its_own_name_and_changes_its_letters(make: Builder, browse: Browse) -> None:
    pole, browser = make.pole(name="Pole du Lin"), browse(make.national_admin())
    make.pole(name="Pôle du lin")
    assert browser.post(address(pole), {"name": "Pôle du Lin"}).status_code == 302
    assert read(pole).name == "Pôle du Lin"
    _address, page = look(browser, "poles", text_of(("Identifiant", "Nom"), (str(pole.id), "PÔLE DU LIN")))
    assert TAKEN not in page


def test_a_region_gets_one_cell(make: Builder, app: Flask) -> None:
    def add(*words: str) -> tuple[int, str]:
        answer = app.test_cli_runner().invoke(args=["add-cell", *words])
        return answer.exit_code, answer.output

    assert add("53", "Cellule Bretagne")[0] == 0
    code, said = add("53", "Une autre cellule")
    assert code != 0
    assert "Bretagne" in said
    assert "Cellule Bretagne (organisation" in said
    code, said = add("11", "cellule bretagne")
    assert code != 0
    assert "called" in said
    assert db.session.scalar(select(func.count()).select_from(RegionalCell)) == 1
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 1
