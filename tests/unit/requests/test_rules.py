"""References people can say, who to ask first, and the measures of time."""

from datetime import date

import pytest
from stdnum import luhn

from portal.references import new_reference
from portal.requests import rules
from portal.requests.rules import Candidate, Span


def test_a_reference_is_eight_digits_of_which_the_last_checks_the_others() -> None:
    references = {new_reference() for _ in range(200)}
    assert len(references) > 190
    for reference in references:
        first, second = reference.split("-")
        assert len(first) == len(second) == 4
        assert luhn.is_valid(first + second)
        assert not reference.startswith("0"), "nobody says the zeros at the beginning"


@pytest.mark.parametrize("typed", ["1234-5678", "12345678", " 1234 5678 ", "12 34 56 78", "1234 - 5678"])
def test_a_reference_is_read_however_it_is_typed(typed: str) -> None:
    assert rules.typed_reference(typed) == "1234-5678"


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234-567a", "pôle 12345678", "-"])
def test_the_rest_is_no_reference(typed: str) -> None:
    assert rules.typed_reference(typed) is None


def candidate(
    name: str, *, delivers: bool = True, covers: bool = True, load: int = 0, asked: bool = False
) -> Candidate:
    return Candidate(1, name, delivers, covers, load, asked)


def test_those_who_can_come_first_then_the_least_loaded_then_by_name() -> None:
    ranked = rules.rank(
        [
            candidate("asked already", asked=True),
            candidate("elsewhere", covers=False),
            candidate("elsewhere, another service", covers=False, delivers=False),
            candidate("here, another service", delivers=False),
            candidate("loaded", load=3),
            candidate("b free"),
            candidate("a free"),
        ]
    )
    assert [one.name for one in ranked] == [
        "a free",
        "b free",
        "loaded",
        "here, another service",
        "elsewhere",
        "elsewhere, another service",
        "asked already",
    ]


def test_a_hold_gives_back_its_working_days_by_the_calendar_of_the_place() -> None:
    wednesday, due, wednesday_after = date(2026, 4, 1), date(2026, 4, 7), date(2026, 4, 8)
    assert rules.release_hold(wednesday, due, wednesday_after, "76") == Span(date(2026, 4, 13), 4)
    assert rules.release_hold(wednesday, due, wednesday_after, "67") == Span(date(2026, 4, 10), 3)
    assert rules.release_hold(wednesday, due, wednesday, "76") == Span(due, 0)


def test_days_to_answer_are_the_partners_own_and_never_negative() -> None:
    monday, friday = date(2026, 3, 2), date(2026, 3, 6)
    assert rules.answer_days(monday, friday, 0, "76") == 4
    assert rules.answer_days(monday, friday, 3, "76") == 1
    assert rules.answer_days(monday, monday, 2, "76") == 0


def test_time_runs_out_ten_working_days_after_an_answer_was_due() -> None:
    monday = date(2026, 3, 2)
    assert not rules.has_expired(monday, date(2026, 3, 23), 5, "76"), "the fifteenth is not over"
    assert rules.has_expired(monday, date(2026, 3, 24), 5, "76")
    assert not rules.has_expired(monday, date(2026, 3, 24), 6, "76")


def test_the_earliest_day() -> None:
    assert rules.earliest([]) is None
    assert rules.earliest([date(2026, 3, 2), date(2026, 3, 1)]) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("need", "subject"),
    [
        ("Nous cherchons un local. Qui nous aide ?", "Nous cherchons un local"),
        ("Bonjour à tous,\n\nnous cherchons  un local.", "Nous cherchons un local"),
        ("Madame, Monsieur, qui peut nous aider ? Merci.", "Qui peut nous aider ?"),
        ("Et maintenant ?", "Et maintenant ?"),
        (
            "Le pôle a besoin d’un appui pour construire, avec les acteurs du territoire, une offre.",
            "Le pôle a besoin d’un appui pour construire, avec les acteurs du…",
        ),
        ("x" * 200, "X" + "x" * 69 + "…"),
        ("Bonjour !", ""),
        ("", ""),
    ],
)
def test_a_subject_is_proposed_from_the_first_words_of_the_need(need: str, subject: str) -> None:
    assert rules.proposed_subject(need) == subject
    assert len(subject) <= rules.LONGEST_SUBJECT


@pytest.mark.parametrize(
    ("typed", "before", "after", "subject"),
    [
        ("", "", "Un local.", "Un local"),
        ("Le local du marché", "Un local.", "Un toit.", "Le local du marché"),
        ("Un local", "Un local.", "Un toit.", "Un toit"),
        ("", "Un local.", "", ""),
    ],
)
def test_a_subject_follows_its_need_until_somebody_types_it(
    typed: str, before: str, after: str, subject: str
) -> None:
    assert rules.subject_of(typed, after, before) == subject
