"""What is typed between poles that ask together."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField

from portal.joint.rules import LONGEST_WORD
from portal.web.forms import PICK, PortalForm, at_most, choices, number_or_none, required


def _text(label: Any, hint: Any) -> TextAreaField:
    return TextAreaField(label, description=hint, validators=[at_most(LONGEST_WORD)], render_kw={"rows": 4})


class InviteForm(PortalForm):
    pole_id = SelectField(
        _l("Pole to invite"),
        description=_l("Poles without a coordinator on the portal are not in this list: call them."),
        coerce=number_or_none,
        validators=[required(_l("Choose a pole."))],
    )
    word = _text(_l("A word to this pole"), _l("Only this pole reads it."))

    def offer(self, poles: Iterable[tuple[int, str]]) -> None:
        self.pole_id.choices = choices([PICK, *poles])


class JoinForm(PortalForm):
    answer = _text(
        _l("What your pole needs"),
        _l("Read by the pole that asks, the partners and the cell; not by the other poles that join."),
    )


class RefuseForm(PortalForm):
    answer = _text(_l("Why"), _l("Only the pole that asks reads it."))


class LeaveForm(PortalForm):
    answer = _text(_l("Why"), _l("Read by the pole that asks and the partners at work."))
