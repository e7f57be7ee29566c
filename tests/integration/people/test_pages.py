"""People of the whole portal, as the national cell finds them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation, Membership
from portal.db import transaction
from tests.browser import Browser
from tests.builders import Builder

Browse = Callable[[Membership | None], Browser]


@pytest.fixture
def reader(make: Builder, browse: Browse) -> Browser:
    return browse(make.national_admin())


def names(page: str) -> str:
    return page.partition("<tbody>")[2]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=lea", {"Léa Çelik"}),
        ("q=CELIK+léa", {"Léa Çelik"}),
        ("q=lea+roy", set()),
        ("q=roy@exemple", {"Ana Roy"}),
        ("q=%25", set()),
        ("q=_", set()),
        ("etat=closed", {"Ana Roy"}),
        ("etat=idle", {"Léa Çelik"}),
        ("etat=nonsense", {"Léa Çelik", "Ana Roy"}),
    ],
)
def test_people_are_found_by_name_address_and_state(
    make: Builder, reader: Browser, asked: str, found: set[str]
) -> None:
    make.person(given_name="Léa", family_name="Çelik", idle_warned_at=clock.now())
    make.person(given_name="Ana", family_name="Roy", email="ana.roy@exemple.test", active=False)
    page = names(reader.get(f"/personnes?{asked}").text)
    assert {name for name in ("Léa Çelik", "Ana Roy") if name in page} == found


def test_nobody_matches(reader: Browser) -> None:
    assert "Personne ne correspond" in reader.get("/personnes?q=zzz").text


def test_a_new_name_is_found(make: Builder, reader: Browser) -> None:
    person = make.person(given_name="Ana", family_name="Roy")
    with transaction() as session:
        session.add(person)
        person.family_name = "Lévêque"
    assert "Ana Lévêque" in names(reader.get("/personnes?q=leveque+ana").text)


def test_accents_do_not_change_the_order(make: Builder, reader: Browser) -> None:
    for name in ("Zola", "Éluard", "Eco", "Fabre"):
        make.person(given_name="Ana", family_name=name)
    page = names(reader.get("/personnes?q=ana").text)
    assert sorted(("Zola", "Éluard", "Eco", "Fabre"), key=page.index) == ["Eco", "Éluard", "Fabre", "Zola"]


def test_a_page_says_where_one_belongs_and_belonged(make: Builder, reader: Browser) -> None:
    pole, partner = make.pole(name="Pôle du Lin"), make.partner(name="Agence")
    membership = make.coordinator(pole)
    former = make.member(partner, Role.MANAGER, membership.person)
    other = make.pole(name="Pôle voisin")
    with transaction() as session:
        former.ended_at = clock.now()
        session.add(former)
        session.add(
            Invitation(
                organisation_id=other.id,
                email=membership.person.email,
                given_name="Zoé",
                family_name="Martin",
                role=Role.MEMBER,
                token_hash="0" * 64,
                expires_at=clock.now() + timedelta(days=3),
            )
        )
    page = reader.get(f"/personnes/{membership.person_id}").text
    assert f"/personnes/voir-comme/{membership.id}" in page
    assert f"/personnes/voir-comme/{former.id}" not in page
    for text in (
        "Pôle du Lin",
        "Agence",
        "Pôle voisin",
        "Double authentification",
        f"par={membership.person_id}",
    ):
        assert text in page


def test_a_person_of_no_organisation(make: Builder, reader: Browser) -> None:
    page = reader.get(f"/personnes/{make.person().id}").text
    assert "n’appartient à aucune organisation" in page


def test_nobody_has_this_number(reader: Browser) -> None:
    assert reader.get("/personnes/99999").status_code == 404


def test_queries_do_not_grow_with_people(make: Builder, reader: Browser, queries: list[str]) -> None:
    counted = []
    for more in (1, 20):
        for _ in range(more):
            make.member(make.pole(), Role.MEMBER, make.coordinator().person)
        for path in ("/personnes", "/personnes/1"):
            queries.clear()
            reader.get(path)
            counted.append(len(queries))
    assert counted[:2] == counted[2:]
    assert max(counted) <= 8


def test_names_lead_to_people_for_the_national_cell_alone(make: Builder, browse: Browse) -> None:
    membership = make.coordinator(make.pole())
    path = f"/organisations/{membership.organisation_id}"
    link = f'href="/personnes/{membership.person_id}"'
    for page in (path, f"{path}/personnes"):
        assert link in browse(make.national_admin()).get(page).text
        assert "/personnes/voir-comme/" in browse(make.national_admin()).get(page).text
        assert link not in browse(make.regional_admin("28")).get(page).text
        assert link not in browse(membership).get(page).text
