"""What cells see: the list, the filters, what stands out, who gives the opinion; at a constant cost."""

from datetime import timedelta

import pytest

from portal import clock
from portal.applications import service
from portal.applications.steps import ADMIT, ADVISE, ASK, REFUSE, OpinionIsRegional, State
from portal.organisations.models import OrganisationAbsence
from portal.steps import Step
from tests.browser import IN_THE_HEADER
from tests.builders import Builder
from tests.integration.applications import steps


def test_a_cell_sees_its_regions_alone_and_no_draft(make: Builder, browse) -> None:
    regional = make.regional_admin("28")
    make.raw_application(name="Pôle d’ici")
    make.raw_application(name="Pôle d’ailleurs", region_code="11")
    make.raw_application(State.DRAFT, name="Brouillon d’ici")
    page = browse(regional).get("/candidatures").text
    assert "Pôle d’ici" in page
    assert "Pôle d’ailleurs" not in page
    assert "Brouillon d’ici" not in page
    national = browse(make.national_admin()).get("/candidatures").text
    assert "Pôle d’ailleurs" in national
    assert "Brouillon d’ici" not in national


def test_filters(make: Builder, browse) -> None:
    national = browse(make.national_admin())
    yesterday = clock.today() - timedelta(days=1)
    make.raw_application(name="Attend encore")
    make.raw_application(name="Attend trop", due_on=yesterday)
    make.raw_application(State.REFUSED, name="Non admis", region_code="11")
    found = {
        query: national.get(f"/candidatures?{query}").text
        for query in ("etat=refused", "region=11", "retard=oui", "etat=nimporte", "etat=withdrawn", "page=x")
        if query != "page=x"
    }
    assert "Non admis</a>" in found["etat=refused"]
    assert "Attend encore" not in found["etat=refused"]
    assert "Attend encore" not in found["region=11"]
    assert "Attend trop" in found["retard=oui"]
    assert "Attend encore" not in found["retard=oui"]
    assert "Attend encore" in found["etat=nimporte"], "what is not a choice asks for nothing"
    assert "Rien ne correspond" in found["etat=withdrawn"] or "Aucun" in found["etat=withdrawn"]
    assert national.get("/candidatures?page=x").status_code == 404


def test_an_empty_list_says_so(make: Builder, browse) -> None:
    assert "Aucune candidature" in browse(make.national_admin()).get("/candidatures").text


def test_the_list_costs_the_same_for_one_and_for_fifty(make: Builder, browse, queries: list[str]) -> None:
    regional = browse(make.regional_admin("28"))
    costs = []
    for count in (1, 50):
        for _ in range(count):
            make.raw_application()
        queries.clear()
        assert regional.get("/candidatures").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8 + IN_THE_HEADER


def test_a_page_costs_the_same_however_many_others_there_are(
    make: Builder, browse, queries: list[str]
) -> None:
    regional, application = browse(make.regional_admin("28")), make.raw_application()
    costs = []
    for count in (1, 30):
        for _ in range(count):
            make.raw_application(lead_siret="44229377500031")
            make.pole()
        queries.clear()
        assert regional.get(f"/candidatures/{application.reference}").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8 + IN_THE_HEADER


def test_what_stands_out_is_shown_with_its_reason(make: Builder, browse) -> None:
    regional = make.regional_admin("28")
    here = make.pole(name="Filière Lin du Caux", lead_siret="44229377500049")
    away = make.pole(name="Autre pôle", region_code="11", lead_rna="W751234567")
    person = make.coordinator(here).person
    application = make.raw_application(
        name="Filière lin", lead_siret="44229377500031", lead_rna="W751234567", email=person.email
    )
    make.raw_application(name="Essai", contact_email=application.contact_email)
    page = browse(regional).get(f"/candidatures/{application.reference}").text
    assert "Même structure porteuse" in page
    assert "Même adresse électronique" in page
    assert "Nom ressemblant" in page
    assert f"/organisations/{here.id}" in page
    assert "Autre pôle" in page
    assert f"/organisations/{away.id}" not in page, "no link to what this cell may not open"


