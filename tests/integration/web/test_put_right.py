"""Every field of one line, in every form, import and command, holds one line that shows all it holds."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from unittest.mock import Mock

import click
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import FileField, Form, PasswordField, StringField, TextAreaField
from wtforms.form import BaseForm

from portal.access.roles import Role
from portal.accounts.models import Person
from portal.agenda.rules import View
from portal.db import db
from portal.organisations.models import Organisation
from portal.requests.rules import typed_reference
from portal.transfers.rules import tidy
from portal.transfers.table.forms import CellRefused
from portal.transfers.table.service import COLUMNS, Column
from tests.builders import Builder
from tests.hostile import BETWEEN, DIRECTIONS, SHOWING_NOTHING, UNSEEN, texts, wrong_in_one_line

pytestmark = pytest.mark.one_database

NEEDED: dict[str, dict[str, Any]] = {
    "AcceptForm": {"email": "a@b.test"},
    "AgendaForm": {"view": View.LIST, "actor": Mock(role=Role.MEMBER), "today": date(2026, 3, 4)},
    "ProveForm": {"user": None},
}
"""What a form is made with beside what is typed, by the name of its class."""

OF_OTHER_KINDS = {"UsageForm": "choices alone", "ImportForm": "a file alone"}
"""Forms made in a way of their own, without a field that is typed in."""


def forms() -> list[type[BaseForm]]:
    """Every form of the portal but those of other kinds."""

    def below(one: type) -> Iterator[type]:
        for found in one.__subclasses__():
            yield found
            yield from below(found)

    return sorted(
        {
            one
            for one in below(Form)
            if one.__module__.startswith("portal.") and one.__name__ not in OF_OTHER_KINDS
        },
        key=lambda one: (one.__module__, one.__name__),
    )


def filled(kind: type[BaseForm], **typed: str) -> BaseForm:
    """A form as somebody sends it."""
    return kind(formdata=MultiDict(typed), **NEEDED.get(kind.__name__, {}))


def lines(form: BaseForm) -> list[str]:
    """The names of its fields of one line."""
    apart = (TextAreaField, PasswordField, FileField)
    kept_by_nobody = {"csrf_token", "next"}  # a secret, and an address that is_local_path judges
    return [
        one.name
        for one in form
        if isinstance(one, StringField) and not isinstance(one, apart) and one.name not in kept_by_nobody
    ]


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", method="POST"):
        yield


def test_the_walk_finds_the_forms(page: None) -> None:
    assert len(forms()) > 40


@pytest.mark.parametrize("kind", forms(), ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_every_line_of_every_form(page: None, kind: type[BaseForm]) -> None:
    for name in lines(filled(kind)):
        for between in BETWEEN:
            held = filled(kind, **{name: f" Eve{between}{between}x{between}"})[name].data
            assert wrong_in_one_line(held or "") == [], (name, ascii(between))
        for nothing in SHOWING_NOTHING:
            assert not filled(kind, **{name: nothing})[name].data, (name, ascii(nothing))


@pytest.mark.parametrize("kind", forms(), ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_every_text_of_every_form_keeps_its_lines_and_hides_nothing(page: None, kind: type[BaseForm]) -> None:
    for field in filled(kind):
        if isinstance(field, TextAreaField):
            held = filled(kind, **{field.name: "Un\r\n\u202eDeux\x00\u200b\r\n"})[field.name].data
            assert held == "Un\nDeux"
            for nothing in SHOWING_NOTHING:
                assert not filled(kind, **{field.name: nothing})[field.name].data


@given(text=texts)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_line_of_any_text(page: None, text: str) -> None:
    for kind in forms():
        names = lines(filled(kind))
        form = filled(kind, **dict.fromkeys(names, text))
        assert [name for name in names if wrong_in_one_line(str(form[name].data or ""))] == []


def test_pasted_numbers_are_read(page: None) -> None:
    """Marks of direction and no-break spaces, as web pages and telephones give them."""
    wrapped = "\u202a{}\u202c\u200e".format
    form = filled(named("PoleForm"), lead_siret=wrapped("732\u202f829\u00a0320\u202f00074"))
    assert form.validate() or "lead_siret" not in form.errors
    assert form._fact("lead_siret") == "73282932000074"
    assert filled(named("TeamForm"), capacity_per_month=wrapped("12\u00a0")).capacity_per_month.data == 12
    assert filled(named("LogForm"), on=wrapped("2026-03-02")).on.data is not None
    assert filled(named("SecondStepForm"), code=wrapped("123\u202f456")).code.data == "123 456"
    assert filled(named("ProfileForm"), phone=wrapped("06\u00a012")).phone.data == "06 12"
    assert typed_reference(wrapped("1234\u20115678")) == "1234-5678"


def named(name: str) -> type[BaseForm]:
    return next(one for one in forms() if one.__name__ == name)


def all_columns() -> list[Column]:
    return [column for table in COLUMNS.values() for column in table]


@pytest.mark.parametrize("column", all_columns(), ids=lambda one: one.head)
def test_every_column_of_every_import(app: Flask, column: Column) -> None:
    with app.test_request_context("/"):
        text = column.example or next(iter(column.words.french.values()) if column.words else iter("3"))
        expected = read(column, text)
        for one in (*DIRECTIONS, *UNSEEN):
            same = read(column, f"{one}{text[:1]}{one}{text[1:]}{one}")
            assert column.prose or same == expected, ascii(one)
        for between in BETWEEN:
            for held in texts_in(column, f"Eve{between}x{between}"):
                assert wrong_in_one_line(held) == [], (column.head, ascii(between))
        assert {tidy(nothing) for nothing in SHOWING_NOTHING} == {""}


def read(column: Column, cell: str) -> Any:
    try:
        return column.value(tidy(cell))
    except CellRefused as refused:
        return refused.message


def texts_in(column: Column, cell: str) -> list[str]:
    """The texts of one line that a cell is read as, if it is."""
    try:
        value = column.value(tidy(cell))
    except CellRefused:
        return []
    values = [] if column.prose else value if isinstance(value, tuple) else [value]
    return [one for one in values if isinstance(one, str)]


COMMANDS = {
    "create-admin": ("a@b.test", "Anne", "Martin"),
    "add-cell": ("52", "Cellule"),
    "add-member": ("{pole}", "coordinator", "c@b.test", "Anne", "Martin"),
}


def test_the_commands_are_all_those_that_take_a_text(app: Flask) -> None:
    chosen = ("region_code", "role")
    typed = {
        name
        for name, command in app.cli.commands.items()
        for one in command.params
        if isinstance(one, click.Argument) and one.name not in chosen and one.type.name != "integer"
    }
    assert typed - {"remove-second-factors", "send-test"} == set(COMMANDS)  # these keep nothing


REGIONS_IN_TURN = ("52", "53", "28", "32")  # a region gets one cell


@pytest.mark.parametrize("command", COMMANDS)
def test_every_word_of_every_command(app: Flask, make: Builder, command: str) -> None:
    pole = make.pole()
    words = [word.format(pole=pole.id) for word in COMMANDS[command]]
    first = next(place for place, word in enumerate(words) if word in {"Anne", "Cellule"})
    for nothing in ("\u200b", "\u202e \u2800", "\n"):
        answer = app.test_cli_runner().invoke(args=[command, *words[:first], nothing, *words[first + 1 :]])
        assert answer.exit_code == 2, answer.output
    for number, between in enumerate(("\r\n", "\u202e", "\u00ad", "\u2028")):
        before = [REGIONS_IN_TURN[number]] if command == "add-cell" else words[:first]
        answer = app.test_cli_runner().invoke(
            args=[command, *before, f"Eve{number}{between}x", *words[first + 1 :]]
        )
        assert answer.exit_code == 0, answer.output
        db.session.remove()
        names = [
            *db.session.scalars(select(Person.given_name)),
            *db.session.scalars(select(Organisation.name)),
        ]
        assert [name for name in names if wrong_in_one_line(name)] == []
