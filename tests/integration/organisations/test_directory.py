"""The organisations that the cells read about."""

import re
from collections.abc import Callable

import pytest

from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.catalogue.rules import ServiceState
from portal.db import transaction
from portal.organisations.models import Organisation
from portal.organisations.rules import Stage
from tests.browser import IN_THE_HEADER, Browser
from tests.builders import Builder

Browse = Callable[[Membership | None], Browser]
PATH = "/organisations"


def _in_english(browser: Browser) -> Browser:
    browser.post("/langue", {"language": "en"})
    return browser


def _sees(browser: Browser, organisation: Organisation) -> bool:
    """In the list and on its own page alike."""
    address = f"{PATH}/{organisation.id}"
    listed = f'href="{address}"' in browser.get(f"{PATH}?q={organisation.name}").text
    opened = browser.get(address).status_code == 200
    assert listed == opened
    return listed


def test_a_regional_cell_sees_its_poles_and_who_works_there_and_nobody_else(
    make: Builder, browse: Browse
) -> None:
    cell = make.regional_admin("28", "53")
    browser = browse(cell)
    ours = [
        make.pole(name="Ours", region_code="28"),
        make.pole(name="Second region", region_code="53"),
        make.partner(name="Everywhere"),
        make.partner(regions=("53",), name="In the region"),
        make.partner(departments=("76",), name="In a department"),
        make.national_cell(),
        cell.organisation,
    ]
    theirs = [
        make.pole(name="Elsewhere", region_code="11"),
        make.pole(name="Nowhere", region_code=None),
        make.partner(regions=("11",), name="Partner elsewhere"),
        make.partner(departments=("28",), name="Eure-et-Loir"),
        make.regional_cell("11"),
        make.funder(),
    ]
    assert [one.name for one in ours if not _sees(browser, one)] == []
    assert [one.name for one in theirs if _sees(browser, one)] == []


def test_the_national_cell_sees_everything(make: Builder, browse: Browse) -> None:
    browser = browse(make.national_admin())
    for organisation in (make.pole(region_code=None), make.funder(), make.regional_cell("11")):
        assert _sees(browser, organisation)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PRACTITIONER, Role.MANAGER])
def test_others_see_the_page_of_their_own_organisation_alone(
    role: Role, make: Builder, browse: Browse
) -> None:
    somebody, other = make.member(make.pole(), role), make.pole()
    browser = browse(somebody)
    assert browser.get(PATH).status_code == 403
    assert browser.get("/mon-organisation").location == f"{PATH}/{somebody.organisation_id}"
    assert browser.get(f"{PATH}/{somebody.organisation_id}").status_code == 200
    assert browser.get(f"{PATH}/{other.id}").status_code == 404


def test_a_funder_sees_no_organisation(make: Builder, browse: Browse) -> None:
    somebody = make.observer()
    for path in (PATH, "/mon-organisation", f"{PATH}/{somebody.organisation_id}"):
        assert browse(somebody).get(path).status_code == 403


def test_visitors_are_asked_to_sign_in(make: Builder, browse: Browse) -> None:
    for path in (PATH, f"{PATH}/{make.pole().id}"):
        response = browse(None).get(path)
        assert response.status_code == 302
        assert response.location.startswith("/connexion?next=")


def test_search_is_accent_blind_and_the_kind_is_a_filter(make: Builder, browse: Browse) -> None:
    make.pole(name="Pôle des Éléphants")
    make.partner(name="Éléphant conseil")
    browser = browse(make.national_admin())
    found = browser.get(f"{PATH}?q=elephant").text
    assert "Pôle des Éléphants" in found
    assert "Éléphant conseil" in found
    only = browser.get(f"{PATH}?q=elephant&type=partner").text
    assert "Pôle des Éléphants" not in only
    assert "Éléphant conseil" in only
    assert browser.get(f"{PATH}?type=nonsense").status_code == 200
    assert "No organisation matches" in _in_english(browser).get(f"{PATH}?q=zzz").text


