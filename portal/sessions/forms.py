"""What partners type about sessions."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.interventions import words as interventions
from portal.interventions.forms import HOW_TO_TYPE, LengthField, boxes
from portal.interventions.steps import Place
from portal.organisations.rules import address_flaw, with_scheme
from portal.organisations.words import ADDRESS_FLAWS
from portal.sessions.rules import MOST_SEATS, SessionFacts, usual_closing
from portal.territories.reference import DEPARTMENTS
from portal.web.forms import (
    LONG_TEXT,
    OnceForm,
    PortalForm,
    at_most,
    choices,
    number_or_none,
    required,
)


def _with_scheme(typed: str | None) -> str | None:
    return with_scheme(typed) if typed else typed


class SessionForm(OnceForm):
    """A session to come."""

    title = StringField(_l("Title"), validators=[required(_l("Type a title.")), at_most(160)])
    service_id = SelectField(
        _l("Service"), coerce=number_or_none, validators=[required(_l("Choose a service."))]
    )
    on = DateField(_l("Date"), validators=[required(_l("Type a date."))])
    starts_at = TimeField(_l("Start time"), validators=[required(_l("Type the hour at which it begins."))])
    minutes = LengthField(
        _l("Length"),
        description=HOW_TO_TYPE,
        validators=[required(_l("Type a length such as 1 h 30, 1,5 or 90 min."))],
        render_kw={"autocomplete": "off"},
    )
    place_kind = RadioField(
        _l("Where"),
        choices=choices(interventions.PLACES.items()),
        default=Place.ON_SITE,
        validators=[required(_l("Choose one of the answers offered."))],
    )
    place = StringField(
        _l("Address"), description=_l("Everybody reads it."), validators=[Optional(), at_most(200)]
    )
    department_code = SelectField(
        _l("Department"), description=_l("The hour is that of its clocks."), validators=[Optional()]
    )
    link = StringField(
        _l("Link to take part remotely"),
        description=_l("It stands on no public page."),
        validators=[Optional(), at_most(300)],
        filters=[_with_scheme],
    )
    practitioner_ids = boxes(
        _l("Who gives it"),
        Optional(),
        _l("The public page names nobody; poles that have a seat read who it is."),
    )
    seats = IntegerField(
        _l("Seats"),
        validators=[
            InputRequired(_l("Type how many people can come.")),
            NumberRange(1, MOST_SEATS, _l("Type a number between 1 and %(max)d.")),
        ],
    )
    closes_on = DateField(
        _l("Last day to register"),
        description=_l("The day before the session, where you type none."),
        validators=[Optional()],
    )
    audience = StringField(
        _l("Who it is for"),
        description=_l("For example: coordinators, treasurers, elected members."),
        validators=[Optional(), at_most(300)],
    )
    about = TextAreaField(
        _l("What it is about"),
        description=_l("Everybody reads it: programme, what to bring, whom to call."),
        validators=[required(_l("Say what it is about.")), at_most(LONG_TEXT)],
        render_kw={"rows": 8},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = [(each.code, f"{each.code} – {each.name}") for each in DEPARTMENTS.values()]
        self.department_code.choices = choices([("", _l("None: the hour of Paris")), *departments])

    def validate_link(self, field: Field) -> None:
        if field.data and (flaw := address_flaw(field.data)):
            raise ValidationError(ADDRESS_FLAWS[flaw])

    @property
    def people(self) -> Sequence[int]:
        return self.practitioner_ids.data or ()

    @property
    def facts(self) -> SessionFacts:
        return SessionFacts(
            title=self.title.data,
            service_id=self.service_id.data,
            on=self.on.data,
            starts_at=self.starts_at.data,
            minutes=self.minutes.data or 0,
            place_kind=Place(self.place_kind.data),
            place=self.place.data or None,
            department_code=self.department_code.data or None,
            link=self.link.data or None,
            seats=self.seats.data,
            closes_on=self.closes_on.data or usual_closing(self.on.data),
            audience=self.audience.data or "",
            about=self.about.data,
        )


class CancelForm(PortalForm):
    """Why a session does not take place."""

    reason = TextAreaField(
        _l("Why"),
        description=_l("Everybody reads this as it is."),
        validators=[required(_l("Say why.")), at_most(500)],
        render_kw={"rows": 3},
    )
