"""How many places a partner has, one line for each service that it delivers."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from portal.catalogue.room import words
from portal.catalogue.room.rules import Unit
from portal.web.forms import PortalForm, choices

MOST = 999


class RoomForm(PortalForm):
    """The fields are those of the services: `form_of`."""

    def stated(self, service_ids: Sequence[int]) -> Mapping[int, tuple[int, Unit] | None]:
        """By number of the service; None where the field is left empty."""
        return {
            number: None
            if self[f"places_{number}"].data is None
            else (self[f"places_{number}"].data, Unit(self[f"unit_{number}"].data))
            for number in service_ids
        }


def form_of(services: Sequence[tuple[int, str]]) -> type[RoomForm]:
    """A form with the fields of some services, by number and name."""
    fields: dict[str, object] = {}
    for number, name in services:
        fields[f"places_{number}"] = IntegerField(
            name,
            validators=[
                Optional(),
                NumberRange(0, MOST, _l("Type a number between 0 and %(max)d.")),
            ],
        )
        fields[f"unit_{number}"] = SelectField(
            _l("Counted in"), choices=choices(words.UNITS.items()), default=Unit.SUPPORT.value
        )
    return type("RoomForm", (RoomForm,), fields)
