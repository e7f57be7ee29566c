"""What people do to a request is spelled in four places: its line, its words, its door and its function."""

import re

import pytest

from portal.requests.page import DOORS
from portal.steps import Step
from portal.web.doors import Door
from tests.architecture.source import files, name

LINE_WORDS_AND_DOOR = {"portal/requests/steps.py", "portal/requests/words.py", "portal/requests/page.py"}
# What else one of them is known by, and where.
ELSEWHERE = {
    "submit": {
        "portal/requests/routes.py": "a draft is what can be sent",
        "portal/requests/personal.py": "who asked",
    },
    "route": {"portal/requests/emails.py": "whoever is asked reads what is wished"},
    "change_referent": {"portal/requests/handover.py": "somebody leaves"},
    "reopen": {"portal/requests/service.py": "the one rule that no table can say"},
}


def spelled(step: Step) -> set[str]:
    """The files of requests that name a step."""
    named = re.compile(rf"\bsteps\.{step.name.upper()}\b|^{step.name.upper()} = ", re.MULTILINE)
    return {
        name(path)
        for path in files("portal/requests", ".py")
        if named.search(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.step.name)
def test_an_action_of_a_request_is_spelled_in_four_places(door: Door) -> None:
    function = f"{door.do.__module__.replace('.', '/')}.py"
    known = ELSEWHERE.get(door.step.name, {}).keys()
    assert spelled(door.step) == LINE_WORDS_AND_DOOR | {function} | known
