"""What the page that closes a service says of those who wait for it."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.catalogue.room import queries
from portal.catalogue.sheets.rules import Hanging


def hanging(_actor: Actor, service_id: int) -> Sequence[Hanging]:
    """The poles on its list."""
    count = queries.waiting([service_id]).get(service_id)
    becomes = _l(
        "Suspended, they keep their rank, and hear when there is a place again. Archived, they leave the list and hear"
        " so by e-mail."
    )
    return [Hanging(_l("Poles that wait"), count, becomes)] if count else []
