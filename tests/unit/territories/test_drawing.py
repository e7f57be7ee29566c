"""The drawn map: every department once, inside the drawing, and its file beside it."""

import re
from pathlib import Path

from portal.territories.drawing import FRANCE, RING
from portal.territories.reference import DEPARTMENTS

FILE = Path(__file__).parents[3] / "static" / "images" / "france.svg"


def test_every_department_is_drawn_and_the_ring_of_paris_once_more() -> None:
    drawn = set(re.findall(r'id="(\w+)"', FILE.read_text(encoding="utf-8")))
    assert drawn == {f"d{code}" for code in DEPARTMENTS} | {f"z{code}" for code in RING} | {"regions"}
    assert [shape.code for shape in FRANCE.shapes] == list(DEPARTMENTS)
    assert {shape.identity for shape in (*FRANCE.shapes, *FRANCE.small)} == drawn - {"regions"}


def test_numbers_and_frames_are_inside_the_drawing_and_overseas_numbers_in_their_frames() -> None:
    assert all(0 < shape.x < FRANCE.width and 0 < shape.y < FRANCE.height for shape in FRANCE.shapes)
    places = {shape.code: shape for shape in FRANCE.shapes}
    assert [frame.code for frame in FRANCE.frames] == [None, "971", "972", "973", "974", "976"]
    for frame in FRANCE.frames:
        assert frame.x + frame.width <= FRANCE.width
        assert frame.y + frame.height <= FRANCE.height
        for code in (frame.code,) if frame.code else RING:
            assert frame.x < places[code].x < frame.x + frame.width
            assert frame.y < places[code].y < frame.y + frame.height


def test_north_is_up_and_west_is_left() -> None:
    at = {shape.code: shape for shape in FRANCE.shapes}
    assert at["59"].y < at["45"].y < at["66"].y < at["2A"].y
    assert at["29"].x < at["45"].x < at["67"].x < at["2B"].x


def test_the_file_is_light() -> None:
    assert FILE.stat().st_size < 60_000