def test_nothing_standing_out_blocks(make: Builder, browse) -> None:
    national = make.national_admin()
    application = make.raw_application(name="test", email="x@yopmail.com")
    assert steps.act(browse(national), application.reference, ADVISE).status_code == 302


def test_the_national_cell_gives_the_opinion_where_the_region_has_no_cell(make: Builder, browse) -> None:
    national, application = make.national_admin(), make.raw_application()
    assert "La cellule nationale, qui rend son avis" in browse(national).get("/candidatures").text
    assert steps.act(browse(national), application.reference, ADVISE).status_code == 302


def test_it_does_not_take_the_opinion_from_a_cell_that_has_time(make: Builder, browse) -> None:
    national, application = make.national_admin(), make.raw_application()
    make.regional_admin("28")
    page = browse(national).get(f"/candidatures/{application.reference}").text
    assert "action-advise" not in page
    response = steps.act(browse(national), application.reference, ADVISE)
    assert response.status_code == 409
    assert "La cellule régionale rend l’avis" in response.text


@pytest.mark.parametrize("national", [True, False])
@pytest.mark.parametrize("region_has_cell", [True, False])
@pytest.mark.parametrize("late", [True, False])
def test_whose_the_opinion_is(make: Builder, national: bool, region_has_cell: bool, late: bool) -> None:
    application = make.raw_application(due_on=clock.today() - timedelta(days=late))
    cells = {True: make.national_admin, False: lambda: make.regional_admin("28")}
    member = cells[national]()
    actor = member.person.acting_for(member)
    if national and region_has_cell:
        make.regional_admin("28")
    refused = service.why_not(actor, ADVISE, application)
    assert isinstance(refused, OpinionIsRegional) is (national and region_has_cell and not late)
    assert refused is None or isinstance(refused, OpinionIsRegional)


def test_it_may_once_the_cell_is_late(make: Builder, browse) -> None:
    national = make.national_admin()
    make.regional_admin("28")
    application = make.raw_application(due_on=clock.today() - timedelta(days=1))
    assert steps.act(browse(national), application.reference, ADVISE).status_code == 302


def test_it_may_while_the_cell_is_away(make: Builder, browse) -> None:
    national, regional = make.national_admin(), make.regional_admin("28")
    away = OrganisationAbsence(
        organisation_id=regional.organisation_id, starts_on=clock.today(), ends_on=clock.today()
    )
    make._save(away)
    application = make.raw_application()
    assert steps.act(browse(national), application.reference, ADVISE).status_code == 302


def test_a_regional_cell_does_not_ask_again_once_its_opinion_is_given(make: Builder, browse) -> None:
    regional, application = make.regional_admin("28"), make.raw_application(State.ADVISED)
    assert steps.act(browse(regional), application.reference, ASK).status_code == 409


@pytest.mark.parametrize("step", [ADVISE, ASK, REFUSE], ids=str)
def test_a_cell_says_why(make: Builder, browse, step: Step) -> None:
    national = make.national_admin()
    application = make.raw_application(State.SUBMITTED if step is ADVISE else State.ADVISED)
    response = steps.act(browse(national), application.reference, step, message="  ")
    assert response.status_code == 422
    assert "error-summary" in response.text


def test_two_poles_do_not_share_a_name(make: Builder, browse) -> None:
    national, application = browse(make.national_admin()), make.raw_application(State.ADVISED)
    make.pole(name="Filière Lin")
    response = steps.act(national, application.reference, ADMIT, name="Filière LIN")
    assert response.status_code == 422
    assert "Filière LIN" in response.text
    assert steps.act(national, application.reference, ADMIT, name="Filière Lin du Caux").status_code == 302
    assert steps.the_application().name == "Filière Lin du Caux"


def test_the_home_of_a_cell_counts_what_waits_for_it(make: Builder, browse) -> None:
    regional, national = make.regional_admin("28"), make.national_admin()
    for state in (State.SUBMITTED, State.SUBMITTED, State.ADVISED):
        make.raw_application(state)
    make.raw_application(region_code="11")
    for who, verb in ((regional, "Donner un avis"), (national, "Décider")):
        assert f"<strong>{verb}</strong> <span>2 candidatures vous attendent" in browse(who).get("/").text
