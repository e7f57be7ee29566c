"""What a service asks of who wants it, and what answers a question. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

from portal.text import search_key

MOST_QUESTIONS = 20
FEWEST_CHOICES = 2
MOST_CHOICES = 20
LONGEST_LABEL = 200
LONGEST_HELP = 300
LONGEST_CHOICE = 120
LONGEST_LINE = 200
LONGEST_TEXT = 2000

_SPACES = re.compile(r"\s+")
_FIELD = re.compile(r"answer_([a-z0-9]+)_[0-9a-f]{8}")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,3})?")


class QuestionKind(StrEnum):
    """How a question is answered."""

    SHORT = "short"
    LONG = "long"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"


WITH_CHOICES = frozenset({QuestionKind.ONE, QuestionKind.SEVERAL})
_LONGEST = {QuestionKind.SHORT: LONGEST_LINE, QuestionKind.LONG: LONGEST_TEXT}


class Fault(StrEnum):
    """Why something does not answer a question."""

    OTHER_KIND = "other_kind"
    TOO_LONG = "too_long"
    NOT_OFFERED = "not_offered"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DAY = "not_a_day"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers offered: its French is the answer itself."""

    label: str
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """`key`: stays, whatever becomes of its words. What answers it, as JSON holds it: a text; for a choice, its French;
    of several, a list of these; true or false; a number or a day, written out. None, "" and [] answer nothing."""

    key: str
    kind: QuestionKind
    label: str
    label_en: str = ""
    help: str = ""
    help_en: str = ""
    choices: Sequence[Choice] = ()
    needed: bool = False


def as_json(question: Question) -> dict[str, Any]:
    """As a service, a version and an answer keep it."""
    kept = asdict(question)
    return {**kept, "kind": str(question.kind), "choices": [asdict(choice) for choice in question.choices]}


def of_json(kept: Mapping[str, Any]) -> Question:
    """The same, read again."""
    choices = tuple(Choice(**choice) for choice in kept["choices"])
    return Question(**{**kept, "kind": QuestionKind(kept["kind"]), "choices": choices})


def of_sheet(sheet: Mapping[str, Any]) -> list[Question]:
    """Those of a kept version; the oldest had none."""
    return [of_json(kept) for kept in sheet.get("questions", ())]


def fingerprint(question: Question) -> str:
    """Changes when what it asks, or offers, is said otherwise in French."""
    asked = question.kind.value, question.label, [choice.label for choice in question.choices]
    return sha256(repr(asked).encode()).hexdigest()[:8]


def field_name(question: Question) -> str:
    """Of the field that asks it, for as long as it says the same."""
    return f"answer_{question.key}_{fingerprint(question)}"


def key_of(name: str) -> str | None:
    """The question of a field, by the name of the field."""
    field = _FIELD.fullmatch(name)
    return field and field[1]


def whole_fingerprint(question: Question) -> str:
    """Changes when anything of it does."""
    return sha256(repr(as_json(question)).encode()).hexdigest()[:16]


def moved(questions: Sequence[Question], key: str, place: int) -> list[Question]:
    """The same, one of them at another place, from 1."""
    others = [question for question in questions if question.key != key]
    others[place - 1 : place - 1] = [question for question in questions if question.key == key]
    return others


def choices_of(lines: Sequence[str], lines_en: Sequence[str]) -> tuple[Choice, ...]:
    """The choices that two lists of lines say, the English of each at its place; all of it in French where there is
    no English."""
    english = [*lines_en, *[""] * (len(lines) - len(lines_en))]
    return tuple(Choice(*both) for both in zip(lines, english, strict=False))


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as it is typed: choices one to a line, in each language."""

    kind: QuestionKind
    label: str
    label_en: str = ""
    help: str = ""
    help_en: str = ""
    lines: Sequence[str] = ()
    lines_en: Sequence[str] = ()
    needed: bool = False


class Flaw(StrEnum):
    """Why lines are no choices."""

    FEW = "few"
    MANY = "many"
    LONG = "long"
    TWICE = "twice"
    APART = "apart"


def flaw(lines: Sequence[str], lines_en: Sequence[str]) -> Flaw | None:
    """What is wrong with the lines of choices in both languages."""
    if len(lines) < FEWEST_CHOICES:
        return Flaw.FEW
    if len(lines) > MOST_CHOICES:
        return Flaw.MANY
    if any(len(line) > LONGEST_CHOICE for line in (*lines, *lines_en)):
        return Flaw.LONG
    if len({search_key(line) or line for line in lines}) < len(lines):
        return Flaw.TWICE
    return Flaw.APART if lines_en and len(lines_en) != len(lines) else None


def is_answered(value: Any) -> bool:
    return value not in (None, "", [])


def fault(question: Question, value: Any) -> Fault | None:
    """What is wrong with an answer, if it is one."""
    if not is_answered(value):
        return None
    if not _is_of_kind(question.kind, value):
        return Fault.OTHER_KIND
    match question.kind:
        case QuestionKind.SHORT | QuestionKind.LONG:
            return Fault.TOO_LONG if len(value) > _LONGEST[question.kind] else None
        case QuestionKind.ONE | QuestionKind.SEVERAL:
            return None if _are_offered(question, value) else Fault.NOT_OFFERED
        case QuestionKind.NUMBER:
            return None if number(value) == value else Fault.NOT_A_NUMBER
        case QuestionKind.DATE:
            return None if day(value) else Fault.NOT_A_DAY
    return None


def _is_of_kind(kind: QuestionKind, value: Any) -> bool:
    if kind is QuestionKind.YES_NO:
        return isinstance(value, bool)
    if kind is QuestionKind.SEVERAL:
        return isinstance(value, list) and all(isinstance(chosen, str) for chosen in value)
    return isinstance(value, str)


def _are_offered(question: Question, value: str | Collection[str]) -> bool:
    chosen = {value} if isinstance(value, str) else {*value}
    return chosen <= {choice.label for choice in question.choices}


def day(kept: str) -> date | None:
    """A day as it is kept; None: it is none."""
    try:
        read = date.fromisoformat(kept)
    except ValueError:
        return None
    return read if read.isoformat() == kept else None


def number(typed: str) -> str | None:
    """A number as people type it, written out as it is kept; None: it is none."""
    plain = _SPACES.sub("", typed).replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        return None
    whole, _point, decimals = f"{Decimal(plain):f}".partition(".")
    decimals = decimals.rstrip("0")
    written = f"{whole}.{decimals}" if decimals else whole
    return "0" if written == "-0" else written
