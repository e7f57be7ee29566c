"""What was answered, as the page of a request shows it; and the form that asks."""

from collections.abc import Sequence

from portal.catalogue.questions import queries as questions
from portal.catalogue.questions.rules import Question, of_sheet
from portal.catalogue.questions.words import label
from portal.requests.answers import rules, words
from portal.requests.answers.rules import Answer
from portal.requests.models import SupportRequest


def lines(sent: SupportRequest) -> list[tuple[str, str]]:
    """Each question of the service as it was asked, and what was answered."""
    answers = _answers(sent, sent.service_id)
    return [
        (
            label(answer.question if answer else question),
            words.in_words(answer) if answer else str(words.NO_ANSWER),
        )
        for question, answer in rules.in_order(_asked(sent), answers)
    ]


def is_ready(draft: SupportRequest) -> bool:
    """Does nothing that its service asks keep it from being sent?"""
    return rules.unready(_asked(draft), _answers(draft, draft.service_id)) is None


def answered(sent: SupportRequest) -> list[tuple[str, str]]:
    """The questions that were answered alone."""
    return [(label(each.question), words.in_words(each)) for each in _answers(sent, sent.service_id).values()]


def _answers(written: SupportRequest, service_id: int | None) -> dict[str, Answer]:
    return rules.of_service(rules.of_json(written.answers), service_id)


def _asked(sent: SupportRequest) -> Sequence[Question]:
    """What its service asked when it was sent; of a draft, what it asks today."""
    if sent.anonymised_at:
        return ()
    return of_sheet(sent.service_version.sheet) if sent.service_version else questions.of(sent.service)
