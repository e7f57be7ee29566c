"""A word that is not understood stops the start; every setting is known to the documents, and the other way round."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from config import Production, from_environment
from portal.settings import SETTINGS
from tests.architecture.source import ROOT, every_node, files, name
from tests.integration.operations.conftest import FLASK, GUNICORN, Start
from tests.production import REQUIRED, production
from tests.waiting import LONGEST

NOT_FLAGS = ("o", "yess", "oui!", "enabled", "2", "-1", "yes no", "nein", "None", "'yes'")
NOT_NUMBERS = ("many", "-1", "1.5", "1e3", "٣", "1 0", "0x10", "99999999999999", "+5", "ten")
NOT_SECRETS = ("x", "short", "a" * 31, '"a long text that somebody put in quotes"', "two lines\n" + "x" * 40)
NOT_ADDRESSES = ("anne", "anne@", "@example.org", "a b@example.org", "a@b@example.org", "été@example.org")
NOT_FOLDERS = ("var/files", "/etc/hostname", "/etc/hostname/files", "files")
NOT_URLS = (
    "portail.example.org",
    "http://portail.example.org",
    "ftp://portail.example.org",
    "https://",
    "https://por tail.example.org",
    "https://portail.example.org?x=1",
    "https://portail.example.org/#top",
    "https://anne:secret@portail.example.org",
    "https://portail.example.org:port",
    "https://portail.example.org:99999",
    "https:/portail.example.org",
    "http://localhost.example.org",
)
NOT_DATABASES = (
    "garbage",
    "portal",
    "mysql://portal@db/portal",
    "postgresql+psycopg2://portal@db/portal",
    "postgresql+psycopg://portal@db:port/portal",
    "postgresql+psycopg://portal:p@ss@db/portal",
    "postgresql+psycopg://portal@db",
    "postgresql+psycopg://portal@db/portal?colour=blue",
    "sqlite://",
    "sqlite:///portal.sqlite",
    "sqlite:////nowhere/at/all/portal.sqlite",
    "sqlite:////etc",
)
WRONG = {
    "PORTAL_ENVIRONMENT": ("prod", "development", "test"),
    "SECRET_KEY": NOT_SECRETS,
    "PASSWORD_SALT": NOT_SECRETS,
    "CODES_KEY": NOT_SECRETS,
    "TWO_FACTORS_FOR_CELLS": NOT_FLAGS,
    "DATABASE_URL": NOT_DATABASES,
    "PORTAL_URL": (*NOT_URLS, "https://portail.example.org/portail", "https://portail.example.org/a b"),
    "SMTP_HOST": (
        "https://mail.example.org",
        "mail.example.org:587",
        "mail example",
        "mail/host",
        "1.2.3",
        "-a.org",
    ),
    "MAIL_INBOX": (*NOT_ADDRESSES[:5], "a+b@example.org", f"{'a' * 28}@example.org"),
    "MAIL_LISTEN": ("8024", "127.0.0.1:0", "unix:lmtp.sock"),
    "DKIM_KEY": ("dkim.pem", "/nowhere/at/all/dkim.pem", "/etc", "/etc/hostname"),
    "DKIM_SELECTOR": ("Portal", "a.b", "-a", "two words"),
    "SMTP_OTHER_HOSTS": (
        "mail.example.org:587",
        "a.example.org b.example.org",
        "a.example.org,,b.example.org",
    ),
    "MAIL_FROM": (
        *NOT_ADDRESSES,
        "Portail",
        "Portail <>",
        "Portail <anne>",
        "a@b.org, c@d.org",
        "<a@b.org> x",
    ),
    "SMTP_PORT": (*NOT_NUMBERS, "0", "65536"),
    "SMTP_STARTTLS": NOT_FLAGS,
    "SMTP_TLS": NOT_FLAGS,
    "FILES_FOLDER": NOT_FOLDERS,
    "FILES_S3_BUCKET": ("Documents", "my documents", "ab", "-documents", "s3://documents", "d" * 64),
    "FILES_S3_ENDPOINT": (*NOT_URLS, "https://s3.example.org/documents"),
    "FILES_S3_REGION": ("fr par", "fr,par", "é"),
    "FILES_S3_KEY_ID": ("two words", "kéy"),
    "CLAMD_HOST": (
        "clamd example",
        "http://clamd.example.org",
        "127.0.0.1:port",
        "127.0.0.1:0",
        "127.0.0.1:70000",
        ":3310",
        "unix:clamd.ctl",
        "[::1]:3310",
    ),
    "LARGEST_FILE_MEGABYTES": (*NOT_NUMBERS, "0", "1001"),
    "LARGEST_IMPORT_MEGABYTES": (*NOT_NUMBERS, "0", "1001"),
    "COMPANY_REGISTER_URL": (*NOT_URLS, "foo"),
    "TRUSTED_PROXIES": (*NOT_NUMBERS, "11"),
    "PORT": (*NOT_NUMBERS, "0", "65536"),
    "BIND": (
        "8000",
        "127.0.0.1",
        "127.0.0.1:port",
        "127.0.0.1:0",
        "unix:web.sock",
        "unix:/nowhere/at/web.sock",
        ":",
    ),
    "WEB_PROCESSES": (*NOT_NUMBERS, "0", "257"),
    "WEB_GRACE_SECONDS": (*NOT_NUMBERS, "0"),
    "LOG_LEVEL": ("loud", "3", "info warning"),
    "ACCESS_LOG": ("access.log", "/nowhere/at/all/access.log", "/etc", "yes"),
    "PORTAL_CONTACT_EMAIL": NOT_ADDRESSES[:5],
    "PORTAL_DATA": ("/etc/hostname", "/etc/hostname/demo"),
}
FREE = {
    "SMTP_USER",
    "SMTP_PASSWORD",
    "FILES_S3_SECRET",
    "PORTAL_PUBLISHER",
    "PORTAL_PUBLICATION_DIRECTOR",
    "PORTAL_HOSTING",
}
"""Words of the operator's own: only what cannot be seen and quotes that were kept are refused."""
EVERYWHERE = ("\u202eyes", "two\nlines", "zero\u200bwidth", "'in quotes'", '"in quotes"', "bell\x07")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment in which the portal starts."""
    for one in SETTINGS:
        monkeypatch.delenv(one, raising=False)
    for one, value in production(tmp_path).items():
        monkeypatch.setenv(one, value)
    return tmp_path


def stopped(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    """The one line that the start ends with."""
    for one, value in values.items():
        monkeypatch.setenv(one, value)
    with pytest.raises(SystemExit) as end:
        from_environment()
    (line,) = str(end.value).splitlines()
    return line


def test_every_setting_has_wrong_words_here() -> None:
    assert WRONG.keys() | FREE == SETTINGS.keys()


def test_the_settings_of_tests_and_measures_are_those_that_are_required() -> None:
    assert {one.name for one in SETTINGS.values() if one.default is None} == {*REQUIRED, "DATABASE_URL"}


@pytest.mark.usefixtures("settings")
def test_the_portal_starts_with_what_is_required_alone() -> None:
    assert Production().TWO_FACTORS_FOR_CELLS


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("setting", [*REQUIRED, "DATABASE_URL"])
def test_a_missing_setting_stops_the_start_with_one_line(
    monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.delenv(setting)
    assert f"Missing setting {setting}" in stopped(monkeypatch)


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_wrong_word_stops_the_start_with_one_line(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    for value in (*WRONG.get(setting, ()), *EVERYWHERE):
        line = stopped(monkeypatch, **{setting: value})
        assert re.match(rf"Setting {setting} is .+: it must be .+\. See docs/operations\.md\.$", line), line
        if SETTINGS[setting].secret or ("@" in value and "://" in value):
            said = line.partition(": it must be")[0].removeprefix(f"Setting {setting} ")
            assert value.split("\n")[0] not in said


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("word", ["yes", "YES", " on ", "1", "true", "oui", "Vrai"])
def test_words_for_yes_mean_yes(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("TWO_FACTORS_FOR_CELLS", word)
    monkeypatch.setenv("SMTP_STARTTLS", word)
    found = Production()
    assert found.TWO_FACTORS_FOR_CELLS
    assert found.MAIL_USE_TLS


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("word", ["no", "No", "off\t", "0", "false", "non", "FAUX"])
def test_words_for_no_mean_no(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("TWO_FACTORS_FOR_CELLS", word)
    monkeypatch.setenv("SMTP_STARTTLS", word)
    found = Production()
    assert not found.TWO_FACTORS_FOR_CELLS
    assert not found.MAIL_USE_TLS


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("word", ["", "  "])
def test_an_empty_word_is_none(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("TWO_FACTORS_FOR_CELLS", word)
    monkeypatch.setenv("SMTP_PORT", word)
    assert Production().TWO_FACTORS_FOR_CELLS
    assert Production().MAIL_PORT == 587


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("portail@example.org", ("Portail d’appui PTCE", "portail@example.org")),
        ("Portail <portail@example.org>", ("Portail", "portail@example.org")),
        ('"Portail, d’appui" <portail@example.org>', ("Portail, d’appui", "portail@example.org")),
        (" Le portail des PTCE  <portail@example.org> ", ("Le portail des PTCE", "portail@example.org")),
        ("<portail@example.org>", ("Portail d’appui PTCE", "portail@example.org")),
    ],
)
def test_the_sender_may_have_a_name(
    monkeypatch: pytest.MonkeyPatch, value: str, sender: tuple[str, str]
) -> None:
    monkeypatch.setenv("MAIL_FROM", value)
    found = Production()
    assert sender == (found.MAIL_SENDER_NAME, found.MAIL_SENDER)


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"SMTP_USER": "portal"}, "SMTP_PASSWORD"),
        ({"SMTP_PASSWORD": "secret"}, "SMTP_USER"),
        (
            {
                "SMTP_OTHER_HOSTS": "mail.example.org",
                "SMTP_STARTTLS": "no",
                "SMTP_USER": "portal",
                "SMTP_PASSWORD": "hush-hush",
            },
            "SMTP_STARTTLS",
        ),
        ({"SMTP_TLS": "yes", "SMTP_STARTTLS": "yes"}, "SMTP_STARTTLS"),
        ({"FILES_S3_BUCKET": "documents"}, "FILES_S3_ENDPOINT"),
        ({"FILES_S3_KEY_ID": "key", "FILES_S3_SECRET": "hush-hush"}, "FILES_S3_BUCKET"),
        (
            {
                "SMTP_HOST": "mail.example.org",
                "SMTP_STARTTLS": "no",
                "SMTP_USER": "portal",
                "SMTP_PASSWORD": "hush-hush",
            },
            "SMTP_STARTTLS",
        ),
    ],
)
def test_settings_at_odds_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], named: str
) -> None:
    line = stopped(monkeypatch, **values)
    assert named in line
    assert "hush-hush" not in line


@pytest.mark.usefixtures("settings")
def test_tls_from_the_first_byte_needs_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_TLS", "yes")
    found = Production()
    assert (found.MAIL_USE_SSL, found.MAIL_USE_TLS, found.MAIL_PORT) == (True, False, 465)


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://portal:p%40ss@db.example.org/portal",
        "postgresql://portal@db.example.org:5433/portal?sslmode=verify-full",
        "postgres://portal@[::1]/portal",
        "postgresql+psycopg:///portal?host=/var/run/postgresql",
    ],
)
def test_the_usual_addresses_of_a_database_are_understood(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    found = make_url(Production().SQLALCHEMY_DATABASE_URI)
    assert found == make_url(url).set(drivername="postgresql+psycopg")


@pytest.mark.parametrize(
    "command",
    [GUNICORN, (*FLASK, "worker"), (*FLASK, "db", "upgrade"), (*FLASK, "check-settings")],
    ids=["web", "worker", "migrations", "check-settings"],
)
def test_no_program_starts_with_a_wrong_word(start: Start, tmp_path: Path, command: tuple[str, ...]) -> None:
    process = start(*command, **production(tmp_path, TWO_FACTORS_FOR_CELLS="certainly"))
    output, _ = process.communicate(timeout=LONGEST)
    assert process.returncode != 0
    (line,) = output.splitlines()
    assert line.startswith("Setting TWO_FACTORS_FOR_CELLS is ")


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        name(path)
        for path in (*files("portal", ".py"), ROOT / "config.py", ROOT / "wsgi.py")
        for node in every_node(path)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
        if isinstance(node.value, ast.Name) and node.value.id == "os"
    }
    assert readers == {"portal/settings.py", "portal/demo/run.py", "portal/demo/processes.py"}


def test_the_documents_name_every_setting_and_no_other() -> None:
    table = (ROOT / "docs/operations.md").read_text().partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {one for row in rows for one in re.findall(r"`([A-Z0-9_]+)`", row)} == SETTINGS.keys()
    example = re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / "docs/portal.env.example").read_text(), re.MULTILINE)
    assert len(example) == len(set(example))
    assert set(example) == {one.name for one in SETTINGS.values() if not one.shown_only} - {
        "PORTAL_ENVIRONMENT"
    }


@pytest.mark.usefixtures("settings")
def test_a_bucket_needs_all_its_settings_and_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = {
        "FILES_S3_BUCKET": "portal-documents",
        "FILES_S3_ENDPOINT": "https://s3.example.org",
        "FILES_S3_REGION": "fr-par",
        "FILES_S3_KEY_ID": "key",
        "FILES_S3_SECRET": "hush-hush",
    }
    assert Production().FILES_S3 is None
    for one, value in bucket.items():
        monkeypatch.setenv(one, value)
    assert {
        one.removeprefix("FILES_S3_").lower(): value for one, value in bucket.items()
    } == Production().FILES_S3
    monkeypatch.setattr("portal.settings.find_spec", lambda _name: None)
    assert "requirements-extras.lock" in stopped(monkeypatch)
