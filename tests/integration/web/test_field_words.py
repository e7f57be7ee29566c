"""What is typed wrong is said in the portal's words, never in those of the forms library."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import wtforms
from flask import Flask
from flask_babel import force_locale
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired

from portal.web.field_words import WORDS
from portal.web.forms import PortalForm, choices

pytestmark = pytest.mark.one_database

OFFERED = [(1, "one"), (2, "two")]


class Form(PortalForm):
    name = StringField(validators=[InputRequired()])
    on = DateField()
    at = TimeField()
    people = IntegerField()
    kind = SelectField(coerce=int, choices=choices(OFFERED))
    other = SelectField(coerce=int, choices=choices(OFFERED))
    several = SelectMultipleField(coerce=int, choices=choices(OFFERED))
    many = SelectMultipleField(coerce=int, choices=choices(OFFERED))


WRONG = {
    "on": "2026-02-31",
    "at": "25:00",
    "people": "ten",
    "kind": "9",
    "other": "x",
    "several": ["8", "9"],
    "many": ["x"],
    "name": "",
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_word_of_the_library_is_left(app: Flask, language: str) -> None:
    with app.test_request_context(method="POST", data=WRONG), force_locale(language):
        form = Form(meta={"csrf": False})
        assert not form.validate()
        said = {name: [str(message) for message in messages] for name, messages in form.errors.items()}
        assert said.keys() == WRONG.keys()
        assert {message for messages in said.values() for message in messages} <= {
            str(one) for one in WORDS.values()
        }


def test_the_library_still_says_what_we_replace() -> None:
    folder = Path(wtforms.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    assert [said for said in WORDS if said not in sources] == []


def all_forms(of: type[PortalForm] = PortalForm) -> Iterator[type[PortalForm]]:
    for one in of.__subclasses__():
        yield one
        yield from all_forms(one)


def test_what_is_lacking_is_said_in_words_of_its_own(app: Flask) -> None:
    """“Write the report.”, never that some field is needed."""
    with app.test_request_context():
        general = {None, str(WORDS["This field is required."])}
        found = {
            f"{form.__name__}.{name}"
            for form in all_forms()
            if form.__module__.startswith("portal.")
            for name, field in vars(form).items()
            if isinstance(field, UnboundField)
            for validator in field.kwargs.get("validators", ())
            if isinstance(validator, InputRequired)
            if (validator.message and str(validator.message)) in general
        }
    assert not found
