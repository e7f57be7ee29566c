"""What may be typed in each step of a request."""

from datetime import timedelta
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from portal import clock
from portal.catalogue.questions.forms import AsksQuestions
from portal.documents.forms import TakesDocuments
from portal.requests import rules, words
from portal.web.forms import LONG_TEXT, OnceForm, PortalForm, at_most, choices, number_or_none, required

LONGEST_PAST = timedelta(days=365)
LONGEST_WISH = timedelta(days=5 * 365)


class NeededToSend:
    """Marks a field as needed, which only sending asks for."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: PortalForm, field: Field) -> None:
        """The service knows whether it is sent."""


def _within_reach(form: PortalForm, field: DateField) -> None:
    """A year mistyped."""
    if field.data and not clock.today() - LONGEST_PAST <= field.data <= clock.today() + LONGEST_WISH:
        raise ValidationError(_l("Check the year: this day is too far away."))


class StepForm(OnceForm):
    """One step of a request; the first that is saved creates it. `seen`: what the step held when it was drawn."""

    seen = HiddenField()


class ServiceForm(StepForm):
    service_id = SelectField(
        _l("Service"),
        coerce=number_or_none,
        validators=[required(_l("Choose a service from the list."))],
        description=_l("If you do not know, choose “Guide me”: your cell will find who can help."),
    )


class NeedForm(StepForm):
    """Only sending asks for the need."""

    subject = StringField(
        _l("In one line"),
        description=_l("What everybody reads first. Leave it empty: the first words of your need are taken."),
        validators=[at_most(rules.LONGEST_SUBJECT)],
    )
    need = TextAreaField(
        _l("Your need, in plain words"),
        description=_l("What is happening, what you would like to change, who is concerned."),
        validators=[NeededToSend(), at_most(LONG_TEXT)],
        render_kw={"rows": 8},
    )


class QuestionsForm(AsksQuestions, StepForm):
    """The questions of the service; only sending asks for the answers that are needed."""


class WishesForm(StepForm):
    wished_from = DateField(_l("Wished from"), validators=[Optional(), _within_reach])
    wished_until = DateField(_l("Wished until"), validators=[Optional(), _within_reach])
    mode = RadioField(
        _l("Where"),
        choices=choices(words.MODES.items()),
        default="either",
        validators=[required(_l("Choose one of the answers offered."))],
    )
    contact_preference = RadioField(
        _l("How would you like to be contacted?"),
        choices=choices(words.CONTACT_PREFERENCES.items()),
        default="either",
        validators=[required(_l("Choose one of the answers offered."))],
    )
    phone = StringField(
        _l("Telephone"),
        validators=[at_most(30)],
        description=_l("Needed if you choose “By telephone”."),
    )

    def validate_wished_until(self, field: DateField) -> None:
        if self.wished_from.data and field.data and field.data < self.wished_from.data:
            raise ValidationError(_l("The end of the period comes before its beginning."))

    def validate_phone(self, field: StringField) -> None:
        if self.contact_preference.data == "phone" and not field.data:
            raise ValidationError(_l("Type the number on which you would like to be called."))


class DocumentsForm(TakesDocuments, StepForm):
    """Nothing but documents."""
