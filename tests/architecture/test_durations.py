"""A day of work is seven hours wherever a length is shown, and one module says lengths in words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock
from tests.architecture import source

WHERE_MINUTES_ARE_TURNED = {"portal/clock.py", "portal/web/durations.py"}
OTHER_MINUTES = {
    "portal/demo/timeline.py": "hours of a clock",
    "portal/people/routes.py": "how long one looks as somebody else",
    "portal/people/rules.py": "how long one looks as somebody else",
    "portal/interventions/steps.py": "the longest that can be typed, whatever a day is",
}
_TURNING = {60, 420, 1440}
_BOTH = re.compile(r"(?:(\d+) h(?: (\d\d))?|(\d+) min) \((\d+(?:[.,]\d)?) (?:jour|day)s?\)")


def turnings(path: Path) -> Iterator[int]:
    """The lines that count minutes by the hour or by the day."""
    for node in ast.walk(source.tree(path)):
        match node:
            case ast.BinOp(op=ast.Div() | ast.FloorDiv() | ast.Mod(), right=ast.Constant(value=by)) if (
                by in _TURNING
            ):
                yield node.lineno
            case ast.BinOp(left=ast.Constant(value=7 | 24), op=ast.Mult(), right=ast.Constant(value=60)):
                yield node.lineno
            case ast.Call(func=ast.Name(id="divmod"), args=[_, ast.Constant(value=by)]) if by in _TURNING:
                yield node.lineno


def test_one_place_turns_minutes_into_hours_and_days() -> None:
    found = {source.name(path) for path in source.files("portal", ".py") if any(turnings(path))}
    assert found == WHERE_MINUTES_ARE_TURNED | OTHER_MINUTES.keys()


def test_templates_show_lengths_in_the_words_of_that_place() -> None:
    """Whatever is in minutes goes through a filter of `durations`."""
    wrong = [
        f"{source.name(path)}: {shown}"
        for path in [*source.files("templates", ".html"), *source.files("templates", ".txt")]
        for shown in re.findall(r"\{\{.*?\}\}", path.read_text(encoding="utf-8"))
        if re.search(r"[/*%] ?(7|24|60|420)\b", shown)
        or (
            re.search(r"\bminutes\b(?!=)", re.sub(r'"[^"]*"', "", shown))
            and not re.search(r"length_of_time|in_days", shown)
            and "minutes=minutes" not in shown
        )
    ]
    assert not wrong


def shown_in(text: str) -> Iterator[tuple[int, float]]:
    """Lengths that are told both ways: minutes, days."""
    for hours, quarter, minutes, days in _BOTH.findall(re.sub(r"[  ]", " ", text)):
        yield int(hours or 0) * 60 + int(quarter or minutes or 0), float(days.replace(",", "."))


def test_both_ways_are_read() -> None:
    assert [*shown_in("3 h 30 (0,5 jour), 14 h (2 days), 15 min (0 day)")] == [
        (210, 0.5),
        (840, 2.0),
        (15, 0.0),
    ]


@pytest.mark.parametrize("folder", ["tests/emails/snapshots"])
def test_every_email_counts_days_of_seven_hours(folder: str) -> None:
    for path in source.files(folder, ".txt"):
        for minutes, days in shown_in(path.read_text(encoding="utf-8")):
            assert days == round(minutes / clock.MINUTES_PER_DAY, 1), source.name(path)
