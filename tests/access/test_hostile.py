"""Whatever is written in an address or a form, the answer is a page: never a failure, never a line of a program."""

import re
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter

from portal.db import Model, db
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address
from tests.access.world import FORMS, STAGES, World
from tests.browser import Browser
from tests.builders import Builder

READS = [row for row in ROWS if row.method == "GET" and row.endpoint != "static"]
POSTS = [row for row in ROWS if row.method == "POST"]
COUNTS = select(
    *(select(func.count()).select_from(table).scalar_subquery() for table in Model.metadata.sorted_tables)
)
METHODS = ("HEAD", "POST", "OPTIONS")
# What no door takes is refused before any view: at one door of each blueprint that is seen.
NO_METHODS = ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW")
FIRST_DOORS = list({row.endpoint.partition(".")[0]: row for row in reversed((*READS, *POSTS))}.values())
# What `url_for` and its like would take for something else than a part of a query.
NAMES = (
    "endpoint",
    "values",
    "self",
    "_external",
    "_anchor",
    "_method",
    "_scheme",
    "method",
    "filename",
    "path",
)
NUMBERS = ("9" * 30, "-1", "1e9", "²", "٣", "NaN", "2147483648", str(2**63), "0", "1_0", " 7 ")
OTHERS = (
    "",
    "x" * 3000,
    "0000-00-00",
    "9999-99-99",
    "9999-12-31",
    "0001-01-01",
    "9999-12",
    "'\"><script>",
    "%ff%fe",
    "%ed%a0%80",
    "%00",
    "${7*7}{{7*7}}",
    "https://ailleurs.test",
)
BOOKMARKS = (
    ">",
    "<",
    ">i:1",
    ">i:" + "9" * 30,
    ">s:x~i:-1",
    "<n",
    ">dt:x",
    ">d:9999-99-99",
    "i:1~i:2~i:3>",
    "\ud83d",
)
NUMBERED = ("0", "2147483647", "2147483648", str(2**63), "9" * 30)
PARTS = (
    *NUMBERED,
    "x" * 2000,
    "%ff",
    "²",
    "a%0ab",
    "..%2f..",
    "%E2%80%AE",
)


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


class Noted(ImmutableMultiDict[str, str]):
    """The query of a request, which notes the names that are read of it."""

    read: ClassVar[set[str]] = set()

    def get(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self.read.add(name)
        return super().get(name, *args, **kwargs)

    def getlist(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self.read.add(name)
        return super().getlist(name, *args, **kwargs)

    def __contains__(self, name: object) -> bool:
        self.read.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)


def names_read(browser: Browser, path: str) -> list[str]:
    """What the page of an address reads in its query."""
    Noted.read.clear()
    assert problem(browser, "GET", path) is None
    return sorted(Noted.read)


def encoded(value: str) -> str:
    return value if re.fullmatch(r"(%[0-9a-f]{2})+", value) else quote(value, safe="", errors="surrogatepass")


def queries(names: Sequence[str]) -> Iterator[str]:
    """What `url_for` would take, said by anybody; then one hostile value in every name that the page reads, and in the
    bookmark alone."""
    yield "&".join(f"{name}=x" for name in NAMES)
    yield "&".join(f"{name}=1&{name}=2" for name in (*NAMES, *names)) + "&%00=%00&%ff=%ff&=&&z"
    ours = [name for name in names if name != "page"]
    for value in (*NUMBERS, *OTHERS) if ours else ():
        yield "&".join(f"{name}={encoded(value)}" for name in ours)
    for value in (*BOOKMARKS, *NUMBERS[:3], *OTHERS[:3]) if "page" in names else ():
        yield f"page={encoded(value)}"


class Visitors:
    """The personas, each in a browser, taken in turn among those whom a row lets in."""

    def __init__(self, app: Flask, world: World) -> None:
        self.browsers = {persona: Browser(app, somebody) for persona, somebody in world.people.items()}
        for browser in self.browsers.values():
            browser.get("/donnees-personnelles")
        self.turn = cycle(range(12))

    def one_of(self, row: Row) -> Browser:
        let_in = row.who_gets("200", "302", "422") or ["national"]
        return self.browsers[let_in[next(self.turn) % len(let_in)]]


def problem(browser: Browser, method: str, path: str, **options: Any) -> str | None:
    """What is wrong with the answer."""
    try:
        with browser.app.app_context():
            response = browser.client.open(path, method=method, **options)
    except Exception as failure:
        return f"{type(failure).__name__}: {str(failure)[:120]}"
    with response:
        if response.status_code >= 500:
            return str(response.status_code)
        ours = response.mimetype == "text/html" and 'lang="' in response.text[:200]
        if response.status_code >= 400 and method not in {"HEAD", "OPTIONS"} and not ours:
            return f"{response.status_code} is no page of ours: {response.text[:80]}"
    return None


def problems_of(tried: Iterator[tuple[str, str | None]]) -> dict[str, str]:
    return {name[:160]: found for name, found in tried if found}


@pytest.mark.long
def test_no_query_string_is_a_failure(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Noted)
    visitors = Visitors(app, world)
    paths = [(row, address(app, row, world)) for row in READS]
    before = db.session.execute(COUNTS).one()

    def tried() -> Iterator[tuple[str, str | None]]:
        for row, path in paths:
            for query in queries(names_read(visitors.one_of(row), path)):
                yield f"{path}?{query}", problem(visitors.one_of(row), "GET", f"{path}?{query}")

    assert not problems_of(tried())
    assert db.session.execute(COUNTS).one() == before, "reading writes nothing"


def hostile_paths(app: Flask, row: Row, world: World) -> Iterator[str]:
    """The address of a row, one part at a time replaced by what nobody has there. What is no number leads to no view
    where a number stands: at one door of each blueprint that is seen."""
    rule = next(app.url_map.iter_rules(row.endpoint))
    values = {name: str(value) for name, value in STAGES[row.stage](world).items() if name in rule.arguments}
    for name in values:
        is_number = isinstance(rule._converters[name], IntegerConverter) and row not in FIRST_DOORS
        for part in NUMBERED if is_number else PARTS:
            parts = {**values, name: part}
            yield re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda found, parts=parts: parts[found[1]], rule.rule)


