"""Choices of which several may be ticked, with a word for each."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.text import one_line
from portal.web.forms import SHORT_TEXT


class NotedChoicesField(SelectMultipleField):
    """Boxes to tick, each with a line beside it. `notes`: what was typed for those that are ticked, by choice."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def note_name(self, value: Any) -> str:
        """The name of the line of a choice."""
        return f"{self.name}-note-{value}"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        typed = {
            value: one_line((formdata or {}).get(self.note_name(value), "")) for value in self.data or ()
        }
        self.notes = {value: note for value, note in typed.items() if note}

    def pre_validate(self, form: Form) -> None:
        super().pre_validate(form)
        if any(len(note) > SHORT_TEXT for note in self.notes.values()):
            raise ValidationError(
                _l("A word for one partner is too long: %(max)d characters at most.") % {"max": SHORT_TEXT}
            )
