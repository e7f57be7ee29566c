"""The measures start and end: whatever a program newly needs to start, they must give it."""

import pytest

from bench.bars import BARS
from tests.integration.operations.conftest import Start


@pytest.mark.long
def test_the_bench_measures_every_page(start: Start) -> None:
    process = start("-m", "bench", "--smoke", "--database", "sqlite")
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    missing = [name for name in BARS if name not in output]
    assert not missing, output
    assert "growth" in output
