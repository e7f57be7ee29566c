"""A browser without a screen: it opens pages as somebody, checks each as a page, and fills in forms."""

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import inspect
from werkzeug.test import TestResponse

from portal.accounts.models import Membership
from portal.accounts.security import ACTING_FOR
from portal.db import db
from tests.page_check import check_page

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """Signed in as the person of a membership, acting for its organisation; None: a visitor.

    Each request has an application context of its own, as in reality: nothing loaded or kept in `g` is shared.
    """

    def __init__(self, app: Flask, membership: Membership | None) -> None:
        self.app = app
        self.client = app.test_client()
        self.token: str | None = None
        if membership is not None:
            with self.client.session_transaction() as session:
                session["_user_id"] = membership.person.fs_uniquifier
                session["_fresh"] = True
                session["fs_paa"] = 4_000_000_000.0
                session[ACTING_FOR] = membership.id

    def get(self, path: str, **options: Any) -> TestResponse:
        with self.app.app_context():
            response = self.client.get(path, **options)
        return self._checked(response, path)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form, with the token of a page opened before, or of the sign-in page."""
        if self.token is None:
            self.get("/donnees-personnelles")
        fields = {"csrf_token": self.token, **(data or {})}
        headers = {"Sec-Fetch-Site": "same-origin"}
        with self.app.app_context():
            response = self.client.post(path, data=fields, headers=headers, **options)
        _read_again()
        return self._checked(response, path)

    def _checked(self, response: TestResponse, path: str) -> TestResponse:
        assert response.status_code != 500, f"{path} failed: {response.text[:300]}"
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            problems = check_page(response.text, path)
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
    """Keep a page for html-validate, which reads them all at once after the tests."""
    folder = os.environ.get("KEEP_PAGES")
    if folder:
        shape = re.sub(r"[0-9a-zA-Z_\-]{16,}|\d+", "", html)
        target = Path(folder) / f"{sha256(shape.encode()).hexdigest()[:16]}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
