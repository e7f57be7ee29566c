"""What the doors of records are tried with; a world is that of `world.py`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal import clock
from portal.catalogue.questions import rules as questions
from portal.catalogue.questions.rules import Question, QuestionKind
from portal.db import transaction
from portal.organisations.doubles import service as doubles
from portal.organisations.models import OrganisationAbsence, Recognition, StageChange
from portal.organisations.rules import OrganisationKind, RecognitionKind, Stage
from tests.access import desk

Values = dict[str, Any]


def _line(world: Any, line: StageChange | Recognition | OrganisationAbsence) -> Values:
    """A dated line of an organisation."""
    with transaction() as session:
        session.add(line)
    organisation_id = line.organisation_id if isinstance(line, OrganisationAbsence) else line.pole_id
    return {"organisation_id": organisation_id, "line_id": line.id}


def _staged(world: Any) -> Values:
    """A day of its own for each: a pole reaches one stage a day."""
    since = clock.today() - timedelta(days=100 + world.next_number())
    pole_id = world.coordinator.organisation_id
    return _line(world, StageChange(pole_id=pole_id, stage=Stage.EMERGING, since=since))


def _recognised(world: Any) -> Values:
    year = 2009 + world.next_number()
    pole_id = world.coordinator.organisation_id
    return _line(world, Recognition(pole_id=pole_id, kind=RecognitionKind.CHARTER, year=year))


def _absent(world: Any) -> Values:
    day = clock.today() + timedelta(days=100 + world.next_number())
    return _line(world, OrganisationAbsence(organisation_id=world.partner.id, starts_on=day, ends_on=day))


def _double(world: Any) -> Values:
    return {"organisation_id": world.coordinator.organisation_id, "double_id": world.make.pole().id}


def _facts(world: Any, persona: str) -> Values:
    """Of a pole and of a partner alike; nobody changes what is not theirs by sending it."""
    return {"name": "Pôle des Lilas", "town": "Rouen", "regions": ["28"], "website": "www.exemple.fr"}


def _reached(world: Any, persona: str) -> Values:
    return {
        "stage": "consolidating",
        "since": (clock.today() - timedelta(days=world.next_number())).isoformat(),
    }


def _absence(world: Any, persona: str) -> Values:
    day = (clock.today() + timedelta(days=world.next_number())).isoformat()
    return {"starts_on": day, "ends_on": day, "reason": "Congés"}


def _sheet(world: Any) -> Values:
    """A service that the partner delivers alone."""
    return {"service_id": world.make.service(world.partner).id, "verb": "check"}


def _question(world: Any) -> Values:
    """A question of a service that the partner delivers alone, and another one after it."""
    asked = [
        questions.as_json(Question(key, QuestionKind.SHORT, f"Question {key} ?")) for key in ("aaaa", "bbbb")
    ]
    return {"service_id": world.make.service(world.partner, questions=asked).id, "key": "aaaa"}


def _question_typed(world: Any, persona: str) -> Values:
    seen = questions.whole_fingerprint(Question("aaaa", QuestionKind.SHORT, "Question aaaa ?"))
    return {"label": f"Combien, {world.next_number()} ?", "kind": "number", "seen": seen}


def _written(world: Any, persona: str) -> Values:
    return {
        "name": f"Appui {persona} {world.next_number()}",
        "family": "animation",
        "kind": "training",
        "format": "collective",
        "days_to_answer": "4",
    }


STAGES: dict[str, Callable[[Any], Values]] = {
    **desk.STAGES,
    "staged": _staged,
    "recognised": _recognised,
    "absent": _absent,
    "double": _double,
    "sheet": _sheet,
    "question": _question,
}

FORMS: dict[str, Callable[[Any, str], Values]] = {
    "records.edit": _facts,
    "records.stages": _reached,
    "records.correct_stage": _reached,
    "records.remove_stage": lambda _world, _persona: {},
    "records.recognitions": lambda world, _: {
        "kind": "ami_phase_1",
        "year": str(2010 + world.next_number() % 16),
    },
    "records.remove_recognition": lambda _world, _persona: {},
    "records.absences": _absence,
    "records.remove_absence": lambda _world, _persona: {},
    "records.create": lambda _world, _persona: {"kind": "partner", "name": "Atelier des Ponts"},
    "records.activity": lambda _world, _persona: {"reason": "Le pôle a fermé.", "seen": "active"},
    "records.merge": lambda _world, _persona: dict.fromkeys(doubles.groups_of(OrganisationKind.POLE), "kept"),
    "questions.create": _question_typed,
    "questions.edit": _question_typed,
    "questions.move": lambda _world, _persona: {"place": "2"},
    "questions.remove": lambda _world, _persona: {},
    "sheets.create": _written,
    "sheets.edit": _written,
    "sheets.act": lambda _world, _persona: {"check_due_on": (clock.today() + timedelta(days=30)).isoformat()},
    "catalogue.deliver": lambda world, _: {"service_ids": [world.service.id]},
}
