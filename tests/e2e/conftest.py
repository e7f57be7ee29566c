"""A real server on this machine, a real browser, a real mail server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, sync_playwright
from werkzeug.serving import make_server

from tests.e2e import chromium
from tests.e2e.visitor import Visitor
from tests.smtp import MailServer, mail_server


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Where the portal answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chrome(playwright: Playwright) -> Iterator[Browser]:
    browser = chromium.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def mailbox(app: Flask, database: None) -> Iterator[MailServer]:
    """The mail server that the portal writes to during this test."""
    with mail_server() as server:
        before = app.config["MAIL_SERVER"], app.config["MAIL_PORT"]
        app.config["MAIL_SERVER"], app.config["MAIL_PORT"] = server.host, server.port
        yield server
        app.config["MAIL_SERVER"], app.config["MAIL_PORT"] = before


@pytest.fixture
def visit(chrome: Browser, address: str, app: Flask, database: None) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser window of its own for somebody."""
    with windows(chrome, address, app) as open_window:
        yield open_window


@pytest.fixture(scope="session")
def unpainted_chrome(playwright: Playwright) -> Iterator[Browser]:
    browser = chromium.launch(playwright, chromium.UNPAINTED)
    yield browser
    browser.close()


@pytest.fixture
def read(
    unpainted_chrome: Browser, address: str, app: Flask, database: None
) -> Iterator[Callable[..., Visitor]]:
    """Opens one whose pages are read and walked by keyboard, and never clicked."""
    with windows(unpainted_chrome, address, app) as open_window:
        yield partial(open_window, hands="keyboard")


@contextmanager
def windows(chrome: Browser, address: str, app: Flask) -> Iterator[Callable[..., Visitor]]:
    """What opens windows, which are closed at the end."""
    opened: list[Visitor] = []

    def open_window(**options: Any) -> Visitor:
        visitor = Visitor(chrome, address, app, **options)
        opened.append(visitor)
        return visitor

    yield open_window
    for visitor in opened:
        visitor.close()
