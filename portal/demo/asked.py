"""What some services ask in the demonstration, and what poles answered. Nothing is drawn: a pole's turn says which."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.catalogue.models import Service
from portal.catalogue.questions import queries, rules
from portal.catalogue.questions import service as questions
from portal.catalogue.questions.rules import Draft, QuestionKind
from portal.db import db
from portal.demo.people import signed_by

_K = QuestionKind
_MODEL, _VISIT, _MEETING = (
    "appui-au-modele-economique",
    "visite-apprenante",
    "facilitation-d-un-temps-collectif",
)
_LATELY = timedelta(days=4)

_MEMBERS = Draft(
    _K.NUMBER,
    "Combien de structures membres ?",
    "How many member organisations?",
    "Celles qui ont signé votre charte ou vos statuts.",
    "Those that signed your charter or statutes.",
    needed=True,
)
_REWORDED = replace(
    _MEMBERS, label="Combien de structures membres à jour ?", label_en="How many members in good standing?"
)
_ASKED: Mapping[str, Sequence[tuple[Draft, Sequence[Any]]]] = {
    _MODEL: (
        (_MEMBERS, ("12", "7", "23")),
        (
            Draft(
                _K.SEVERAL,
                "De quoi vivez-vous aujourd’hui ?",
                "What do you live on today?",
                lines=("Subventions", "Ventes et prestations", "Cotisations", "Mécénat"),
                lines_en=("Grants", "Sales and services", "Membership fees", "Patronage"),
            ),
            (["Subventions", "Cotisations"], ["Ventes et prestations"], ["Subventions"]),
        ),
        (
            Draft(_K.LONG, "Quelle décision devez-vous prendre ?", "Which decision do you have to make?"),
            (
                "Garder ou non le café associatif.\nIl perd de l’argent, mais tout le monde s’y croise.",
                None,
                "Choisir entre deux embauches : une personne pour animer, ou une pour vendre.",
            ),
        ),
    ),
    _VISIT: (
        (
            Draft(_K.DATE, "Quel jour vous conviendrait ?", "Which day would suit you?", needed=True),
            ("2026-03-12", "2026-04-02", "2026-05-21"),
        ),
        (
            Draft(_K.NUMBER, "Combien de personnes viendront ?", "How many people will come?"),
            ("6", None, "14"),
        ),
        (
            Draft(
                _K.YES_NO,
                "Faut-il un lieu accessible en fauteuil roulant ?",
                "Is a venue without steps needed?",
                needed=True,
            ),
            (False, True, False),
        ),
    ),
    _MEETING: (
        (
            Draft(
                _K.ONE,
                "Combien de temps durera-t-il ?",
                "How long will it be?",
                lines=("Une demi-journée", "Une journée", "Plusieurs jours"),
                lines_en=("Half a day", "A day", "Several days"),
                needed=True,
            ),
            ("Une demi-journée", "Une journée"),
        ),
        (
            Draft(_K.SHORT, "Qui décide à la fin ?", "Who decides in the end?"),
            ("L’assemblée", None, "Le bureau"),
        ),
    ),
}


def ask(national: Actor) -> None:
    """Three services ask what they need to know."""
    with signed_by(national):
        for slug, asked in _ASKED.items():
            service_id = db.session.scalars(select(Service.id).where(Service.slug == slug)).one()
            for draft, _answers in asked:
                questions.add(national, service_id, draft)


def answers(slug: str | None, number: int) -> Mapping[str, Any]:
    """What a pole answers to a service, by the keys of its questions."""
    if slug is None or slug not in _ASKED:
        return {}
    service = db.session.scalars(select(Service).where(Service.slug == slug)).one()
    given = {draft.label: values[number % len(values)] for draft, values in _ASKED[slug]}
    return {
        question.key: given[question.label] for question in queries.of(service) if question.label in given
    }


def reword(national: Actor, now: datetime) -> None:
    """A question says something else since: what was answered to the old one reads as it was."""
    service = db.session.scalars(select(Service).where(Service.slug == _MODEL)).one()
    question = queries.of(service)[0]
    with clock.travelling_to(now - _LATELY), signed_by(national):
        questions.change(national, service.id, question.key, _REWORDED, rules.whole_fingerprint(question))
