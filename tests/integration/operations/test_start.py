"""A service that cannot work does not start, and says why in one line."""

import socket
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from flask import Flask

from tests.integration.operations.conftest import FLASK, GUNICORN, Start
from tests.production import production
from tests.waiting import LONGEST


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def said(start: Start, *command: str, **settings: str) -> tuple[int, list[str]]:
    """The exit code and the lines of a program that ends by itself."""
    process = start(*command, **settings)
    output, _ = process.communicate(timeout=LONGEST)
    return process.returncode, [line for line in output.splitlines() if line.strip()]


@pytest.mark.parametrize("command", [GUNICORN, (*FLASK, "worker")], ids=["web", "worker"])
def test_a_missing_setting_is_named_in_one_line(
    start: Start, tmp_path: Path, command: tuple[str, ...]
) -> None:
    settings = production(tmp_path)
    del settings["PORTAL_URL"]
    code, lines = said(start, *command, **settings)
    assert code != 0
    assert len(lines) == 1, lines
    assert "Missing setting PORTAL_URL" in lines[0]


@pytest.mark.parametrize("command", [GUNICORN, (*FLASK, "worker")], ids=["web", "worker"])
def test_a_database_that_is_behind_stops_the_start(
    start: Start, tmp_path: Path, command: tuple[str, ...]
) -> None:
    code, lines = said(start, *command, **production(tmp_path, BIND=f"127.0.0.1:{free_port()}"))
    assert code != 0
    assert "run make migrate" in lines[-1]
    assert not [line for line in lines if "Traceback" in line]


def test_a_database_that_does_not_answer_stops_the_start(start: Start, tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing"
    code, lines = said(start, *FLASK, "worker", **production(tmp_path, DATABASE_URL=url))
    assert code != 0
    assert len(lines) == 1, lines
    assert "The database does not answer" in lines[0]


def opened(url: str) -> int:
    """The status of a page, as soon as somebody answers."""
    deadline = time.monotonic() + LONGEST
    while True:
        try:
            with urlopen(url, timeout=LONGEST) as answer:
                return answer.status
        except HTTPError as error:
            return error.code
        except URLError:
            assert time.monotonic() < deadline, "it did not answer"
            time.sleep(0.1)


def test_with_its_settings_it_serves_and_keeps_secret_links_out_of_its_log(
    start: Start, app: Flask, database_url: str, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{free_port()}"
    process = start(
        *GUNICORN, **production(tmp_path, DATABASE_URL=database_url, BIND=address, WEB_PROCESSES="2")
    )
    assert opened(f"http://{address}/health") == 200
    pages = ("mot-de-passe-oublie", "invitation", "candidater/suivi", "nouvelle-adresse", "ancienne-adresse")
    for page in pages:
        opened(f"http://{address}/{page}/a-very-secret-token?next=/")
    opened(f"http://{address}/candidater/suivi/a-very-secret-token/documents")
    process.terminate()
    log, _ = process.communicate(timeout=LONGEST)
    assert "127.0.0.1 GET /health 200" in log
    for page in (*pages, "candidater/suivi/…/documents"):
        assert f" GET /{page}" in log
    assert "a-very-secret-token" not in log
