"""Which service a request may be for."""

from flask_babel import lazy_gettext as _l

from portal.catalogue import queries as catalogue
from portal.catalogue.eligibility import service as eligibility
from portal.catalogue.models import Service
from portal.refusals import Invalid
from portal.requests import queries
from portal.requests.models import SupportRequest


def choose(service_id: int | None, request: SupportRequest) -> Service | None:
    """A service that is offered, and does not end meanwhile. A draft keeps the one it has while that is suspended."""
    if service_id is None:
        return None
    ended = service_id == request.service_id
    service = queries.active_service(service_id, lock=True)
    if service is None and ended:
        service = catalogue.suspended(service_id)
    if service is None:
        if not ended:
            raise Invalid("service_id", _l("Choose a service from the list."))
        eligibility.refuse_ended(request.pole.id, service_id)
    return service
