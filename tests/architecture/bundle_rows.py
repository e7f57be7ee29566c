"""A row of each table that keeps the bundle, for `test_migrations`."""

from portal import clock
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.eligibility.rules import Rule
from portal.catalogue.limits.models import LimitException, PartnerLimit, UseLimit
from portal.catalogue.limits.rules import Measure
from portal.catalogue.models import Service, ServiceRecognition, ServiceVersion
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.catalogue.room.rules import Unit
from portal.organisations.models import Partner, Pole
from portal.organisations.rules import RecognitionKind
from tests.builders import Builder


def bundle_of(make: Builder, service: Service, partner: Partner, pole: Pole) -> ServiceVersion:
    """Who may ask for a service, how often, and how many places it has; its version."""
    make._save(ServiceRecognition(service_id=service.id, kind=next(iter(RecognitionKind)), year=2021))
    about = {"service_id": service.id, "pole_id": pole.id, "rule": Rule.STAGE, "year": 2026}
    make._save(BlockedDemand(**about, on=clock.today()))
    room = {"maximum": 2, "unit": Unit.SUPPORT, "updated_on": clock.today()}
    make._save(ServiceRoom(service_id=service.id, partner_id=partner.id, **room))
    make._save(WaitingPlace(service_id=service.id, pole_id=pole.id, told_on=clock.today()))
    make._save(PartnerLimit(partner_id=partner.id, service_id=service.id, measure=Measure.DAYS, maximum=40))
    make._save(UseLimit(measure=Measure.REQUESTS, maximum=3))
    granted = {"granted_on": clock.today(), "until": clock.today(), "reason": "Fusion"}
    make._save(LimitException(organisation_id=pole.id, measure=Measure.REQUESTS, more=1, **granted))
    return make._save(ServiceVersion(service_id=service.id, number=1, sheet={}))
