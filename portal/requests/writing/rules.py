"""The steps in which a request is written: what each holds, and which comes after which. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from portal.catalogue.questions.rules import key_of


class FormStep(StrEnum):
    """Each is saved alone, since no two hold the same. The words are those of the addresses."""

    SERVICE = "service"
    NEED = "besoin"
    QUESTIONS = "questions"
    WISHES = "souhaits"
    DOCUMENTS = "documents"
    CHECK = "verifier"


HOLDS: Mapping[FormStep, Sequence[str]] = {
    FormStep.SERVICE: ("service_id",),
    FormStep.NEED: ("subject", "need"),
    FormStep.QUESTIONS: ("answers",),
    FormStep.WISHES: ("wished_from", "wished_until", "mode", "contact_preference", "phone"),
}
"""The columns of a request that each writes."""


def way(*, asks: bool, wants_documents: bool) -> list[FormStep]:
    """The steps that one goes through: the questions of a service that asks some, and documents where it wants any;
    others are added from the list of steps."""
    left_out = {FormStep.QUESTIONS: not asks, FormStep.DOCUMENTS: not wants_documents}
    return [step for step in FormStep if not left_out.get(step)]


def neighbours(step: FormStep, way: Sequence[FormStep]) -> tuple[FormStep | None, FormStep | None]:
    """What comes before a step and after it, whether or not it is on the way."""
    order = list(FormStep)
    place = order.index(step)
    before = [each for each in order[:place] if each in way]
    after = [each for each in order[place + 1 :] if each in way]
    return (before[-1] if before else None, after[0] if after else None)


def at_fault(field: str) -> FormStep:
    """The step where a refusal is put right."""
    if key_of(field):
        return FormStep.QUESTIONS
    return next((step for step, names in HOLDS.items() if field in names), FormStep.CHECK)


def stamp(values: Mapping[str, Any]) -> str:
    """What tells one state of a step from another."""
    told = "\n".join(f"{name}={value!s}" for name, value in sorted(values.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
