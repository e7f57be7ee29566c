"""What places are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.catalogue.room.rules import Unit

UNITS: Mapping[Unit, Any] = {
    Unit.SUPPORT: _l("Supports"),
    Unit.SESSION: _l("Sessions"),
    Unit.SEAT: _l("Seats"),
}
