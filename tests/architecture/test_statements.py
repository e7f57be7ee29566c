"""A statement that is built once and kept holds nothing of the moment when it was built."""

import inspect
import itertools
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from portal.access.roles import Role
from portal.screens import FEATURES
from tests.architecture.test_features import modules

_KEPT = type(cache(len))
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "role": tuple(Role),
    "most": (3,),
    "only_if": (tuple(feature.session_is_open for feature in FEATURES if feature.session_is_open),),
}
"""What such functions are called with."""


def kept() -> Iterator[Callable[..., Select[Any]]]:
    """The functions that build a statement once."""
    for module in (module for feature in FEATURES for module in modules(feature)):
        for function in vars(module).values():
            if type(function) is _KEPT and function.__module__ == module.__name__:
                returned = inspect.signature(function).return_annotation
                if getattr(returned, "__origin__", returned) is Select:
                    yield function


STATEMENTS = {f"{function.__module__}.{function.__qualname__}": function for function in kept()}


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_is_kept_reads_the_day_when_it_is_run(name: str) -> None:
    names = inspect.signature(STATEMENTS[name]).parameters
    for arguments in itertools.product(*(ARGUMENTS[one] for one in names)):
        statement = STATEMENTS[name](*arguments).compile(dialect=postgresql.dialect())
        values = [one.value for one in statement.binds.values() if one.callable is None]
        fixed = [value for value in values if isinstance(value, date)]
        assert not fixed, f"{name}{arguments} would compare with {fixed} for ever: see db.when_run"


def test_some_statements_are_kept() -> None:
    assert "portal.accounts.queries._of_session" in STATEMENTS
