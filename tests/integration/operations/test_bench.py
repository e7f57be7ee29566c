"""The measures start and end: whatever a program newly needs to start, they must give it."""

from tests.integration.operations.conftest import Start

FEW = ("--database", "sqlite", "--requests", "50", "--seconds", "0.05", "--rounds", "1")


def test_the_bench_measures_every_page(start: Start) -> None:
    process = start("-m", "bench", *FEW)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    for line in (
        "inbox, national cell",
        "submit",
        "usage, remembered",
        "of the ceiling",
        "kB on a first visit",
    ):
        assert line in output
