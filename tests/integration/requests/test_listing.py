"""Whose requests a list shows, in which order, and the filters that people keep under a name."""

import re

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.requests import personal
from portal.requests.models import SupportRequest
from portal.requests.saved import rules, service
from portal.requests.saved.models import SavedFilter
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.races import at_once

A = AssignmentState
_REFERENCE = re.compile(r'href="/demandes/(\d{4}-\d{4})"')


def listed(browser: Browser, query: str) -> list[str]:
    return _REFERENCE.findall(browser.get(f"/demandes?{query}").text)


def held(make: Builder, world: World, by: Membership | None, state: A = A.ACCEPTED) -> str:
    """A request that somebody of the partner has, or nobody."""
    request = make.raw_request(world.coordinator)
    make.raw_assignment(request, world.partner, state, referent_id=by.person_id if by else None)
    return request.reference


def test_mine_my_team_s_and_all_of_a_partner(make: Builder, world: World, browse) -> None:
    mine, theirs, nobody_s = (held(make, world, by) for by in (world.practitioner, world.manager, None))
    browser = browse(world.practitioner)
    assert listed(browser, "dossier=en-cours&qui=moi") == [mine]
    assert listed(browser, "dossier=en-cours&qui=equipe") == [theirs, mine]
    assert listed(browser, "dossier=en-cours&qui=tous") == [nobody_s, theirs, mine]
    assert listed(browser, "dossier=toutes&qui=moi&recherche=gouvernance") == [mine], "searched too"
    page = browser.get("/demandes?dossier=en-cours&qui=moi").text
    counted = re.search(
        r'<a[^>]*dossier=en-cours&amp;qui=moi"[^<]*<span>[^<]*</span>\s*<span[^>]*>(\d+)<', page
    )
    assert counted
    assert counted[1] == "1", "the counters count what the lists hold"


def test_mine_and_all_of_a_pole(make: Builder, world: World, browse) -> None:
    mine = make.raw_request(world.coordinator).reference
    theirs = make.raw_request(world.coordinator, contact_id=world.colleague.person_id).reference
    browser = browse(world.coordinator)
    assert listed(browser, "dossier=en-cours&qui=moi") == [mine]
    assert listed(browser, "dossier=en-cours") == [theirs, mine]
    assert "qui=equipe" not in browser.get("/demandes").text, "the team of a pole is the pole"


def test_mine_and_my_team_s_of_a_cell_are_what_it_did(make: Builder, world: World, browse) -> None:
    mine, theirs, untouched = (make.raw_request(world.coordinator) for _ in range(3))
    colleague = make.member(world.cell.organisation, Role.REGIONAL_ADMIN)
    for who, request in ((world.cell, mine), (colleague, theirs)):
        path = f"/demandes/{request.reference}/orienter"
        assert browse(who).post(path, {"partner_ids": [world.partner.id]}).status_code == 302
    browser = browse(world.cell)
    assert listed(browser, "dossier=proposees&qui=moi") == [mine.reference]
    assert listed(browser, "dossier=proposees&qui=equipe") == [mine.reference, theirs.reference][::-1]
    assert listed(browser, "dossier=toutes") == [one.reference for one in (untouched, theirs, mine)]


@pytest.mark.parametrize("query", ["qui=personne", "tri=hasard", "qui=", "tri=", "qui=moi&qui=tous"])
def test_what_is_no_choice_asks_for_nothing(world: World, browse, query: str) -> None:
    assert browse(world.practitioner).get(f"/demandes?{query}").status_code == 200


def due_in(make: Builder, world: World, days: int, name: str) -> SupportRequest:
    request = make.raw_request(make.coordinator(make.pole(name=name)))
    make.raw_assignment(request, world.partner, due_on=clock.add_working_days(clock.today(), days, None))
    return request


def test_lists_are_put_in_order(make: Builder, world: World, browse) -> None:
    second, third, first = (due_in(make, world, *how) for how in ((4, "Bois"), (6, "Étoffe"), (2, "Forge")))
    for who in (world.practitioner, world.national):
        browser = browse(who)

        def ordered(order: str, browser: Browser = browser) -> list[str]:
            return listed(browser, f"dossier=toutes&tri={order}")

        assert ordered("echeance") == [one.reference for one in (first, second, third)]
        assert ordered("pole") == [one.reference for one in (second, third, first)], "É is read as E"
        assert ordered("anciennes") == [one.reference for one in (second, third, first)]
        assert ordered("recentes") == [one.reference for one in (first, third, second)]


