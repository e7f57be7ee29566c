"""Files as people bring them, and what an import makes of them."""

import csv
import io
import re
from typing import Any

from werkzeug.test import TestResponse

from tests.browser import Browser

PEOPLE_HEADS = ("Adresse électronique", "Prénom", "Nom", "Organisation", "Rôle")


def text_of(*rows: list[str] | tuple[str, ...]) -> bytes:
    """Rows as a spreadsheet writes them."""
    lines = io.StringIO()
    csv.writer(lines, delimiter=";").writerows(rows)
    return lines.getvalue().encode()


def send(browser: Browser, kind: str, content: bytes, name: str = "fichier.csv") -> TestResponse:
    """Bring a file; the answer leads to its report, or says why it cannot be read."""
    return browser.post(f"/transferts/imports/{kind}", {"file": (io.BytesIO(content), name)})


def look(browser: Browser, kind: str, content: bytes) -> tuple[str, str]:
    """The address of the report of a file, and its page."""
    answer = send(browser, kind, content)
    assert answer.status_code == 302, answer.text
    return answer.location, browser.get(answer.location).text


def seen(page: str) -> str:
    """The digest that the button of a report sends."""
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found, f"this report offers no import: {page}"
    return found[1]


def import_file(browser: Browser, kind: str, *rows: Any) -> TestResponse:
    """Both steps."""
    address, page = look(browser, kind, text_of(*rows))
    answer = apply(browser, address, seen(page))
    assert answer.status_code == 302, answer.text
    return answer


def rows_of(response: TestResponse) -> list[list[str]]:
    """The rows of a file that was sent."""
    text = response.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def apply(browser: Browser, address: str, digest: str) -> TestResponse:
    """Press the button of a report."""
    return browser.post(f"{address}/importer", {"seen": digest})
