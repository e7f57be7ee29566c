"""What a pole answers is written with its request, and what it must answer is asked when it is sent."""

from collections.abc import Mapping
from typing import Any

from portal.catalogue.questions import queries as questions
from portal.catalogue.questions.rules import fault, field_name, is_answered
from portal.catalogue.questions.words import sentence
from portal.refusals import Invalid
from portal.requests.answers import rules, words
from portal.requests.models import SupportRequest


def write(request: SupportRequest, typed: Mapping[str, Any]) -> None:
    """Keep what answers the questions of its service, by their keys."""
    if request.service is None:
        return
    asked = questions.of(request.service)
    for question in asked:
        if wrong := fault(question, typed.get(question.key)):
            raise Invalid(field_name(question), sentence(question, wrong))
    before = rules.of_json(request.answers or ())
    answers = rules.written(request.service.id, asked, typed, before)
    request.answers = [rules.as_json(answer) for answer in answers]
    request.answers_text = words.searched(answers)


def require(request: SupportRequest) -> None:
    """Invalid where a question keeps it from being sent."""
    if request.service is None:
        return
    answers = rules.of_service(rules.of_json(request.answers or ()), request.service.id)
    if missing := rules.unready(questions.of(request.service), answers):
        question, why = missing
        raise Invalid(field_name(question), words.refusal(question, why))


def says_the_same(request: SupportRequest, typed: Mapping[str, Any] | None) -> bool:
    """Is what is typed what it answered?"""
    answers = rules.of_service(rules.of_json(request.answers or ()), request.service_id)
    given = {key: value for key, value in (typed or {}).items() if is_answered(value)}
    return given == {key: answers[key].value for key in answers.keys() & (typed or {}).keys()}
