"""What of the catalogue follows an organisation into another."""

from flask_babel import lazy_gettext as _l

from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.limits.models import LimitException, PartnerLimit
from portal.catalogue.models import Delivery, Service
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.organisations.handover import Move

MOVES = (
    Move(_l("Services delivered"), Delivery.partner_id, unique=("service_id",)),
    Move(_l("Services checked"), Service.checked_by_id),
    Move(_l("Demand that was refused"), BlockedDemand.pole_id, unique=("service_id", "rule", "year")),
    Move(_l("Places of services"), ServiceRoom.partner_id, unique=("service_id",)),
    Move(_l("Places on waiting lists"), WaitingPlace.pole_id, unique=("service_id",)),
    Move(_l("Limits of partners"), PartnerLimit.partner_id, unique=("measure", "service_id")),
    Move(_l("Exceptions to limits"), LimitException.organisation_id),
)
