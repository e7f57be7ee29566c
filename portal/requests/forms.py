"""What people say about requests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional, ValidationError

from portal import clock
from portal.catalogue.questions.forms import AsksQuestions
from portal.documents.forms import TakesDocuments
from portal.requests import rules, words
from portal.requests.rules import Details
from portal.requests.steps import Planned
from portal.web.choices import NotedChoicesField
from portal.web.forms import (
    LONG_TEXT,
    PICK,
    OnceForm,
    PortalForm,
    at_most,
    choices,
    number_or_none,
    required,
)

LONGEST_PAST = timedelta(days=365)
LONGEST_WISH = timedelta(days=5 * 365)


def _text(label: Any, *, needed: Any = None, hint: Any = "", rows: int = 5) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        validators=[required(needed) if needed else Optional(), at_most(LONG_TEXT)],
        render_kw={"rows": rows},
    )


class NeededToSend:
    """Marks a field as needed, which only sending asks for."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: PortalForm, field: Field) -> None:
        """The service knows whether it is sent."""


def _within_reach(form: PortalForm, field: DateField) -> None:
    """A year mistyped."""
    if field.data and not clock.today() - LONGEST_PAST <= field.data <= clock.today() + LONGEST_WISH:
        raise ValidationError(_l("Check the year: this day is too far away."))


class RequestForm(TakesDocuments, AsksQuestions, OnceForm):
    """A request as its pole writes it; only sending asks for the need."""

    service_id = SelectField(
        _l("Service"),
        coerce=number_or_none,
        validate_choice=False,  # where it is chosen, under its lock
        validators=[required(_l("Choose a service from the list."))],
        description=_l("If you do not know, choose “Guide me”: your cell will find who can help."),
    )
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


class RouteForm(PortalForm):
    partner_ids = NotedChoicesField(
        _l("Partners to ask"),
        description=_l("Those who suit best come first. You can add a word for one partner alone."),
        coerce=int,
        validators=[InputRequired(_l("Choose at least one partner."))],
    )
    lead_id = SelectField(
        _l("If they support the pole together, who leads?"),
        description=_l("The pole turns to this partner first; they see each other’s names and contacts."),
        coerce=number_or_none,
        validators=[Optional()],
    )
    message = _text(
        _l("A word for all the partners"),
        hint=_l("The pole reads it too, as it does the words for one partner alone."),
        rows=3,
    )

    def offer(self, candidates: Sequence[tuple[int, str, str]]) -> None:
        """The partners to choose from: number, name, and what speaks for each."""
        self.partner_ids.choices = [
            SelectChoice(number, name, {"data-hint": reasons}) for number, name, reasons in candidates
        ]
        names = [(number, name) for number, name, _reasons in candidates]
        self.lead_id.choices = choices([("", _l("Nobody: each answers for itself")), *names])


def _understood() -> BooleanField:
    """Nothing opens the request again."""
    return BooleanField(
        _l("I confirm: after two minutes this cannot be undone"),
        validators=[InputRequired(_l("Tick the box to confirm, or leave the request as it is."))],
    )


class WithdrawForm(PortalForm):
    reason = SelectField(
        _l("Why"),
        choices=choices([PICK, *words.POLE_CLOSE_REASONS.items()]),
        validators=[required(_l("Choose a reason."))],
    )
    message = _text(_l("A word of explanation"), rows=3)
    understood = _understood()


class DropForm(PortalForm):
    reason = SelectField(
        _l("Why"),
        choices=choices([PICK, *words.CELL_CLOSE_REASONS.items()]),
        validators=[required(_l("Choose a reason."))],
    )
    message = _text(
        _l("What the pole should know"),
        needed=_l("Write what the pole should know."),
        hint=_l("The pole reads this as it is."),
        rows=3,
    )
    understood = _understood()


class AcceptForm(PortalForm):
    referent_id = SelectField(
        _l("Referent"),
        coerce=number_or_none,
        description=_l("The person the pole will talk to."),
        validators=[required(_l("Choose somebody from your team."))],
    )
    message = _text(_l("A word for the pole"), hint=_l("For example when you will get in touch."), rows=3)


class DeclineForm(PortalForm):
    reason = SelectField(
        _l("Why"),
        choices=choices([PICK, *words.DECLINE_REASONS.items()]),
        validators=[required(_l("Choose a reason."))],
    )
    message = _text(
        _l("Next step you suggest"),
        needed=_l("Write the next step you suggest."),
        hint=_l("Whom to ask, what to prepare, when to come back. The pole reads this as it is."),
        rows=3,
    )


class AskForm(PortalForm):
    message = _text(
        _l("Your question"), needed=_l("Write your question."), hint=_l("The pole gets it by e-mail."), rows=4
    )


class AnswerForm(TakesDocuments):
    message = _text(_l("Your answer"), needed=_l("Write your answer."), rows=4)


class ChangeReferentForm(PortalForm):
    referent_id = SelectField(
        _l("New referent"),
        coerce=number_or_none,
        validators=[required(_l("Choose somebody from your team."))],
    )
    message = _text(_l("A word for the pole"), rows=3)


class AssignForm(PortalForm):
    referent_id = SelectField(
        _l("Colleague"),
        coerce=number_or_none,
        validators=[required(_l("Choose somebody from your team."))],
    )
    message = _text(_l("A word for your colleague"), rows=3)


class ChaseForm(PortalForm):
    message = _text(_l("A word of yours"), rows=3)


class TakeForm(PortalForm):
    """A button."""


class HandBackForm(DeclineForm):
    """The same words as to decline, after having accepted."""


class CompleteForm(TakesDocuments):
    reason = RadioField(
        _l("Outcome"),
        choices=choices((outcome, label) for outcome, (label, _) in words.OUTCOMES.items()),
        validators=[required(_l("Choose an outcome."))],
    )
    message = _text(
        _l("Review"),
        needed=_l("Write the review."),
        hint=_l("What was done, what changed, what remains. The pole and its cell read it."),
    )
    planned = RadioField(
        _l("What becomes of the dates still planned?"),
        choices=choices(words.PLANNED.items()),
        validators=[required(_l("Say what becomes of the dates still planned."))],
    )


class ReopenForm(PortalForm):
    message = _text(_l("Why go on"), needed=_l("Write why the support should go on."), rows=3)


class CancelForm(PortalForm):
    message = _text(_l("A word for the partner"), rows=3)


class AddInformationForm(TakesDocuments):
    message = _text(
        _l("What you want to add"),
        needed=_l("Write what you want to add."),
        hint=_l("A date, a figure, what has changed since: it stands in the request for all who have it."),
        rows=4,
    )


class RemindForm(PortalForm):
    message = _text(_l("A word for the partner"), rows=3)


class ThankForm(PortalForm):
    message = _text(
        _l("A word for the partner"), hint=_l("What the support changed for your pole, if you wish."), rows=3
    )


class LeadForm(PortalForm):
    message = _text(_l("A word of explanation"), rows=3)


class SubmitForm(PortalForm):
    """A button."""


def details_of(form: PortalForm) -> Details:
    """What goes with a step, of whatever its form asks."""

    def typed(name: str) -> Any:
        return form[name].data if name in form else None

    return Details(
        reason=typed("reason") or None,
        message=typed("message") or None,
        referent_id=typed("referent_id"),
        partner_ids=typed("partner_ids") or (),
        notes=form["partner_ids"].notes if "partner_ids" in form else {},
        lead_id=typed("lead_id"),
        planned=Planned(typed("planned")) if typed("planned") else None,
    )