def test_pages_in_another_order_walk_everything_once(make: Builder, world: World, browse) -> None:
    made = [due_in(make, world, 1 + number % 3, f"Pôle {number % 7}").reference for number in range(30)]
    browser = browse(world.practitioner)
    for order in ("echeance", "pole"):
        first = browser.get(f"/demandes?dossier=toutes&tri={order}").text
        after = re.search(r'<span class="next"><a[^>]*href="([^"]+)"', first)
        assert after
        rest = browser.get(after[1].replace("&amp;", "&")).text
        assert sorted(_REFERENCE.findall(first) + _REFERENCE.findall(rest)) == sorted(made)


def keep(browser: Browser, name: str, query: str = "dossier=toutes&tri=pole") -> str:
    answer = browser.post("/demandes/filtres", {"name": name, "query": query})
    assert answer.status_code == 302
    return answer.location


def kept() -> list[tuple[str, str]]:
    return [(one.name, one.query) for one in db.session.scalars(select(SavedFilter).order_by(SavedFilter.id))]


def test_a_filter_is_kept_opened_and_removed(world: World, browse) -> None:
    browser = browse(world.practitioner)
    page = browser.get("/demandes?dossier=en-cours&qui=moi&tri=pole").text
    assert "Garder ce filtre" in page
    assert keep(browser, "Mes suivis", "tri=pole&page=x&dossier=en-cours&qui=moi&autre=1") == (
        "/demandes?dossier=en-cours&qui=moi&tri=pole"
    )
    assert kept() == [("Mes suivis", "dossier=en-cours&qui=moi&tri=pole")], "and nothing else of the address"
    page = browser.get("/demandes").text
    assert 'href="/demandes?dossier=en-cours&amp;qui=moi&amp;tri=pole"' in page
    assert "Mes suivis" not in browse(world.manager).get("/demandes").text, "it is personal"
    number = db.session.scalar(select(SavedFilter.id))
    assert browser.post(f"/demandes/filtres/{number}/retirer").status_code == 302
    assert kept() == []


def test_the_same_name_is_the_same_filter(world: World, browse) -> None:
    browser = browse(world.practitioner)
    keep(browser, "À suivre")
    keep(browser, "À suivre", "dossier=en-cours")
    assert kept() == [("À suivre", "dossier=en-cours")]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_is_needed(world: World, browse, name: str) -> None:
    keep(browse(world.practitioner), name)
    assert kept() == []


def test_so_many_are_kept_and_no_more(world: World, browse) -> None:
    browser = browse(world.practitioner)
    for number in range(rules.MOST_KEPT + 1):
        keep(browser, f"Filtre {number}")
    assert len(kept()) == rules.MOST_KEPT
    keep(browser, "Filtre 3", "dossier=en-cours")
    assert ("Filtre 3", "dossier=en-cours") in kept(), "one that is kept can be changed"


def test_many_kept_at_once_are_no_more_than_the_limit(app, world: World, monkeypatch) -> None:
    monkeypatch.setattr(service, "MOST_KEPT", 2)
    actor = actor_of(world.practitioner)

    acts = [lambda one=one: service.keep(actor, f"Filtre {one}", "dossier=toutes") for one in range(5)]
    at_once(app, *acts)
    assert db.session.scalar(select(func.count()).select_from(SavedFilter)) == 2


def test_a_filter_is_in_the_copy_of_its_owner_and_goes_with_the_account(world: World, browse) -> None:
    keep(browse(world.practitioner), "Lin")
    copy = personal.of_person(world.practitioner.person_id)
    assert [one["name"] for one in copy["filters_of_requests"]] == ["Lin"]
    assert personal.of_person(world.manager.person_id)["filters_of_requests"] == []
    with transaction():
        personal.forget(world.practitioner.person_id)
    assert kept() == []
