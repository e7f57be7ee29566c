"""Names stand in French order wherever several do: accents, capitals and ligatures move nothing to the end."""

import html
import re
from typing import Any

import pytest

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation, Membership
from portal.accounts.rules import INVITATION_LASTS
from portal.db import transaction
from portal.requests.steps import AssignmentState
from tests.builders import Builder

Browse = Any
NAMES = ["Zoé", "Éric", "Étienne", "d’Artois", "Œuvre", "Anatole", "ébène", "Oubli", "Île", "Ivoire"]
IN_ORDER = ["Anatole", "d’Artois", "ébène", "Éric", "Étienne", "Île", "Ivoire", "Œuvre", "Oubli", "Zoé"]


@pytest.fixture
def places(make: Builder) -> dict[str, tuple[Membership | None, list[str]]]:
    """Where these names stand together: the reader, and what is around each name on that page."""
    national = make.national_admin()
    partners = [make.partner(name=f"{name} alliés") for name in NAMES]
    poles = [make.pole(name=f"{name} pôle", published=True) for name in NAMES]
    services = [make.service(*partners, name=f"{name} appui", name_en=f"{name} help") for name in NAMES]
    team = make.partner(name="Équipe", regions=("28",))
    for name in NAMES:
        make.member(team, Role.PRACTITIONER, make.person(family_name=f"{name} membre", given_name="Lou"))
    manager, _other = (
        make.member(team, Role.MANAGER, make.person(family_name="Aaa", given_name="Lou")) for _ in range(2)
    )
    with transaction() as session:
        session.add_all(
            Invitation(
                organisation_id=team.id,
                email=f"invite{number}@exemple.test",
                given_name="Lou",
                family_name=f"{name} guest",
                role=Role.PRACTITIONER,
                token_hash=f"hash-{number}",
                expires_at=clock.now() + INVITATION_LASTS,
            )
            for number, name in enumerate(NAMES)
        )
    request = make.raw_request(make.coordinator(poles[0]), service=services[0])
    make.raw_assignment(request, team, AssignmentState.PROPOSED)
    page = f"/demandes/{request.reference}"
    running = make.raw_request(make.coordinator(poles[1]), service=services[0])
    accepted = make.raw_assignment(running, team, AssignmentState.ACCEPTED, referent_id=manager.person_id)
    at = f"/demandes/{running.reference}/affectations/{accepted.id}"
    here = f"/organisations/{team.id}/personnes/{manager.id}"
    return {
        "/organisations?type=partner": (national, ["alliés"]),
        "/organisations?type=pole": (national, ["pôle"]),
        "/ptce": (None, ["pôle"]),
        "/services": (None, ["appui"]),
        f"/services/{services[0].slug}": (None, ["alliés"]),
        "/personnes?q=membre": (national, ["membre"]),
        f"/organisations/{team.id}": (national, ["membre"]),
        f"/organisations/{team.id}/personnes": (national, ["membre", "guest"]),
        f"/organisations/{partners[0].id}": (national, ["appui"]),
        "/demandes?dossier=toutes": (national, ["alliés", "appui"]),
        page: (manager, ["membre"]),
        f"{at}/planifier": (manager, ["membre"]),
        f"{here}/depart": (manager, ["membre"]),
        f"{here}/absences": (manager, ["membre"]),
        f"{page}#route": (national, ["alliés</label>"]),
        "/usage": (national, ["alliés", "appui"]),
    }


def names_before(text: str, word: str) -> list[str]:
    """The names in the order of the page, each where it first stands."""
    found = re.findall(rf"({'|'.join(NAMES)}) {word}", html.unescape(text))
    return list(dict.fromkeys(found))


def test_names_stand_in_french_order(places: dict[str, Any], browse: Browse) -> None:
    wrong = {}
    for path, (reader, words) in places.items():
        text = browse(reader).get(path.partition("#")[0]).text
        for word in words:
            found = names_before(text, word)
            if found != IN_ORDER:
                wrong[f"{path} {word}"] = found
    assert wrong == {}


@pytest.mark.parametrize(
    ("kind", "word"), [("poles", "pôle"), ("partenaires", "alliés"), ("personnes", "membre")]
)
def test_names_stand_in_french_order_in_exports(
    places: dict[str, Any], browse: Browse, monkeypatch: pytest.MonkeyPatch, kind: str, word: str
) -> None:
    """Also where one part of a long file ends and the next begins."""
    monkeypatch.setattr("portal.transfers.queries.BATCH", 3)
    national = places["/usage"][0]
    with browse(national).post("/transferts/export.csv", {"contenu": kind}) as answer:
        text = answer.get_data().decode("utf-8-sig")
    assert names_before(text, word) == IN_ORDER


def test_names_stand_in_french_order_in_downloaded_figures(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    for name in NAMES:
        partner = make.partner(name=f"{name} alliés")
        service = make.service(partner, name=f"{name} appui")
        make.raw_assignment(make.raw_request(coordinator, service=service), partner, AssignmentState.ACCEPTED)
    browser = browse(make.national_admin())
    for table, word in (("services", "appui"), ("partenaires", "alliés")):
        assert names_before(browser.get(f"/usage/{table}.csv").text, word) == IN_ORDER, table


def test_services_stand_in_the_order_of_their_reader(make: Builder, browse: Browse) -> None:
    make.service(name="Zèbre", name_en="Apple")
    make.service(name="Abeille", name_en="Écru")
    make.service(name="Milieu", name_en="Zone")
    browser = browse(make.coordinator())
    browser.post("/langue", {"language": "en", "next": "/"})
    for path in ("/services", "/demandes/nouvelle", "/demandes?dossier=toutes"):
        text = html.unescape(browser.get(path).text)
        assert text.index("Apple") < text.index("Écru") < text.index("Zone"), path
