"""Who may be made to read what somebody says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.conversation.rules import NOTE, Reach, Side, reaches

OWN, OTHER, THIRD = 7, 8, 9


@pytest.mark.parametrize(
    ("side", "at_work", "offered"),
    [
        (Side.POLE, [], ["with"]),
        (Side.POLE, [OWN], ["with-7", "with"]),
        (Side.POLE, [OWN, OTHER], ["with-7-8", "with-7", "with-8", "with"]),
        (Side.CELL, [OWN], ["with-7", "with", "note"]),
        (Side.PARTNER, [OWN], ["with-7", "note"]),
        (Side.PARTNER, [OWN, OTHER], ["with-7", "note"]),
        (Side.PARTNER, [OTHER], ["note"]),
    ],
)
def test_what_each_side_is_offered(side: Side, at_work: list[int], offered: list[str]) -> None:
    assert [one.value for one in reaches(side, OWN, at_work)] == offered


@given(
    side=st.sampled_from(sorted(set(Side) - {Side.GUEST})), at_work=st.sets(st.integers(1, 40)).map(sorted)
)
def test_nobody_reaches_a_partner_that_is_not_there_and_no_choice_is_offered_twice(
    side: Side, at_work: list[int]
) -> None:
    found = reaches(side, OWN, at_work)
    assert all(one.partner_ids <= set(at_work) for one in found)
    assert len({one.value for one in found}) == len(found) > 0
    assert (NOTE in found) == (side is not Side.POLE)
    assert all(not one.partner_ids for one in found if one.note)


def test_two_reaches_that_differ_are_sent_as_two_words() -> None:
    assert Reach(frozenset({1, 12})).value != Reach(frozenset({11, 2})).value
