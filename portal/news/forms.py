"""How somebody wants to hear of things."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField
from wtforms.validators import ValidationError

from portal.notifications.preferences.rules import DIGEST_HOURS, HOURS, Topic
from portal.notifications.words import RHYTHMS
from portal.web.forms import PortalForm, choices, number_or_none, required


def _hour(hour: int) -> str:
    return _("%(hour)s:%(minute)s", hour=hour, minute="00")


class PreferencesForm(PortalForm):
    """Beside a field for each topic, named after it, that `with_topics` adds."""

    digest = SelectField(_l("Digests come at"), coerce=number_or_none)
    quiet_from = SelectField(_l("No e-mail from"), coerce=number_or_none)
    quiet_until = SelectField(_l("E-mails come again from"), coerce=number_or_none)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.digest.choices = choices((hour, _hour(hour)) for hour in DIGEST_HOURS)
        hours = choices([("", _("No quiet hours")), *((hour, _hour(hour)) for hour in HOURS)])
        self.quiet_from.choices = self.quiet_until.choices = hours

    def validate_quiet_until(self, field: Field) -> None:
        if (self.quiet_from.data is None) != (field.data is None):
            raise ValidationError(_l("Say when quiet hours begin and when they end, or neither."))
        if field.data is not None and field.data == self.quiet_from.data:
            raise ValidationError(_l("Quiet hours end at another hour than they begin."))


def with_topics(topics: Iterable[Topic]) -> type[PreferencesForm]:
    """The form for what somebody may choose."""
    fields = {
        topic.name: RadioField(
            topic.label,
            description=topic.explains,
            choices=choices(RHYTHMS.items()),
            validators=[required(_l("Choose one of the answers offered."))],
        )
        for topic in topics
    }
    return type("PreferencesForm", (PreferencesForm,), fields)
