"""Every kind of answer, at every door, has the headers that its kind owes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import config
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import REFUSED, address, answer_of
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import Builder

pytestmark = pytest.mark.one_database

PRIVATE = {"no-store"}
PUBLIC = {"private, no-cache", "no-store"}
FOR_A_YEAR = {"max-age=31536000, public"}
ALWAYS = {
    "X-Content-Type-Options": {"nosniff"},
    "Referrer-Policy": {"same-origin"},
    "Permissions-Policy": {"camera=(), geolocation=(), microphone=()"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
}
# By kind: who may keep it, and what its policy must say; beside ALWAYS.
OWED: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "file of ours": (FOR_A_YEAR, ()),
    "page for all": (PUBLIC, ("default-src 'none'", "frame-ancestors 'none'", "'nonce-")),
    "private page": (PRIVATE, ("default-src 'none'", "frame-ancestors 'none'", "'nonce-")),
    "behind a link": (PRIVATE, ("default-src 'none'", "frame-ancestors 'none'")),
    "download": (PRIVATE, ("default-src 'none'",)),
    "data": (PUBLIC, ("default-src 'none'",)),
    "redirect": (PUBLIC, ("default-src 'none'", "frame-ancestors 'none'")),
    "error": (PUBLIC, ("default-src 'none'", "frame-ancestors 'none'")),
}


def kind_of(row: Row, persona: str, answer: TestResponse, *, has_token: bool) -> str:
    if row.endpoint == "static":
        return "file of ours"
    if "attachment" in answer.headers.get("Content-Disposition", ""):
        return "download"
    if has_token:
        return "behind a link"
    if answer.status_code >= 400:
        return "error"
    if 300 <= answer.status_code < 400:
        return "redirect"
    if answer.mimetype != "text/html":
        return "data"
    return "page for all" if persona == "visitor" else "private page"


def lacking(kind: str, persona: str, answer: TestResponse) -> Iterator[str]:
    caches, policy = OWED[kind]
    signed_in = persona != "visitor" and kind not in {"file of ours", "redirect"}
    owed = {**ALWAYS, "Cache-Control": PRIVATE if signed_in else caches}
    for name, allowed in owed.items():
        if answer.headers.get(name) not in allowed:
            yield f"{name}: {answer.headers.get(name)}"
    said = answer.headers.get("Content-Security-Policy", "")
    yield from (f"{part} is not in its policy" for part in policy if part not in said)
    if kind == "behind a link" and answer.headers.get("X-Robots-Tag") != "noindex":
        yield "robots may keep it"
    if "X-Request-ID" not in answer.headers:
        yield "it has no name in the logs"


def personas(row: Row) -> list[str]:
    """A visitor, and one of each answer; who is refused comes first, which leaves everything to the next."""
    some = {"visitor", *(row.who_gets(answer)[0] for answer in set(row.answers.values()))}
    return sorted(some, key=lambda persona: row.answers[persona] not in REFUSED)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_answer_has_the_headers_of_its_kind(app: Flask, make: Builder, method: str) -> None:
    world = worlds.build(make)
    wrong: dict[str, list[str]] = {}
    seen = set()
    for row in (one for one in ROWS if one.method == method):
        has_token = "token" in next(app.url_map.iter_rules(row.endpoint)).arguments
        path = ""
        for persona in personas(row):
            path = path or address(app, row, world)
            with answer_at(app, row, world, persona, path) as answer:
                kind = kind_of(row, persona, answer, has_token=has_token)
                seen.add(kind)
                if found := list(lacking(kind, persona, answer)):
                    wrong[f"{row} as {persona}, {kind}"] = found
                if method == "POST" and answer_of(answer) not in REFUSED:
                    path = ""
    assert not wrong
    assert len(seen) >= 5


def answer_at(app: Flask, row: Row, world: World, persona: str, path: str) -> TestResponse:
    browser = Browser(app, world.people[persona])
    if row.method == "GET":
        return browser.get(path)
    return browser.post(path, FORMS[row.endpoint](world, persona))


@pytest.mark.parametrize(
    "path",
    ["/", "/static/js/portal.js", "/static/nowhere.js", "/nulle-part", "/demandes", "/health", "/Ptce/"],
)
def test_https_is_asked_for_by_every_kind_of_answer(
    start: Callable[[Any], Flask], database_url: str, database: None, path: str
) -> None:
    def answer(*, secure: bool) -> TestResponse:
        settings = config.Testing(database_url)
        settings.SESSION_COOKIE_SECURE = secure
        return start(settings).test_client().get(path)

    with answer(secure=True) as secure, answer(secure=False) as plain:
        assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
        assert "Strict-Transport-Security" not in plain.headers
