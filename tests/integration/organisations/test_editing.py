"""The page on which a record is kept."""

import html
from typing import Any

import pytest

from portal.access.roles import Role
from portal.db import transaction
from portal.journal.rules import Act
from portal.organisations import service
from portal.organisations.facts.rules import facts_kept_by
from portal.organisations.models import Pole, PoleMember
from portal.organisations.rules import OrganisationKind, Sector
from portal.territories import communes
from tests.browser import IN_THE_HEADER
from tests.builders import Builder
from tests.integration.organisations.steps import POLE, Browse, address, journal, places, read
from tests.integration.requests.steps import actor_of, check_refused, errors_of


def test_a_coordinator_keeps_the_page_of_the_pole(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    answer = browse(coordinator).post(address(coordinator.organisation), POLE)
    assert answer.location == f"/organisations/{coordinator.organisation_id}"
    pole = read(coordinator.organisation)
    assert (pole.town, pole.commune_code, pole.region_code) == ("Rouen", "76540", "28")
    assert round(pole.latitude) == 49
    assert {one.sector for one in pole.sectors} == {Sector.CIRCULAR_ECONOMY, Sector.CULTURE}
    assert pole.website == "https://www.lilas.exemple.fr"
    assert pole.lead_siret == "44229377500031"
    assert {one.name: one.siret for one in pole.members} == {
        "Coop du Lin": "44229377500031",
        "École du Fil": None,
    }
    assert pole.shared_mailbox == "contact@lilas.exemple.fr"


def test_the_journal_says_what_was_before_and_after_and_a_page_saved_as_it_was_says_nothing(
    make: Builder, browse: Browse
) -> None:
    coordinator = make.coordinator()
    browser = browse(coordinator)
    browser.post(address(coordinator.organisation), POLE)
    browser.post(address(coordinator.organisation), POLE)
    (entry,) = journal()
    assert entry.act is Act.CHANGED
    assert entry.subject_id == coordinator.organisation_id
    assert entry.actor_id == coordinator.person_id
    assert entry.changes["website"] == [None, "https://www.lilas.exemple.fr"]
    assert entry.changes["members"] == [[], ["Coop du Lin (44229377500031)", "École du Fil"]]
    assert "name" not in entry.changes


def test_what_comes_back_is_what_was_kept_and_rows_that_stay_are_the_same(
    make: Builder, browse: Browse
) -> None:
    pole = make.pole(commune_code="76540", members=[PoleMember(name="École du Fil")])
    kept = pole.members[0].id
    browser = browse(make.coordinator(pole))
    text = browser.get(address(pole)).text
    assert 'value="Rouen (76)"' in text
    assert "École du Fil</textarea>" in text
    browser.post(address(pole), {**POLE, "town": "Rouen (76)"})
    assert kept in {one.id for one in read(pole).members}


def test_emptied_fields_are_emptied_and_the_region_stays_for_the_cell(make: Builder, browse: Browse) -> None:
    pole = make.pole(website="https://exemple.fr", commune_code="76540", members=[PoleMember(name="Une")])
    browse(make.coordinator(pole)).post(address(pole), {name: "" for name in POLE if name != "sectors"})
    found = read(pole)
    assert (found.website, found.town, found.commune_code, found.members) == (None, None, None, [])
    assert found.region_code == "28"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("website", "javascript:alert(1)"),
        ("website", "https://exemple"),
        ("shared_mailbox", "toute l’équipe"),
        ("shared_mailbox", "a@b.fr, c@d.fr"),
        ("lead_siret", "442 293 775 00032"),
        ("lead_rna", "751234567"),
        ("town", "Trifouillis"),
        ("town", "Saint-Denis"),
        ("members", "Coop du Lin ; 123"),
        ("members", "x" * 300),
        ("public_summary", "x" * 2001),
        ("sectors", "nothing"),
    ],
)
def test_bad_input_is_refused_on_its_field_and_kept(
    field: str, typed: str, make: Builder, browse: Browse
) -> None:
    coordinator = make.coordinator()
    answer = browse(coordinator).post(address(coordinator.organisation), {**POLE, field: typed})
    if field == "sectors":
        assert answer.status_code == 422
    else:
        check_refused(answer, field)
        assert html.escape(typed.strip("\x00\u200b"))[:40] in answer.text
    assert journal() == []


