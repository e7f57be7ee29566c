"""How a question is typed; and the fields of the questions of a service, on whatever form asks them.

    form = asking(RequestForm, questions, values, notes)(service_id=…)
    form.answers()

`templates/catalogue/questions/_fields.html` draws them. The name of a field has its question in it and what that says:
what was typed for words that changed meanwhile is never read as an answer to the new ones.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from babel.numbers import get_decimal_symbol
from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.catalogue.questions import rules, words
from portal.catalogue.questions.rules import (
    Draft,
    Question,
    QuestionKind,
    fault,
    field_name,
    key_of,
)
from portal.text import one_line
from portal.web import languages
from portal.web.forms import PICK, PortalForm, at_most, choices, required

SHOWN = "asked"
"""What a form posts for each question that was on the screen."""
_NO_ANSWER = ("", _l("No answer"))
_YES, _NO = "yes", "no"
_KIND = QuestionKind


class AsksQuestions(PortalForm):
    """A form on which a service may ask its questions."""

    questions: ClassVar[Sequence[Question]] = ()

    def question_fields(self) -> list[tuple[Question, Field]]:
        """Each question with its field."""
        return [(question, self[field_name(question)]) for question in self.questions]

    def answers(self) -> dict[str, Any]:
        """What answers the questions that were on the screen, by their keys."""
        return {
            question.key: _value(question, field)
            for question, field in self.question_fields()
            if _was_shown(field)
        }


AForm = TypeVar("AForm", bound=AsksQuestions)


def asking(
    form: type[AForm],
    questions: Sequence[Question],
    values: Mapping[str, Any] = MappingProxyType({}),
    notes: Mapping[str, str] = MappingProxyType({}),
) -> type[AForm]:
    """The form, which asks these questions too. `values`: what is answered already, by key; `notes`: what else is said
    to who answers."""
    if not questions:
        return form
    fields = {
        field_name(question): _field(question, values.get(question.key), notes.get(question.key, ""))
        for question in questions
    }
    return type(form.__name__, (form,), {**fields, "questions": tuple(questions)})


def _was_shown(field: Field) -> bool:
    return field.name in request.form.getlist(SHOWN)


def _field(question: Question, value: Any, note: str) -> Any:
    given = {
        "label": words.label(question),
        "description": f"{words.help_of(question)} {note}".strip(),
        "default": _default(question, value),
    }
    checks = [_Answers(question)]
    match question.kind:
        case _KIND.LONG:
            return TextAreaField(**given, validators=[*checks, at_most(rules.LONGEST_TEXT)])
        case _KIND.DATE:
            return DateField(**given, validators=checks)
        case _KIND.ONE | _KIND.YES_NO:
            return RadioField(**given, choices=_one_of(question), validators=checks, validate_choice=False)
        case _KIND.SEVERAL:
            return SelectMultipleField(
                **given,
                choices=choices(_labels(question)),
                validators=checks,
                validate_choice=False,
                widget=ListWidget(prefix_label=False),
                option_widget=CheckboxInput(),
            )
    return StringField(**given, validators=checks)


def _default(question: Question, value: Any) -> Any:
    """An answer as its field holds it."""
    if question.kind is _KIND.YES_NO and value is not None:
        return _YES if value else _NO
    if question.kind is _KIND.DATE and value:
        return rules.day(value)
    if question.kind is _KIND.NUMBER and value:
        return value.replace(".", get_decimal_symbol(languages.current_code()))
    return value


def _labels(question: Question) -> list[tuple[str, str]]:
    return [(choice.label, words.label(choice)) for choice in question.choices]


def _one_of(question: Question) -> Any:
    offered = _labels(question) if question.kind is _KIND.ONE else [(_YES, _("Yes")), (_NO, _("No"))]
    return choices(offered if question.needed else [*offered, _NO_ANSWER])


def _value(question: Question, field: Field) -> Any:
    """What was typed, as a request keeps it."""
    data = field.data
    match question.kind:
        case _KIND.YES_NO:
            return {_YES: True, _NO: False}.get(data)
        case _KIND.DATE:
            return data.isoformat() if data else None
        case _KIND.NUMBER:
            return (rules.number(data) or data) if data else None
        case _KIND.SEVERAL:
            return list(data or ())
    return data or None


class _Answers:
    """An answer must fit its question; only sending asks for one."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.field_flags: dict[str, Any] = {"required": True} if question.needed else {}
        if question.kind is _KIND.SHORT:
            self.field_flags["maxlength"] = rules.LONGEST_LINE

    def __call__(self, form: PortalForm, field: Field) -> None:
        if not any(field.raw_data or ()):
            field.errors = []  # of a day that is not typed
        if field.errors:
            return
        value = _value(self.question, field)
        if not _was_shown(field):
            self._require_sight()
        elif wrong := fault(self.question, value):
            raise ValidationError(words.sentence(self.question, wrong))

    def _require_sight(self) -> None:
        """It was not on the screen: what was typed for its words before is said, never taken for an answer."""
        if before := _typed_before(self.question):
            raise StopValidation(
                _(
                    "This question changed while you were writing: answer it again. You had typed: %(answer)s",
                    answer=before,
                )
            )


