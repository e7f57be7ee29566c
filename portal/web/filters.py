"""Filters of a list: a form whose answers stay in the address, to be kept, shared and gone back to."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from wtforms import Form, SelectField, StringField
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from portal.web.forms import choices, put_right

LONGEST_SEARCH = 100
Word = TypeVar("Word", bound=StrEnum)


class FilterForm(Form):
    """Read from the address; what is not a choice is as if nothing was asked."""

    class Meta(DefaultMeta):
        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            return put_right(form, super().wrap_formdata(form, formdata))

    def chosen(self, name: str, vocabulary: type[Word]) -> Word | None:
        """A word of a closed vocabulary."""
        try:
            return vocabulary(self[name].data)
        except ValueError:
            return None

    def code(self, name: str, known: Mapping[str, Any]) -> str | None:
        """A code that exists."""
        code = self[name].data
        return code if code in known else None

    @property
    def text(self) -> str:
        return (self.q.data or "")[:LONGEST_SEARCH]


def search_field(label: Any) -> UnboundField:
    return StringField(label, render_kw={"type": "search", "maxlength": LONGEST_SEARCH})


def choice_field(label: Any, offered: Iterable[tuple[str, Any]], everything: Any) -> UnboundField:
    """A choice among some, after `everything`, "All regions", which asks for nothing."""
    return SelectField(label, choices=choices([("", everything), *offered]))


def word_field(label: Any, labels: Mapping[Word, Any], everything: Any) -> UnboundField:
    """A choice in a vocabulary."""
    return choice_field(label, [(word.value, text) for word, text in labels.items()], everything)
