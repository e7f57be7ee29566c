"""What `make quick` runs: the tests of what changed, and those that hold for every change."""

import pytest

from tests.touched import ALWAYS, SAID, touched


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("README.md", ()),
        ("portal/teams/service.py", ("tests/unit/teams", "tests/integration/teams", *SAID)),
        ("templates/news/list.html", ("tests/unit/news", "tests/integration/news", *SAID)),
        (
            "templates/news/emails/digest.html",
            ("tests/unit/news", "tests/integration/news", "tests/emails", *SAID),
        ),
        ("portal/clock.py", ("tests/unit",)),
        ("tests/builders.py", ("tests/unit",)),
        ("tests/unit/test_clock.py", ("tests/unit/test_clock.py",)),
        ("migrations/versions/0001_start.py", ("tests/architecture/test_migrations.py",)),
    ],
)
def test_what_changed_is_tested(changed: str, tests: tuple[str, ...]) -> None:
    assert touched([changed]) == sorted({*ALWAYS, *tests})
