"""What the repository may hold."""

import re
from pathlib import Path

from tests.architecture.source import name, tracked

SHOUTED = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"))
LATER = re.compile(rf"\b({SHOUTED})\b")
# A folder of somebody's machine; /tmp is everybody's.
MACHINE = re.compile(r"(?<![\w.:/}-])/(work|root|home|Users|mnt|opt/venv)/[A-Za-z]")
REGISTRY = re.compile(
    r"registry\.[\w-]+\.[a-z]|artifactory|\bnexus\b|/simple/|index-url|\bpypi\.|pythonhosted", re.I
)
BINARY = {".woff2", ".xz", ".png", ".ico", ".mo", ".jpg"}
GENERATED = {".po", ".svg"}  # their programs end them as they like
THIS_FILE = "tests/architecture/test_repository.py"


def readable() -> list[tuple[Path, str]]:
    return [
        (path, path.read_text(encoding="utf-8"))
        for path in tracked()
        if path.suffix not in BINARY and name(path) != THIS_FILE
    ]


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path, text in readable()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_is_left_for_later() -> None:
    assert not (left := found(LATER)), f"Do it now, or write an issue and delete the note: {left}"


def test_no_path_of_a_machine() -> None:
    assert not (paths := found(MACHINE)), f"Find the folder from the file's own place or a setting: {paths}"


def test_no_registry_is_named() -> None:
    assert not (named := found(REGISTRY)), f"Where packages come from is each machine's own setting: {named}"


def test_texts_end_with_one_line_end() -> None:
    wrong = [
        name(path)
        for path, text in readable()
        if path.suffix not in GENERATED and text and not re.search(r"[^\n]\n\Z", text)
    ]
    assert not wrong, f"End these files with exactly one line end: {wrong}"


def test_nothing_heavy_is_tracked() -> None:
    written = (
        path for path in tracked() if path.suffix != ".po"
    )  # by hand, and grows with what the portal says
    heavy = {name(path): size for path in written if (size := path.stat().st_size) > 400_000}
    assert not heavy, f"The repository holds sources; build or download the rest: {heavy}"


def test_what_may_differ_between_databases_asks_both() -> None:
    """Races, locks and what knows its database are never marked `one_database` with their whole file."""
    asks_once, may_differ = (
        re.compile(r"^pytestmark = .*one_database", re.M),
        re.compile(r"tests\.races|dialect"),
    )
    wrong = [
        name(path)
        for path, text in readable()
        if path.suffix == ".py" and asks_once.search(text) and may_differ.search(text)
    ]
    assert not wrong, f"Ask both databases: {wrong}"
