"""What an operator tries before opening: settings, what they lead to, an e-mail; and what commands say of an outage."""

from collections.abc import Iterator
from pathlib import Path

import click
import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.db import db
from portal.settings import SETTINGS
from tests.integration.operations.conftest import FLASK, Start
from tests.integration.operations.test_start import free_port
from tests.production import REQUIRED, production
from tests.smtp import MailServer, mail_server
from tests.waiting import LONGEST


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as found:
        monkeypatch.setitem(app.config, "MAIL_PORT", found.port)
        yield found


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in production(tmp_path, SMTP_USER="portal", SMTP_PASSWORD="hush-hush").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://portal:hush-hush@db/portal")
    monkeypatch.setenv("TWO_FACTOR_FOR_CELLS", "no")


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.usefixtures("settings", "database")
def test_settings_are_shown_as_understood_and_tried(app: Flask, server: MailServer) -> None:
    code, said = run(app, "check-settings")
    assert code == 0, said
    shown = {line.split(" ")[0] for line in said.splitlines()}
    assert shown >= {one.name for one in SETTINGS.values() if not one.shown_only}
    assert "PORTAL_DATA" not in shown
    for secret in ("hush-hush", REQUIRED["SECRET_KEY"], REQUIRED["PASSWORD_SALT"], REQUIRED["CODES_KEY"]):
        assert secret not in said
    for part in (
        "yes  (default)",
        "portal:***@db",
        "is TWO_FACTORS_FOR_CELLS meant?",
        "Mail server",
        "of this version",
    ):
        assert part in said
    assert not server.letters


@pytest.mark.usefixtures("settings", "database")
def test_what_does_not_work_is_said_and_the_rest_tried(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setitem(app.config, "FILES_FOLDER", str(tmp_path / "file"))
    monkeypatch.setitem(app.config, "MAIL_PORT", free_port())
    code, said = run(app, "check-settings")
    assert code == 1
    assert "Database                    answers" in said
    assert "these do not work: Documents, Mail server." in said


@pytest.mark.usefixtures("database")
def test_a_test_e_mail_leaves_at_once_with_the_words_of_the_mail_server(
    app: Flask, server: MailServer
) -> None:
    code, said = run(app, "send-test", "anne@exemple.test")
    assert code == 0, said
    assert [letter.recipients for letter in server.letters] == [("anne@exemple.test",)]
    assert "250 OK" in said
    server.refuse(554)
    code, said = run(app, "send-test", "anne@exemple.test")
    assert code == 1
    assert "did not take it: 554" in said
    assert run(app, "send-test", "anne")[0] == 2


def _words(command: click.Command) -> list[str]:
    """Words that a command needs."""
    values = {"email": "anne@exemple.test"}
    needed = ["--dry-run" for one in command.params if "--dry-run" in one.opts]
    return needed + [
        one.type.choices[0] if isinstance(one.type, click.Choice) else values.get(str(one.name), "1")
        for one in command.params
        if isinstance(one, click.Argument)
    ]


@pytest.mark.usefixtures("database", "settings")
def test_every_command_says_in_one_line_that_the_database_is_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object, **_options: object) -> None:
        raise OperationalError("connect", {}, psycopg.OperationalError("no route to it"))

    for one in (db.engine, db.session()):
        for method in ("connect", "connection", "execute", "scalars"):
            monkeypatch.setattr(one, method, away, raising=False)
    ours = {name for name, one in app.cli.commands.items() if not isinstance(one, click.Group)}
    for name in ours - {"load-demo", "send-test"}:
        code, said = run(app, name, *_words(app.cli.commands[name]))
        assert code != 0
        if name != "check-settings":
            assert said.strip() == "The database does not answer: no route to it. Check DATABASE_URL.", name
        assert "no route to it" in said


def test_migrations_say_it_in_one_line_too(start: Start, tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing"
    process = start(*FLASK, "db", "upgrade", **production(tmp_path, DATABASE_URL=url))
    output, _ = process.communicate(timeout=LONGEST)
    assert process.returncode != 0
    (line,) = output.splitlines()
    assert line.startswith("The database does not answer: ")
