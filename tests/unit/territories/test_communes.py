"""Communes: complete, found as people type them, and cheap to keep."""

import time
from functools import cache

import pytest

from portal.territories import communes
from portal.territories.communes import Commune, commune, find, search
from portal.territories.reference import DEPARTMENTS, region_name
from portal.text import search_key


def _labels(typed: str) -> list[str]:
    found = find(typed)
    return [found.label] if isinstance(found, Commune) else [f"{one.label}?" for one in found]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Paris", "Paris (75)"),  # though Paris-l’Hôpital begins so
        ("75011", "Paris (75)"),
        ("Paris 11e arrondissement", "Paris (75)"),
        ("75116 PARIS", "Paris (75)"),
        ("Lyon 03", "Lyon (69)"),
        ("69003", "Lyon (69)"),
        ("13016", "Marseille (13)"),
        ("Saint-Denis (974)", "Saint-Denis (974)"),
        ("st denis 93200", "Saint-Denis (93)"),
        ("97400", "Saint-Denis (974)"),
        ("ajaccio", "Ajaccio (2A)"),
        ("20000", "Ajaccio (2A)"),
        ("Bastia (2b)", "Bastia (2B)"),
        ("Bastia 20999", "Bastia (2B)"),
        ("mamoudzou", "Mamoudzou (976)"),
        ("Les Abymes", "Les Abymes (971)"),
        ("l'hay les roses", "L’Haÿ-les-Roses (94)"),
        ("L’Haÿ–les–Roses", "L’Haÿ-les-Roses (94)"),
        ("44 210", "Pornic (44)"),
        ("44262 Nantes cedex 2", "Nantes (44)"),  # a postcode of post boxes
        ("Paris 75000", "Paris (75)"),
        ("Y", "Y (80)"),
        ("Saint-Denis 93", "Saint-Denis (93)"),
        ("ST PIERRE 974", "Saint-Pierre (974)"),
        ("Bastia 2b", "Bastia (2B)"),
        ("Lille cedex 09", "Lille (59)"),
        ("Marseille 13", "Marseille (13)"),
        ("Nantes, Loire-Atlantique", "Nantes (44)"),
        ("Nantes (Loire-Atlantique)", "Nantes (44)"),
        ("nantes, pays de la loire", "Nantes (44)"),
        ("Saint-Denis, Réunion", "Saint-Denis (974)"),
        ("Saint-Denis, Seine-Saint-Denis, France", "Saint-Denis (93)"),
        ("Ajaccio, Corse", "Ajaccio (2A)"),
        ("Seynod", "Annecy (74)"),  # which it is a part of
        ("Seynod, Haute-Savoie", "Annecy (74)"),
        ("74600 Seynod", "Annecy (74)"),
        ("cherbourg octeville", "Cherbourg-en-Cotentin (50)"),
    ],
)
def test_one_commune_is_found_as_people_type_it(typed: str, label: str) -> None:
    assert _labels(typed) == [label]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Saint-Denis", ["Saint-Denis (974)?", "Saint-Denis (93)?"]),
        ("havre", ["Le Havre (76)?"]),
        ("Pornic (75)", ["Pornic (44)?", "Pornichet (44)?"]),
        ("montarg", ["Montargis (45)?"]),
        ("01400", ["Châtillon-sur-Chalaronne (01)?"]),
        ("01400 Rom", ["Romans (01)?"]),
        ("Mans", ["Le Mans (72)?"]),
        ("lons 39", ["Lons-le-Saunier (39)?"]),
        ("Rennes 07", ["Rennes (35)?"]),
        ("Nantes, Finistère", ["Nantes (44)?"]),
        ("Seynod (73)", ["Annecy (74)?"]),
    ],
)
def test_where_it_could_be_another_the_likeliest_are_offered_and_none_is_taken(
    typed: str, first: list[str]
) -> None:
    assert _labels(typed)[: len(first)] == first


@pytest.mark.parametrize(
    "typed", ["", "  ", "()", "zzz", "99999", "\x00", "%", "x" * 10_000, "Rue Voltaire", "\t44131\t"]
)
def test_what_is_no_town_finds_nothing(typed: str) -> None:
    assert find(typed) == []


def test_names_that_begin_so_come_before_names_that_hold_it_and_large_ones_first() -> None:
    names = [one.name for one in search("montreuil", limit=5)]
    assert names[0] == "Montreuil"
    assert all(name.startswith("Montreuil") for name in names)
    assert len(search("saint", limit=3)) == 3
    assert [one.code for one in search("44210")] == ["44131"]


def test_a_commune_is_known_by_its_code() -> None:
    found = commune("2A004")
    assert found is not None
    assert (found.name, found.department_code, found.region_code) == ("Ajaccio", "2A", "94")
    assert found.postcodes == ("20000", "20090", "20167")
    assert found.population > 50_000
    assert (found.longitude, found.latitude) == pytest.approx((8.74, 41.92), abs=0.02)
    assert [commune(code) for code in ("", "99999", "2A0", "44131\t", "Pornic")] == [None] * 5


