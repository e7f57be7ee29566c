"""What was answered, in words, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.catalogue.questions import words
from portal.catalogue.questions.rules import Choice, Question
from portal.requests.answers.rules import Answer, Why, of_json, of_service

NO_ANSWER = _l("No answer")


def in_words(answer: Answer) -> str:
    """As it was answered, in the words of its question."""
    return words.in_words(answer.question, answer.value)


def in_a_copy(kept: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """All that a request keeps, each question and answer in words."""
    return [
        {"question": words.label(answer.question), "answer": in_words(answer)} for answer in of_json(kept)
    ]


def refusal(question: Question, why: Why) -> Any:
    """What keeps a request from being sent, where the question is not in sight."""
    asked = words.label(question)
    if why is Why.CHANGED:
        return _l("“%(question)s” changed since you answered it: answer it again, then send.", question=asked)
    return _l("Answer “%(question)s” before sending; you can also save a draft.", question=asked)


def read(request: Any) -> str:
    """The words of what a request answers to its service, in the reader's language."""
    answers = of_service(of_json(request.answers or ()), request.service_id).values()
    return "\n".join(in_words(answer) for answer in answers if not isinstance(answer.value, bool))


def searched(answers: Iterable[Answer]) -> str:
    """All that answers say, in both languages, to be searched."""
    return "\n".join(text for answer in answers for text in _texts(answer) if text)


def _texts(answer: Answer) -> Iterable[str]:
    if isinstance(answer.value, bool):
        return ()
    chosen = {answer.value} if isinstance(answer.value, str) else {*answer.value}
    choices: Mapping[str, Choice] = {choice.label: choice for choice in answer.question.choices}
    return [
        text for each in sorted(chosen) for text in (each, choices[each].label_en if each in choices else "")
    ]
