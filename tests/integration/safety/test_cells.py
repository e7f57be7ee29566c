"""Where the operator wants it, people of the cells open nothing before they have a second factor."""

from collections.abc import Callable

import pytest
from flask import Flask

from config import Config
from portal.access.roles import Role
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.accounts.steps import english, is_signed_in, sign_in, sign_out
from tests.integration.safety.steps import (
    PASSKEYS,
    SAFETY,
    Device,
    add_passkey,
    password_then,
    set_up_application,
    use_passkey,
)

Browse = Callable[..., Browser]


@pytest.fixture(autouse=True)
def compulsory(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "TWO_FACTORS_FOR_CELLS", True)


def test_it_is_off_unless_the_environment_says_so() -> None:
    assert not Config.TWO_FACTORS_FOR_CELLS


@pytest.mark.parametrize("path", ["/", "/demandes", "/organisations", "/usage", "/mon-compte", "/ptce"])
def test_a_cell_is_led_to_its_safety_and_opens_nothing_else(make: Builder, browse: Browse, path: str) -> None:
    browser = english(browse(make.national_admin()))
    answer = browser.get(path)
    assert (answer.status_code, answer.location) == (302, SAFETY)
    assert "choose a second way to prove" in browser.get(SAFETY).text


def test_nor_does_it_send_anything(make: Builder, browse: Browse) -> None:
    browser = browse(make.regional_admin())
    answer = browser.post("/mon-compte", {"given_name": "X", "family_name": "Y", "language": "fr"})
    assert answer.location == SAFETY


def test_an_application_opens_the_rest_at_once_and_next_time(make: Builder, browse: Browse) -> None:
    member = make.national_admin()
    browser = browse(member)
    telephone, _codes = set_up_application(browser)
    assert browser.get("/demandes").status_code == 200
    again = browse()
    password_then(again, member.person, telephone.code(later=30))
    assert again.get("/demandes").status_code == 200


def test_so_does_a_passkey(make: Builder, browse: Browse) -> None:
    member, device = make.national_admin(), Device()
    browser = browse(member)
    assert browser.get(PASSKEYS).status_code == 200
    add_passkey(browser, device)
    assert browser.get("/demandes").status_code == 200
    again = browse()
    use_passkey(again, device)
    assert again.get("/demandes").status_code == 200


def test_removing_the_last_factor_closes_the_rest_again(make: Builder, browse: Browse) -> None:
    browser = browse(make.national_admin())
    set_up_application(browser)
    browser.post(f"{SAFETY}/application/retirer")
    assert browser.get("/demandes").location == SAFETY


def test_switching_to_a_cell_asks_for_it(make: Builder, browse: Browse) -> None:
    first = make.coordinator()
    cell = make.member(make.regional_cell(), Role.REGIONAL_ADMIN, first.person)
    browser = browse(first)
    assert browser.get("/demandes").status_code == 200
    browser.post("/mon-compte/agir-pour", {"membership_id": cell.id})
    assert browser.get("/demandes").location == SAFETY
    browser.post("/mon-compte/agir-pour", {"membership_id": first.id})
    assert browser.get("/demandes").status_code == 200


def test_others_are_free_and_one_can_always_leave(make: Builder, browse: Browse) -> None:
    for member in (make.coordinator(), make.manager(), make.observer()):
        browser = browse()
        sign_in(browser, member.person)
        assert browser.get("/").status_code == 200
    cell = browse()
    sign_in(cell, make.national_admin().person)
    sign_out(cell)
    assert not is_signed_in(cell)
    assert cell.get("/donnees-personnelles").status_code == 200