def test_only_a_cell_moves_a_pole_to_another_region(make: Builder, browse: Browse) -> None:
    coordinator, cell = make.coordinator(), make.regional_admin("28")
    pole = coordinator.organisation
    answer = browse(coordinator).post(address(pole), {**POLE, "town": "Nantes"})
    assert "région" in errors_of(answer, "town") or "region" in errors_of(answer, "town")
    assert read(pole).region_code == "28"
    browse(cell).post(address(pole), {**POLE, "name": pole.name, "town": "Nantes"})
    assert (read(pole).region_code, read(pole).department_code) == ("52", "44")
    assert browse(cell).get(address(pole)).status_code == 404


def test_a_pole_of_no_region_yet_is_placed_by_its_coordinator(make: Builder, browse: Browse) -> None:
    pole = make.pole(region_code=None, department_code=None, town=None)
    browse(make.coordinator(pole)).post(address(pole), {**POLE, "town": "44000"})
    assert read(pole).region_code == "52"


def test_what_a_person_changes_is_no_longer_deduced_and_the_rest_still_is(
    make: Builder, browse: Browse
) -> None:
    pole = make.pole(sector="Réemploi", inferred="town department sector lead_organisation", town="Dieppe")
    browse(make.coordinator(pole)).post(address(pole), POLE)
    assert read(pole).inferred == "sector"


