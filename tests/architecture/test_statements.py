"""A statement that is built once and kept holds nothing of the moment when it was built."""

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import BindParameter, CompoundSelect, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

from portal.access.roles import Role
from portal.requests.inbox import queries as inbox
from portal.requests.listing.rules import Whose
from portal.requests.queries import anybody
from portal.screens import FEATURES
from portal.stuck.rules import Basket
from tests.architecture.test_features import modules


@pytest.fixture(autouse=True)
def in_the_application(app: Flask) -> Iterator[None]:
    """What features declare is read from it."""
    with app.app_context():
        yield


_KEPT = type(cache(len))


def arguments(role: Role) -> dict[str, Any]:
    """What such functions are called with, by name."""
    return {
        "role": role,
        "most": 3,
        "slugs": tuple(folder.slug for folder in inbox.folders(anybody(role))),
        "slug": next((one.slug for one in inbox.folders(anybody(role)) if one.is_late), None),
        "whose": Whose.MINE,
        "basket": Basket.SILENT,
        "baskets": tuple(Basket),
        "back": True,
        "ascending": True,
        "is_first": False,
        "is_earlier": True,
        "with_cells": True,
        "findable": next(findable for feature in FEATURES for findable in feature.findables),
        "lock": True,
        "is_guest": True,
        "kinds": ("request", "assignment"),
        "only_if": tuple(feature.session_is_open for feature in FEATURES if feature.session_is_open),
    }


def kept() -> Iterator[Callable[..., Select[Any]]]:
    """The functions that build a statement once."""
    for module in (module for feature in FEATURES for module in modules(feature)):
        for function in vars(module).values():
            if type(function) is _KEPT and function.__module__ == module.__name__:
                returned = inspect.signature(function).return_annotation
                if getattr(returned, "__origin__", returned) in {Select, CompoundSelect}:
                    yield function


STATEMENTS = {f"{function.__module__}.{function.__qualname__}": function for function in kept()}


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_is_kept_reads_the_day_when_it_is_run(name: str) -> None:
    names = inspect.signature(STATEMENTS[name]).parameters
    for role in Role:
        given = {one: value for one, value in arguments(role).items() if one in names}
        statement = STATEMENTS[name](**given).compile(dialect=postgresql.dialect())
        values = [one.value for one in statement.binds.values() if one.callable is None]
        fixed = [value for value in values if isinstance(value, date)]
        assert not fixed, f"{name}, {role}: would compare with {fixed} for ever, see db.when_run"


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_list_is_both_what_is_in_it_and_what_is_not(name: str) -> None:
    """PostgreSQL is told of an empty list by one of the two alone: what is in none would be everything."""
    for role in Role:
        operators: dict[str, set[Any]] = {}
        names = inspect.signature(STATEMENTS[name]).parameters
        given = {one: value for one, value in arguments(role).items() if one in names}
        for part in visitors.iterate(STATEMENTS[name](**given)):
            if isinstance(part, BindParameter) and part.expanding:
                operators.setdefault(part.key, set()).add(part.expand_op)
        assert not {key for key, each in operators.items() if len(each) > 1}, name


def test_some_statements_are_kept() -> None:
    assert "portal.accounts.queries._of_session" in STATEMENTS
