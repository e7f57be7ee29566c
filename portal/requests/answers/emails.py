"""What was answered, as an e-mail says it to whoever decides on a request."""

from typing import Any

from flask_babel.speaklater import LazyString

from portal.catalogue.questions.rules import Question
from portal.catalogue.questions.words import label
from portal.requests import rules
from portal.requests.answers.rules import Answer, of_json, of_service
from portal.requests.answers.words import in_words
from portal.requests.models import SupportRequest


def facts_of(request: SupportRequest) -> list[tuple[Any, Any]]:
    """Each question that was answered, in the language of the reader; the beginning of a long answer."""
    answers = of_service(of_json(request.answers or ()), request.service_id).values()
    return [(LazyString(_asked, answer.question), LazyString(_in_short, answer)) for answer in answers]


def _asked(question: Question) -> str:
    """Without its mark, since a colon follows."""
    return label(question).rstrip("? \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")


def _in_short(answer: Answer) -> str:
    return rules.beginning(in_words(answer))
