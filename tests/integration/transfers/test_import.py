"""Imports of poles and partners: a look that changes nothing, then all the lines or none."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.catalogue.models import Delivery
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.organisations.models import Partner, Pole, PoleMember, Recognition, StageChange
from portal.organisations.rules import RecognitionKind, Stage
from portal.transfers.models import Transfer
from tests.builders import Builder
from tests.integration.transfers.files import apply, import_file, look, seen, text_of

HEADS = ("Nom", "Commune", "Stade", "Stade depuis", "SIRET", "Reconnaissances", "Membres", "Publié")
LIN = (
    "Pôle du Lin",
    "Rouen (76)",
    "Émergent",
    "01/02/2024",
    "732 829 320 00074",
    "AMI phase 2 (2021)",
    "B | A",
    "oui",
)


def poles() -> list[Pole]:
    parts = (Pole.recognitions, Pole.members, Pole.stage_changes, Pole.sectors)
    statement = select(Pole).options(*(selectinload(part) for part in parts)).order_by(Pole.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def acts(*wanted: Act) -> list[tuple[Act, str]]:
    statement = select(JournalEntry).where(JournalEntry.act.in_(wanted)).order_by(JournalEntry.id)
    return [(one.act, one.subject_name) for one in db.session.scalars(statement)]


def test_a_pole_is_created_with_all_that_its_line_says(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    look(browser, "poles", text_of(HEADS, LIN))
    assert poles() == [], "a look changes nothing"
    import_file(browser, "poles", HEADS, LIN)
    (pole,) = poles()
    assert (pole.name, pole.town, pole.commune_code) == ("Pôle du Lin", "Rouen", "76540")
    assert (pole.department_code, pole.region_code) == ("76", "28"), "found from the commune"
    assert pole.latitude
    assert pole.lead_siret == "73282932000074"
    assert [(one.stage, one.since) for one in pole.stage_changes] == [(Stage.EMERGING, date(2024, 2, 1))]
    assert [(one.kind, one.year) for one in pole.recognitions] == [(RecognitionKind.AMI_PHASE_2, 2021)]
    assert {one.name for one in pole.members} == {"A", "B"}
    assert pole.published


def test_a_new_line_without_its_name_is_to_be_corrected(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    _address, page = look(browser, "poles", text_of(("Commune", "Nom"), ("Rouen (76)", "")))
    assert "Nom – remplissez cette cellule." in page
    _address, page = look(browser, "partenaires", text_of(("Nom", "Couverture"), ("Coopérative", "")))
    assert "Couverture – remplissez cette cellule." in page


def test_a_second_import_of_the_same_file_changes_nothing(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    import_file(browser, "poles", HEADS, LIN)
    _address, page = look(browser, "poles", text_of(HEADS, LIN))
    assert "Le fichier ne change rien" in page
    assert len(poles()) == 1
    assert acts(Act.CREATED, Act.CHANGED, Act.IMPORTED) == [
        (Act.CREATED, "Pôle du Lin"),
        (Act.IMPORTED, "fichier.csv"),
    ]


def test_only_cells_that_differ_change_and_other_columns_are_left_alone(make: Builder, browse) -> None:
    pole = make.pole(
        name="Pôle du Lin",
        lead_organisation="Le Lin",
        stage=Stage.DEVELOPING,
        recognitions=[Recognition(kind=RecognitionKind.CHARTER, year=2020, proof="acte")],
        members=[PoleMember(name="A", siret="73282932000074"), PoleMember(name="Z")],
        stage_changes=[StageChange(stage=Stage.DEVELOPING, since=date(2023, 1, 1))],
        stage_since=date(2023, 1, 1),
    )
    browser = browse(make.national_admin())
    heads = ("Nom", "Site", "Stade", "Reconnaissances", "Membres")
    line = (
        "pole du LIN",
        "exemple.fr",
        "En consolidation",
        "AAP 2013 (2013)|Signataire de la charte (2020)",
        "A|B",
    )
    _address, page = look(browser, "poles", text_of(heads, line))
    assert "En développement" in page
    assert "En consolidation" in page
    import_file(browser, "poles", heads, line)
    (pole,) = poles()
    assert (pole.name, pole.website) == ("pole du LIN", "https://exemple.fr")
    assert pole.lead_organisation == "Le Lin"
    assert pole.stage is Stage.CONSOLIDATING
    assert len(pole.stage_changes) == 2, "a new stage is a new line of its history"
    assert {one.kind: one.proof for one in pole.recognitions} == {
        RecognitionKind.CHARTER: "acte",
        RecognitionKind.AAP_2013: None,
    }
    assert {one.name: one.siret for one in pole.members} == {"A": "73282932000074", "B": None}
    (entry,) = db.session.scalars(select(JournalEntry).where(JournalEntry.act == Act.CHANGED))
    assert entry.changes["website"] == [None, "https://exemple.fr"]


def test_an_empty_cell_empties_and_the_report_warns_of_it(make: Builder, browse) -> None:
    make.pole(name="Pôle du Lin", website="https://exemple.fr", stage=Stage.EMERGING)
    browser = browse(make.national_admin())
    rows = (("Nom", "Site", "Stade"), ("Pôle du Lin", "", ""))
    _address, page = look(browser, "poles", text_of(*rows))
    assert "1 cellule qui contient quelque chose sera vidée" in page
    import_file(browser, "poles", *rows)
    (pole,) = poles()
    assert pole.website is None
    assert pole.stage is Stage.EMERGING, "a stage is not unsaid"


def test_all_the_lines_or_none(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    good = [(f"Pôle {number}", "Rouen (76)") for number in range(40)]
    rows = [("Nom", "Commune"), *good[:20], ("Pôle sans lieu", "Nullepart (99)"), *good[20:]]
    address, page = look(browser, "poles", text_of(*rows))
    assert page.index("Pôle sans lieu") < page.index("Pôle 0"), "errors come first"
    assert "22" in page
    assert "1 ligne à corriger" in page
    assert 'name="seen"' not in page
    digest = db.session.scalar(select(Transfer.digest))
    assert digest
    assert apply(browser, address, digest).status_code == 409
    assert poles() == []


def test_lines_are_matched_by_identifier_then_number_then_name(make: Builder, browse) -> None:
    first = make.pole(name="Un", lead_siret="73282932000074")
    second = make.pole(name="Deux")
    browser = browse(make.national_admin())
    import_file(
        browser,
        "poles",
        ("Identifiant", "Nom", "SIRET", "Activité"),
        ("", "Un, nouveau nom", "73282932000074", "a"),
        (str(second.id), "Deux, nouveau nom", "", "b"),
        ("", "Trois", "", "c"),
    )
    assert [(one.id, one.name, one.sector) for one in poles()][:2] == [
        (first.id, "Un, nouveau nom", "a"),
        (second.id, "Deux, nouveau nom", "b"),
    ]
    assert poles()[2].name == "Trois"


def test_what_is_not_sure_is_an_error(make: Builder, browse) -> None:
    merged_into = make.pole(name="Reste")
    merged = make.pole(name="Parti", merged_into_id=merged_into.id)
    for name in ("Jumeau", "Jumeau"):
        make.pole(name=name)
    make.pole(name="Porteuse A", lead_siret="73282932000074")
    make.pole(name="Porteuse B", lead_siret="73282932000074")
    make.pole(name="Seule", lead_rna="W751234567")
    browser = browse(make.national_admin())
    _address, page = look(
        browser,
        "poles",
        text_of(
            ("Identifiant", "Nom", "SIRET", "RNA"),
            ("", "Jumeau", "", ""),
            ("", "Autre", "73282932000074", ""),
            ("", "Porteuse A", "73282932000074", ""),
            (str(merged.id), "Parti", "", ""),
            ("999999", "Inconnu", "", ""),
            ("12a", "Texte", "", ""),
            ("", "Reste", "", "W751234567"),
            ("", "Nouveau", "", ""),
            ("", "nouveau", "", ""),
        ),
    )
    assert "7 lignes à corriger" in page
    assert "Plusieurs portent ce nom" in page
    assert "Plusieurs ont ce SIRET ou ce RNA" in page
    assert f"fusionnée avec la fiche {merged_into.id}" in page
    assert "Aucune fiche n’a cet identifiant" in page
    assert "Le numéro est celui de « Seule »" in page.replace("\u00a0", " ")
    assert "La ligne 9 désigne la même" in page


def test_places_must_agree(make: Builder, browse) -> None:
    make.pole(name="Un", commune_code="76540", town="Rouen")
    make.pole(name="Deux", commune_code="76540", town="Rouen")
    browser = browse(make.national_admin())
    _address, page = look(
        browser,
        "poles",
        text_of(
            ("Nom", "Commune", "Département"),
            ("Un", "Rouen (76)", "Ain (01)"),
            ("Deux", "Évreux (27)", ""),
            ("Trois", "", "1"),
        ),
    )
    assert "1 ligne à corriger" in page
    assert "ne concordent pas" in page
    assert "Eure (27)" in page
    assert "Auvergne-Rhône-Alpes" in page


def test_days_of_stages_follow_one_another(make: Builder, browse) -> None:
    make.pole(
        name="Un",
        stage=Stage.DEVELOPING,
        stage_since=date(2023, 1, 1),
        stage_changes=[StageChange(stage=Stage.DEVELOPING, since=date(2023, 1, 1))],
    )
    browser = browse(make.national_admin())
    heads = ("Nom", "Stade", "Stade depuis")
    for stage, day, wrong in (
        ("En consolidation", "01/01/2022", True),
        ("En consolidation", "01/01/2999", True),
        ("En consolidation", "2024-05-06", False),
        ("En développement", "02/03/2021", False),
    ):
        _address, page = look(browser, "poles", text_of(heads, ("Un", stage, day)))
        assert ("1 ligne à corriger" in page) is wrong, (stage, day)
    import_file(browser, "poles", heads, ("Un", "", "02/03/2021"))
    (pole,) = poles()
    assert [(one.stage, one.since) for one in pole.stage_changes] == [(Stage.DEVELOPING, date(2021, 3, 2))]


def test_partners_say_where_they_work_and_what_they_deliver(make: Builder, browse) -> None:
    partner = make.partner(regions=("28",), name="Agence")
    kept, gone, new = make.service(partner), make.service(partner), make.service()
    browser = browse(make.national_admin())
    heads = ("Nom", "Couverture", "Services", "Capacité")
    import_file(
        browser,
        "partenaires",
        heads,
        ("Agence", "normandie | Ain (01)", f"{new.slug} | {kept.slug}", "4"),
        ("Autre", "Toute la France", "", ""),
    )
    statement = select(Partner).options(selectinload(Partner.coverages))
    found = db.session.scalars(statement.execution_options(populate_existing=True))
    partners = {one.name: one for one in found}
    assert {(one.region_code, one.department_code) for one in partners["Agence"].coverages} == {
        ("28", None),
        (None, "01"),
    }
    assert partners["Agence"].capacity_per_month == 4
    assert [(one.region_code, one.department_code) for one in partners["Autre"].coverages] == [(None, None)]
    delivered = select(Delivery.service_id).where(Delivery.partner_id == partner.id)
    assert set(db.session.scalars(delivered)) == {kept.id, new.id}
    assert gone.id not in db.session.scalars(delivered).all()
    wrong = ("Agence", "", "inconnu", "x")
    _address, page = look(browser, "partenaires", text_of(heads, wrong))
    for said in ("Couverture – remplissez", "Écrivez un nombre entier"):
        assert said in page
    _address, page = look(browser, "partenaires", text_of(heads[::2], wrong[::2]))
    assert "aucun service ne s’appelle inconnu" in page


def test_a_report_that_no_longer_holds_is_shown_again(make: Builder, browse) -> None:
    pole = make.pole(name="Pôle du Lin", website="https://avant.fr")
    browser = browse(make.national_admin())
    address, page = look(browser, "poles", text_of(("Nom", "Site"), ("Pôle du Lin", "https://apres.fr")))
    with transaction() as session:
        session.merge(pole).website = "https://entre-temps.fr"
    answer = apply(browser, address, seen(page))
    assert answer.status_code == 409
    assert "Rien n’a été importé" in answer.text
    assert "https://entre-temps.fr" in answer.text
    assert poles()[0].website == "https://entre-temps.fr"
    assert apply(browser, address, seen(answer.text)).status_code == 302
    assert poles()[0].website == "https://apres.fr"


def test_sending_the_button_twice_imports_once(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    address, page = look(browser, "poles", text_of(("Nom",), ("Pôle du Lin",)))
    assert [apply(browser, address, seen(page)).status_code for _ in range(2)] == [302, 302]
    assert len(poles()) == 1
    assert "1 ligne a été importée" in browser.get(address).text