def test_a_pole_shows_its_identity_and_its_people(make: Builder, browse: Browse) -> None:
    pole = make.pole(name="Deux-Rives", stage=Stage.EMERGING, lead_siret="12345678900011")
    person = make.person(given_name="Ali", family_name="Haddad", phone="01 02 03 04 05")
    make.member(pole, Role.COORDINATOR, person)
    gone = make.member(pole, Role.MEMBER, make.person(family_name="Parti"))
    closed = make.member(pole, Role.MEMBER, make.person(family_name="Fermé", active=False))
    with transaction():
        gone.ended_at = gone.started_at
    text = _in_english(browse(make.national_admin())).get(f"{PATH}/{pole.id}").text
    assert "Emerging" in text
    assert "12345678900011" in text
    assert "Ali Haddad" in text
    assert f'href="mailto:{person.email}"' in text
    assert "01 02 03 04 05" in text
    assert "Not in the register" in text
    assert gone.person.family_name not in text
    assert closed.person.family_name not in text


def test_a_partner_shows_where_it_works_and_what_it_delivers(make: Builder, browse: Browse) -> None:
    partner = make.partner(regions=("28",), departments=("2A",))
    make.service(partner, slug="appui", name_en="Support")
    make.service(partner, slug="gone", stored_state=ServiceState.ARCHIVED)
    text = _in_english(browse(make.national_admin())).get(f"{PATH}/{partner.id}").text
    assert "Corse-du-Sud, Normandie" in text
    assert 'href="/services/appui">Support</a>' in text
    assert "/services/gone" not in text
    assert "Nobody of this organisation has an account yet." in text


def test_an_organisation_that_stopped_leaves_the_list_and_keeps_its_page(
    make: Builder, browse: Browse
) -> None:
    partner = make.partner(name="Ancienne", active=False)
    browser = _in_english(browse(make.national_admin()))
    assert "Ancienne" not in browser.get(PATH).text
    assert "No longer active" in browser.get(f"{PATH}/{partner.id}").text


@pytest.mark.parametrize("number", [0, 999_999, 2**31, 2**63])
def test_an_organisation_that_is_not_there_is_not_found(number: int, make: Builder, browse: Browse) -> None:
    assert browse(make.national_admin()).get(f"{PATH}/{number}").status_code == 404


def test_pages_cost_the_same_for_one_row_and_for_fifty(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    browser = browse(make.regional_admin("28"))
    costs = []
    for size in (1, 25):
        pole, partner = make.pole(), make.partner()
        make.service(partner)
        for _number in range(size):
            make.coordinator(pole)
            make.manager(partner)
            make.service(partner)
            make.pole()
            make.partner(departments=("76",))
        counted = []
        for path in (PATH, f"{PATH}?type=partner", f"{PATH}/{pole.id}", f"{PATH}/{partner.id}"):
            queries.clear()
            browser.get(path)
            counted.append(len(queries))
        costs.append(counted)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 8 + IN_THE_HEADER


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (
            {"town": "Rouen", "department_code": "76", "region_code": "28"},
            ["Rouen", "Seine-Maritime", "Normandie"],
        ),
        ({"town": None, "department_code": None, "region_code": "28"}, ["department not known", "Normandie"]),
        (
            {"town": "Saint-Denis", "department_code": "974", "region_code": "04"},
            ["Saint-Denis", "La Réunion"],
        ),
    ],
)
@pytest.mark.parametrize("path", ["/ptce", PATH, "{double}/doublons?q=Second", "/candidatures"])
def test_a_town_stands_with_its_department_and_region_in_every_list(
    make: Builder, browse: Browse, path: str, place: dict[str, str | None], said: list[str]
) -> None:
    pole = make.pole(name="Second", published=True, **place)
    make.raw_application(**{**place, "town": place["town"] or "Rouen"})
    page = _in_english(browse(make.national_admin())).get(path.format(double=f"{PATH}/{make.pole().id}")).text
    cell = re.search(r'data-label="Territory">(.*?)</td>', page[max(page.find(f">{pole.name}"), 0) :], re.S)
    assert cell
    words = re.sub(r"<[^>]*>|\s+", " ", cell[1])
    assert [one for one in said if words.count(one) != 1] == []
