"""What became of reminders, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.reminders.rules import Reason

REASONS: Mapping[Reason, Any] = {
    Reason.OVERTAKEN: _l("a later reminder left in its place"),
    Reason.TOO_LATE: _l("it came too late to be of use"),
    Reason.NO_LONGER: _l("it was no longer needed"),
    Reason.NOBODY: _l("nobody was there to read it"),
    Reason.REFUSED: _l("the national cell dropped it"),
}
