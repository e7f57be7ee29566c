"""What applicants type: kept when it is wrong, said what to do, never needed before sending."""

import pytest
from sqlalchemy import select

from portal.applications.models import Application
from portal.applications.steps import State
from portal.db import db
from tests.builders import Builder
from tests.integration.applications import steps


@pytest.fixture
def path(make: Builder) -> str:
    return f"/candidater/suivi/{make.link(make.raw_application(State.DRAFT))}"


@pytest.mark.parametrize(
    ("section", "field", "typed"),
    [
        ("organisations", "lead_siret", "442 293 775 00032"),
        ("organisations", "lead_siret", "pas encore"),
        ("organisations", "lead_rna", "W12"),
        ("organisations", "website", "pas un site"),
        ("organisations", "members", "M" * 201),
        ("organisations", "members", "\n".join(f"Membre {number}" for number in range(61))),
        ("territoire", "commune_code", "Atlantide"),
        ("territoire", "commune_code", "Saint-Denis"),
        ("contact", "contact_email", "lise chez exemple"),
        ("projet", "name", ""),
        ("projet", "name", "N" * 201),
        ("projet", "purpose", "x" * 5001),
        ("projet", "stage", "inactive"),
        ("annuaire", "public_summary", "x" * 2001),
    ],
)
def test_what_is_wrong_comes_back_with_what_to_do(
    browse, path: str, section: str, field: str, typed: str
) -> None:
    response = browse(None).post(f"{path}/partie/{section}", {**steps.SECTIONS[section], field: typed})
    assert response.status_code == 422
    assert "error-summary" in response.text
    if typed and field != "stage":
        assert typed.split("\n")[0] in response.text, "what was typed is kept"


@pytest.mark.parametrize("section", steps.SECTIONS)
def test_each_part_can_be_saved_with_gaps(browse, path: str, section: str) -> None:
    gaps = {"name": "Lin"} if section == "projet" else {}
    assert browse(None).post(f"{path}/partie/{section}", gaps).status_code == 302


def test_what_was_saved_comes_back(browse, path: str) -> None:
    visitor = browse(None)
    for section, values in steps.SECTIONS.items():
        visitor.post(f"{path}/partie/{section}", values)
    assert 'value="Rouen (76)"' in visitor.get(f"{path}/partie/territoire").text
    assert 'value="44229377500031"' in visitor.get(f"{path}/partie/organisations").text
    assert 'value="food" checked' in visitor.get(f"{path}/partie/territoire").text


def test_an_unknown_part_does_not_exist(browse, path: str) -> None:
    assert browse(None).get(f"{path}/partie/secrets").status_code == 404


def test_a_draft_with_gaps_is_not_sent(make: Builder, browse) -> None:
    visitor = browse(None)
    path = steps.begin(visitor)
    response = visitor.post(f"{path}/envoyer", {"agreed": "y"})
    assert response.status_code == 422
    for part in ("projet", "territoire", "organisations", "contact"):
        assert f"{path}/partie/{part}" in response.text
    assert steps.the_application().state is State.DRAFT


def test_without_agreement_nothing_is_sent(browse, path: str) -> None:
    response = browse(None).post(f"{path}/envoyer", {})
    assert response.status_code == 422
    assert steps.the_application().state is State.DRAFT


def test_what_is_sent_is_no_longer_written(make: Builder, browse) -> None:
    path = f"/candidater/suivi/{make.link(make.raw_application())}"
    visitor = browse(None)
    assert visitor.get(f"{path}/partie/projet").status_code == 409
    assert visitor.post(f"{path}/partie/projet", steps.PROJECT).status_code == 409
    assert steps.upload(visitor, path, "statuts.pdf", steps.PDF).status_code == 409
    assert visitor.get(f"{path}/envoyer").status_code == 409
    assert visitor.post(f"{path}/supprimer").status_code == 409


def test_sending_twice_is_told_kindly(make: Builder, browse) -> None:
    visitor = browse(None)
    path = steps.apply(visitor)
    response = visitor.post(f"{path}/envoyer", {"agreed": "y"})
    assert response.status_code == 409
    assert path in response.text, "the way back"
    assert len(steps.emails("applications/submit_applicant")) == 1


def test_an_answer_cannot_leave_holes(make: Builder, browse) -> None:
    application = make.raw_application(State.MORE_WANTED)
    path = f"/candidater/suivi/{make.link(application)}"
    visitor = browse(None)
    assert visitor.post(f"{path}/partie/contact", dict.fromkeys(steps.CONTACT, "")).status_code == 302
    response = visitor.post(f"{path}/repondre", {"message": "Voici."})
    assert response.status_code == 422
    assert steps.state_of(application) is State.MORE_WANTED


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "Pôle « Été »", "{{ 7 * 7 }}", "'; DROP TABLE"]
)
def test_strange_names_are_only_text(make: Builder, browse, name: str) -> None:
    visitor = browse(None)
    path = steps.begin(visitor, name=name)
    assert "<script>alert" not in visitor.get(path).text
    assert db.session.scalars(select(Application.name)).one() == name.strip()


def test_an_address_that_is_none_is_refused(browse) -> None:
    for typed in ("", "nour", "nour@", "a b@exemple.test", "nour@exemple.test\nBcc: tous@exemple.test"):
        assert browse(None).post("/candidater/nouvelle", {"email": typed, "name": "Lin"}).status_code == 422
