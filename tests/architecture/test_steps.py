"""What people do to a request or an application is spelled in four places: its line, its words, its door and its
function. What is stored of it is its name, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.applications import page as applications
from portal.applications import steps as steps_of_applications
from portal.interventions import steps as steps_of_interventions
from portal.requests import page as requests
from portal.requests import steps as steps_of_requests
from portal.steps import Step
from portal.web.doors import Door
from tests.architecture.source import every_node, files, name, strings

DOORS = {
    "requests": requests.DOORS,
    "applications": (*applications.DOORS_OF_APPLICANTS, *applications.DOORS_OF_CELLS),
}
EACH = [
    *(("requests", step) for step in (*steps_of_requests.OF_REQUESTS, *steps_of_requests.OF_ASSIGNMENTS)),
    *(("applications", step) for step in steps_of_applications.OF_APPLICATIONS),
]
# What else one of them is known by, and where.
_BY_MAIL = {"portal/requests/by_mail/rules.py": "what an e-mail lets its reader do at once"}
ELSEWHERE = {
    **dict.fromkeys(
        ("accept", "decline", "answer", "go_on", "ask", "chase", "chase_answer", "ask_news"), _BY_MAIL
    ),
    "submit": {
        "portal/requests/writing/routes.py": "a draft is what can be sent",
        "portal/requests/personal.py": "who asked",
    },
    "route": {
        **_BY_MAIL,
        "portal/requests/telling/emails.py": "whoever is asked reads what is wished",
    },
    "take": {"portal/requests/service.py": "who has it already is in no table"},
    "assign": {**_BY_MAIL, "portal/requests/handover.py": "somebody leaves before anything is answered"},
    "change_referent": {"portal/requests/handover.py": "somebody leaves"},
    "reopen": {"portal/requests/service.py": "a rule that no table can say: within thirty days"},
    "remind": {
        **_BY_MAIL,
        "portal/requests/service.py": "a rule that no table can say: once, and only who is late",
    },
    "thank": {"portal/requests/service.py": "a rule that no table can say: once"},
    "application.submit": {
        "portal/applications/emails.py": "who sends has a receipt, and the contact is told"
    },
    "application.admit": {"portal/applications/emails.py": "who is invited reads both in one"},
}


def spelled(feature: str, step: Step[Any]) -> set[str]:
    """The files of a feature that name a step, but for those it is known by elsewhere."""
    named = re.compile(rf"\bsteps\.{step.verb.upper()}\b|^{step.verb.upper()} = ", re.MULTILINE)
    found = {
        name(path)
        for path in files(f"portal/{feature}", ".py")
        if named.search(path.read_text(encoding="utf-8"))
    }
    known = ELSEWHERE.get(step.name, {}).keys()
    assert known <= found, known - found
    return found - known


@pytest.mark.parametrize(("feature", "step"), EACH, ids=str)
def test_a_step_is_spelled_in_four_places(feature: str, step: Step[Any]) -> None:
    assert len(spelled(feature, step)) <= 4


@pytest.mark.parametrize(
    ("feature", "door"),
    [(feature, door) for feature, doors in DOORS.items() for door in doors],
    ids=lambda one: one.step.name if isinstance(one, Door) else one,
)
def test_what_people_do_is_a_line_words_a_door_and_a_function(feature: str, door: Door) -> None:
    function = f"{door.do.__module__.replace('.', '/')}.py"
    assert spelled(feature, door.step) == {
        function,
        *(f"portal/{feature}/{file}.py" for file in ("steps", "words", "page")),
    }


@pytest.mark.parametrize("step", steps_of_interventions.OF_INTERVENTIONS, ids=str)
def test_a_step_of_another_feature_touches_no_file_of_requests(step: Step[Any]) -> None:
    assert not spelled("requests", step)
    assert not [name(path) for path in files("portal/requests", ".py") if step.name in strings(path)]


def values_of(path: Path, keyword: str) -> Iterator[ast.expr]:
    """What is given as this keyword anywhere in a file."""
    for node in every_node(path):
        if isinstance(node, ast.keyword) and node.arg == keyword:
            yield node.value


def test_the_name_of_a_step_is_what_is_stored() -> None:
    """`action=step.name`, wherever an event is written: no text made by hand, which no table would know."""
    written = [value for path in files("portal", ".py") for value in values_of(path, "action")]
    assert written
    assert not [ast.unparse(value) for value in written if not ast.unparse(value).endswith(".name")]
