"""What a pole answered to the questions of services: each answer keeps its question as it was asked. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.catalogue.questions import rules as questions
from portal.catalogue.questions.rules import Question, fault, is_answered


class Why(StrEnum):
    """What stands in the way of sending."""

    NOT_ANSWERED = "not_answered"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Answer:
    """`service_id`: whose question it was; `question`: as it was asked, so that no later edit changes what is read."""

    service_id: int
    question: Question
    value: Any


def as_json(answer: Answer) -> dict[str, Any]:
    """As a request keeps it."""
    question = questions.as_json(answer.question)
    return {"service": answer.service_id, "question": question, "value": answer.value}


def of_json(kept: Iterable[Mapping[str, Any]]) -> list[Answer]:
    """The answers of a request, read again."""
    return [Answer(each["service"], questions.of_json(each["question"]), each["value"]) for each in kept]


def of_service(answers: Iterable[Answer], service_id: int | None) -> dict[str, Answer]:
    """Those to one service, by the key of their question."""
    return {answer.question.key: answer for answer in answers if answer.service_id == service_id}


def still_answers(question: Question, answer: Answer) -> bool:
    """Does what was answered mean the same to the question as it is now?"""
    before = answer.question
    same = (before.kind, before.label) == (question.kind, question.label)
    return same and fault(question, answer.value) is None


def written(
    service_id: int, asked: Sequence[Question], typed: Mapping[str, Any], before: Sequence[Answer]
) -> list[Answer]:
    """What is typed, in the order of the questions, and all that was answered and is not asked here."""
    known = of_service(before, service_id)
    keys = {question.key for question in asked}
    others = [
        answer for answer in before if answer.service_id != service_id or answer.question.key not in keys
    ]
    return [*_answered(service_id, asked, typed, known), *others]


def _answered(
    service_id: int, asked: Sequence[Question], typed: Mapping[str, Any], known: Mapping[str, Answer]
) -> Iterator[Answer]:
    for question in asked:
        before = known.get(question.key)
        if is_answered(typed.get(question.key)):
            yield Answer(service_id, question, typed[question.key])
        elif before and question.key not in typed:
            yield before


def unready(asked: Sequence[Question], answers: Mapping[str, Answer]) -> tuple[Question, Why] | None:
    """The first question that keeps a request from being sent."""
    for question in asked:
        answer = answers.get(question.key)
        if answer and not still_answers(question, answer):
            return question, Why.CHANGED
        if question.needed and answer is None:
            return question, Why.NOT_ANSWERED
    return None


def in_order(
    asked: Sequence[Question], answers: Mapping[str, Answer]
) -> list[tuple[Question, Answer | None]]:
    """Each question with its answer, then what was answered and is asked no more."""
    keys = {question.key for question in asked}
    gone = [(answer.question, answer) for key, answer in answers.items() if key not in keys]
    return [*((question, answers.get(question.key)) for question in asked), *gone]
