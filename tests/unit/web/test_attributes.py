"""The tags of our forms are those that WTForms writes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markupsafe import Markup
from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.widgets import html_params as theirs

from portal.web import attributes as ours
from portal.web.forms import choices

NAMES = some.sampled_from(
    ["id", "name", "class_", "for_", "data_seen", "aria_describedby", "data-left", "required"]
)
VALUES = some.one_of(some.booleans(), some.none(), some.integers(), some.text(), some.text().map(Markup))


@given(some.dictionaries(NAMES, VALUES))
def test_attributes_are_written_as_wtforms_writes_them(values: dict[str, Any]) -> None:
    assert ours.attributes(**values) == theirs(**values)


def test_what_is_typed_ends_no_attribute() -> None:
    assert (
        ours.attributes(value='"><script>', title=Markup('"'))
        == 'title="&quot;" value="&#34;&gt;&lt;script&gt;"'
    )


@pytest.mark.parametrize("kind", [StringField, TextAreaField, SelectField])
def test_every_kind_of_field_is_drawn_with_them(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_written", lambda name, _value: name.upper())
    more = {"choices": choices([("a", "A")])} if kind is SelectField else {}
    drawn = type("Drawn", (Form,), {"text": kind("Text", **more)})()["text"]()
    assert "NAME" in drawn
    assert 'name="' not in drawn
