"""Exports and templates: the same columns as imports, so that what comes out goes in again and changes nothing."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.access.roles import Role
from portal.db import db
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.organisations.models import PoleMember, PoleSector, Recognition, StageChange
from portal.organisations.rules import RecognitionKind, Sector, Stage
from portal.transfers.rules import TransferKind
from portal.transfers.table.service import COLUMNS
from tests.builders import Builder
from tests.integration.transfers.files import look, rows_of

PATHS = {"poles": TransferKind.POLES, "partenaires": TransferKind.PARTNERS, "personnes": TransferKind.PEOPLE}


def odd_things(make: Builder) -> None:
    """What is hardest to write in a cell."""
    make.pole(
        name="=HYPERLINK(\"x\";'y')",
        sector="'+déjà gardé",
        town="Ville d’avant les codes",
        region_code="11",
        department_code="2A",
        lead_siret="11111111111111",
        lead_rna="ancien",
        website="ftp://vieux",
        public_summary='Une ligne ;\n\n« deux » "trois"\n',
        stage_since=date(2021, 3, 4),
        stage_changes=[StageChange(stage=Stage.DEVELOPING, since=date(2021, 3, 4))],
        sectors=[PoleSector(sector=Sector.FOOD), PoleSector(sector=Sector.ENERGY)],
        members=[PoleMember(name="Z"), PoleMember(name="-A")],
        recognitions=[
            Recognition(kind=RecognitionKind.AMI_PHASE_1, year=2021),
            Recognition(kind=RecognitionKind.CHARTER, year=None),
        ],
        shared_mailbox="Équipe@exemple.fr",
        published=None,
    )
    make.pole(name="  Avec des espaces ", commune_code="76540", town="Rouen", stage=None)
    make.pole(name="Jumeau")
    make.pole(name="Jumeau")
    partner = make.partner(regions=("04", "28"), departments=("974", "01"), name="@Agence")
    make.service(partner)
    make.partner(capacity_per_month=3)
    make.partner(name="Sans lieu")
    for organisation, role in ((make.pole(name="Jumeau"), Role.MEMBER), (partner, Role.MANAGER)):
        make.member(organisation, role, make.person(phone="+33 1 02 03 04 05", given_name="=Zoé"))
    make.observer()


@pytest.mark.parametrize("kind", PATHS)
def test_an_export_imported_again_changes_nothing(make: Builder, browse, kind: str) -> None:
    odd_things(make)
    browser = browse(make.national_admin())
    with browser.post("/transferts/export.csv", {"contenu": kind}) as answer:
        assert answer.headers["Content-Disposition"].startswith(f"attachment; filename={kind}-")
        content = answer.get_data()
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by this mark"
    _address, page = look(browser, kind, content)
    assert "Le fichier ne change rien" in page


def test_no_cell_of_an_export_is_a_formula(make: Builder, browse) -> None:
    odd_things(make)
    browser = browse(make.national_admin())
    for kind in PATHS:
        with browser.post("/transferts/export.csv", {"contenu": kind}) as answer:
            cells = [cell for row in rows_of(answer) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    with browser.post("/transferts/export.csv", {"contenu": "personnes"}) as answer:
        assert "'+33 1 02 03 04 05" in {cell for row in rows_of(answer) for cell in row}


def test_an_export_keeps_to_a_region_and_to_what_is_active(make: Builder, browse) -> None:
    make.pole(name="Ici")
    make.coordinator(make.pole(name="Ailleurs", region_code="11"))
    make.pole(name="Fermé", active=False)
    kept = make.pole(name="Gardé")
    make.pole(name="Double", merged_into_id=kept.id)
    browser = browse(make.national_admin())
    with browser.post("/transferts/export.csv", {"contenu": "poles", "region": "28"}) as answer:
        assert [row[1] for row in rows_of(answer)[1:]] == ["Gardé", "Ici"]
    with browser.post("/transferts/export.csv", {"contenu": "poles", "region": "inconnue"}) as answer:
        assert [row[1] for row in rows_of(answer)[1:]] == ["Ailleurs", "Gardé", "Ici"]
    make.partner(departments=("75",), name="À Paris")
    make.partner(regions=("28",), name="En Normandie")
    with browser.post("/transferts/export.csv", {"contenu": "partenaires", "region": "11"}) as answer:
        assert [row[1] for row in rows_of(answer)[1:]] == ["À Paris"]
    with browser.post("/transferts/export.csv", {"contenu": "personnes", "region": "11"}) as answer:
        assert [row[3] for row in rows_of(answer)[1:]] == ["Ailleurs"]


def test_an_export_is_noted_in_the_journal(make: Builder, browse) -> None:
    admin = make.national_admin()
    with browse(admin).post("/transferts/export.csv", {"contenu": "personnes", "region": "28"}):
        entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.act, entry.actor_id) == (Act.EXPORTED, admin.person_id)
    assert entry.subject_name.startswith("personnes-28-")


def test_an_export_is_read_in_batches(make: Builder, browse, queries: list[str], monkeypatch) -> None:
    for _ in range(7):
        make.coordinator()
    monkeypatch.setattr("portal.transfers.queries.BATCH", 3)
    browser = browse(make.national_admin())
    for kind, count in (("poles", 7), ("personnes", 8)):
        with browser.post("/transferts/export.csv", {"contenu": kind}) as answer:
            names = [tuple(row[:2]) for row in rows_of(answer)[1:]]
        assert len(names) == len(set(names)) == count


@pytest.mark.parametrize("kind", PATHS)
def test_a_template_holds_every_column_and_an_example_that_is_not_imported(
    make: Builder, browse, kind: str
) -> None:
    browser = browse(make.national_admin())
    with browser.get(f"/transferts/modeles/{kind}.csv") as answer:
        content, rows = answer.get_data(), rows_of(answer)
    assert rows[0] == [column.head for column in COLUMNS[PATHS[kind]]]
    assert len(rows) == 2
    _address, page = look(browser, kind, content)
    assert "C’est l’exemple du modèle" in page.replace("&#39;", "’")


@pytest.mark.parametrize("kind", PATHS)
def test_the_page_explains_every_column(make: Builder, browse, kind: str) -> None:
    page = browse(make.national_admin()).get(f"/transferts/imports/{kind}").text
    for column in COLUMNS[PATHS[kind]]:
        assert f'<th scope="row">{column.head}</th>' in page
