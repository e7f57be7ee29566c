"""Why two requests resemble each other, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.alike.models import AlikePair
from portal.alike.rules import Near

SESSION = _l("Shared session")
NEAR: Mapping[Near, Any] = {
    Near.DEPARTMENT: _l("The same department"),
    Near.REGION: _l("The same region"),
    Near.NEIGHBOUR: _l("Regions that touch"),
}


def reasons(pair: AlikePair, *, has_service: bool) -> list[str]:
    """What they have in common."""
    return [
        _("The same service") if has_service else _("No service chosen: both ask to be guided"),
        str(NEAR[pair.near]),
        _("Words in common: %(words)s", words=", ".join(pair.shared)),
    ]
