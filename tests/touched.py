"""The tests that touch what changed, one path a line: of what is not committed, else of the last commit."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALWAYS = ("tests/architecture/test_house.py", "tests/architecture/test_features.py")
SAID = ("tests/architecture/test_catalogues.py", "tests/architecture/test_templates.py")
KINDS = ("unit", "integration")


def changed() -> list[str]:
    """The files that changed, from the root of the project."""
    return _git("diff", "--name-only", "HEAD") + _git("ls-files", "--others", "--exclude-standard") or _git(
        "diff", "--name-only", "HEAD~1"
    )


def touched(names: list[str]) -> list[str]:
    """The tests of these files: those of their feature, and tests themselves."""
    found = set(ALWAYS)
    for name in names:
        first, *rest = Path(name).parts
        if first in {"portal", "templates"} and len(rest) > 1:
            found |= {f"tests/{kind}/{rest[0]}" for kind in KINDS}
            found |= {*SAID, *(["tests/emails"] if "emails" in name else [])}
        elif first == "tests" and Path(name).name.startswith("test_"):
            found.add(name)
        elif first == "migrations":
            found.add("tests/architecture/test_migrations.py")
        elif first in {"portal", "tests"}:
            found.add("tests/unit")
    return sorted(path for path in found if (ROOT / path).exists())


def _git(*words: str) -> list[str]:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()


if __name__ == "__main__":
    print("\n".join(touched(changed())))
