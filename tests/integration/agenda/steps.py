"""How tests read an agenda, and when."""

import html
import re
from datetime import datetime
from typing import Any

from portal import clock

NOW = datetime(2026, 3, 4, 10, tzinfo=clock.PARIS)  # a Wednesday


def read(browser: Any, **query: str) -> str:
    with clock.travelling_to(NOW):
        answer = browser.get("/agenda", query_string=query)
    assert answer.status_code == 200
    return words(answer.text.partition("<main")[2])


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
