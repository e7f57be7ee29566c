"""Finding services, and the partners that cover a place."""

from typing import Any

from portal.catalogue import queries
from portal.catalogue.rules import Family, Format, ServiceFilters, ServiceKind, ServiceState
from portal.organisations.rules import Stage
from tests.builders import Builder


def _slugs(**filters: Any) -> list[str]:
    return [service.slug for service in queries.listed(ServiceFilters(**filters))]


def test_services_come_by_family_then_name(make: Builder) -> None:
    make.service(slug="c", name="Zèbre", family=Family.CREATION)
    make.service(slug="b", name="Élan", family=Family.CONSOLIDATION)
    make.service(slug="a", name="Abeille", family=Family.CONSOLIDATION)
    make.service(slug="d", name="Abeille", family=Family.ANIMATION)
    assert _slugs() == ["c", "a", "b", "d"]


def test_a_withdrawn_service_is_nowhere(make: Builder) -> None:
    make.service(slug="gone", stored_state=ServiceState.ARCHIVED)
    assert _slugs() == []
    assert queries.by_slug("gone") is None
    assert queries.count_shown() == 0


def test_each_filter_keeps_its_own(make: Builder) -> None:
    make.service(slug="a", family=Family.CREATION, kind=ServiceKind.TRAINING, format=Format.COLLECTIVE)
    make.service(slug="b", family=Family.ANIMATION, kind=ServiceKind.VISIT, format=Format.INDIVIDUAL)
    assert _slugs(family=Family.CREATION) == ["a"]
    assert _slugs(kind=ServiceKind.VISIT) == ["b"]
    assert _slugs(format=Format.COLLECTIVE) == ["a"]
    assert _slugs(family=Family.CREATION, kind=ServiceKind.VISIT) == []


def test_search_looks_for_every_word_without_accents_or_case(make: Builder) -> None:
    make.service(slug="a", name="Accompagnement à l’émergence")
    make.service(slug="b", name="Appui au modèle économique")
    assert _slugs(text="EMERGENCE") == ["a"]
    assert _slugs(text="economique appui") == ["b"]
    assert _slugs(text="modele emergence") == []
    assert _slugs(text="%") == _slugs(text="  ") == ["a", "b"]


def test_the_stage_filter_follows_the_rule_of_admission(make: Builder) -> None:
    make.service(slug="all")
    make.service(slug="start", stages=(Stage.EMERGING,))
    assert _slugs(stage=Stage.EMERGING) == ["all", "start"]
    assert _slugs(stage=Stage.CONSOLIDATING) == ["all"]


def test_the_place_filter_follows_the_rule_of_coverage(make: Builder) -> None:
    make.service(make.partner(), slug="country")
    make.service(make.partner(regions=("28",)), slug="region")
    make.service(make.partner(departments=("76",)), slug="department")
    make.service(make.partner(regions=("28",), active=False), slug="stopped")
    make.service(slug="nobody")
    assert _slugs(region_code="28") == ["country", "region", "department"]
    assert _slugs(region_code="28", department_code="14") == ["country", "region"]
    assert _slugs(region_code="11") == ["country"]


def test_covering_partners_are_active_deliver_the_service_and_cover_the_place(make: Builder) -> None:
    country = make.partner(name="Zoé")
    region = make.partner(regions=("28",), name="Émile")
    department = make.partner(departments=("76", "2A"), name="Adèle")
    stopped = make.partner(active=False)
    make.partner(name="Delivers nothing")
    service = make.service(country, region, department, stopped)

    def names(region_code: str | None, department_code: str | None) -> list[str]:
        return [one.name for one in queries.covering_partners(service.id, region_code, department_code)]

    assert names("28", "76") == ["Adèle", "Émile", "Zoé"]
    assert names("28", "14") == ["Émile", "Zoé"]
    assert names("94", "2A") == ["Adèle", "Zoé"]
    assert names(None, None) == ["Zoé"]


def test_the_cost_does_not_grow_with_the_services(make: Builder, queries: list[str]) -> None:
    from portal.catalogue.queries import listed

    costs = []
    for size in (1, 20):
        for _number in range(size):
            make.service(make.partner(), make.partner(regions=("28",)), stages=(Stage.EMERGING,))
        queries.clear()
        listed(ServiceFilters(region_code="28"))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 4
