"""The base of every form: text put right, protection against forged posts, refusals back on their field."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError
from wtforms.widgets import Select, core

from portal.clock import WRITTEN_DAYS
from portal.refusals import AlreadySent, Invalid
from portal.text import one_line, plain_address, several_lines
from portal.web import kept
from portal.web.addresses import email_flaw
from portal.web.attributes import attributes
from portal.web.converters import LARGEST
from portal.web.field_words import FieldWords
from portal.web.tokens import FormToken

# WTForms fills in a template for each attribute of a tag: a tenth of the time that the page of a form takes.
core.html_params = attributes
core.Input.html_params = staticmethod(attributes)

LONG_TEXT = 5000
SHORT_TEXT = 200
# For the `render_kw` of a field: who will read what is typed, said beside it by components/fields.html.
SEEN_BY_ALL = {"data-seen": "public"}
SEEN_BY_FEW = {"data-seen": "private"}


def _kept_as_typed(typed: str) -> str:
    return typed


_PUT_RIGHT: Mapping[type[Field], Callable[[str], str]] = {
    TextAreaField: several_lines,
    EmailField: plain_address,
    PasswordField: _kept_as_typed,
}


def put_right(form: BaseForm, typed: MultiDict[str, Any] | None) -> MultiDict[str, Any] | None:
    """What was typed, before any field reads it: each value as its kind of field holds text, one line if none says.

    The rules are `portal.text`'s, which imports, commands and links follow too. Files stay as they are.
    """
    if typed is None:
        return None
    rules = {field.name: _rule_of(field) for field in form}
    return MultiDict(
        (name, rules[name](value) if isinstance(value, str) and name in rules else value)
        for name, value in typed.items(multi=True)
    )


def _rule_of(field: Field) -> Callable[[str], str]:
    return next((rule for kind, rule in _PUT_RIGHT.items() if isinstance(field, kind)), one_line)


class PortalForm(FlaskForm):
    """A form turns text into typed values and says what is wrong with the text; the service decides the rest.

    `id_prefix` keeps the ids of fields apart where a page holds several forms.
    """

    def __init__(self, *args: Any, id_prefix: str = "", **kwargs: Any) -> None:
        self.id_prefix = id_prefix
        typed = request.form if request.method == "POST" else None  # typed text only: no JSON, no files
        super().__init__(*args, **{"formdata": typed, **kwargs})

    class Meta(FlaskForm.Meta):
        csrf_class = FormToken

        def bind_field(self, form: Any, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            identity = f"{form.id_prefix}{options['name']}"
            if issubclass(unbound_field.field_class, DateField):
                options["format"] = [*WRITTEN_DAYS]
            return unbound_field.bind(form=form, id=identity, **options)

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
            if isinstance(field.widget, Select) and not field.widget.multiple:
                _say_what_is_chosen(field)
                render_kw = {"required": bool(_may_be_empty(field) and field.flags.required), **render_kw}
            return super().render_field(field, render_kw)

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            return put_right(form, super().wrap_formdata(form, formdata))

        @property
        def locales(self) -> list[str]:
            return [str(get_locale())]

        def get_translations(self, form: Any) -> FieldWords:
            return FieldWords()

    def submitted(self) -> bool:
        """Was the form sent, and is it right? Kept text that comes back is only shown."""
        if request.method != "POST" or kept.is_resuming():
            return False
        return bool(self.validate())

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """What a service refuses inside is shown in the form, which then has errors."""
        try:
            yield
        except Invalid as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: Invalid) -> None:
        """Show a service's refusal on the field it is about; above the form, where it has no such field."""
        if refusal.field not in self:
            self.form_errors.append(refusal.message)
            return
        field = self[refusal.field]
        field.errors = [*field.errors, refusal.message]


def _say_what_is_chosen(field: SelectField) -> None:
    """A browser takes the first choice of a list for chosen: where nothing is, the first one says so."""
    if not _may_be_empty(field) and not any(
        selected for _value, _label, selected, *_ in field.iter_choices()
    ):
        field.choices = [SelectChoice(*PICK), *(field.choices or ())]


def _may_be_empty(field: SelectField) -> bool:
    return next((value == "" for value, *_ in field.iter_choices()), False)


_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")


def _new_key() -> str:
    return secrets.token_urlsafe(16)


_SENT = _l(
    "This form was sent already, with other words or to others. Send it again if this is to be sent as well."
)


class OnceForm(PortalForm):
    """A form that creates something: sent twice, by a double click or a replay, it creates it once."""

    once = HiddenField(default=_new_key)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted() and not self.once.data:
            self.once.data = _new_key()

    def validate_once(self, field: Field) -> None:
        if not _KEY.fullmatch(field.data or ""):
            field.data = _new_key()
            raise ValidationError(_l("This form was damaged on its way. Read it again, then send it."))

    def refuse(self, refusal: Invalid) -> None:
        """Nothing was made: what is sent next is another one."""
        super().refuse(Invalid(refusal.field, _SENT) if isinstance(refusal, AlreadySent) else refusal)
        self.once.data = _new_key()


class _Filled(InputRequired):
    """The field must be sent, and hold more than spaces."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            raise StopValidation(self.message)


def required(message: Any) -> InputRequired:
    """The field must be filled, spaces are not enough; `message` says with what."""
    return _Filled(message)


def at_most(length: int) -> Length:
    return Length(max=length, message=_l("This text is too long: %(max)d characters at most."))


def an_email(form: FlaskForm, field: Field) -> None:
    """One e-mail address that can be written to, where anything is typed."""
    if field.data and (flaw := email_flaw(field.data)):
        raise ValidationError(flaw)


PICK = ("", _l("Choose…"))
"""The first choice of a list that must be chosen from, since nothing in it is right by default."""


def number_or_none(value: Any) -> int | None:
    """The number of a choice, None for PICK; ValueError for what a database cannot hold."""
    if value in {"", None}:
        return None
    number = int(value)
    if abs(number) > LARGEST:
        raise ValueError(value)
    return number


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """(value, label) pairs as the choices of a field."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]
