"""What is said of what was logged."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import Optional

from portal.interventions.confirmation import words
from portal.interventions.confirmation.rules import NO_TIME
from portal.interventions.forms import LengthField
from portal.web.forms import LONG_TEXT, PortalForm, at_most, choices, required


def _words(label: Any, description: Any) -> Any:
    return TextAreaField(
        label,
        description=description,
        validators=[required(_l("Say why.")), at_most(LONG_TEXT)],
        render_kw={"rows": 4},
    )


class ContestForm(PortalForm):
    """Why a pole does not agree."""

    message = _words(_l("What is not right"), _l("The partner and your cell read this as it is."))
    minutes = LengthField(
        _l("How long it lasted, as you have it"),
        least=NO_TIME,
        description=_l("Only where the length is not right: 1 h 30, or 0 where it did not take place."),
        validators=[Optional()],
        render_kw={"autocomplete": "off"},
    )


class SettleForm(PortalForm):
    """What a cell decides."""

    ruling = RadioField(
        _l("What counts"),
        choices=choices(words.RULINGS.items()),
        validators=[required(_l("Choose one of the answers offered."))],
    )
    minutes = LengthField(
        _l("The length that counts"),
        description=_l("Only where it is another, such as 1 h 30."),
        validators=[Optional()],
        render_kw={"autocomplete": "off"},
    )
    message = _words(_l("Why"), _l("The pole and the partner read this as it is."))


class AdjustForm(PortalForm):
    """Another length of what is confirmed."""

    minutes = LengthField(
        _l("The length that should count"),
        least=NO_TIME,
        description=_l("Such as 1 h 30, or 0 where it should not count."),
        validators=[required(_l("Type a length such as 1 h 30, 1,5 or 90 min."))],
        render_kw={"autocomplete": "off"},
    )
    message = _words(_l("Why"), _l("Who reads the request reads this as it is, with the date."))


MAKE, REFUSE = "make", "refuse"


class DecideForm(PortalForm):
    """What a cell answers to a partner that proposes an adjustment."""

    choice = RadioField(
        _l("What you decide"),
        choices=choices([(MAKE, _l("Make this adjustment")), (REFUSE, _l("Refuse it"))]),
        validators=[required(_l("Choose one of the answers offered."))],
    )
    message = TextAreaField(
        _l("A word to the partner"), validators=[Optional(), at_most(LONG_TEXT)], render_kw={"rows": 3}
    )
