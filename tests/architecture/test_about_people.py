"""No table can hold something about people and be forgotten by their copy."""

import re
from collections.abc import Iterator

from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy import JSON, Column, Enum, LargeBinary, String, Table
from wtforms import EmailField
from wtforms.fields.core import UnboundField

from portal.db import Model
from portal.personal_data.words import SECTIONS
from tests.architecture.about_people import EXPORTED, LEFT_OUT, NOT_ABOUT_PEOPLE


def may_be_about_somebody(column: Column) -> bool:
    names_a_person = any(key.column.table.name == "person" for key in column.foreign_keys)
    is_text = isinstance(column.type, String | JSON | LargeBinary) and not isinstance(column.type, Enum)
    refers_loosely = column.name.endswith("_id") and not column.foreign_keys
    return names_a_person or is_text or refers_loosely


def columns() -> Iterator[tuple[Table, str]]:
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if may_be_about_somebody(column):
                yield table, f"{table.name}.{column.name}"


def test_every_column_about_people_is_in_their_copy_or_left_out_for_a_reason(app: Flask) -> None:
    unknown = [
        name
        for table, name in columns()
        if table.name not in NOT_ABOUT_PEOPLE and name not in EXPORTED and name not in LEFT_OUT
    ]
    assert not unknown, (
        "Can these hold something about a person? Add them to a feature's personal.py and to EXPORTED of"
        f" tests/architecture/about_people.py, or say there why not: {unknown}"
    )


def test_a_foreign_key_to_a_person_is_about_people(app: Flask) -> None:
    wrong = [
        f"{table}.{column.name}"
        for table in NOT_ABOUT_PEOPLE
        for column in Model.metadata.tables[table].columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    ]
    assert not wrong, f"These name a person: {wrong}"


def test_the_lists_name_only_what_exists(app: Flask) -> None:
    known = {name for _table, name in columns()}
    tables = {table.name for table, _name in columns()}
    assert not (stale := (EXPORTED.keys() | LEFT_OUT.keys()) - known), f"Remove {stale}"
    assert not (twice := EXPORTED.keys() & LEFT_OUT.keys()), f"In the copy or not? {twice}"
    assert not (gone := NOT_ABOUT_PEOPLE.keys() - tables), f"Remove {gone}"


def test_every_part_named_exists() -> None:
    parts = {place.partition(".")[0] for place in EXPORTED.values()}
    assert parts == SECTIONS.keys()


def test_no_table_that_is_about_nobody_has_a_column_named_like_a_person(app: Flask) -> None:
    personal = re.compile(r"e_?mail|phone|given|family|person|contact|birth|gender")
    wrong = [name for table, name in columns() if table.name in NOT_ABOUT_PEOPLE and personal.search(name)]
    assert not wrong, f"Put these in EXPORTED or LEFT_OUT, column by column: {wrong}"


# Who types whose address, and how that person is told.
TYPED = {
    "SignInForm.email": "their own",
    "AskResetForm.email": "their own, or nothing happens",
    "AddressForm.email": "their own new one: nothing happens before its owner opens the link sent there",
    "BeginForm.email": "their own: nothing happens before its owner opens the link sent there",
    "LostLinkForm.email": "their own, or nothing happens",
    "ContactForm.contact_email": "by the e-mail applications/contact_named, when the application is sent",
    "InviteForm.email": "by the invitation itself, which says who typed it and when it is deleted",
    "PoleForm.shared_mailbox": "an address of a team, not of a person",
    "TeamForm.shared_mailbox": "an address of a team, not of a person",
    "GuestForm.email": "by the invitation itself, which says so and when it is deleted",
    "RegisterForm.email": "by the e-mail sessions/seat_participant or the one of who waits, which say so",
    "ExampleForm.email": "the style guide: sent nowhere",
}


def test_whoever_has_their_address_typed_by_another_is_told(app: Flask) -> None:
    typed = {
        f"{form.__name__}.{name}"
        for form in forms_of(FlaskForm)
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and (issubclass(field.field_class, EmailField) or "mail" in name)
    }
    assert typed == TYPED.keys(), "Who types this address, and how is its owner told? Say it in TYPED."


def forms_of(kind: type) -> set[type]:
    """Ours, whatever they stand on."""
    found = {one for child in kind.__subclasses__() for one in {child, *forms_of(child)}}
    return {one for one in found if one.__module__.startswith("portal.")}