def test_no_part_of_an_address_is_a_failure(app: Flask, world: World) -> None:
    visitors = Visitors(app, world)

    def tried() -> Iterator[tuple[str, str | None]]:
        for row in (*READS, *POSTS):
            for path in hostile_paths(app, row, world):
                browser = visitors.one_of(row)
                data = {"csrf_token": browser.token} if row.method == "POST" else None
                yield f"{row.method} {path}", problem(browser, row.method, path, data=data)

    assert not problems_of(tried())


@pytest.mark.one_database
def test_no_method_is_a_failure(app: Flask, world: World) -> None:
    visitors = Visitors(app, world)

    paths = [(row, address(app, row, world)) for row in (*READS, *POSTS)]

    def tried() -> Iterator[tuple[str, str | None]]:
        for row, path in paths:
            for method in (*METHODS, *(NO_METHODS if row in FIRST_DOORS else ())):
                yield f"{method} {path}", problem(visitors.one_of(row), method, path)

    before = db.session.execute(COUNTS).one()
    assert not problems_of(tried())
    assert db.session.execute(COUNTS).one() == before, "neither HEAD nor a post without a token writes"


def hostile_forms(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A form that is right but for one field."""
    for name in fields:
        for value in (*NUMBERS, *OTHERS[2:6], "\x00", "x" * 300):
            yield {**fields, name: value}


@pytest.mark.long
def test_no_field_of_a_form_is_a_failure(app: Flask, world: World) -> None:
    """One hostile value at a time, each in its turn, at every door that takes a form."""
    turns = cycle(range(len(NUMBERS) + 6))

    def tried() -> Iterator[tuple[str, str | None]]:
        for row in POSTS:
            persona = next((one for one in row.who_gets("302", "200", "422") if one != "visitor"), None)
            if persona is None or row.endpoint.startswith(("security.", "safety.", "personal_data.")):
                continue
            path = address(app, row, world)
            for fields in _some(list(hostile_forms(FORMS[row.endpoint](world, persona))), next(turns)):
                browser = Browser(app, world.people[persona])
                if browser.token is None:
                    browser.get("/donnees-personnelles")
                sent = {**fields, "csrf_token": browser.token}
                yield f"{row} {fields}", problem(browser, "POST", path, data=sent)

    assert not problems_of(tried())


def _some(forms: Sequence[dict[str, Any]], turn: int) -> Sequence[dict[str, Any]]:
    """A seventh of them, another one for each door."""
    return forms[turn % 7 :: 7]


@pytest.mark.one_database
@pytest.mark.parametrize("persona", ["visitor", "national"])
def test_an_address_written_otherwise_leads_to_the_page(app: Flask, world: World, persona: str) -> None:
    """With a final slash, in capital letters: for whoever reads, at every address without a secret."""
    browser, wrong = Browser(app, world.people[persona]), {}
    for row in READS:
        path = address(app, row, world)
        if path == "/" or "token" in next(app.url_map.iter_rules(row.endpoint)).arguments:
            continue
        for meant in (f"{path}/?a=1&a=2&b=%C3%A9", f"{path.upper()}?a=1&a=2&b=%C3%A9"):
            wanted = f"{path}?a=1&a=2&b=%C3%A9"
            with app.app_context():
                answer = browser.client.get(meant)
            if answer.status_code != 308 or (answer.location or "").lower() != wanted.lower():
                wrong[meant] = (answer.status_code, answer.location)
    assert not wrong
