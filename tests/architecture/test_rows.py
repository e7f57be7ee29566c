"""A dot between facts stays with what is before it: on a narrow screen it would begin a line."""

from pathlib import Path

import pytest
from flask import Flask, render_template_string

from portal.text import DOT, in_a_row

ROOT = Path(__file__).parents[2]
WRITTEN = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("portal/**/*.py")]


@pytest.mark.parametrize("folder", ["templates", "portal"])
def test_no_dot_stands_between_plain_spaces(folder: str) -> None:
    sources = [each for each in WRITTEN if each.is_relative_to(ROOT / folder)]
    lines = [
        f"{source.relative_to(ROOT)}: {line.strip()}"
        for source in sources
        for line in source.read_text(encoding="utf-8").splitlines()
        if " · " in line and not line.lstrip().startswith("button(")
    ]
    assert lines == [], "write {{ facts|in_a_row }} or &nbsp;· , in Python portal.text.in_a_row"


def test_both_leave_out_what_says_nothing_and_keep_the_dot_with_what_is_before(app: Flask) -> None:
    assert in_a_row(("Pôle", "", None, "2026")) == f"Pôle{DOT}2026" == "Pôle\N{NO-BREAK SPACE}· 2026"
    with app.test_request_context():
        drawn = render_template_string("{{ ['Pôle <3', '', none, '2026']|in_a_row }}")
    assert drawn == "Pôle &lt;3\N{NO-BREAK SPACE}· 2026"
