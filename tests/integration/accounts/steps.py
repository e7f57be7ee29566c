"""What tests of accounts do again and again."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from argon2 import low_level
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.models import Person
from portal.db import db
from portal.notifications.models import OutboxEmail
from tests.browser import Browser
from tests.builders import PASSPHRASE

SIGN_IN = "/connexion"
FORGOTTEN = "/mot-de-passe-oublie"
CHANGE = "/mon-compte/mot-de-passe"
NEW = "trois petits chats dorment au grenier"
WRONG = "ce ne sont pas ces mots"


def english(browser: Browser) -> Browser:
    """Read the pages in English."""
    with browser.client.session_transaction() as session:
        session["language"] = "en"
    return browser


def raw_post(browser: Browser, path: str, **options: Any) -> TestResponse:
    """A post as no page of ours sends it."""
    with browser.app.app_context():
        return browser.client.post(path, **options)


def sign_in(browser: Browser, person: Person, password: str = PASSPHRASE, **fields: Any) -> TestResponse:
    return sign_in_as(browser, person.email, password, **fields)


def sign_in_as(browser: Browser, email: str, password: str = PASSPHRASE, **fields: Any) -> TestResponse:
    browser.get(SIGN_IN)
    return browser.post(SIGN_IN, {"email": email, "password": password, **fields})


def sign_out(browser: Browser) -> TestResponse:
    browser.get("/donnees-personnelles")
    return browser.post("/deconnexion")


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/mon-compte").status_code == 200


def ask_link(browser: Browser, email: str) -> TestResponse:
    browser.get(FORGOTTEN)
    return browser.post(FORGOTTEN, {"email": email})


def set_password(browser: Browser, link: str, password: str = NEW, again: str | None = None) -> TestResponse:
    browser.get(link)
    return browser.post(link, {"password": password, "password_confirm": again or password})


def change_password(browser: Browser, current: str, new: str = NEW, again: str | None = None) -> TestResponse:
    browser.get(CHANGE)
    return browser.post(
        CHANGE, {"password": current, "new_password": new, "new_password_confirm": again or new}
    )


def emails() -> Sequence[OutboxEmail]:
    return db.session.scalars(select(OutboxEmail).order_by(OutboxEmail.id)).all()


def link_in(email: OutboxEmail) -> str:
    """The path of the reset link of an e-mail."""
    found = re.search(rf"http://portal\.test({FORGOTTEN}/\S+)", email.text)
    assert found, email.text
    return found.group(1)


def note_hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fills up with each password hash computed from now on."""
    done: list[str] = []

    def noted(name: str) -> Callable[..., Any]:
        real = getattr(low_level, name)

        def note(*args: Any, **kwargs: Any) -> Any:
            done.append(name)
            return real(*args, **kwargs)

        return note

    for name in ("hash_secret", "verify_secret"):
        monkeypatch.setattr(low_level, name, noted(name))
    return done
