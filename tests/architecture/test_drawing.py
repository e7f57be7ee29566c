"""The README draws the life of a request as it is: UPDATE_SNAPSHOTS=1 pytest tests/architecture writes it."""

import os

from portal.requests.steps import OF_ASSIGNMENTS, OF_REQUESTS, AssignmentState, RequestState
from tests.architecture.drawing import drawing
from tests.architecture.source import ROOT

README = ROOT / "README.md"
BEGIN, END = "<!-- drawing:begin -->\n", "<!-- drawing:end -->"


def test_the_readme_holds_the_drawing_of_the_table() -> None:
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    held, found, after = rest.partition(END)
    assert found, f"Put {BEGIN.strip()} and {END} into README.md where the drawing belongs."
    wanted = f"{drawing()}\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        README.write_text(f"{before}{BEGIN}{wanted}{END}{after}", encoding="utf-8")
        held = wanted
    assert held == wanted, (
        "The steps of requests changed: UPDATE_SNAPSHOTS=1 .venv/bin/pytest tests/architecture"
    )


def test_every_state_is_drawn() -> None:
    drawn = drawing()
    for state in (*RequestState, *AssignmentState):
        assert f" {state}" in drawn, f"No step leads to {state}: remove it, or add its step."


def test_every_action_that_changes_a_state_is_drawn() -> None:
    for step in (*OF_REQUESTS, *OF_ASSIGNMENTS):
        if step.target:
            assert step.name.replace("_", " ") in drawing(), f"{step.name} changes a state and is not drawn."
