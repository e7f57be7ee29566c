"""Changes to the questions of a service: lock its sheet, decide, change, write it in the journal."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import Actor
from portal.catalogue.models import Service
from portal.catalogue.questions import queries, rules
from portal.catalogue.questions.rules import WITH_CHOICES, Draft, Flaw, Question
from portal.catalogue.sheets import service as sheets
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.refusals import Invalid, NotFound
from portal.text import search_key

_FLAWS: Mapping[Flaw, Any] = {
    Flaw.FEW: _l("Write at least %(least)d choices, one to a line.", least=rules.FEWEST_CHOICES),
    Flaw.MANY: _l("Write at most %(most)d choices.", most=rules.MOST_CHOICES),
    Flaw.LONG: _l("A choice has at most %(most)d characters.", most=rules.LONGEST_CHOICE),
    Flaw.TWICE: _l("Two of these choices are the same."),
    Flaw.APART: _l("Write as many choices in English as in French, in the same order, or none."),
}


def question_of(draft: Draft, key: str = "") -> Question:
    """What is typed, as a question; Invalid where its choices are none."""
    offers = draft.kind in WITH_CHOICES
    if offers and (wrong := rules.flaw(draft.lines, draft.lines_en)):
        raise Invalid("choices_en" if wrong is Flaw.APART else "choices", _FLAWS[wrong])
    choices = rules.choices_of(draft.lines, draft.lines_en) if offers else ()
    texts = draft.label, draft.label_en, draft.help, draft.help_en
    return Question(key, draft.kind, *texts, choices, draft.needed)


def add(actor: Actor, service_id: int, draft: Draft) -> Service:
    """A question more, the last."""
    service = sheets.begin(actor, service_id)
    before = queries.of(service)
    if len(before) >= rules.MOST_QUESTIONS:
        raise Invalid(
            "label",
            _l("A service asks at most %(most)d questions: take one out first.", most=rules.MOST_QUESTIONS),
        )
    question = question_of(draft, secrets.token_hex(4))
    _require_new(question, before)
    _write(service, [*before, question])
    _record(service, None, question)
    return service


def change(actor: Actor, service_id: int, key: str, draft: Draft, seen: str) -> Service:
    """Write a question again. `seen`: the fingerprint of what was on the screen."""
    service = sheets.begin(actor, service_id)
    questions = queries.of(service)
    before = known(questions, key)
    if seen != rules.whole_fingerprint(before):
        raise Invalid(
            "seen", _l("Somebody changed this question meanwhile: open it again, then make your changes.")
        )
    after = question_of(draft, key)
    _require_new(after, questions)
    _write(service, [after if question.key == key else question for question in questions])
    _record(service, before, after)
    return service


def move(actor: Actor, service_id: int, key: str, place: int) -> Service:
    """Ask a question at another place, from 1."""
    service = sheets.begin(actor, service_id)
    before = queries.of(service)
    known(before, key)
    after = rules.moved(before, key, max(1, place))
    if after != before:
        _write(service, after)
        _journal(service, "questions_order", _labels(before), _labels(after))
    return service


def remove(actor: Actor, service_id: int, key: str) -> Service:
    """Ask a question no more; what was answered keeps it."""
    service = sheets.begin(actor, service_id)
    questions = queries.of(service)
    gone = known(questions, key)
    _write(service, [question for question in questions if question.key != key])
    _record(service, gone, None)
    return service


def known(questions: Sequence[Question], key: str) -> Question:
    """One of those of a service, by its key."""
    for question in questions:
        if question.key == key:
            return question
    raise NotFound


def _require_new(question: Question, others: Sequence[Question]) -> None:
    words = search_key(question.label)
    if any(other.key != question.key and search_key(other.label) == words for other in others):
        raise Invalid("label", _l("The service asks this already."))


def _write(service: Service, questions: Sequence[Question]) -> None:
    service.questions = [rules.as_json(question) for question in questions]
    service.edited_at = clock.now()


def _record(service: Service, before: Question | None, after: Question | None) -> None:
    if before != after:
        _journal(service, "question", _told(before), _told(after))


def _journal(service: Service, field: str, before: Any, after: Any) -> None:
    journal.record(
        Act.CHANGED, Subject.SERVICE, service.id, service.name, before={field: before}, after={field: after}
    )


def _told(question: Question | None) -> list[str] | None:
    """All that a question says, the words of a vocabulary by their keys, which the journal says in words."""
    if question is None:
        return None
    needed = ["question:needed"] if question.needed else []
    offered = [text for choice in question.choices for text in (choice.label, choice.label_en)]
    texts = question.label, question.label_en, question.help, question.help_en
    return [text for text in (*texts, f"question:{question.kind}", *needed, *offered) if text]


def _labels(questions: Sequence[Question]) -> list[str]:
    return [question.label for question in questions]
