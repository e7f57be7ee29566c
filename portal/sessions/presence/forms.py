"""What is said on the day of a session."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.interventions.forms import SOMEBODY, BesideForm, boxes, length_needed
from portal.sessions.presence.rules import LONGEST_TYPED, Shown, Ticks, Told, as_shown, read_shown
from portal.sessions.registrations.rules import NAME, Presence
from portal.web.forms import LONG_TEXT, OnceForm, PortalForm, at_most, number_or_none, required


class ListForm(PortalForm):
    """Those on the list, as they are ticked. `shown`: as they stood on the page."""

    shown = HiddenField()
    came = boxes(_l("Who came"), Optional())
    excused = boxes(_l("Who was excused"), Optional(), _l("Whoever is ticked in neither list was not there."))

    @property
    def ticks(self) -> Ticks:
        return Ticks(self.came.data or (), self.excused.data or (), read_shown(self.shown.data or ""))

    def show(self, standing: Shown) -> None:
        """Once it was sent: those on the list as they stand by now, with what was ticked otherwise."""
        ticks = self.ticks
        told = {number: ticks.of(number, now) for number, now in standing.items()}
        in_both = {*ticks.came} & {*ticks.excused}
        self.came.data = [number for number, says in told.items() if says is Presence.PRESENT]
        self.excused.data = [
            number for number, says in told.items() if says is Presence.EXCUSED or number in in_both
        ]
        self.shown.data = as_shown(standing.items())


class CloseForm(BesideForm, ListForm):
    """The same with what is counted."""

    minutes = length_needed()
    practitioner_ids = boxes(_l("Who gave it"), SOMEBODY)

    @property
    def told(self) -> Told:
        return Told(
            ticks=self.ticks,
            minutes=self.minutes.data or 0,
            people=self.practitioner_ids.data or (),
            beside=self.beside,
        )


class RectifyLaterForm(CloseForm):
    """What a cell corrects of it, and why."""

    why = TextAreaField(
        _l("Why"),
        description=_l("Its partner reads this as it is."),
        validators=[required(_l("Say why.")), at_most(LONG_TEXT)],
        render_kw={"rows": 3},
    )


class WalkInForm(OnceForm):
    """Somebody who came without a seat."""

    name = StringField(_l("Their name"), validators=[required(_l("Type their name.")), at_most(NAME)])
    pole_id = SelectField(
        _l("Their pole"), coerce=number_or_none, validators=[required(_l("Choose a pole of the register."))]
    )


class CodeForm(PortalForm):
    """The code that one reads in the room."""

    code = StringField(
        _l("Code of the session"),
        description=_l("Six signs, shown in the room."),
        validators=[required(_l("Type the code that is shown in the room.")), at_most(LONGEST_TYPED)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
