"""What docs/operations.md tells an operator to write and to type: read as their programs read it."""

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import cli as migrations

from config import Production
from portal.home import queries
from portal.settings import SETTINGS
from tests.architecture.source import ROOT
from tests.production import REQUIRED

DOCUMENT = (ROOT / "docs/operations.md").read_text()
EXAMPLE = ROOT / "docs/portal.env.example"
TELLING = (
    "$request ",
    "$request_uri",
    "$uri",
    "$args",
    "$query_string",
    "$http_referer",
    "$http_cookie",
    "$document",
)


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", DOCUMENT, re.DOTALL)


def unit() -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names as they are written
    parser.read_string(blocks("ini")[0])
    return parser


def as_systemd(content: str) -> dict[str, str]:
    """systemd.exec(5), EnvironmentFile=, as far as the example goes: a line each, quotes around a value go."""
    lines = [line.split("=", 1) for line in content.splitlines() if line and not line.startswith("#")]
    return {name: re.sub(r"^'(.*)'$", r"\1", value) for name, value in lines}


@pytest.fixture
def filled() -> str:
    """The example with every line in use, and what has no value given one."""
    every = re.sub(r"(?m)^#(?=[A-Z0-9_]+=)", "", EXAMPLE.read_text())
    for name in ("SECRET_KEY", "PASSWORD_SALT", "CODES_KEY"):
        every = every.replace(f"{name}=\n", f"{name}='{REQUIRED[name]}'\n")
    for name in ("FILES_S3_KEY_ID", "FILES_S3_SECRET"):
        every = every.replace(f"{name}=\n", f"{name}=key/of+a=store\n")
    return every.replace("SMTP_USER=\n", "SMTP_USER=portal\n").replace(
        "SMTP_PASSWORD=\n", "SMTP_PASSWORD='h u;s$h'\n"
    )


def test_a_shell_and_systemd_read_the_same_settings_and_the_portal_starts_with_them(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "portal.env"
    path.write_text(filled)
    read = subprocess.run(
        ["/bin/sh", "-c", f"set -a; . {path}; env -0"], capture_output=True, env={}, check=True, text=True
    )
    assert not read.stderr
    by_shell = dict(one.split("=", 1) for one in read.stdout.split("\0") if "=" in one)
    settings = as_systemd(filled)
    assert {name: by_shell[name] for name in settings} == settings
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FILES_FOLDER", str(tmp_path))
    found = Production()
    assert found.MAIL_PASSWORD == "h u;s$h"
    assert found.PUBLICATION_DIRECTOR == "Anne Martin"


def test_every_command_of_the_document_can_be_read_and_exists(app: Flask) -> None:
    known = {*app.cli.commands, *(f"db {name}" for name in migrations.db.commands)}
    for block in blocks("sh"):
        subprocess.run(["/bin/sh", "-n"], input=block, text=True, check=True)
        for words in re.findall(r"(?m)^portal (db \S+|\S+)", block):
            assert words in known, words
    table = re.findall(
        r"(?m)^\| `([a-z-]+)[ `]", DOCUMENT.partition("### Commands")[2].partition("## Settings")[0]
    )
    assert app.cli.commands.keys() - {*table, "load-demo"} == {"db"}, "nothing that goes round our rules"


def test_the_units_start_what_is_installed_where_it_may_write() -> None:
    service = unit()["Service"]
    assert "ExecReload" not in service, "HUP loads neither code nor settings, and ends a worker"
    assert (service["Restart"], service["UMask"], service["User"]) == ("always", "0077", "portal")
    assert as_systemd(EXAMPLE.read_text())["FILES_FOLDER"].startswith(f"{service['ReadWritePaths']}/")
    changed = re.findall(r"(?m)^(?:ExecStart|TimeoutStopSec)=.*", blocks("ini")[1])
    starts = [service["ExecStart"], changed[0].partition("=")[2]]
    for command in starts:
        program = Path(command.split()[0])
        assert program.is_relative_to("/srv/portal/current/.venv/bin")
        assert (ROOT / ".venv/bin" / program.name).exists()
    assert starts[0].endswith("-c python:portal.server wsgi:app")
    assert f"ExecStart={starts[1]}|" in "".join(blocks("sh"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="tests cannot install systemd")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """Both, the second made of the first by the command of the document; their programs are installed elsewhere."""
    web = tmp_path / "portal-web.service"
    web.write_text(blocks("ini")[0])
    (command,) = (one for one in blocks("sh") if "portal-worker.service" in one and "sed" in one)
    made = command.partition("systemctl")[0].replace("/etc/systemd/system", str(tmp_path))
    subprocess.run(["sh", "-ec", made], check=True)
    for unit in (web, tmp_path / "portal-worker.service"):
        unit.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={shutil.which('true')}", unit.read_text()))
        read = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(unit)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (read.returncode, unit.name in read.stderr) == (0, False), read.stderr
    assert "flask" not in web.read_text()
    assert "--app wsgi worker" in unit.read_text()


def test_the_proxy_hands_on_what_the_portal_believes_and_writes_no_address() -> None:
    (block,) = blocks("nginx")
    for header in ("Host $http_host", "X-Forwarded-Host $http_host", "X-Forwarded-Proto $scheme"):
        assert f"proxy_set_header {header};" in block
    for header in ("X-Forwarded-For $proxy_add_x_forwarded_for", "X-Request-ID $request_id"):
        assert f"proxy_set_header {header};" in block
    written = "".join(re.findall(r"log_format .*?;", block, re.DOTALL))
    assert written
    assert not [one for one in TELLING if one in written]
    assert block.count("access_log") == block.count("listen") / 2 == block.count("error_log /dev/null crit;")


@pytest.mark.skipif(not shutil.which("nginx"), reason="a server that the tests cannot install")
def test_nginx_understands_it(tmp_path: Path) -> None:
    (block,) = blocks("nginx")
    block = re.sub(r" ssl http2;| ssl_certificate.*", lambda found: ";" if "http2" in found[0] else "", block)
    block = block.replace("/var/log/nginx", str(tmp_path)).replace("[::]:", "127.0.0.2:")
    for port, other in (("listen 80", "listen 18080"), ("listen 443", "listen 18443"), (":80;", ":18080;")):
        block = block.replace(port, other)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    block = folders + block.replace(":443;", ":18443;")
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {block} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    command = ["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_word_of_health_is_explained() -> None:
    explained = set(re.findall(r"(?m)^\| (failure|warning) `(\w+)` \|", DOCUMENT))
    failures, warnings = queries.FAILURES, queries.WARNINGS
    assert explained == {("failure", one) for one in failures} | {("warning", one) for one in warnings}
