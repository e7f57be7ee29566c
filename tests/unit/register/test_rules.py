"""How poles are counted."""

from hypothesis import given
from hypothesis import strategies as st

from portal.register.rules import SHADES, PlaceCount, shade, tally
from portal.territories.reference import DEPARTMENTS, REGIONS


def test_places_not_known_are_counted_apart_and_every_place_is_named() -> None:
    counted = tally(
        [
            PlaceCount("76", "31", 2),
            PlaceCount("76", None, 3),
            PlaceCount(None, None, 1),
            PlaceCount("53", "35", 4),
        ]
    )
    assert counted.total == 10
    assert (counted.department_not_known, counted.region_not_known) == (4, 1)
    assert (counted.by_region["76"], counted.by_department["31"], counted.by_department["35"]) == (5, 2, 4)
    assert list(counted.by_department) == list(DEPARTMENTS)
    assert list(counted.by_region) == list(REGIONS)


@given(
    st.lists(
        st.builds(
            PlaceCount,
            st.sampled_from([None, "99", *REGIONS]),
            st.sampled_from([None, "99", *DEPARTMENTS]),
            st.integers(1, 9),
        )
    )
)
def test_both_ways_of_counting_give_all_poles(counts: list[PlaceCount]) -> None:
    counted = tally(counts)
    assert counted.total == sum(one.poles for one in counts)
    assert counted.total == sum(counted.by_region.values()) + counted.region_not_known


def test_each_shade_begins_where_the_legend_says() -> None:
    assert [shade(least) for least in SHADES] == [0, 1, 2, 3, 4]
    assert [shade(least - 1) for least in SHADES[1:]] == [0, 1, 2, 3]
    assert shade(10_000) == 4
