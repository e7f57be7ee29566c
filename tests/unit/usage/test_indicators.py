"""Each indicator against figures counted by hand."""

from collections import Counter

import pytest

from portal.requests.steps import RequestState
from portal.usage.rules import Dimension, Tally, median
from portal.usage.words import (
    ACCEPTANCES,
    ANSWERED_IN_TIME,
    ASKED,
    COLUMNS,
    FINISHED,
    HEADLINES,
    IN_PROGRESS,
    INDICATORS,
    MEDIAN_ANSWER_DAYS,
    REFUSALS,
    REQUESTS,
    SHARE_OF_REQUESTS,
    SUPPORT_DAYS,
    TIME_SPENT,
    Indicator,
)


def a_year() -> Tally:
    """Eight of ten requests; six answers, of which one a refusal and one late; two due dates passed in silence."""
    return Tally(
        states=Counter({RequestState.TO_ROUTE: 1, RequestState.ACCEPTED: 2, RequestState.COMPLETED: 5}),
        asked=9,
        answered=6,
        declined=1,
        in_time=5,
        unanswered=2,
        answer_days=Counter({1: 2, 3: 2, 4: 1, 9: 1}),
        received=7 * 60 + 210,
        spent=14 * 60,
        out_of=10,
    )


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        (REQUESTS, 8),
        (IN_PROGRESS, 2),
        (FINISHED, 5),
        (SHARE_OF_REQUESTS, 0.8),
        (ASKED, 9),
        (ACCEPTANCES, 5),
        (REFUSALS, 1),
        (SUPPORT_DAYS, 1.5),
        (TIME_SPENT, 2),
        (ANSWERED_IN_TIME, 5 / 8),
        (MEDIAN_ANSWER_DAYS, 3),
    ],
    ids=lambda value: getattr(value, "key", None),
)
def test_each_indicator_is_what_its_definition_says(indicator: Indicator, value: float) -> None:
    assert indicator.compute(a_year()) == value


def test_nothing_counted_gives_zeros_and_no_share() -> None:
    values = {one.key: one.compute(Tally()) for one in INDICATORS}
    unsaid = {"share_of_requests", "answered_in_time", "median_answer_days"}
    assert {key for key, value in values.items() if value is None} == unsaid
    assert {value for key, value in values.items() if key not in unsaid} == {0}


def test_two_answers_are_too_few_for_a_share_or_a_median() -> None:
    two = Tally(answered=2, in_time=2, answer_days=Counter({1: 2}))
    assert ANSWERED_IN_TIME.compute(two) is None
    assert MEDIAN_ANSWER_DAYS.compute(two) is None
    three = Tally(answered=3, in_time=3, answer_days=Counter({1: 3}))
    assert ANSWERED_IN_TIME.compute(three) == 1
    assert MEDIAN_ANSWER_DAYS.compute(three) == 1


@pytest.mark.parametrize(
    ("histogram", "value"),
    [({4: 1}, 4), ({0: 1, 5: 1}, 2.5), ({1: 2, 2: 1}, 1), ({1: 2, 2: 2}, 1.5), ({9: 1, 1: 1, 3: 1}, 3)],
)
def test_the_median_of_a_histogram(histogram: dict[int, int], value: float) -> None:
    assert median(histogram) == value


def test_there_is_no_median_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        median({})


def test_rows_add_up() -> None:
    total = Tally()
    total.add(a_year())
    total.add(a_year())
    assert (REQUESTS.compute(total), SUPPORT_DAYS.compute(total), ASKED.compute(total)) == (16, 3, 18)
    assert total.answer_days == Counter({1: 4, 3: 4, 4: 2, 9: 2})


def test_every_indicator_shown_is_in_the_list_once() -> None:
    shown = {one.key for columns in COLUMNS.values() for one in columns} | {one.key for one in HEADLINES}
    assert shown == {one.key for one in INDICATORS}
    assert len(INDICATORS) == len(shown)
    assert set(COLUMNS) == set(Dimension)
