"""The real register, and the partners a new portal starts with."""

from sqlalchemy import func, select

from portal.db import db, transaction
from portal.organisations import queries, seed
from portal.organisations.kinds import RecognitionKind
from portal.organisations.models import Coverage, NationalCell, Partner, Pole, Recognition
from portal.organisations.rules import RegisterFilters
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
    assert sum(region.poles for region in queries.published_by_region()) == 62


def test_loading_again_changes_nothing_and_keeps_what_was_learnt(make: Builder) -> None:
    _load()
    with transaction():
        _named("levier").website = "https://levier.example"
    before = (_count(Pole), _count(Recognition))
    _load()
    assert (_count(Pole), _count(Recognition)) == before == (62, 47)
    assert _named("levier").website == "https://levier.example"


def test_a_fact_corrected_in_the_file_is_corrected_here(make: Builder) -> None:
    _load()
    with transaction():
        _named("levier").lead_organisation = "Somebody else"
    _load()
    assert _named("levier").lead_organisation == "SCIC Kèpos"


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
