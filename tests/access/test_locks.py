"""While somebody writes, reading goes on; and nothing slow happens while one writes."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from argon2 import low_level
from flask import Flask, template_rendered
from passlib.totp import AppWallet
from sqlalchemy import func, select, text

from portal.access.roles import Role
from portal.accounts import service as accounts
from portal.accounts.rules import token_hash
from portal.db import db, transaction
from portal.notifications import emails
from portal.notifications.emails import Rendered
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox import service as outbox
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address, answer_of, browser_of
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.safety.steps import password_then, set_up_application
from tests.integration.transfers.files import import_file

GETS = [row for row in ROWS if row.method == "GET" and row.who_gets("200")]
POSTS = [row for row in ROWS if row.method == "POST"]
# Read by GET, though they write in the journal who took data away: a download, not a page.
DOWNLOADS = {"transfers.export"}


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


@contextmanager
def somebody_writes() -> Iterator[None]:
    """SQLite: holds its only lock; PostgreSQL: the rows on which notes are written down."""
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection = connection.execution_options(isolation_level="READ COMMITTED")
            for table in ("person", "sign_in_session"):
                connection.execute(text(f"UPDATE {table} SET id = id"))
        yield
        connection.rollback()


def test_every_page_is_read_at_once_while_somebody_writes(app: Flask, world: World) -> None:
    slow: dict[str, Any] = {}
    for row in GETS:
        if row.endpoint in DOWNLOADS:
            continue
        persona = next((one for one in row.who_gets("200") if one != "visitor"), "visitor")
        browser, path = browser_of(app, world, persona), address(app, row, world)
        with somebody_writes():
            began = time.monotonic()
            with browser.get(path) as response:
                answer = answer_of(response)
            took = time.monotonic() - began
        if answer != "200" or took > 10:
            slow[str(row)] = (answer, round(took, 1))
    assert not slow


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[list[str]]:
    """Fills up with what is slow and happens inside a transaction."""
    done: list[str] = []

    def note(name: str) -> None:
        if db.session().info.get("writable"):
            done.append(name)

    def noted(owner: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, **named: (note(name), real(*args, **named))[1])

    for owner, name in (
        (low_level, "hash_secret"),
        (low_level, "verify_secret"),
        (AppWallet, "decrypt_key"),
        (os, "fsync"),
    ):
        noted(owner, name)

    def rendered(_app: Flask, template: Any, **_context: Any) -> None:
        note(f"page {template.name}")

    with template_rendered.connected_to(rendered, app):
        yield done


@pytest.mark.one_database
@pytest.mark.parametrize("row", POSTS, ids=str)
def test_nothing_slow_happens_while_one_writes(app: Flask, world: World, row: Row, slow: list[str]) -> None:
    """E-mails apart: each is rendered in a millisecond, in the transaction of what it tells."""
    persona = next(iter(row.who_gets("302", "200", "204", "422")))
    path, fields = address(app, row, world), FORMS[row.endpoint](world, persona)
    browser = browser_of(app, world, persona)
    browser.get("/donnees-personnelles")
    slow.clear()
    browser.post(path, fields)
    browser.post(path, dict.fromkeys(fields, ""))
    assert not slow


def test_a_guest_chooses_a_passphrase_before_anything_is_locked(
    app: Flask, make: Builder, slow: list[str]
) -> None:
    pole = make.pole()
    with transaction():
        invitation = accounts.invite(pole, "nadia@exemple.test", "Nadia", "Benali", Role.MEMBER)
        invitation.token_hash = token_hash("a-token")
    browser, path = Browser(app, None), "/invitation/a-token"
    browser.get(path)
    slow.clear()
    words = "trois petits chats dorment au grenier"
    fields = {"given_name": "Nadia", "family_name": "Benali", "password": words, "password_confirm": words}
    assert browser.post(path, fields).status_code == 302
    assert not slow


def test_a_code_is_decrypted_before_anything_is_locked(app: Flask, make: Builder, slow: list[str]) -> None:
    member, browser = make.coordinator(), Browser(app, None)
    telephone, _codes = set_up_application(Browser(app, member))
    assert password_then(browser, member.person, telephone.code(later=30)).status_code == 302
    assert not slow


def test_an_import_writes_to_people_before_anything_is_locked(
    app: Flask, make: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file invites thousands: together their e-mails take long."""
    make.pole(name="Pôle du Lin")
    heads = ("Adresse électronique", "Prénom", "Nom", "Organisation", "Rôle")
    lines = [
        (f"{number}@exemple.test", "Zoé", "Petit", "Pôle du Lin", "Membre du PTCE") for number in range(3)
    ]
    browser, rendered = Browser(app, make.national_admin()), []

    def render(*what: Any) -> Rendered:
        rendered.append(db.session().info.get("writable", False))
        return emails.render(*what)

    monkeypatch.setattr(outbox, "render", render)
    import_file(browser, "personnes", heads, *lines)
    assert rendered == [False]
    assert db.session.scalar(select(func.count()).where(OutboxEmail.kind == "accounts/invitation")) == 3


COMMANDS: dict[str, Callable[[int], tuple[str, ...]]] = {
    "load-reference": lambda _organisation: (),
    "create-admin": lambda _organisation: ("anne.martin@exemple.test", "Anne", "Martin"),
    "add-cell": lambda _organisation: ("53", "Cellule Bretagne"),
    "add-member": lambda number: (str(number), "coordinator", "zoe@exemple.test", "Zoé", "Petit"),
    "remove-second-factors": lambda _organisation: ("anne.martin@exemple.test",),
    "check": lambda _organisation: (),
    "check-settings": lambda _organisation: (),
    "reminders": lambda _organisation: ("--dry-run",),
    "retention": lambda _organisation: ("--apply",),
}
ELSEWHERE = {
    "worker": "its jobs are services, walked by their own tests",
    "load-demo": "fills a database that nobody uses yet",
    "send-test": "writes nothing",
}


def test_no_command_does_anything_slow_while_it_writes(app: Flask, make: Builder, slow: list[str]) -> None:
    ours = {
        name
        for name, one in app.cli.commands.items()
        if one.callback and one.callback.__module__ == "portal.cli"
    }
    assert ours == COMMANDS.keys() | ELSEWHERE.keys()
    pole = make.pole()
    for name, words in COMMANDS.items():
        result = app.test_cli_runner().invoke(args=[name, *words(pole.id)])
        assert "Traceback" not in result.output, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), name
    assert not slow
