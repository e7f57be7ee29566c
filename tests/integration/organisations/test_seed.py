"""The real register, and the partners a new portal starts with."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.db import db, transaction
from portal.organisations import seed
from portal.organisations.models import Coverage, NationalCell, Partner, Pole, PoleSector, Recognition
from portal.organisations.rules import RecognitionKind, Sector
from portal.register import queries
from portal.register.rules import RegisterFilters
from tests.builders import Builder


def _load() -> int:
    with transaction():
        loaded = seed.load_register()
    db.session.expunge_all()
    return loaded


def _named(key: str) -> Pole:
    found = queries.register(RegisterFilters(text=key))
    return db.session.scalars(found).one()


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_register_holds_the_62_real_poles_each_with_its_source(make: Builder) -> None:
    assert _load() == 62
    poles = db.session.scalars(queries.register(RegisterFilters())).all()
    assert len(poles) == 62
    assert all(pole.sources and pole.stage is None for pole in poles)
    assert queries.count_by_place(RegisterFilters()).total == 62


def test_loading_again_changes_nothing_and_keeps_what_was_learnt(make: Builder) -> None:
    _load()
    with transaction():
        _named("levier").website = "https://levier.example"
    before = (_count(Pole), _count(Recognition))
    _load()
    assert (_count(Pole), _count(Recognition)) == before == (62, 47)
    assert _named("levier").website == "https://levier.example"


def _with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Load the register again from a file where a text was replaced."""
    text = (seed.DATA / "ptce.csv").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "ptce.csv").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(seed, "DATA", tmp_path)
    _load()


def test_a_fact_corrected_in_the_file_is_corrected_here(
    make: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _load()
    old = '44,54,,"Réemploi, RSE",circular_economy,'
    _with_the_file(tmp_path, monkeypatch, old, "44,55,Commercy,Réemploi,circular_economy industry,")
    pole = _named("levier")
    assert (pole.department_code, pole.town, pole.sector) == ("55", "Commercy", "Réemploi")
    assert {one.sector for one in pole.sectors} == {Sector.CIRCULAR_ECONOMY, Sector.INDUSTRY}
    assert pole.commune_code == "55122"


def test_what_people_changed_is_theirs_whatever_the_file_says(
    make: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _load()
    with transaction():
        pole = _named("levier")
        pole.name, pole.lead_organisation, pole.sector = "Levier de Lorraine", "Somebody else", None
        pole.sectors, pole.recognitions = [PoleSector(sector=Sector.ENERGY)], []
        _named("brie nov").published = False
        _named("edenn").active = False
        _named("la californie").merged_into_id = pole.id
    old = 'Le LEVIER,44,54,,"Réemploi, RSE",circular_economy,ami_phase_1,2021,SCIC Kèpos'
    new = "Le LEVIER,44,54,,Réemploi,building,ami_phase_1,2021,Kèpos"
    _with_the_file(tmp_path, monkeypatch, old, new)
    pole = _named("levier")
    assert (pole.name, pole.lead_organisation, pole.sector) == ("Levier de Lorraine", "Somebody else", None)
    assert [one.sector for one in pole.sectors] == [Sector.ENERGY]
    assert pole.recognitions == []
    assert _count(Pole) == 62
    assert db.session.scalar(select(func.count()).where(Pole.published, Pole.active)) == 60


def test_a_published_pole_of_that_name_is_completed_and_nothing_of_it_is_changed(make: Builder) -> None:
    make.pole(name="Le Levier", published=True, region_code="44", department_code="57", town=None)
    _load()
    pole = _named("levier")
    assert (pole.name, pole.department_code, pole.lead_organisation) == ("Le Levier", "57", "SCIC Kèpos")
    assert _count(Pole) == 62


def test_a_town_tells_the_commune_and_where_it_is(make: Builder) -> None:
    _load()
    pole = _named("montargois")
    assert (pole.town, pole.commune_code) == ("Montargis", "45208")
    assert (pole.longitude, pole.latitude) == pytest.approx((2.73, 48.0), abs=0.05)
    poles = db.session.scalars(select(Pole)).all()
    assert [one.name for one in poles if one.town and not one.commune_code] == []


def test_a_pole_carries_its_facts_its_recognition_and_what_was_deduced(make: Builder) -> None:
    _load()
    pole = _named("stras eco renov")
    assert (pole.region_code, pole.department_code, pole.town) == ("44", "67", "Strasbourg")
    assert [(one.kind, one.year) for one in pole.recognitions] == [(RecognitionKind.AMI_PHASE_2, 2021)]
    assert pole.is_inferred("town")
    assert not pole.is_inferred("lead_organisation")
    assert pole.lead_organisation is None


def test_an_invented_pole_of_the_same_name_is_left_alone(make: Builder) -> None:
    invented = make.pole(name="Le LEVIER", published=False)
    _load()
    assert db.session.get_one(Pole, invented.id).published is False
    assert _count(Pole) == 63


def test_partners_and_the_national_cell_come_once_and_cover_the_country(make: Builder) -> None:
    for _time in range(2):
        with transaction():
            partners = seed.load_partners()
        assert set(partners) == {"avise", "rtes", "labo", "coorace"}
    assert (_count(Partner), _count(NationalCell), _count(Coverage)) == (4, 1, 5)
    assert partners["avise"].website == "https://www.avise.org"


@pytest.mark.parametrize("merged_first", [True, False])
def test_a_double_of_one_name_is_never_taken_for_the_record_it_became(
    make: Builder, merged_first: bool
) -> None:
    """Made before or after it, by the register and by the partners and cells alike."""
    with transaction() as session:
        for model, name in ((Pole, "Le LEVIER"), (Partner, "Avise"), (NationalCell, "Cellule nationale")):
            records = [model(name=name), model(name=name)]
            for one in records:
                if isinstance(one, Pole):
                    one.published = True
                session.add(one)
                session.flush()
            double, kept = records if merged_first else reversed(records)
            double.merged_into_id, double.active = kept.id, False
    _load()
    with transaction():
        partners = seed.load_partners()
    assert partners["avise"].merged_into_id is None
    assert partners["avise"].website == "https://www.avise.org"
    poles = select(Pole).where(Pole.name_key == "le levier", Pole.lead_organisation.is_not(None))
    assert [one.merged_into_id for one in db.session.scalars(poles)] == [None]


def test_a_double_of_another_name_leads_to_the_record_it_became(make: Builder) -> None:
    with transaction() as session:
        kept, double = Partner(name="L’Avise nouvelle"), Partner(name="Avise")
        session.add_all([kept, double])
        session.flush()
        double.merged_into_id, double.active = kept.id, False
    with transaction():
        assert seed.load_partners()["avise"].name == "L’Avise nouvelle"