def _typed_before(question: Question) -> str:
    given = (text for name, text in request.form.items(multi=True) if key_of(name) == question.key)
    return ", ".join(filter(None, map(one_line, given)))


def _lines(label: Any, hint: Any) -> TextAreaField:
    most = rules.MOST_CHOICES * (rules.LONGEST_CHOICE + 1)
    return TextAreaField(label, description=hint, validators=[Optional(), at_most(most)])


def _split(text: str | None) -> list[str]:
    return [line for line in map(one_line, (text or "").splitlines()) if line]


class QuestionForm(PortalForm):
    """A question as those who keep the sheet type it. `seen`: what was on the screen."""

    seen = HiddenField()

    label = StringField(
        _l("Question"), validators=[required(_l("Type the question.")), at_most(rules.LONGEST_LABEL)]
    )
    kind = SelectField(
        _l("How it is answered"),
        choices=choices([PICK, *words.KINDS.items()]),
        validators=[required(_l("Choose one of the answers offered."))],
    )
    choices = _lines(
        _l("Choices, one to a line"),
        _l(
            "For one choice or several: from %(least)d to %(most)d.",
            least=rules.FEWEST_CHOICES,
            most=rules.MOST_CHOICES,
        ),
    )
    needed = BooleanField(
        words.NEEDED,
        description=_l("Nothing is sent without an answer; a draft can be saved without it."),
    )
    help = StringField(
        _l("Help"),
        description=_l("A line under the question: an example, where to find the answer."),
        validators=[Optional(), at_most(rules.LONGEST_HELP)],
    )
    label_en = StringField(_l("Question in English"), validators=[Optional(), at_most(rules.LONGEST_LABEL)])
    choices_en = _lines(_l("Choices in English"), _l("In the same order as in French."))
    help_en = StringField(_l("Help in English"), validators=[Optional(), at_most(rules.LONGEST_HELP)])

    def draft(self) -> Draft:
        """What was typed."""
        return Draft(
            kind=QuestionKind(self.kind.data),
            label=self.label.data or "",
            label_en=self.label_en.data or "",
            help=self.help.data or "",
            help_en=self.help_en.data or "",
            lines=_split(self["choices"].data),
            lines_en=_split(self.choices_en.data),
            needed=bool(self.needed.data),
        )


class PlaceForm(PortalForm):
    """Where a question is asked, from 1."""

    place = IntegerField(
        validators=[
            required(_l("Say at which place it is asked.")),
            NumberRange(1, rules.MOST_QUESTIONS, _l("Type a number between 1 and %(max)d.")),
        ]
    )


class RemoveForm(PortalForm):
    """A button."""


def as_typed(question: Question) -> dict[str, Any]:
    """A question as its form holds it."""
    kept = rules.as_json(question)
    french, english = (
        "\n".join(choice[name] for choice in kept["choices"] if choice[name])
        for name in ("label", "label_en")
    )
    return {**kept, "choices": french, "choices_en": english}
