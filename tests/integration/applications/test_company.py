"""The public register of companies: asked by the cell alone, patient for three seconds, never in the way."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from portal.applications import queries
from portal.applications.company import service as company
from portal.applications.rules import Company
from tests.builders import Builder

pytestmark = pytest.mark.one_database

SIRET = "44229377500031"
HERE = {"siret": SIRET, "etat_administratif": "A", "region": "28"}


def body(**place: Any) -> dict[str, Any]:
    return {"nom_complet": "COOPERATIVE DU LIN", "etat_administratif": "A", "siege": {**HERE, **place}}


class Register(ThreadingHTTPServer):
    """A stand-in that answers what a test sets, and notes what it was asked."""

    answer: bytes = b""
    status = 200
    asked: list[str]


class Handler(BaseHTTPRequestHandler):
    server: Register

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def register(app: Flask, database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    server = Register(("127.0.0.1", 0), Handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setitem(app.config, "COMPANY_REGISTER_URL", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    server.server_close()


def says(register: Register, *results: Any) -> None:
    register.answer = json.dumps({"results": results}).encode()


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([body()], Company(True, "COOPERATIVE DU LIN", True, "28")),
        ([body(etat_administratif="F")], Company(True, "COOPERATIVE DU LIN", False, "28")),
        ([{**body(), "etat_administratif": "C"}], Company(True, "COOPERATIVE DU LIN", False, "28")),
        ([body(region="99")], Company(True, "COOPERATIVE DU LIN", True, None)),
        (
            [body(siret="1"), {**body(siret="2"), "matching_etablissements": [HERE]}],
            Company(True, "COOPERATIVE DU LIN", True, "28"),
        ),
        ([body(siret="00000000000000")], Company(False)),
        ([], Company(False)),
    ],
)
def test_what_the_register_says(register: Register, results: list[Any], found: Company) -> None:
    says(register, *results)
    assert company.look_up(SIRET) == found
    assert register.asked == [f"/search?q={SIRET}&per_page=1"]


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"results": 3}', b'{"results": ["x"]}', b"\xff"])
def test_what_cannot_be_understood_is_no_answer(register: Register, answer: bytes) -> None:
    register.answer = answer
    with pytest.raises(company.NoAnswer):
        company.look_up(SIRET)


def test_a_failure_is_no_answer(register: Register) -> None:
    register.status = 503
    with pytest.raises(company.NoAnswer):
        company.look_up(SIRET)


def test_a_slow_register_is_not_waited_for(
    app: Flask, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "PATIENCE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setitem(app.config, "COMPANY_REGISTER_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(company.NoAnswer):
            company.look_up(SIRET)
        assert time.monotonic() - began < 3


def test_a_cell_asks_and_reads_what_stands_out(make: Builder, browse, register: Register) -> None:
    says(register, body(etat_administratif="F", region="11"))
    cell, application = browse(make.regional_admin("28")), make.raw_application(lead_siret=SIRET)
    page = f"/candidatures/{application.reference}"
    assert "Interroger le répertoire" in cell.get(page).text
    assert register.asked == [], "a page asks nothing by itself"
    assert cell.post(f"{page}/verifier").status_code == 302
    shown = cell.get(page).text
    assert "Établissement fermé" in shown
    assert "Île-de-France" in shown
    assert len(register.asked) == 1
    assert queries.company(SIRET) is not None


def test_no_answer_stops_nobody(make: Builder, browse, register: Register) -> None:
    register.status = 500
    cell, application = browse(make.regional_admin("28")), make.raw_application(lead_siret=SIRET)
    page = f"/candidatures/{application.reference}"
    assert cell.post(f"{page}/verifier").status_code == 302
    assert "n’a pas répondu" in cell.get(page).text


def test_it_is_off_unless_the_operator_says_so(make: Builder, browse) -> None:
    cell, application = browse(make.regional_admin("28")), make.raw_application(lead_siret=SIRET)
    page = f"/candidatures/{application.reference}"
    assert "Interroger le répertoire" not in cell.get(page).text
    assert cell.post(f"{page}/verifier").status_code == 302
    assert "n’interroge pas" in cell.get(page).text
