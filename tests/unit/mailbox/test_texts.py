"""What is read of an answer: what somebody wrote, and nothing of what they quote."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mailbox.texts import rules as texts
from tests.unit.mailbox.corpus import ASKED, CORPUS, PLAIN, Answer, quoted

NAMES = [f"{number} {one.program}" for number, one in enumerate(CORPUS)]


@pytest.mark.parametrize("one", CORPUS, ids=NAMES)
def test_each_program_is_cut_where_the_answer_ends(one: Answer) -> None:
    text = one.body if one.kind == PLAIN else texts.from_html(one.body)
    assert texts.answer(text) == one.said
    assert texts.answer(text.replace("\n", "\r\n")) == one.said


@given(st.lists(st.text(alphabet="abc éàç,.!?", min_size=1, max_size=60), min_size=1, max_size=6))
def test_what_stands_above_the_marker_is_read_whole(lines: list[str]) -> None:
    said = "\n".join(line.strip() for line in lines).strip()
    found = texts.answer(f"{said}\n\n{quoted(ASKED)}\n")
    assert " ".join(found.split()) == " ".join(said.split())


@given(st.text(max_size=2000))
def test_nothing_that_is_written_stops_it(text: str) -> None:
    texts.answer(text)
    texts.from_html(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "Le " + "a " * 25_000,
        "> " * 25_000,
        "On " * 20_000 + "wrote:",
        "From: x\nSent: y\n" * 4_000,
        "-" * 50_000,
        "_" * 50_000,
        "\n" * 50_000,
        " " * 50_000 + "x",
        "Le 4 mars 2026 à 10:30, x a écrit :\n" * 1_500,
        "<div>" * 50_000,
        "Sent from my " * 4_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_long_and_hostile_texts_take_no_time(hostile: str) -> None:
    began = time.process_time()
    texts.answer(hostile)
    texts.from_html(hostile)
    assert time.process_time() - began < 5
