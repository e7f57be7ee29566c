"""What becomes of drafts and open requests where their service closes."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.catalogue.sheets.rules import Hanging
from portal.requests.listing.page import ALL
from portal.requests.of_service import queries
from portal.web.links import Link

_MOST = 10


def hanging(actor: Actor, service_id: int) -> Sequence[Hanging]:
    """Those there are; the reader's own open ones are named."""
    counts = queries.counts(service_id)
    hanging_on = []
    if counts.drafts:
        hanging_on.append(
            Hanging(
                _l("Drafts"),
                counts.drafts,
                _l(
                    "They are kept, and their authors are told on the form: none can be sent for this service."
                ),
            )
        )
    if counts.open:
        requests = queries.open_ones(actor, service_id, _MOST)
        hanging_on.append(
            Hanging(
                _l("Open requests"),
                counts.open,
                _l("They go on: whoever holds each answers, accepts and finishes it as before."),
                [
                    Link(request.reference, url_for("requests.show", reference=request.reference))
                    for request in requests
                ],
                url_for("requests.index", service=service_id, dossier=ALL),
            )
        )
    return hanging_on
