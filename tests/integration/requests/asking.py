"""Services that ask questions, and requests that answer them, for tests."""

from collections.abc import Sequence
from typing import Any

from portal.catalogue.models import Service
from portal.catalogue.questions.rules import Choice, Question, QuestionKind, as_json, field_name
from portal.db import transaction

K = QuestionKind
SIZE = Question("aaaa", K.NUMBER, "Combien de membres ?", "How many members?", needed=True)
STATUTES = Question("bbbb", K.YES_NO, "Avez-vous des statuts ?", "Do you have statutes?")
THEMES = Question(
    "cccc",
    K.SEVERAL,
    "Quels sujets ?",
    "Which subjects?",
    "Plusieurs sont possibles.",
    "Several are possible.",
    (Choice("Gouvernance", "Governance"), Choice("Budget", "Budgets")),
)
PLACE = Question(
    "dddd", K.ONE, "Dans quel lieu ?", "In which place?", choices=(Choice("Chez nous"), Choice("Ailleurs"))
)
NAME = Question("eeee", K.SHORT, "Nom du projet", "Name of the project")
STORY = Question("ffff", K.LONG, "Racontez", "Tell us")
DAY = Question("abcd", K.DATE, "Depuis quand ?", "Since when?")
ALL = (SIZE, STATUTES, THEMES, PLACE, NAME, STORY, DAY)
TYPED: dict[Question, Any] = {
    SIZE: "1 200,5",
    STATUTES: "no",
    THEMES: ["Gouvernance", "Budget"],
    PLACE: "Ailleurs",
    NAME: "La halle",
    STORY: "Une ligne.\nUne autre.",
    DAY: "2026-03-01",
}


def ask(service: Service, *questions: Question) -> None:
    """The service asks these, and nothing else."""
    with transaction() as session:
        session.get_one(Service, service.id).questions = [as_json(question) for question in questions]


def answers(typed: dict[Question, Any], shown: Sequence[Question] | None = None) -> dict[str, Any]:
    """The fields of a form that shows these questions, some of them answered."""
    return {
        "asked": [field_name(question) for question in shown or typed],
        **{field_name(question): value for question, value in typed.items()},
    }
