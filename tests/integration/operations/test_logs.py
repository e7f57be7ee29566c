"""Everything that the programs of a portal write while people use it: no secret link, and nothing about anybody."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bench.pages import Visitor
from portal import logs
from portal.db import Model, db
from tests.builders import Builder
from tests.integration.operations.conftest import FLASK, GUNICORN, Start
from tests.integration.operations.test_start import free_port, opened
from tests.production import production
from tests.smtp import MailServer, mail_server
from tests.waiting import LONGEST

NEED = "Notre trésorière Hortense Vauquelin est partie en Patagonie."
STRANGER, PROJECT = "eulalie.quincampoix@exemple.test", "Filature Quincampoix"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 ")
ACCESS = re.compile(LINE.pattern + r"(\S+) (GET|POST) (\S+) (\d{3}) \d+ \d+ms ([0-9a-f]{16,})")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture
def fail(make: Builder) -> Iterator[Callable[[], None]]:
    """Make the database refuse new requests, in its own words, until the end of the test."""
    sqlite = db.engine.dialect.name == "sqlite"

    def run(*statements: str) -> None:
        with db.engine.connect() as connection:
            for one in statements:
                connection.execute(text(one))

    def break_it() -> None:
        if sqlite:
            run("CREATE TRIGGER broken BEFORE INSERT ON support_request BEGIN SELECT RAISE(ABORT, 'no'); END")
            return
        body = "BEGIN RAISE unique_violation USING MESSAGE = NEW.need, DETAIL = NEW.need; END"
        run(
            f"CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
            "CREATE TRIGGER broken BEFORE INSERT ON support_request FOR EACH ROW EXECUTE FUNCTION broken()",
        )

    yield break_it
    if sqlite:
        run("DROP TRIGGER IF EXISTS broken")
    else:
        run("DROP TRIGGER IF EXISTS broken ON support_request", "DROP FUNCTION IF EXISTS broken")
    run(*(f'DELETE FROM "{table.name}"' for table in reversed(Model.metadata.sorted_tables)))


def link(server: MailServer, count: int) -> str:
    """The path of the link in the newest e-mail."""
    message = server.wait_for(count)[-1]
    body = message.get_body(("plain",))
    assert body is not None
    (path,) = set(re.findall(r"http://127\.0\.0\.1:\d+(/\S*[\w-]{20,}\S*)", body.get_content()))
    return path


def journey(port: int, email: str, server: MailServer, fail: Callable[[], None]) -> list[str]:
    """What somebody does in a portal; what may be in no log, links included."""
    anybody = Visitor(port)
    form = {**anybody.fields("/candidater/nouvelle"), "email": STRANGER, "name": PROJECT}
    assert anybody.ask("/candidater/nouvelle", form)[0] == 302
    project = link(server, 1)
    assert anybody.ask(project)[0] == 200
    anybody.ask(
        f"{project}/partie/contact", {**anybody.fields(f"{project}/partie/contact"), "given_name": "Eulalie"}
    )
    assert anybody.ask(f"{project}/partie-perdue")[0] == 404
    form = {**anybody.fields("/mot-de-passe-oublie"), "email": email}
    assert anybody.ask("/mot-de-passe-oublie", form)[0] in {200, 302}
    reset = link(server, 2)
    assert anybody.ask(reset)[0] == 200
    member = Visitor(port)
    member.sign_in(email)
    member.ask(f"/ptce?q={quote(PROJECT)}")
    member.ask(f"/{quote(STRANGER)}/invitation/{quote(NEED)}")
    fail()
    new = "/demandes/nouvelle?etape=besoin"
    status, page = member.ask(new, {**member.fields(new), "need": NEED})
    assert status == 500
    assert b"<code>" in page
    links = (one for path in (project, reset) for one in re.findall(r"[\w.-]{20,}", path))
    return [*links, email, STRANGER, quote(STRANGER), "Quincampoix", "Hortense", "Patagonie", "Eulalie"]


def test_nothing_that_is_typed_or_sent_is_in_any_log(
    start: Start,
    app: Flask,
    database_url: str,
    make: Builder,
    server: MailServer,
    fail: Callable[[], None],
    tmp_path: Path,
) -> None:
    person, port = make.coordinator().person, free_port()
    person_words = [person.email, person.family_name]
    settings = production(
        tmp_path,
        DATABASE_URL=database_url,
        SECRET_KEY=app.config["SECRET_KEY"],
        PASSWORD_SALT=app.config["SECURITY_PASSWORD_SALT"],
        CODES_KEY=app.config["TOTP_SECRETS"]["1"],
        PORTAL_URL=f"http://127.0.0.1:{port}",
        BIND=f"127.0.0.1:{port}",
        SMTP_PORT=str(server.port),
        SMTP_STARTTLS="no",
        TRUSTED_PROXIES="0",
        WEB_PROCESSES="1",
    )
    web, worker = start(*GUNICORN, **settings), start(*FLASK, "worker", **settings)
    assert opened(f"http://127.0.0.1:{port}/health") == 200
    hidden = journey(port, person.email, server, fail)
    time.sleep(1.5)
    written = []
    for program in (web, worker):
        program.terminate()
        written.append(program.communicate(timeout=LONGEST)[0])
    found = [
        one
        for one in (*hidden, *person_words, *settings.values())
        if len(one) > 4 and one in "".join(written)
    ]
    assert [one for one in found if one not in {settings["BIND"], settings["PORTAL_URL"], "127.0.0.1"}] == []
    _looks_right(*written)


def _looks_right(web: str, worker: str) -> None:
    """Each line says when; requests say who, what and how; the worker says what it does; the failure says where."""
    requests = [found.groups() for line in web.splitlines() if (found := ACCESS.fullmatch(line))]
    patterns = {(how, path) for _who, how, path, _status, _name in requests}
    assert {
        ("GET", "/candidater/suivi/…"),
        ("POST", "/demandes/nouvelle"),
        ("GET", "/ptce"),
        ("GET", "-"),
    } <= patterns
    (name,) = {name for _who, _how, _path, status, name in requests if status == "500"}
    failed = next(line for line in web.splitlines() if "failed at POST /demandes/nouvelle" in line)
    assert name in failed
    assert "INSERT INTO support_request" in web
    assert "portal/requests/writing/routes.py" in web
    for line in ("INFO worker started", "INFO 1 e-mails sent, 0 not taken", "INFO worker stopped"):
        assert line in worker
    assert all(LINE.match(line) for line in worker.splitlines())


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Zoé Petit"),
        KeyError("zoe.petit@exemple.test"),
        OSError(28, "No space left on device", "/srv/zoe.petit"),
        RuntimeError("the link /invitation/Zoé"),
        IntegrityError("INSERT INTO person", {"name": "Zoé"}, psycopg.errors.UniqueViolation("Zoé")),
        OperationalError("SELECT 1", {}, psycopg.OperationalError("no answer")),
        DBAPIError("SELECT 1", ["Zoé"], Exception("Zoé")),
        TypeError("no zoe.petit@exemple.test and no link 0123456789abcdefABCDEF0123456789"),
    ],
)
def test_an_error_is_written_without_what_was_typed(error: Exception) -> None:
    try:
        try:
            raise LookupError("Zoé first")
        except LookupError as first:
            raise error from first
    except Exception:
        said = logs.Line().formatException(sys.exc_info())
    assert type(error).__name__ in said
    assert "test_logs.py" in said
    for word in ("Zoé Petit", "zoe.petit", "'Zoé", "Zoé first", "0123456789abcdef"):
        assert word not in re.sub(r"(?m)^    .*$", "", said)
