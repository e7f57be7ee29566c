"""Records created, ended and begun again; and how the directory shows how they stand."""

import re
from collections.abc import Callable
from itertools import chain, compress, product

import pytest

from portal.db import db, transaction
from portal.journal.rules import Act
from portal.organisations.facts.rules import NEEDED, missing
from portal.organisations.facts.words import MISSING
from portal.organisations.models import Organisation
from portal.organisations.queries import directory
from portal.organisations.rules import OrganisationKind, Stage, Standing
from tests.builders import Builder
from tests.integration.organisations.steps import Browse, address, journal, read
from tests.integration.requests.steps import actor_of, check_refused

NEW = "/organisations/nouvelle"


@pytest.mark.parametrize("kind", ["partner", "regional_cell", "funder", "pole"])
def test_the_national_cell_creates_a_record_and_goes_on_to_its_page(
    kind: str, make: Builder, browse: Browse
) -> None:
    browser = browse(make.national_admin())
    answer = browser.post(NEW, {"kind": kind, "name": "Atelier des Ponts"})
    (entry,) = journal()
    assert entry.act is Act.CREATED
    assert answer.location == f"/organisations/{entry.subject_id}/modifier"
    assert "Atelier des Ponts" in browser.get(answer.location).text
    assert browser.get(f"/organisations/{entry.subject_id}").status_code == 200


def test_sent_twice_it_is_created_once_and_the_name_is_said_to_be_taken(
    make: Builder, browse: Browse
) -> None:
    browser = browse(make.national_admin())
    browser.post(NEW, {"kind": "partner", "name": "Atelier des Ponts"})
    check_refused(browser.post(NEW, {"kind": "partner", "name": "ATELIER des ponts"}), "name")
    assert len(journal()) == 1


@pytest.mark.parametrize("said", [{}, {"kind": "national_cell", "name": "x"}, {"kind": "pole", "name": " "}])
def test_a_record_needs_a_kind_and_a_name(said: dict[str, str], make: Builder, browse: Browse) -> None:
    assert browse(make.national_admin()).post(NEW, said).status_code == 422
    assert journal() == []


def test_an_ended_organisation_keeps_its_page_and_its_people_lose_their_way_in(
    make: Builder, browse: Browse
) -> None:
    manager, national = make.manager(), make.national_admin()
    partner, browser = manager.organisation, browse(national)
    check_refused(browser.post(address(partner, "activite"), {"reason": ""}), "reason")
    browser.post(address(partner, "activite"), {"reason": "A fermé en juin."})
    assert read(partner).active is False
    assert browse(manager).get("/demandes").status_code == 403
    assert journal()[0].act is Act.CLOSED
    assert journal()[0].changes == {"active": [True, False], "reason": [None, "A fermé en juin."]}
    browser.post(address(partner, "activite"), {"reason": "A rouvert."})
    assert read(partner).active is True
    assert browse(manager).get("/demandes").status_code == 200


def test_what_ends_or_brings_back_an_organisation_does_the_contrary_to_none_when_sent_twice(
    make: Builder, browse: Browse
) -> None:
    partner, browser = make.manager().organisation, browse(make.national_admin())
    for stands in (False, True):
        page = browser.get(address(partner, "activite")).text
        (seen,) = re.findall(r'name="seen"[^>]*value="([^"]+)"', page)
        for _time in range(2):
            sent = browser.post(address(partner, "activite"), {"reason": "Dit une fois.", "seen": seen})
            assert sent.status_code == 302
            assert read(partner).active is stands
    assert [entry.act for entry in journal()] == [Act.CLOSED, Act.CHANGED]


def test_nobody_ends_the_organisation_one_acts_for(make: Builder, browse: Browse) -> None:
    national = make.national_admin()
    check_refused(
        browse(national).post(address(national.organisation, "activite"), {"reason": "Fin"}), "reason"
    )
    assert read(national.organisation).active is True


def test_the_directory_shows_records_by_how_they_stand(make: Builder, browse: Browse) -> None:
    whole = make.pole(
        name="Complet", stage=Stage.DEVELOPING, lead_siret="44229377500031", public_summary="Nous coopérons."
    )
    bare, ended, double = make.pole(name="Nu"), make.pole(name="Fini", active=False), make.pole(name="Double")
    with transaction():
        double.active, double.merged_into_id = False, whole.id
    browser = browse(make.national_admin())

    def shown(standing: str) -> list[str]:
        text = browser.get(f"/organisations?type=pole&etat={standing}").text
        return [one.name for one in (whole, bare, ended, double) if f">{one.name}</a>" in text]

    assert shown("active") == shown("nonsense") == shown("") == ["Complet", "Nu"]
    assert shown("incomplete") == ["Nu"]
    assert shown("inactive") == ["Fini"]
    assert shown("merged") == ["Double"]


def test_what_is_incomplete_is_the_same_in_the_list_and_in_the_rule(make: Builder) -> None:
    whole = {"lead_siret": "44229377500031", "public_summary": "Nous coopérons."}
    made: list[Organisation] = [
        make.pole(**whole),
        make.pole(**{**whole, "lead_siret": "", "lead_rna": "W751234567"}),
        make.pole(**{**whole, "lead_siret": None}),
        make.pole(**{**whole, "public_summary": ""}),
        make.pole(**{**whole, "region_code": None}),
        make.pole(**{**whole, "stage": None}),
        make.partner(),
        make.regional_cell("28"),
        make.funder(),
    ]
    nowhere = make.partner()
    with transaction():
        nowhere.coverages.clear()
    national = make.national_admin()
    listed = {
        one.id for one in db.session.scalars(directory(actor_of(national), "", None, Standing.INCOMPLETE))
    }
    for one in [*made, nowhere, national.organisation]:
        assert (one.id in listed) is bool(missing(read(one))), one.name


def test_each_fact_that_a_pole_needs_counts_alone_and_with_the_others(make: Builder) -> None:
    said = {
        "region_code": "28",
        "stage": Stage.DEVELOPING,
        "lead_siret": "44229377500031",
        "lead_rna": "W751234567",
        "public_summary": "Nous coopérons.",
    }
    assert {*chain.from_iterable(NEEDED[OrganisationKind.POLE].values())} == said.keys()
    given = [list(compress(said, chosen)) for chosen in product((True, False), repeat=len(said))]
    poles = [make.pole(**{name: said[name] if name in names else None for name in said}) for names in given]
    listed = set(
        db.session.scalars(directory(actor_of(make.national_admin()), "", None, Standing.INCOMPLETE))
    )
    assert [one in listed for one in poles] == [bool(missing(one)) for one in poles]
    assert [missing(one) for one in poles].count([]) == 3, "with both numbers, or one of them"


def test_what_is_missing_is_called_something() -> None:
    assert MISSING.keys() == {name for needed in NEEDED.values() for name in needed}


@pytest.mark.parametrize("who", ["regional_admin", "coordinator", "manager"])
def test_only_the_national_cell_creates_ends_and_merges(who: str, make: Builder, browse: Browse) -> None:
    build: Callable[[], object] = getattr(make, who)
    membership = build()
    browser, pole, other = browse(membership), make.pole(), make.pole()
    for path in (
        NEW,
        address(pole, "activite"),
        address(pole, "doublons"),
        address(pole, f"fusionner/{other.id}"),
    ):
        assert browser.get(path).status_code == 403
        assert path == address(pole, "doublons") or browser.post(path, {"reason": "x"}).status_code == 403
