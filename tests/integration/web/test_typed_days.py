"""Each field of every form that asks for a day takes it as people and browsers write it, and says how otherwise."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from wtforms import DateField

import portal
from portal.web.forms import PortalForm

pytestmark = pytest.mark.one_database


def forms() -> Iterator[type[PortalForm]]:
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if module.name.rsplit(".", 1)[-1] == "forms":
            importlib.import_module(module.name)
    waiting = [PortalForm]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += found.__subclasses__()


def days() -> list[tuple[type[PortalForm], str]]:
    return [
        (form, name)
        for form in forms()
        for name in dir(form)
        if getattr(getattr(form, name), "field_class", None) is DateField
    ]


def test_there_are_such_fields() -> None:
    assert len(days()) >= 8


@pytest.mark.parametrize("typed", ["2026-12-25", "25/12/2026", "25-12-2026", "25.12.2026", " 25/12/2026 "])
def test_a_day_is_understood_as_it_is_written(typed: str, app: Flask) -> None:
    for form_class, name in days():
        with app.test_request_context(method="POST", data={name: typed}):
            form = form_class()
            assert form[name].data == date(2026, 12, 25), (form_class, name)


@pytest.mark.parametrize("typed", ["31/02/2026", "12/25/2026", "demain", "25/12/26", "2026"])
def test_what_is_no_day_is_told_how_to_write_one(typed: str, app: Flask) -> None:
    for form_class, name in days():
        with app.test_request_context(method="POST", data={name: typed}):
            form = form_class()
            form[name].validate(form)
            assert "31/12/2026" in str(form[name].errors[0]), (form_class, name)
