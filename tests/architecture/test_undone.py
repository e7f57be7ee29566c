"""Each step says whether it can be undone; people read it where they do it, operators in docs/undo.md."""

import ast
import os
from collections.abc import Callable

import pytest
from flask import Flask

from portal.acts import TIME
from portal.applications import page as applications
from portal.feature import features
from portal.requests import page as requests
from portal.requests.steps import AssignmentState
from portal.web.doors import Door
from tests.architecture.source import ROOT, files, functions, name
from tests.architecture.undone import EACH, table
from tests.browser import Browser
from tests.builders import Builder

DOCUMENT = ROOT / "docs" / "undo.md"
BEGIN, END = "<!-- table:begin -->\n", "<!-- table:end -->"
DOORS = (*requests.DOORS, *applications.DOORS_OF_CELLS, *applications.DOORS_OF_APPLICANTS)
CAN = "Ce que vous faites ici peut être annulé pendant deux minutes"

READS_ALL = {
    "requests/queries.py _events": "the history shows both",
    "requests/undo/": "what undoes",
    "requests/by_mail/queries.py done": "the page of a link says that it was undone",
    "requests/by_mail/queries.py is_undone": "the same",
    "requests/personal.py": "what somebody did is theirs to read, and keeps a request from being silent",
    "interventions/queries.py _author": "what was undone is gone with its number",
    "proposals/queries.py word_of": "the first since it was there made it",
}
"""Who reads what people did, undone or not, and why."""
_DID = {"action", "actor_id", "organisation_id"}


def test_what_is_derived_of_what_people_did_leaves_out_what_was_undone() -> None:
    found = {
        f"{name(path).removeprefix('portal/')} {each.name}": ast.unparse(each)
        for path in files("portal", ".py")
        for each in functions(path)
        if any(
            isinstance(node, ast.Attribute)
            and node.attr in _DID
            and ast.unparse(node.value) == "RequestEvent"
            for node in ast.walk(each)
        )
    }
    reads_all = {one for one in found if any(one.startswith(start) for start in READS_ALL)}
    assert {one for one, source in found.items() if "still_stands()" not in source} == reads_all
    assert all(any(one.startswith(start) for one in reads_all) for start in READS_ALL), "no longer there"


def test_the_document_holds_the_table_of_the_steps() -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    held, found, after = rest.partition(END)
    assert found
    wanted = f"{table()}\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        DOCUMENT.write_text(f"{before}{BEGIN}{wanted}{END}{after}", encoding="utf-8")
        held = wanted
    assert held == wanted, "UPDATE_SNAPSHOTS=1 .venv/bin/pytest tests/architecture/test_undone.py"
    assert TIME.total_seconds() == 120


def test_every_stored_step_is_in_the_table(app: Flask) -> None:
    with app.app_context():
        stored = {name for feature in features() for name in feature.steps}
    assert stored == {step.name for steps in EACH.values() for step in steps}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.step.name)
def test_what_can_be_undone_does_not_say_that_it_stays(door: Door) -> None:
    said = f"{door.words.explains} {door.words.done}".lower()
    assert "undone" not in said, "the page says so of each step, from its line"


def test_what_stays_says_so_where_it_is_done(make: Builder, browse: Callable[..., Browser]) -> None:
    application = make.raw_application()
    page = browse(make.regional_admin("28")).get(f"/candidatures/{application.reference}").text
    assert page.count("Cette action ne peut pas être annulée.") == page.count('<details class="action')
    assert CAN not in page


def test_what_can_be_undone_says_so_where_it_is_done(make: Builder, browse: Callable[..., Browser]) -> None:
    request = make.raw_request()
    partner = make.practitioner()
    make.raw_assignment(request, partner.organisation, AssignmentState.PROPOSED)
    page = browse(partner).get(f"/demandes/{request.reference}").text
    assert page.count(CAN) == 1
    assert "Cette action ne peut pas être annulée." not in page