def test_what_is_for_cells_is_not_offered_nor_taken_from_others(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    pole, browser = coordinator.organisation, browse(coordinator)
    text = browser.get(address(pole)).text
    for field in ("name", "peer_mentor", "published", "source"):
        assert f'name="{field}"' not in text
    browser.post(address(pole), {**POLE, "name": "Autre", "peer_mentor": "y", "published": "y"})
    found = read(pole)
    assert (found.name, found.peer_mentor, found.published) == (pole.name, False, False)
    assert found.name != "Autre"


def test_a_cell_names_publishes_and_sources(make: Builder, browse: Browse) -> None:
    pole, cell = make.pole(), make.regional_admin("28")
    said = {
        **POLE,
        "name": "Les Lilas",
        "published": "y",
        "peer_mentor": "y",
        "source": "https://a.fr/1\nhttps://b.fr/2",
    }
    browse(cell).post(address(pole), said)
    found = read(pole)
    assert (found.name, found.name_key, found.published, found.peer_mentor) == (
        "Les Lilas",
        "les lilas",
        True,
        True,
    )
    assert found.sources == ["https://a.fr/1", "https://b.fr/2"]
    check_refused(
        browse(cell).post(address(pole), {**said, "name": "", "source": "page 4"}), "name", "source"
    )


def test_nobody_writes_over_a_colleague_without_knowing(make: Builder, browse: Browse) -> None:
    pole = make.pole()
    mine, theirs = browse(make.coordinator(pole)), browse(make.coordinator(pole))
    seen = mine.get(address(pole)).text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    theirs.post(address(pole), {**POLE, "sector": "Couture"})
    answer = mine.post(address(pole), {**POLE, "sector": "Tissage", "seen": seen})
    assert answer.status_code == 422
    assert read(pole).sector == "Couture"


NEW: dict[str, Any] = {
    "name": "Autre nom",
    "website": "https://autre.example",
    "shared_mailbox": "autre@exemple.fr",
    "public_summary": "Autre chose.",
    "sectors": [Sector.CULTURE],
    "sector": "Autre",
    "town": communes.find("Rouen (76)"),
    "lead_organisation": "Autre",
    "lead_siret": "44229377500031",
    "lead_rna": "W761000000",
    "members": {"Coop du Lin": "44229377500031"},
    "peer_mentor": True,
    "published": True,
    "source": "https://autre.example",
    "everywhere": True,
    "regions": ["28"],
    "departments": ["974"],
    "capacity_per_month": 7,
}
"""A department, 974, that has the name of its region, 04, where each record works before."""


@pytest.mark.parametrize("kind", OrganisationKind)
def test_each_fact_that_changes_alone_is_noted_and_seen_by_whoever_writes_meanwhile(
    kind: OrganisationKind, make: Builder
) -> None:
    national = actor_of(make.national_admin())
    facts = facts_kept_by(national, kind) - {"region"}
    for fact in sorted(facts):
        with transaction():
            found = service.create(national, kind, {"name": f"Avant {fact}", "regions": ["04"]})
            if isinstance(found, Pole):
                found.members.append(PoleMember(name="Coop du Lin"))
        seen = service.fingerprint(read(found))
        with transaction():
            service.change(national, found.id, {fact: NEW[fact]}, seen)
        assert service.fingerprint(read(found)) != seen, fact
        assert journal()[-1].act is Act.CHANGED, fact


def test_each_field_says_who_will_read_it(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    browser = browse(coordinator)
    browser.post("/langue", {"language": "en"})
    text = browser.get(address(coordinator.organisation)).text
    for field, said in (("website", "Public"), ("lead_siret", "Seen by the cells and partners only")):
        label = text.split(f'<label for="{field}">')[1].split("</label>")[0]
        assert said in label


def test_a_partner_says_where_it_works_and_how_much_it_takes(make: Builder, browse: Browse) -> None:
    manager = make.manager(make.partner(regions=("28",)))
    said = {"regions": ["28", "53"], "departments": ["2A"], "capacity_per_month": "4", "website": ""}
    browse(manager).post(address(manager.organisation), said)
    assert places(manager.organisation) == {("28", None), ("53", None), (None, "2A")}
    assert read(manager.organisation).capacity_per_month == 4
    browse(manager).post(address(manager.organisation), {**said, "everywhere": "y"})
    assert places(manager.organisation) == {(None, None)}
    check_refused(
        browse(manager).post(address(manager.organisation), {"capacity_per_month": "0"}), "capacity_per_month"
    )


def test_a_regional_cell_does_not_give_itself_regions(make: Builder, browse: Browse) -> None:
    cell, national = make.regional_admin("28"), make.national_admin()
    said = {"name": "Autre", "regions": ["28", "11"], "shared_mailbox": "cra@exemple.fr"}
    browse(cell).post(address(cell.organisation), said)
    assert places(cell.organisation) == {("28", None)}
    assert read(cell.organisation).shared_mailbox == "cra@exemple.fr"
    browse(national).post(address(cell.organisation), said)
    assert places(cell.organisation) == {("28", None), ("11", None)}
    assert read(cell.organisation).name == "Autre"


def test_others_find_nothing_to_edit(make: Builder, browse: Browse) -> None:
    pole, partner = make.pole(), make.partner(regions=("28",))
    gone = make.pole()
    with transaction():
        gone.merged_into_id, gone.active = pole.id, False
    closed = {
        make.coordinator(): 404,
        make.member(pole, Role.MEMBER): 403,
        make.practitioner(partner): 403,
        make.manager(partner): 404,
        make.regional_admin("11"): 404,
        make.observer(): 403,
    }
    for membership, status in closed.items():
        for answer in (browse(membership).get(address(pole)), browse(membership).post(address(pole), POLE)):
            assert answer.status_code == status, membership.role
    assert browse(make.national_admin()).get(address(gone)).status_code == 404
    assert journal() == []


def test_the_page_costs_the_same_for_one_member_and_for_fifty(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    costs = []
    for size in (1, 50):
        pole = make.pole(members=[PoleMember(name=f"Membre {number}") for number in range(size)])
        browser = browse(make.coordinator(pole))
        for path in (address(pole), address(pole, "stades"), f"/organisations/{pole.id}"):
            queries.clear()
            browser.get(path)
            costs.append(len(queries))
    assert costs[:3] == costs[3:]
    assert max(costs) <= 8 + IN_THE_HEADER, costs
