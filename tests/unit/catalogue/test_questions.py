"""What answers a question."""

from typing import Any

import pytest

from portal.catalogue.questions.rules import (
    LONGEST_LINE,
    LONGEST_TEXT,
    Choice,
    Fault,
    Question,
    QuestionKind,
    as_json,
    fault,
    fingerprint,
    is_answered,
    number,
    of_json,
)

K, F = QuestionKind, Fault
OFFERED = (Choice("Oui, toutes", "Yes, all"), Choice("Aucune"))


def question(kind: QuestionKind, **values: Any) -> Question:
    return Question("abc", kind, "Combien ?", choices=OFFERED, **values)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (K.SHORT, "Douze", None),
        (K.SHORT, "x" * (LONGEST_LINE + 1), F.TOO_LONG),
        (K.SHORT, ["Douze"], F.OTHER_KIND),
        (K.LONG, "x" * LONGEST_TEXT, None),
        (K.LONG, "x" * (LONGEST_TEXT + 1), F.TOO_LONG),
        (K.ONE, "Aucune", None),
        (K.ONE, "Yes, all", F.NOT_OFFERED),
        (K.ONE, ["Aucune"], F.OTHER_KIND),
        (K.SEVERAL, ["Aucune", "Oui, toutes"], None),
        (K.SEVERAL, ["Autre"], F.NOT_OFFERED),
        (K.SEVERAL, "Aucune", F.OTHER_KIND),
        (K.YES_NO, False, None),
        (K.YES_NO, "yes", F.OTHER_KIND),
        (K.NUMBER, "12.5", None),
        (K.NUMBER, "12,5", F.NOT_A_NUMBER),
        (K.NUMBER, True, F.OTHER_KIND),
        (K.DATE, "2026-12-31", None),
        (K.DATE, "2026-02-30", F.NOT_A_DAY),
        (K.DATE, "20261231", F.NOT_A_DAY),
        *((kind, nothing, None) for kind in K for nothing in (None, "", [])),
    ],
)
def test_what_answers_a_question(kind: QuestionKind, value: Any, expected: Fault | None) -> None:
    assert fault(question(kind), value) is expected


def test_no_is_an_answer() -> None:
    assert is_answered(False)
    assert not any(map(is_answered, (None, "", [])))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12", "12"),
        ("12,50", "12.5"),
        (" 1 200 ", "1200"),
        ("1\N{NARROW NO-BREAK SPACE}200,5", "1200.5"),
        ("-0", "0"),
        ("007", "7"),
        ("0,0", "0"),
        ("-3,25", "-3.25"),
        ("douze", None),
        ("1e9", None),
        ("1,2345", None),
        ("1" * 13, None),
        ("١٢", "12"),
        ("NaN", None),
    ],
)
def test_numbers_are_typed_as_people_write_them(typed: str, kept: str | None) -> None:
    assert number(typed) == kept


@pytest.mark.parametrize("kind", K)
def test_a_question_is_kept_as_it_is(kind: QuestionKind) -> None:
    asked = question(kind, label_en="How many?", help="Environ", needed=True)
    assert of_json(as_json(asked)) == asked


def test_a_field_has_another_name_once_its_question_says_something_else() -> None:
    asked = question(K.ONE)
    assert fingerprint(question(K.ONE, label_en="How many?", help="Environ", needed=True)) == fingerprint(
        asked
    )
    assert fingerprint(question(K.SEVERAL)) != fingerprint(asked)
