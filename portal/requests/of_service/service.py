"""Which service a request may be for."""

from flask_babel import lazy_gettext as _l

from portal.catalogue import queries as catalogue
from portal.catalogue.models import Service
from portal.catalogue.rules import admits
from portal.refusals import Invalid
from portal.requests import queries
from portal.requests.models import SupportRequest

SERVICE_ENDED = _l(
    "The service you had chosen is no longer offered: choose another one, or “Guide me” if you do not know."
)
SERVICE_SUSPENDED = _l(
    "This service is suspended: save your draft and send it once it reopens, or choose another one, or “Guide me”."
)


def choose(service_id: int | None, request: SupportRequest) -> Service | None:
    """A service that can be asked for, and does not end meanwhile. Its page says which stages of poles it admits.

    A draft keeps the one it has while that is suspended; `require_open` refuses to send it.
    """
    if service_id is None:
        return None
    ended = service_id == request.service_id
    service = queries.active_service(service_id, lock=True)
    if service is None and ended:
        service = catalogue.suspended(service_id)
    if service is None:
        raise Invalid("service_id", SERVICE_ENDED if ended else _l("Choose a service from the list."))
    if not admits(queries.admitted_stages(service_id), request.pole.stage):
        raise Invalid(
            "service_id",
            _l(
                "This service is not meant for the present stage of your pole: choose another, or “Guide me”."
            ),
        )
    return service


def require_open(service: Service | None) -> None:
    """What is sent is for a service that is open today, or for none."""
    if service and not service.is_open:
        raise Invalid("service_id", SERVICE_SUSPENDED)
