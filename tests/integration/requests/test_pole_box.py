"""What a partner reads of the pole that asks it: all that its fields promise, nothing of its people or of others."""

import html
from datetime import date
from typing import Any

import pytest

from portal.access.roles import Role
from portal.db import transaction
from portal.organisations.facts.forms import PoleForm
from portal.organisations.models import Pole, PoleMember, PoleSector, Recognition, StageChange
from portal.organisations.rules import RecognitionKind, Sector, Stage
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.requests.steps import World, page_of

pytestmark = pytest.mark.one_database

A = AssignmentState
Browse = Any
LIVE = {A.PROPOSED, A.ON_HOLD, A.ACCEPTED, A.COMPLETED}

FACTS = {  # what each field of the record holds here, as it is shown
    "name": "Pôle du Lin",
    "public_summary": "Filer et tisser ensemble.",
    "town": "Rouen",
    "sectors": "Énergie",
    "sector": "Tissage du lin",
    "website": "https://lin.example",
    "lead_organisation": "Coopérative Trame",
    "members": "Atelier Navette",
    "lead_siret": "44229377500031",
    "lead_rna": "W123456789",
    "shared_mailbox": "equipe@lin.example",
}
SHOWN_OTHERWISE = {
    "peer_mentor": "accueille d’autres pôles",
    "published": "/ptce/",
    "source": None,
}


@pytest.fixture
def pole(world: World) -> Pole:
    """The coordinator's pole, with all that a record may say."""
    found = world.coordinator.organisation
    assert isinstance(found, Pole)
    with transaction() as session:
        session.add(found)
        for name in FACTS.keys() - {"sectors", "members"}:
            setattr(found, name, FACTS[name])
        found.stage_since, found.published, found.peer_mentor = date(2024, 3, 2), True, True
        found.department_code, found.region_code, found.stage = "76", "28", Stage.DEVELOPING
        session.add_all(
            [
                PoleSector(pole_id=found.id, sector=Sector.ENERGY),
                PoleMember(pole_id=found.id, name=FACTS["members"]),
                StageChange(pole_id=found.id, stage=Stage.DEVELOPING, since=date(2024, 3, 2)),
                Recognition(pole_id=found.id, kind=RecognitionKind.AMI_PHASE_1, year=2021),
            ]
        )
        world.coordinator.person.phone = "0235000001"
        session.add(world.coordinator.person)
    return found


def read(browser: Any, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


@pytest.mark.parametrize("state", list(A))
def test_a_partner_reads_the_record_of_a_pole_whose_request_it_has(
    make: Builder, world: World, pole: Pole, browse: Browse, state: A
) -> None:
    record, browser = f"/organisations/{pole.id}", browse(world.practitioner)
    assert browser.get(record).status_code == 404, "not before it is asked"
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(request, world.partner, state)
    page = read(browser, record)
    fields = {field.name for field in _fields_of_a_pole(world)}
    assert fields == FACTS.keys() | SHOWN_OTHERWISE.keys(), "each fact of the form is looked for"
    for said in [*FACTS.values(), *filter(None, SHOWN_OTHERWISE.values())]:
        assert said in page, said
    for person in (world.coordinator.person, world.colleague.person):
        assert person.name not in page
        assert person.email not in page
        assert (person.phone or "none") not in page
    for closed in ("personnes", "modifier", "stades", "reconnaissances", "absences", "fusion"):
        assert f"{record}/{closed}" not in page
        assert browser.get(f"{record}/{closed}").status_code in {403, 404}, closed
    assert f"/organisations/{pole.id}" in read(browser, page_of(request)), "the request leads there"


def _fields_of_a_pole(world: World) -> list[Any]:
    """The fields that say who reads them."""
    from flask import current_app

    with current_app.test_request_context():
        return [field for field in PoleForm() if (field.render_kw or {}).get("data-seen")]


def test_what_is_seen_by_few_stands_on_no_page_of_everybody(
    make: Builder, world: World, pole: Pole, browse: Browse
) -> None:
    private = [field.name for field in _fields_of_a_pole(world) if field.render_kw["data-seen"] == "private"]
    assert set(private) == {"lead_siret", "lead_rna", "shared_mailbox"}
    elsewhere = [None, make.coordinator(), make.practitioner(), make.observer(), make.regional_admin("11")]
    for reader in elsewhere:
        browser = browse(reader)
        pages = [read(browser, path) for path in ("/ptce", f"/ptce/{pole.id}", "/ptce/carte", "/services")]
        for name in private:
            assert not any(FACTS[name] in page for page in pages), name
        assert browser.get(f"/organisations/{pole.id}").status_code in {302, 403, 404}


@pytest.mark.parametrize("who", ["practitioner", "manager", "cell", "national"])
def test_partners_and_cells_read_who_asks_beside_the_request(
    make: Builder, world: World, pole: Pole, browse: Browse, who: str
) -> None:
    before = [make.raw_request(world.coordinator) for _ in range(5)]
    for one in before[:4]:
        make.raw_assignment(one, world.partner, A.COMPLETED)
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(request, world.partner, A.PROPOSED)
    page = read(browse(getattr(world, who)), page_of(request))
    for said in (
        "En développement depuis le 2 mars 2024",
        "AMI phase 1 (2021)",
        "Rouen, Seine-Maritime, Normandie",
        "Atelier Navette",
        world.coordinator.person.email,
        "0235000001",
    ):
        assert said in page, said
    seen = before[:4] if world.partner.id == getattr(world, who).organisation_id else before
    assert f"{len(seen)} autres demandes" in page
    assert [one.reference in page for one in seen] == [False] * (len(seen) - 3) + [True] * 3
    if seen is not before:
        assert before[4].reference not in page, "a request that the partner does not have"


def test_a_pole_reads_no_box_about_itself(make: Builder, world: World, pole: Pole, browse: Browse) -> None:
    request = make.raw_request(world.coordinator)
    page = read(browse(world.coordinator), page_of(request))
    assert 'id="pole"' not in page
    assert world.coordinator.person.email in page, "whom the others call is said to it as well"


@pytest.mark.parametrize("state", list(A))
def test_whom_to_call_is_said_while_there_is_something_to_do(
    make: Builder, world: World, pole: Pole, browse: Browse, state: A
) -> None:
    request = make.raw_request(world.coordinator)
    make.raw_assignment(request, world.partner, state)
    page = read(browse(world.practitioner), page_of(request))
    assert (world.coordinator.person.email in page) is (state in LIVE)
    assert ("0235000001" in page) is (state in LIVE)


@pytest.mark.parametrize(
    ("department", "region", "said"),
    [
        ("76", "28", "Seine-Maritime, Normandie"),
        (None, "28", "département non connu, Normandie"),
        (None, None, "département et région non connus"),
    ],
)
def test_department_and_region_are_always_said(
    make: Builder, world: World, browse: Browse, department: str | None, region: str | None, said: str
) -> None:
    pole = make.pole(department_code=department, region_code=region, town="Aix")
    request = make.raw_request(make.member(pole, Role.COORDINATOR))
    make.raw_assignment(request, world.partner)
    for path in (page_of(request), f"/organisations/{pole.id}"):
        assert f"Aix, {said}" in read(browse(world.practitioner), path)
