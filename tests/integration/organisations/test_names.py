"""A name that another record of the kind has is refused wherever one is given: page, creation, file, command."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.db import db
from portal.organisations.models import Organisation, RegionalCell
from portal.text import search_key
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.organisations.steps import Browse, address, read
from tests.integration.requests.steps import check_refused
from tests.integration.transfers.files import apply, look, seen, text_of
from tests.races import looking_before_writing

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


def test_two_who_give_one_name_at_once_are_refused_as_ever(make: Builder, app: Flask) -> None:
    one, two = Browser(app, make.national_admin()), Browser(app, make.national_admin())
    pole, heads = make.pole(name="Pôle du Bois"), ("Identifiant", "Nom")

    def created(browser: Browser, name: str) -> TestResponse:
        return browser.post("/organisations/nouvelle", {"kind": "pole", "name": name})

    def renamed(browser: Browser, name: str) -> TestResponse:
        return browser.post(address(pole), {"name": name, "town": ""})

    def imported(browser: Browser, name: str) -> Callable[[], TestResponse]:
        at, page = look(browser, "poles", text_of(heads, ("", name), ("", f"{name} bis")))
        return lambda: apply(browser, at, seen(page))

    one.get("/donnees-personnelles"), two.get("/donnees-personnelles")
    name = "Atelier du Lin"
    pairs = [
        (lambda: created(one, f"{name} 1"), lambda: created(two, f"{name} 1")),
        (lambda: created(one, f"{name} 2"), lambda: renamed(two, f"{name} 2")),
        (lambda: created(one, f"{name} 3"), imported(two, f"{name} 3")),
        (lambda: renamed(one, f"{name} 4"), imported(two, f"{name} 4")),
    ]
    for number, pair in enumerate(pairs, 1):
        answers = looking_before_writing(app, *pair)
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        assert (won.status_code, lost.status_code in {409, 422}) == (302, True), number
        if lost.status_code == 422:
            check_refused(lost, "name")
            assert f'value="{name} {number}"' in lost.text
        held = select(func.count()).where(Organisation.name_key == search_key(f"{name} {number}"))
        assert db.session.scalar(held) == 1
