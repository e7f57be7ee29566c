"""Each sentence of the portal that states a limit or a promise is proved: by the constant it says, or by a test."""

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

from tests.architecture.promises import PROOFS, REASONS
from tests.architecture.source import ROOT
from tests.architecture.test_catalogues import spoken

NUMBERS = {
    word: number
    for number, words in {
        0.5: "half an|half a|half",
        1: "one|an|a|every",
        2: "two",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        9: "nine",
        10: "ten",
        12: "twelve",
        15: "fifteen",
        20: "twenty",
        24: "twenty-four",
        30: "thirty",
    }.items()
    for word in words.split("|")
}
UNITS = "working day|support day|day|hour|minute|month|week|year|MB|character|digit|attempt|document|code"
AMOUNT = re.compile(rf"\b(\d[\d,]*|{'|'.join(NUMBERS)}) ({UNITS})s?\b", re.IGNORECASE)
PROMISE = re.compile(
    r"\b(never|only|usually|always|at most|seen by|read by|cannot be undone|nobody but|nobody else\.|for ever"
    r"|nothing else|(is|are) told|within)\b",
    re.IGNORECASE,
)


def is_promise(sentence: str) -> bool:
    return bool(AMOUNT.search(sentence) or PROMISE.search(sentence))


def proof_of(sentence: str) -> str | None:
    """The proof of the longest beginning that fits."""
    fitting = [beginning for beginning in PROOFS if sentence.startswith(beginning)]
    return PROOFS[max(fitting, key=len)] if fitting else None


def amounts(sentence: str) -> set[tuple[float, str]]:
    """What a sentence counts: numbers with their units."""
    found = set()
    for number, unit in AMOUNT.findall(sentence):
        known = NUMBERS.get(number.lower())
        found.add((float(number.replace(",", "")) if known is None else float(known), unit.lower()))
    return found


def said_of(value: Any, name: str) -> set[tuple[float, str]]:
    """How a constant may be said."""
    if not isinstance(value, timedelta):
        plain = {(float(value), unit) for unit in UNITS.split("|")}
        return plain | ({(value / 60, "hour")} if "MINUTES" in name else set())
    minutes = value.total_seconds() / 60
    days = minutes / 60 / 24
    found = {(minutes, "minute"), (minutes / 60, "hour"), (days, "day"), (days / 7, "week")}
    return found | {(float(round(days / 30.4)), "month"), (float(round(days / 365)), "year")}


def test_a_sentence_that_promises_is_proved() -> None:
    wrong = {one: fault for one in sorted(spoken()) if is_promise(one) and (fault := unproved(one))}
    assert not wrong


def unproved(sentence: str) -> str | None:
    """Why the proof of a sentence proves nothing."""
    proof = proof_of(sentence)
    if proof is None:
        return "say in tests/architecture/promises.py which constant or test proves it, or leave it out"
    if proof in REASONS:
        return None
    if proof.startswith("tests/"):
        path, *_, test = proof.split("::")
        is_there = re.search(rf"^ *def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
        return None if is_there else f"{proof} is not there"
    module, _, name = proof.partition(":")
    value = getattr(import_module(module), name)
    is_said = amounts(sentence) & said_of(value, name) or "%(" in sentence
    return None if is_said else f"{proof} is {value}"


def test_a_proof_proves_something() -> None:
    sentences = spoken()
    assert [one for one in PROOFS if not any(said.startswith(one) for said in sentences)] == []
