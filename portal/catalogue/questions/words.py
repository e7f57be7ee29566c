"""Questions and their answers in words, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.catalogue import words as catalogue
from portal.catalogue.questions.rules import (
    LONGEST_LINE,
    LONGEST_TEXT,
    Choice,
    Fault,
    Question,
    QuestionKind,
    fault,
    is_answered,
)
from portal.web import templating

KINDS: Mapping[QuestionKind, Any] = {
    QuestionKind.SHORT: _l("Short text"),
    QuestionKind.LONG: _l("Long text"),
    QuestionKind.ONE: _l("One choice"),
    QuestionKind.SEVERAL: _l("Several choices"),
    QuestionKind.YES_NO: _l("Yes / no"),
    QuestionKind.NUMBER: _l("A number"),
    QuestionKind.DATE: _l("Date"),
}
NEEDED = _l("Needed to send")
JOURNAL_FIELDS: Mapping[str, Any] = {
    "question": _l("Question to the poles"),
    "questions_order": _l("Order of the questions"),
}
IN_THE_JOURNAL: Mapping[str, Any] = {
    **{f"question:{kind}": label for kind, label in KINDS.items()},
    "question:needed": NEEDED,
}
_FAULTS: Mapping[Fault, Any] = {
    Fault.OTHER_KIND: _l("This question changed: answer it again."),
    Fault.NOT_OFFERED: _l("Choose one of the answers offered."),
    Fault.NOT_A_NUMBER: _l("Type a number, as 12 or 3,5."),
    Fault.NOT_A_DAY: _l("Type a date that exists, as 31/12/2026."),
}


def label(asked: Question | Choice) -> str:
    """What a question asks, or a choice says; French where there is no English."""
    return catalogue.in_the_language_of_the_reader(asked.label, asked.label_en)


def help_of(question: Question) -> str:
    return catalogue.in_the_language_of_the_reader(question.help, question.help_en)


class Line(NamedTuple):
    """A question to who has not begun to write: how it is answered, whether nothing is sent without it."""

    label: str
    how: str
    needed: str
    help: str


def lines(questions: Iterable[Question]) -> Sequence[Line]:
    """What will be asked, or was, in order."""
    return [
        Line(label(each), _how(each), str(NEEDED) if each.needed else "", help_of(each)) for each in questions
    ]


def _how(question: Question) -> str:
    offered = ", ".join(map(label, question.choices))
    kind = str(KINDS[question.kind])
    return f"{kind}{_(': ')}{offered}" if offered else kind


def sentence(question: Question, wrong: Fault) -> str:
    """What to do about a fault."""
    if wrong is not Fault.TOO_LONG:
        return str(_FAULTS[wrong])
    most = LONGEST_LINE if question.kind is QuestionKind.SHORT else LONGEST_TEXT
    return _("This text is too long: %(most)d characters at most.", most=most)


def in_words(question: Question, value: Any) -> str:
    """An answer as people read it; what does not answer the question is said as it was typed."""
    if not is_answered(value):
        return ""
    if fault(question, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    match question.kind:
        case QuestionKind.YES_NO:
            return _("Yes") if value else _("No")
        case QuestionKind.NUMBER:
            return templating.number(float(value), digits=3)
        case QuestionKind.DATE:
            return templating.day(date.fromisoformat(value))
        case QuestionKind.ONE | QuestionKind.SEVERAL:
            chosen = [value] if isinstance(value, str) else value
            return ", ".join(label(choice) for choice in question.choices if choice.label in chosen)
    return str(value)
