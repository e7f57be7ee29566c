"""Cells that no spreadsheet takes for a formula."""

import pytest

from portal.spreadsheets import guarded, unguarded


@pytest.mark.parametrize("text", ["=1+1", "+33 1 23", "-", "@here", "\tx", "\rx", "'=1", "''=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert guarded(text).startswith("'")
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["a=1", "l’été", "'quoted'", "", "12"])
def test_other_cells_are_left_alone(text: str) -> None:
    assert guarded(text) == text == unguarded(text)
