"""The list of requests as a file: those of the list in its order, what its reader may see of each, answers as kept."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts.models import Membership
from portal.db import transaction
from portal.joint import service as joint
from portal.requests.export import page as export
from portal.requests.models import SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.asking import NAME, SIZE, ask
from tests.integration.requests.steps import World, actor_of
from tests.integration.requests.test_answers import send

Browse = Callable[[Membership], Browser]


def read(browser: Browser, query: str = "") -> list[dict[str, str]]:
    """Each line by the headings of the file."""
    response = browser.get(f"/demandes/demandes.csv{query}")
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff")), delimiter=";"))


@pytest.fixture
def asked(make: Builder, world: World) -> SupportRequest:
    """One that two partners have, and another pole joined."""
    request = make.raw_request(world.coordinator, service=world.service, subject="=Atelier; à plusieurs")
    make.raw_assignment(
        request, world.partner, AssignmentState.ACCEPTED, referent_id=world.practitioner.person_id
    )
    make.raw_assignment(request, make.partner(name="Coopérative Voisine"), AssignmentState.PROPOSED)
    other = make.coordinator(make.pole(name="Pôle d’à côté"))
    with transaction():
        joint.invite(actor_of(world.coordinator), request.reference, other.organisation_id, "")
        joint.join(actor_of(other), request.reference, "")
    return request


def test_each_reads_of_a_request_what_its_page_shows_them(
    asked: SupportRequest, world: World, browse: Browse
) -> None:
    neighbour = {"coordinator": True, "cell": True, "national": True, "practitioner": False}
    for who, sees in neighbour.items():
        (line,) = read(browse(getattr(world, who)), "?dossier=toutes")
        assert line["Référence"] == asked.reference
        assert line["Objet"] == "'=Atelier; à plusieurs", "no formula"
        assert line["Autres pôles"] == "Pôle d’à côté"
        assert line["Le besoin"] == asked.need
        assert world.partner.name in line["Partenaires"]
        assert ("Coopérative Voisine" in line["Partenaires"]) is sees, who
        people = [world.coordinator, world.practitioner]
        assert not [each for each in people if each.person.family_name in repr(line)], "people are not named"


def test_it_holds_the_requests_of_the_list_in_its_order(make: Builder, world: World, browse: Browse) -> None:
    for subject, state in (
        ("Un", RequestState.TO_ROUTE),
        ("Deux", RequestState.COMPLETED),
        ("Trois", RequestState.TO_ROUTE),
    ):
        make.raw_request(world.coordinator, state, need=subject)
    make.raw_request(subject="D’un autre pôle, d’une autre région")
    for who in (world.coordinator, world.cell, world.national):
        browser = browse(who)
        for query in (
            "?dossier=toutes",
            "?dossier=toutes&tri=anciennes",
            "?dossier=terminees",
            "?dossier=toutes&recherche=deux",
        ):
            page = browser.get(f"/demandes{query}").text
            listed = dict.fromkeys(re.findall(r'href="/demandes/(\d{4}-\d{4})"', page))
            assert [line["Référence"] for line in read(browser, query)] == [*listed], query
            assert "demandes.csv?" in page


def test_what_a_pole_answered_stays_as_it_was_asked(world: World, browse: Browse) -> None:
    ask(world.service, NAME, SIZE)
    send(world, browse, {NAME: "La halle", SIZE: "1 200"})
    ask(world.service)
    (line,) = read(browse(world.national), "?dossier=toutes")
    assert (
        line["Réponses"].replace("\N{NARROW NO-BREAK SPACE}", " ")
        == "Nom du projet La halle\nCombien de membres ? 1 200"
    )


def test_a_long_file_costs_three_statements_for_so_many_requests(
    make: Builder, world: World, browse: Browse, queries: list[str], monkeypatch: Any
) -> None:
    for _ in range(5):
        make.raw_request(world.coordinator, service=world.service)
    browser, costs = browse(world.national), {}
    for at_once in (5, 1):
        monkeypatch.setattr(export, "AT_ONCE", at_once)
        queries.clear()
        assert len(read(browser, "?dossier=toutes")) == 5
        costs[at_once] = len(queries)
    assert costs[1] - costs[5] == 3 * 4
    monkeypatch.setattr(export, "MOST", 2)
    assert len(read(browser, "?dossier=toutes")) == 2
