"""Whatever a browser, or anybody, says in the head of a request, the answer is a page, and leads where it led."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from flask import Flask

from tests.access import world as worlds
from tests.access.matrix import Row
from tests.access.test_hostile import POSTS, READS, Visitors, problem, problems_of
from tests.access.test_matrix import address
from tests.access.world import World
from tests.builders import Builder

pytestmark = pytest.mark.one_database

NO_ADDRESS = ("http://[", "http://[x]:y/", "http://localhost:99999999/", "//", "\u00e9", "https://a\\@b/")
HEADERS = {
    "Referer": NO_ADDRESS,
    "Origin": (*NO_ADDRESS, "null", ""),
    "Sec-Fetch-Site": ("x", ""),
    "User-Agent": ("", "x" * 8000, "\u00e9", "("),
    "Accept-Language": ("*", "fr;q=x", "x" * 5000, ",,;,", "fr;q=1e999", "fr;q=nan"),
    "Accept": ("x", "text/html;q=x", "application/json", ","),
    "Cookie": ("session=x", "session=.eJx", "session=\u00e9", "=", "session=; session=;"),
    "If-None-Match": ("*", '"', "W/", "x" * 4000),
    "If-Modified-Since": ("x", "Sun, 99 Nov 9999 99:99:99 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"),
    "Range": ("bytes=0-", "bytes=5-1", "bytes=a-b", "bytes=0-0,2-3", "x=1"),
    "Authorization": ("Basic x", "Basic \u00e9", "Bearer", "Digest x=", "Token ="),
    "X-Forwarded-For": ("x", "\u00e9", "1.2.3.4," * 500, "::1%eth0", "unix:"),
    "X-Forwarded-Host": ("[", "x y"),
    "X-Request-Id": ("\u00e9", "a\tb", "x" * 9000),
    "Content-Type": ("x", "multipart/form-data", "multipart/form-data; boundary=\u00e9", "a/b; charset=x"),
    "Content-Length": ("-1", "x"),
}
# Of these none stands in the way of another: they are sent together.
BESIDE = (
    "User-Agent",
    "Accept-Language",
    "Accept",
    "If-Modified-Since",
    "Authorization",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Request-Id",
)
OF_POSTS = ("Referer", "Origin", "Sec-Fetch-Site", "Content-Type", "Content-Length")
# What reads where a post comes from is not the view: it is the same behind all doors of a blueprint.
FIRST_DOORS = list({row.endpoint.partition(".")[0]: row for row in reversed(POSTS)}.values())


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


@pytest.mark.long
def test_no_header_is_a_failure(app: Flask, world: World) -> None:
    """All doors, one value of each header in its turn; at one of each blueprint, all places a post may come from. Who
    is asked to sign in is turned away before the view: there a visitor sends one of them."""
    visitors = Visitors(app, world)
    turns = {name: cycle(values) for name, values in HEADERS.items()}
    alone = [name for name in HEADERS if name not in BESIDE]
    turn_of_a_visitor = cycle(alone)

    def of_the_door(row: Row) -> Iterator[dict[str, str]]:
        if row in FIRST_DOORS:
            yield from ({name: one} for name in ("Referer", "Origin") for one in NO_ADDRESS)
        mine = alone if row.method == "POST" else [name for name in alone if name not in OF_POSTS]
        yield from ({name: next(turns[name])} for name in mine)
        yield {name: next(turns[name]) for name in BESIDE}

    def of_who_is_turned_away() -> Iterator[dict[str, str]]:
        name = next(turn_of_a_visitor)
        yield {name: next(turns[name]), **{one: next(turns[one]) for one in BESIDE}}

    def tried() -> Iterator[tuple[str, str | None]]:
        for row in (*READS, *POSTS):
            path, visitor = address(app, row, world), visitors.browsers["visitor"]
            is_open = row.answers["visitor"] not in ("in", "401")
            sent = [(visitors.one_of(row), headers) for headers in of_the_door(row)]
            sent += [(visitor, one) for one in (of_the_door(row) if is_open else of_who_is_turned_away())]
            for browser, headers in sent:
                options: dict[str, Any] = {"headers": headers, "base_url": "https://localhost"}
                if row.method == "POST":
                    options["data"] = {"csrf_token": browser.token, "text": "Ce que j’avais écrit"}
                yield f"{row} {headers}", problem(browser, row.method, path, **options)

    assert not problems_of(tried())


def test_a_sign_in_page_open_for_too_long_leads_where_it_led(app: Flask, world: World) -> None:
    visitor = Visitors(app, world).browsers["visitor"].client
    with app.app_context():
        answer = visitor.post("/connexion?next=/demandes/2026-AB12", data={"csrf_token": "old"})
    assert answer.location == "/connexion?next=/demandes/2026-AB12"
