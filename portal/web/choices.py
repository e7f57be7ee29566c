"""Choices of which several may be ticked, with a word for each."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.text import several_lines

LONGEST_NOTE = 1000


class NotedChoicesField(SelectMultipleField):
    """Boxes to tick, each with a few lines beside it. `notes`: what was typed for those that are ticked, by choice."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, note: Any, **kwargs: Any) -> None:
        """`note`: what the lines are for, of the %(name)s of a choice, and who reads them."""
        super().__init__(*args, **kwargs)
        self._note = note

    def note_label(self, name: Any) -> str:
        """What the lines of a choice are for."""
        return str(self._note) % {"name": name}

    def note_name(self, value: Any) -> str:
        """The name of the lines of a choice."""
        return f"{self.name}-note-{value}"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        given = formdata or {}
        typed = {value: several_lines(given.get(self.note_name(value), "")) for value in self.data or ()}
        self.notes = {value: note for value, note in typed.items() if note}

    def pre_validate(self, form: Form) -> None:
        super().pre_validate(form)
        if any(len(note) > LONGEST_NOTE for note in self.notes.values()):
            raise ValidationError(
                _l("A word for one partner is too long: %(max)d characters at most.") % {"max": LONGEST_NOTE}
            )
