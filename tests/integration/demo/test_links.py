"""Whatever a page of the demonstration leads to opens, for whoever reads that page."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.accounts.models import Membership, Person
from portal.db import db
from portal.demo.accounts import COORDINATION, NATIONAL, PARTNERSHIP, REGIONAL, DemoAccount
from tests.browser import Browser
from tests.page_tree import read

pytestmark = [pytest.mark.usefixtures("demonstration"), pytest.mark.long]

LED_TO = {200, 302}
MOST = 4
"""Pages of an endpoint that are opened."""
LETTERS = ("demo.", "email_previews.")
"""E-mails of everybody, with links of whoever got them."""


class Answer(NamedTuple):
    """What came of a page, and the endpoint of one that leads to it."""

    endpoint: str
    status: int
    shown_on: str


class Link(NamedTuple):
    """An address of ours, and the endpoint of the page that shows it."""

    path: str
    shown_on: str


@pytest.mark.parametrize("account", [None, COORDINATION, PARTNERSHIP, REGIONAL, NATIONAL])
def test_each_link_opens(app: Flask, account: DemoAccount | None) -> None:
    """One link of each page to each other page, by endpoint."""
    browser = Browser(app, _membership(account))
    queue, followed = deque([Link("/", "")]), set()
    opened: dict[str, Answer] = {}
    while queue:
        link = queue.popleft()
        endpoint = _endpoint(app, link.path)
        if (link.shown_on, endpoint) in followed or endpoint.startswith(LETTERS):
            continue
        followed.add((link.shown_on, endpoint))
        if link.path in opened or _is_known(endpoint, opened):
            continue
        with browser.get(link.path) as response:
            opened[link.path] = Answer(endpoint, response.status_code, link.shown_on)
            if response.mimetype == "text/html" and response.status_code == 200:
                queue.extend(Link(path, endpoint) for path in _leads_to(response.text, link.path))
    assert len(opened) > 20
    assert not {path: answer for path, answer in opened.items() if answer.status not in LED_TO}


def _is_known(endpoint: str, opened: dict[str, Answer]) -> bool:
    return sum(answer.endpoint == endpoint for answer in opened.values()) >= MOST


def _membership(account: DemoAccount | None) -> Membership | None:
    if account is None:
        return None
    statement = select(Membership).join(Membership.person).where(Person.email == account.email)
    return db.session.scalars(statement.options(joinedload(Membership.person))).first()


def _leads_to(html: str, path: str) -> Iterator[str]:
    root, _problems = read(html)
    for element in root.walk():
        href = urlsplit(urljoin(f"http://localhost{path}", element.get("href") if element.tag == "a" else ""))
        if href.netloc == "localhost" and not href.path.startswith("/static/"):
            yield f"{href.path}?{href.query}".rstrip("?")


def _endpoint(app: Flask, path: str) -> str:
    """The page at an address; the address itself where there is none."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(unquote(urlsplit(path).path))
    except RequestRedirect:
        return "redirected"
    except HTTPException:
        return path
    return str(endpoint)
