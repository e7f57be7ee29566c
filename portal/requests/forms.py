"""What people say about requests."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from portal.documents.forms import TakesDocuments
from portal.refusals import Invalid
from portal.requests import words
from portal.requests.rules import Details
from portal.requests.steps import Planned
from portal.web.choices import NotedChoicesField
from portal.web.forms import (
    LONG_TEXT,
    PICK,
    PortalForm,
    at_most,
    choices,
    number_or_none,
    required,
)


def _text(label: Any, *, needed: Any = None, hint: Any = "", rows: int = 5) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        validators=[required(needed) if needed else Optional(), at_most(LONG_TEXT)],
        render_kw={"rows": rows},
    )


class RouteForm(PortalForm):
    partner_ids = NotedChoicesField(
        _l("Partners to ask"),
        description=_l("Those who suit best come first. You can add a word for each partner you choose."),
        coerce=int,
        validators=[InputRequired(_l("Choose at least one partner."))],
        note=_l("A word for %(name)s: the pole reads it too, the other partners do not"),
    )
    lead_id = SelectField(
        _l("If they support the pole together, who leads?"),
        description=_l("The pole turns to this partner first; they see each other’s names and contacts."),
        coerce=number_or_none,
        validators=[Optional()],
    )
    message = _text(
        _l("A word for all the partners"),
        hint=_l("The pole reads it too, as it does the words for each partner."),
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
    """A button. `refused`: what is to be put right first, in the step that holds it."""

    refused: Invalid | None = None

    def refuse(self, refusal: Invalid) -> None:
        super().refuse(refusal)
        self.refused = refusal


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
