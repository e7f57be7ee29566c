"""The bench fails when one line is over its bar, and only then."""

import pytest

from bench import bars


@pytest.mark.parametrize(
    ("name", "holds", "fails"),
    [
        ("submit", 12.0, 12.1),
        ("share of the bare page, request, partner", 40.0, 39.9),
        ("memory gained in 5,000 requests", 15.0, 15.1),
    ],
)
def test_one_line_over_its_bar_fails_the_bench(
    name: str, holds: float, fails: float, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = (bars.line(name, found, requests=20_000) for found in (holds, fails))
    assert bars.conclude([good]) == 0
    assert bars.conclude([good, bad, good]) == 1
    assert name in capsys.readouterr().out


def test_bars_of_a_million_requests_are_their_own() -> None:
    assert not bars.line("inbox, partner", 14.0, requests=1_000_000).over
    assert bars.line("inbox, partner", 14.0, requests=20_000).over


def test_a_page_that_grows_with_the_requests_fails_the_bench() -> None:
    assert bars.conclude([bars.growth("inbox, partner", 5.0, 7.6)]) == 1
    assert bars.conclude([bars.growth("usage, first count", 20.0, 500.0)]) == 0
