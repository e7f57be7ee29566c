"""Which service a request may be for."""

from flask_babel import lazy_gettext as _l

from portal.catalogue import queries as catalogue
from portal.catalogue.models import Service
from portal.refusals import Invalid
from portal.requests import queries
from portal.requests.models import SupportRequest

SERVICE_ENDED = _l(
    "The service you had chosen is no longer offered: choose another one, or “Guide me” if you do not know."
)


def choose(service_id: int | None, request: SupportRequest) -> Service | None:
    """A service that is offered, and does not end meanwhile. A draft keeps the one it has while that is suspended."""
    if service_id is None:
        return None
    ended = service_id == request.service_id
    service = queries.active_service(service_id, lock=True)
    if service is None and ended:
        service = catalogue.suspended(service_id)
    if service is None:
        raise Invalid("service_id", SERVICE_ENDED if ended else _l("Choose a service from the list."))
    return service
