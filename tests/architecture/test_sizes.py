"""Small files and functions: where something wants to be larger, a feature is missing."""

import tomllib

from tests.architecture.source import ROOT, files, functions, lines, name, tracked

PYTHON, FUNCTION, TEMPLATE, TEST = 400, 40, 120, 400


def test_python_files_are_small() -> None:
    long = {name(path): lines(path) for path in files("portal", ".py") if lines(path) > PYTHON}
    assert not long, f"Split these files, or find the feature that hides in them ({PYTHON} lines): {long}"


def test_functions_are_short() -> None:
    long = {
        f"{name(path)}:{one.lineno} {one.name}": length
        for path in (*files("portal", ".py"), *files("tests", ".py"), *files("bench", ".py"))
        for one in functions(path)
        if (length := (one.end_lineno or one.lineno) - one.lineno + 1) > FUNCTION
        and "tests/" not in name(path)
    }
    assert not long, f"Take a step of these functions out and name it ({FUNCTION} lines): {long}"


def test_templates_are_short() -> None:
    found = [*files("templates", ".html"), *files("templates", ".txt")]
    long = {name(path): lines(path) for path in found if lines(path) > TEMPLATE}
    assert not long, f"Move a part of these templates to a file of its own ({TEMPLATE} lines): {long}"


def test_test_files_are_small() -> None:
    long = {name(path): lines(path) for path in files("tests", ".py") if lines(path) > TEST}
    assert not long, f"Split these tests by what they are about ({TEST} lines): {long}"


def test_ruff_keeps_functions_simple() -> None:
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "C90" in ruff["select"], "Let ruff measure how complex functions are (C90)."
    assert ruff["mccabe"]["max-complexity"] <= 8, "Simplify the function, not the rule."


def test_no_rule_is_silenced_where_it_is_broken() -> None:
    silenced = ("C901", "PLR09")
    excused = [
        name(path)
        for path in tracked()
        if path.suffix == ".py" and any(f"noqa: {rule}" in path.read_text() for rule in silenced)
    ]
    assert not excused, f"Make these functions simpler instead of silencing the rule: {excused}"
