"""The services a new portal starts with."""

from sqlalchemy import func, select

from portal.catalogue import queries
from portal.catalogue.models import Delivery, Service, ServiceStage
from portal.catalogue.rules import Family, Format, ServiceKind
from portal.catalogue.seed import load_services
from portal.db import db, transaction
from portal.organisations.models import Partner
from portal.organisations.rules import Stage
from portal.organisations.seed import load_partners
from tests.builders import Builder


def _load(*regional: Partner) -> int:
    with transaction():
        loaded = load_services(load_partners(), regional)
    db.session.expunge_all()
    return loaded


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _service(slug: str) -> Service:
    service = queries.by_slug(slug)
    assert service is not None
    return service


def _partners(slug: str) -> set[str]:
    return {delivery.partner.name for delivery in _service(slug).deliveries}


def test_the_bundle_starts_with_eight_services(make: Builder) -> None:
    assert _load() == 8
    assert queries.count_shown() == 8
    transfer = _service("transfert-de-savoir-faire-entre-ptce")
    assert (transfer.family, transfer.kind, transfer.format) == (
        Family.CONSOLIDATION,
        ServiceKind.PEER_TRANSFER,
        Format.INDIVIDUAL,
    )
    assert transfer.admitted_stages == {Stage.DEVELOPING, Stage.CONSOLIDATING}
    assert not transfer.description.startswith("\n")
    assert _service("panorama-des-financements").direct
    assert _service("accompagnement-a-l-emergence").inferred


def test_what_somebody_edited_is_not_written_over(make: Builder, browse) -> None:
    _load()
    service = _service("visite-apprenante")
    national = browse(make.national_admin())
    fields = {"name": "Visite à nous", "family": "animation", "kind": "visit", "format": "collective"}
    answer = national.post(f"/services/fiches/{service.id}", {**fields, "days_to_answer": "5"})
    assert answer.status_code == 302
    db.session.expunge_all()
    _load()
    assert _service("visite-apprenante").name == "Visite à nous"


def test_loading_again_changes_nothing(make: Builder) -> None:
    _load()
    before = (_count(Service), _count(ServiceStage), _count(Delivery))
    assert before == (8, 20, 7)
    _load()
    assert (_count(Service), _count(ServiceStage), _count(Delivery)) == before


def test_a_text_corrected_in_the_file_is_corrected_here(make: Builder) -> None:
    _load()
    with transaction():
        _service("visite-apprenante").name = "Visite"
    _load()
    assert _service("visite-apprenante").name == "Visite apprenante"


def test_regional_partners_are_given_what_regional_bodies_deliver(make: Builder) -> None:
    _load()
    assert _partners("accompagnement-a-l-emergence") == set()
    assert _partners("visite-apprenante") == {"COORACE"}
    regional = make.partner(regions=("28",), name="CRESS de démonstration")
    _load(regional)
    assert _partners("accompagnement-a-l-emergence") == {"CRESS de démonstration"}
    assert _partners("visite-apprenante") == {"COORACE", "CRESS de démonstration"}
    assert _partners("panorama-des-financements") == {"Avise"}
