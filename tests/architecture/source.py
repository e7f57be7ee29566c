"""The source of the portal, read once."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository that still exist, new ones included."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for name in sorted(set(found.split("\0"))) if name and (path := ROOT / name).is_file())


def files(folder: str, suffix: str) -> list[Path]:
    """The tracked files of a folder and those below."""
    return [path for path in tracked() if path.suffix == suffix and (ROOT / folder) in path.parents]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def every_node(path: Path) -> tuple[ast.AST, ...]:
    """All that a file says, from outside in."""
    return tuple(ast.walk(tree(path)))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file."""
    return (node for node in every_node(path) if isinstance(node, Function))


def strings(path: Path) -> set[str]:
    """Every literal text of a Python file."""
    return {
        node.value
        for node in every_node(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
