"""Reading what somebody typed takes a time that grows with its length alone: nobody holds a web process with a text."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from wtforms import StringField, TextAreaField
from wtforms.form import BaseForm

from portal.text import one_line, plain_address, several_lines
from portal.transfers.rules import tidy
from portal.web import forms as web_forms
from tests.integration.web import test_put_right
from tests.integration.web.test_put_right import OF_OTHER_KINDS, all_columns, filled, forms, page, read

pytestmark = pytest.mark.one_database

__all__ = ["page"]
LENGTH = 15_000
# Each was, or could be, read again from every one of its characters.
PARTS = (". ", "a .", "a@", "a<", ".", "-", "1 ", "\u0301", "\u200d", "é.", "9")
ENDS = ("", "@")
TEXTS = [part * (LENGTH // len(part)) + end for part in PARTS for end in ENDS]
MOST_SECONDS = 0.3  # of one processor, for what takes hundredths; read again and again, it takes more


_ONCE = {rule: cache(rule) for rule in (one_line, several_lines, plain_address, tidy)}


@pytest.fixture(autouse=True)
def _put_right_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text is put right by each rule once: it takes its time in the first field or column, none in others."""
    rules = {kind: _ONCE.get(rule, rule) for kind, rule in web_forms._PUT_RIGHT.items()}
    monkeypatch.setattr(web_forms, "_PUT_RIGHT", rules)
    monkeypatch.setattr(web_forms, "one_line", _ONCE[one_line])
    monkeypatch.setattr(test_put_right, "tidy", _ONCE[tidy])


def is_slow(act: Callable[[Any, str], object], reader: Any, text: str) -> bool:
    """Three times of three, each with a text that nothing can remember: Python may pause in one of them."""
    return all(seconds(act, reader, text[apart:]) > MOST_SECONDS for apart in range(3))


def seconds(act: Callable[[Any, str], object], reader: Any, text: str) -> float:
    before = time.thread_time()
    act(reader, text)
    return time.thread_time() - before


def read_form(kind: type[BaseForm], text: str) -> None:
    named = text_fields(kind)
    form = filled(kind, **dict.fromkeys(named, text))
    for name in named:
        form[name].validate(form)


@cache
def text_fields(kind: type[BaseForm]) -> list[str]:
    return [one.name for one in filled(kind) if isinstance(one, StringField | TextAreaField)]


@pytest.mark.parametrize(
    "kind",
    [one for one in forms() if one.__name__ not in OF_OTHER_KINDS],
    ids=lambda one: f"{one.__module__}.{one.__name__}",
)
def test_no_text_makes_a_form_slow(page: None, kind: type[BaseForm]) -> None:
    assert not [text[:4] + text[-4:] for text in TEXTS if is_slow(read_form, kind, text)]


def test_no_text_makes_a_cell_of_a_file_slow(page: None) -> None:
    slow = [
        (column.head, text[:4] + text[-4:])
        for column in all_columns()
        for text in TEXTS
        if is_slow(read, column, text)
    ]
    assert not slow
