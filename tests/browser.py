"""A browser without a screen: it opens pages as somebody, checks each as a page, and fills in forms.

Pages are checked where tests run on SQLite: the same tests draw the same pages on PostgreSQL.
"""

import os
import re
import secrets
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert, inspect
from werkzeug.test import TestResponse

from portal import clock
from portal.accounts.models import Membership, Person
from portal.accounts.rules import token_hash
from portal.accounts.sign_in.service import ACTING_FOR
from portal.db import db, write_alone
from portal.safety.models import SignInSession
from portal.safety.sessions import service as sessions
from portal.web.tokens import FIELD
from tests.page_check import check_page

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
IN_THE_HEADER = 1
"""Statements that every page costs: how much is new."""


class Browser:
    """Signed in as the person of a membership, acting for its organisation, or as a person; None: a visitor.

    Each request has an application context of its own, as in reality: nothing loaded or kept in `g` is shared.
    """

    def __init__(self, app: Flask, membership: Membership | Person | None) -> None:
        self.app = app
        self.client = app.test_client()
        self.token: str | None = None
        self.checks_pages = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
        if isinstance(membership, Person):
            self._sign_in(membership)
        elif membership is not None:
            self._sign_in(membership.person, membership.id)

    def _sign_in(self, person: Person, acting_for: int | None = None) -> None:
        """Open a session as if they had just signed in."""
        key, now = secrets.token_urlsafe(16), clock.now()
        row = {"person_id": person.id, "key_hash": token_hash(key), "started_at": now, "last_seen_at": now}
        write_alone(insert(SignInSession), {**row, "browser": "", "system": "", "address": "127.0.0.1"})
        with self.client.session_transaction() as session:
            session["_user_id"] = person.fs_uniquifier
            session["_fresh"] = True
            session["fs_paa"] = 4_000_000_000.0
            session[sessions.KEY], session[sessions.SEEN_AT] = key, 4_000_000_000.0
            if acting_for is not None:
                session[ACTING_FOR], session[FIELD] = acting_for, key
                self.token = f"{self._signed(key)}~{acting_for}"

    def _signed(self, secret: str) -> str:
        """As Flask-WTF writes it into the forms of whoever has this secret in their session."""
        return URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token").dumps(secret)

    def get(self, path: str, **options: Any) -> TestResponse:
        with self.app.app_context():
            response = self.client.get(path, **options)
        return self._checked(response, path)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form, with the token of the page opened last, or of one that anybody may open."""
        if self.token is None:
            self.get("/accessibilite")
        fields = {"csrf_token": self.token, **(data or {})}
        headers = {"Sec-Fetch-Site": "same-origin"}
        with self.app.app_context():
            response = self.client.post(path, data=fields, headers=headers, **options)
        _read_again()
        return self._checked(response, path, posted=True)

    def _checked(self, response: TestResponse, path: str, *, posted: bool = False) -> TestResponse:
        assert response.status_code != 500, f"{path} failed: {response.text[:300]}"
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            if self.checks_pages:
                refused = posted and (response.status_code == 422 or "field-error" in response.text)
                problems = check_page(response.text, path, refused=refused)
                assert not problems, f"{path} is not a finished page:\n" + "\n".join(problems)
                keep_page(response.text)
            if found := _TOKEN.search(response.text):
                self.token = found.group(1)
        return response


def _read_again() -> None:
    """What the test holds is read again where it looks next, since the request may have changed it."""
    for thing in db.session:
        db.session.expire(thing, [column.key for column in inspect(thing).mapper.column_attrs])


def keep_page(html: str) -> None:
    """Keep a page for each frame and each main part not seen yet, for html-validate, which reads all at once later."""
    folder = os.environ.get("KEEP_PAGES")
    if folder:
        for part in parts_of(html):
            _keep(html, Path(folder) / f"{part}.html")


def parts_of(html: str) -> tuple[str, str]:
    """The frame and the main part of a page: the same of pages that differ in words alone."""
    before, _main, after = _markup(html).partition("<main")
    main, _end, footer = after.partition("</main>")
    return _key(before + footer), _key(main)


def _key(markup: str) -> str:
    """The same for lists of one row and of many: what counts is which lines there are."""
    lines = sorted({line.strip() for line in markup.splitlines()})
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _keep(html: str, target: Path) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, suffix=".part", delete=False
        ) as whole:
            whole.write(html)
        Path(whole.name).replace(target)  # two tests, or two people of one, may draw the same page at once


def _markup(html: str) -> str:
    """What differs in more than words, numbers and addresses."""
    numbered = re.sub(r"[0-9a-zA-Z_\-]{16,}|\d+", "", html)
    without_text = re.sub(r">[^<]*[^<\s][^<]*<", ">text<", numbered)
    return re.sub(
        r'\b(value|href|title|content|aria-label|action|lang|data-[a-z-]+)="[^"]+"', "", without_text
    )