def test_every_department_has_its_communes_each_with_a_label_of_its_own() -> None:
    every = _every()
    assert len(every) > 34_800
    assert {one.department_code for one in every} == set(DEPARTMENTS)
    assert len({one.label for one in every}) == len({one.code for one in every}) == len(every)
    assert sum(one.latitude is None for one in every) < 10
    for one in every[::250]:
        assert find(one.label) == one
        assert commune(one.code) == one


def test_a_name_with_its_department_or_region_is_the_same_as_with_its_number() -> None:
    for one in _every()[::150]:
        department, region = DEPARTMENTS[one.department_code].name, region_name(one.region_code)
        assert find(f"{one.name}, {department}") == find(f"{one.name} ({department})") == one
        found = find(f"{one.name}, {region}")
        assert one in ([found] if isinstance(found, Commune) else found)


def test_a_former_commune_means_the_one_it_is_a_part_of_unless_a_town_of_today_has_its_name() -> None:
    names = _homonyms()
    assert len(communes._former()) > 2000
    for key, codes in list(communes._former().items())[::20]:
        today = [commune(code) for code in codes]
        assert all(today), key
        found = find(key)
        offered = [found] if isinstance(found, Commune) else found
        if key in names:
            assert set(names[key]) & set(offered) or len(offered) == communes.MOST_MATCHES, key
        else:
            assert set(today) <= set(offered) or len(offered) == communes.MOST_MATCHES, key


@cache
def _every() -> list[Commune]:
    return [communes._read(line) for line in communes._table().splitlines() if line]


@cache
def _homonyms() -> dict[str, list[Commune]]:
    """All communes by the key of their names."""
    found: dict[str, list[Commune]] = {}
    for one in _every():
        found.setdefault(search_key(one.name), []).append(one)
    return found


def _much_larger(by_name: dict[str, list[Commune]]) -> dict[str, Commune]:
    """The names that begin that of a commune with at least five times the inhabitants, or were that of a part of it,
    and the largest of those."""
    meant: dict[str, list[Commune]] = {}
    for key, several in by_name.items():
        words = key.split()
        bare = words[1:] if words[0] in {"l", "la", "le", "les"} else words
        begun = {" ".join(some[:count]) for some in (words, bare) for count in range(1, len(some) + 1)} - {
            key
        }
        for beginning in begun & by_name.keys():
            meant.setdefault(beginning, []).extend(several)
    for key in communes._former().keys() & by_name.keys():
        meant.setdefault(key, []).extend(one for code in communes._former()[key] if (one := commune(code)))
    largest = {key: max(several, key=lambda one: one.population) for key, several in meant.items()}
    return {
        key: one
        for key, one in largest.items()
        if one.population >= 5 * max(same.population for same in by_name[key])
    }


def test_no_name_is_taken_in_silence_where_several_towns_or_a_much_larger_one_may_be_meant() -> None:
    by_name = _homonyms()
    larger = _much_larger(by_name)
    assert len(larger) > 100
    assert larger["aix"].name == "Aix-en-Provence"
    assert larger["boissey"].name == "Saint-Pierre-en-Auge"
    for key, one in list(larger.items())[::3]:
        found = find(by_name[key][0].name)
        assert isinstance(found, list), key
        assert found[0] == one or found[0].population >= one.population, key
        assert set(by_name[key][:1]) <= set(found) or len(found) == communes.MOST_MATCHES, key
    for key, several in [one for one in by_name.items() if len(one[1]) > 1][::4]:
        if key not in larger:
            found = find(several[0].name)
            assert isinstance(found, list), key
            assert found == sorted(found, key=lambda one: -one.population), key


def test_every_other_name_is_an_answer_and_so_is_every_label_and_description() -> None:
    by_name = _homonyms()
    larger = _much_larger(by_name)
    alone = [one for key, (one, *more) in by_name.items() if not more and key not in larger]
    for one in alone[::40]:
        assert find(one.name) == one
    for one in [*alone[::80], *[several[-1] for key, several in by_name.items() if key in larger][::4]]:
        assert find(one.label) == find(one.described) == find(one.described.lower()) == one


def test_the_table_is_small_and_quick() -> None:
    assert len(communes._table()) < 2_500_000
    for typed in ("saint", "a", "Saint-Denis (974)", "75011", "zzzz"):
        began = time.perf_counter()
        find(typed)
        assert time.perf_counter() - began < 0.25  # 1 to 20 ms on a quiet machine


def test_a_number_beside_a_name_is_never_passed_over() -> None:
    """A name begins that of a town elsewhere, and the department of that one is said: the first is not taken."""
    alone, wrong = _homonyms(), {}
    for name, found in alone.items():
        begun = name.rpartition(" ")[0]
        others = {one.department_code for one in alone.get(begun, [])}
        for one in found:
            if others and one.department_code not in others and begun not in communes._DIVIDED:
                taken = find(f"{begun} {one.department_code}")
                if isinstance(taken, Commune) and taken.department_code != one.department_code:
                    wrong[f"{begun} {one.department_code}"] = taken.label
    assert not wrong
