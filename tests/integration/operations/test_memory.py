"""Web processes share what was loaded before them."""

from pathlib import Path

import pytest
from flask import Flask

from bench.machine import Watched
from tests.integration.operations.conftest import GUNICORN, Start
from tests.integration.operations.test_start import free_port, opened
from tests.production import production


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux alone says what is shared")
def test_looking_for_garbage_copies_nothing_into_each_web_process(
    start: Start, app: Flask, database_url: str, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{free_port()}"
    process = start(
        *GUNICORN, **production(tmp_path, DATABASE_URL=database_url, BIND=address, WEB_PROCESSES="2")
    )
    assert opened(f"http://{address}/health") == 200
    for page in ("", "connexion", "ptce", "accessibilite", "plan-du-site", "guide-de-style") * 10:
        opened(f"http://{address}/{page}")
    web = Watched(process.pid, None)
    for number, private in web.mebibytes().items():
        assert private < resident(number) / 2, "Most of what a process holds is its own copy."


def resident(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Rss:"))
